"""Text → word tokens with character offsets into the original text.

A text is first read (`gatewise.models.text`): markup is left out, Unicode is folded, ratings and
emoji become words. What is read is split into words and punctuation, which are looked up in the
vocabulary; spellings that it lacks are corrected where the word is clear. Tokens are spans of the
original text.

The vocabulary is stored as `tokenizer.json`, which the `tokenizers` library can load; that library
splits a text by the same rules, but does not read it first.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Int32
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase, Replace
from tokenizers.normalizers import Sequence as Normalizers
from tokenizers.pre_tokenizers import Sequence as PreTokenizers
from tokenizers.pre_tokenizers import Split
from tokenizers.trainers import WordLevelTrainer

from gatewise.models.errors import ArtifactCorruptError, InvalidTextError, TextTooLongError
from gatewise.models.text.alignment import Edit
from gatewise.models.text.characters import FOLDED
from gatewise.models.text.readable import check_readable
from gatewise.models.text.reader import read_text
from gatewise.models.text.spelling import Speller
from gatewise.models.text.splitting import WordTable

PAD = "[PAD]"
UNKNOWN = "[UNK]"
PAD_ID = 0
UNKNOWN_ID = 1

# The separator (tags and white space) is removed. The rest is split by these alternatives, tried in
# this order at every position:
#   number           3, 7.5, 1,000, 8/10: a rating is one token (possessive quantifiers, so that
#                    90s is a word and not the number 90)
#   clitic           's 're 've 'll 'd 'm are tokens, so that "movie's" is "movie" + "'s"
#   word             letters, marks and digits, including inner apostrophes ("don't", "o'hara")
#   ellipsis         two or more dots
#   anything else    one character
_CLITIC = r"'(?:s|re|ve|ll|d|m)(?![\p{L}\p{M}\p{N}])"
_LETTERS = r"[\p{L}\p{M}\p{N}]+"
_SEPARATOR = r"<br\s*/?>|\s+"
_TOKEN = "|".join(
    [
        r"\p{N}++(?:[.,/]\p{N}++)*+(?![\p{L}\p{M}])",
        _CLITIC,
        rf"{_LETTERS}(?:(?!{_CLITIC})'{_LETTERS})*",
        r"\.{2,}",
        r"[^\s]",
    ]
)


@dataclass(frozen=True)
class Encoding:
    """One tokenized text.

    Attributes:
        text: The text as it was given.
        ids: Word id of each token.
        starts: Offset of each token's first character, in code points of `text`.
        ends: Offset after each token's last character.
        read: The text as it was read.
        read_starts: Offset of each token's first character in `read`.
        read_ends: Offset after its last character there.
        coverage: Share of the tokens with a meaning that are in the vocabulary, 0 to 1. Punctuation
            has none; letters, digits and symbols have.
    """

    text: str
    ids: Int32[np.ndarray, " T"]
    starts: Int32[np.ndarray, " T"]
    ends: Int32[np.ndarray, " T"]
    read: str
    read_starts: Int32[np.ndarray, " T"]
    read_ends: Int32[np.ndarray, " T"]
    coverage: float

    def __len__(self) -> int:
        """Return the number of tokens (T)."""
        return len(self.ids)

    @property
    def known(self) -> Bool[np.ndarray, " T"]:
        """Whether each token is in the vocabulary."""
        return self.ids != UNKNOWN_ID

    def word(self, position: int) -> str:
        """Return the token at a position in its original spelling."""
        return self.text[self.starts[position] : self.ends[position]]

    def read_word(self, position: int) -> str:
        """Return the token at a position as it was read."""
        return self.read[self.read_starts[position] : self.read_ends[position]]

    def read_as(self, position: int) -> str | None:
        """Return how a token was read, or None if that is how it was written.

        Case, and which apostrophe or quotation mark was written, make no difference.
        """
        read, written = self.read_word(position).lower(), self.word(position).lower()
        return None if read == written.translate(FOLDED) else read


def _is_meaningful(word: str) -> bool:
    """Return whether a token is more than punctuation: it has a letter, a digit or a symbol."""
    return word.isalnum() or any(
        character.isalnum() or unicodedata.category(character) in {"So", "Sc", "Sm"}
        for character in word
    )


class WordTokenizer:
    """Splits text into words and punctuation and looks them up in a vocabulary.

    Ids 0 and 1 are `[PAD]` and `[UNK]`. No text contains the first; every word outside the
    vocabulary has the second. Offsets are in Unicode code points of the text as given.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Wrap a `tokenizers.Tokenizer` built by `train` or `load`."""
        self._tokenizer = tokenizer
        words = self.words
        self._table = WordTable(words)
        self._speller = Speller(words)
        self._doubtful = self._speller.doubtful(unknown=UNKNOWN_ID)  # (V,)
        self._meaningful = np.array([_is_meaningful(word) for word in words])  # (V,)
        self._meaningful[UNKNOWN_ID] = False  # counted one by one

    def __reduce__(self) -> tuple[Callable[[str], "WordTokenizer"], tuple[str]]:
        """Pickle the content of `tokenizer.json`."""
        return _from_json, (self._tokenizer.to_str(),)

    @classmethod
    def train(
        cls, texts: Iterable[str], *, vocab_size: int, min_frequency: int = 1
    ) -> "WordTokenizer":
        """Build a vocabulary of the most frequent words.

        Args:
            texts: The training texts. Their order does not matter.
            vocab_size: Largest size of the vocabulary, both special entries included.
            min_frequency: Words that occur less often are left out.

        Returns:
            A tokenizer with ids in order of decreasing frequency.
        """
        counter = _word_level(WordLevel(unk_token=UNKNOWN))
        trainer = WordLevelTrainer(
            vocab_size=vocab_size - 2, min_frequency=min_frequency, show_progress=False
        )
        counter.train_from_iterator((read_text(text).text for text in texts), trainer)
        ranked = sorted(counter.get_vocab().items(), key=lambda entry: entry[1])
        words = [PAD, UNKNOWN, *(word for word, _ in ranked)]
        vocabulary = {word: index for index, word in enumerate(words)}
        return cls(_word_level(WordLevel(vocabulary, unk_token=UNKNOWN)))

    @classmethod
    def load(cls, path: Path) -> "WordTokenizer":
        """Load a tokenizer from `tokenizer.json`.

        Raises:
            ArtifactCorruptError: The file is not a tokenizer, or not one of Gatewise.
        """
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # tokenizers raises a plain Exception for parse errors
            raise ArtifactCorruptError(
                f"{path.name} is not a tokenizer file ({error}). Export the model again."
            ) from error
        special_ids = tokenizer.token_to_id(PAD), tokenizer.token_to_id(UNKNOWN)
        if special_ids != (PAD_ID, UNKNOWN_ID):
            raise ArtifactCorruptError(
                f"{path.name} is not a Gatewise word tokenizer: ids 0 and 1 must be "
                f"{PAD} and {UNKNOWN}. Use the tokenizer.json that was exported with the weights."
            )
        return cls(tokenizer)

    def save(self, path: Path) -> None:
        """Write `tokenizer.json`, readable by any Hugging Face tokenizers client."""
        self._tokenizer.save(str(path))

    @property
    def vocab_size(self) -> int:
        """Number of words (V), special entries included."""
        return self._tokenizer.get_vocab_size(with_added_tokens=False)

    @property
    def words(self) -> list[str]:
        """The vocabulary in id order."""
        vocabulary = self._tokenizer.get_vocab(with_added_tokens=False)
        return sorted(vocabulary, key=vocabulary.__getitem__)

    def encode(self, text: str) -> Encoding:
        """Tokenize one text.

        Raises:
            InvalidTextError: The text has no token, a NUL or a lone surrogate.
        """
        return self.encode_batch([text])[0]

    def encode_batch(
        self, texts: Sequence[str], *, max_tokens: int | None = None
    ) -> list[Encoding]:
        """Tokenize texts.

        Args:
            texts: The texts.
            max_tokens: Largest number of tokens of a text; unlimited by default.

        Returns:
            One encoding for each text, in order.

        Raises:
            InvalidTextError: A text has no token, a NUL or a lone surrogate.
            TextTooLongError: A text has more than `max_tokens` tokens.
        """
        encodings = [self._encode(text) for text in texts]
        longest = max(map(len, encodings), default=0)
        if max_tokens is not None and longest > max_tokens:
            raise TextTooLongError(tokens=longest, limit=max_tokens)
        return encodings

    def _encode(self, text: str) -> Encoding:
        check_readable(text)
        aligned = read_text(text)
        ids, starts, ends = self._table.split(aligned.text, unknown=UNKNOWN_ID)
        places = np.flatnonzero(self._doubtful[ids])  # tokens that may be misspelt
        spans = zip(starts[places].tolist(), ends[places].tolist(), strict=True)
        if corrections := self._corrections(aligned.text, spans):
            aligned = aligned.edited(corrections)
            ids, starts, ends = self._table.split(aligned.text, unknown=UNKNOWN_ID)
        if not len(ids):
            raise InvalidTextError(
                "The text has only white space, markup or addresses. Pass at least one word."
            )
        coverage = self._coverage(aligned.text, ids, starts, ends)
        spans_in_text = aligned.spans(starts, ends)
        return Encoding(text, ids, *spans_in_text, aligned.text, starts, ends, coverage)

    def _coverage(
        self,
        text: str,
        ids: Int32[np.ndarray, " T"],
        starts: Int32[np.ndarray, " T"],
        ends: Int32[np.ndarray, " T"],
    ) -> float:
        """Return the share of the tokens with a meaning that are in the vocabulary."""
        known = np.count_nonzero(self._meaningful[ids])
        unknown = sum(
            _is_meaningful(text[starts[place] : ends[place]])
            for place in np.flatnonzero(ids == UNKNOWN_ID)
        )
        return float(known / (known + unknown)) if known else 0.0

    def _corrections(self, text: str, spans: Iterable[tuple[int, int]]) -> list[Edit]:
        """Return the corrections of tokens that may be misspelt."""
        edits = []
        one_case = text.islower() or text.isupper()
        for start, end in spans:
            written = text[start:end]
            before = text[max(0, start - 8) : start].rstrip()[-1:]
            if not before or before in ".!?":  # a capital letter here marks no name
                written = written.lower()
            if word := self._speller.correct(written, may_be_name=one_case):
                edits.append(Edit(start, end, word))
        return edits


def _from_json(content: str) -> WordTokenizer:
    return WordTokenizer(Tokenizer.from_str(content))


def _word_level(model: WordLevel) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = Normalizers([Replace("\u2019", "'"), Lowercase()])
    tokenizer.pre_tokenizer = PreTokenizers(
        [Split(Regex(_SEPARATOR), "removed"), Split(Regex(_TOKEN), "isolated")]
    )
    return tokenizer
