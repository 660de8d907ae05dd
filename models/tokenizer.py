"""Text → word tokens with character offsets into the original text.

A thin wrapper around Hugging Face `tokenizers`: word level, case-insensitive, punctuation as
tokens, `<br />` as white space. The text itself is kept; tokens are spans of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
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
    """

    text: str
    ids: Int32[np.ndarray, " T"]
    starts: Int32[np.ndarray, " T"]
    ends: Int32[np.ndarray, " T"]

    def __len__(self) -> int:
        """Return the number of tokens (T)."""
        return len(self.ids)

    @cached_property
    def known(self) -> Bool[np.ndarray, " T"]:
        """Whether each token is in the vocabulary."""
        return self.ids != UNKNOWN_ID

    @property
    def coverage(self) -> float:
        """Share of the words that are in the vocabulary, 0 to 1; punctuation is not counted."""
        words = [
            known
            for position, known in enumerate(self.known.tolist())
            if any(character.isalnum() for character in self.word(position))
        ]
        return sum(words) / len(words) if words else 0.0

    def word(self, position: int) -> str:
        """Return the token at a position in its original spelling."""
        return self.text[self.starts[position] : self.ends[position]]


class WordTokenizer:
    """Splits text into words and punctuation and looks them up in a vocabulary.

    Ids 0 and 1 are `[PAD]` and `[UNK]`. No text contains the first; every word outside the
    vocabulary has the second. Offsets are in Unicode code points of the text as given.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Wrap a `tokenizers.Tokenizer` built by `train` or `load`."""
        self._tokenizer = tokenizer

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
        counter.train_from_iterator(texts, trainer)
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
        for text in texts:
            check_readable(text)
        encoded = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        longest = max((len(entry) for entry in encoded), default=0)
        if max_tokens is not None and longest > max_tokens:
            raise TextTooLongError(tokens=longest, limit=max_tokens)
        return [
            _encoding(text, entry.ids, entry.offsets)
            for text, entry in zip(texts, encoded, strict=True)
        ]


def check_readable(text: str) -> None:
    """Check that a text can be tokenized.

    Raises:
        InvalidTextError: The text is blank or has a NUL or a lone surrogate; the message has its
            position.
    """
    if not text.strip():
        raise InvalidTextError("The text is empty or blank. Send at least one word.")
    position = text.find("\0")
    if position >= 0:
        raise InvalidTextError(f"The text has a NUL character at position {position}. Remove it.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidTextError(
            f"The text has a lone surrogate (U+{ord(text[error.start]):04X}) at position "
            f"{error.start}, which is not a character. Send valid Unicode."
        ) from error


def _encoding(text: str, ids: list[int], offsets: list[tuple[int, int]]) -> Encoding:
    if not ids:
        raise InvalidTextError("The text has only white space or line breaks. Send a word.")
    spans = np.asarray(offsets, dtype=np.int32)  # (T, 2)
    word_ids = np.asarray(ids, dtype=np.int32)  # (T,)
    return Encoding(text, word_ids, spans[:, 0], spans[:, 1])


def _word_level(model: WordLevel) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = Normalizers([Replace("\u2019", "'"), Lowercase()])
    tokenizer.pre_tokenizer = PreTokenizers(
        [Split(Regex(_SEPARATOR), "removed"), Split(Regex(_TOKEN), "isolated")]
    )
    return tokenizer
