"""The sentences and clauses of a text, as ranges of its tokens.

A sentence ends at `.`, `!`, `?` or an ellipsis, together with closing quotation marks and brackets,
and where a paragraph ends. The dot of an abbreviation ("Mr.", "J.") ends none, nor does an ellipsis
before a word in lower case. Within a sentence, a clause ends after `,`, `;`, `:`, a dash or an
ellipsis, and before a conjunction such as "but" or "although". A clause has at least two words:
a shorter one, such as "However," or an item of a list, joins the next clause of its sentence.

So punctuation belongs to the clause that it ends. The rules are for English and use no model.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from gatewise.models.tokenizer import Encoding

_SENTENCE_ENDS = frozenset({".", "!", "?", "‽", "。", "！", "？"})
_CLAUSE_ENDS = frozenset({",", ";", ":", "–", "—"})
_CLOSERS = frozenset({'"', "'", "”", "’", "»", ")", "]", "}"})
_CONJUNCTIONS = frozenset(
    {
        "although", "because", "but", "despite", "except", "however", "nevertheless",
        "nonetheless", "though", "unless", "whereas", "while", "yet",
    }
)  # fmt: skip
_ABBREVIATIONS = frozenset(
    {"capt", "col", "dr", "etc", "gen", "jr", "lt", "mr", "mrs", "ms", "prof", "rev", "sgt", "sr",
     "st", "vs"}
)  # fmt: skip
_PARAGRAPH_END = re.compile(r"<br|<p\b|</p>|\n\s*\n", re.IGNORECASE)
_LEAST_WORDS = 2
# Unicode categories of symbols with a meaning of their own: emoji, currencies, operators.
_SYMBOLS = frozenset({"So", "Sc", "Sm"})


@dataclass(frozen=True)
class Span:
    """A range of tokens.

    Attributes:
        start: Position of the first token.
        end: Position after the last token.
    """

    start: int
    end: int


def is_punctuation(word: str) -> bool:
    """Return whether a token has neither a letter, nor a digit, nor a symbol such as an emoji."""
    return not any(
        character.isalnum() or unicodedata.category(character) in _SYMBOLS for character in word
    )


def sentence_spans(encoding: Encoding) -> list[Span]:
    """Split a text into sentences.

    Returns:
        The sentences, in order; together they have all tokens of the text.
    """
    words = _words(encoding)
    ends = [place + 1 for place in range(len(words)) if _ends_sentence(encoding, words, place)]
    return _without_bare_punctuation(_spans(0, len(words), ends), words)


def clause_spans(encoding: Encoding, sentences: Sequence[Span]) -> list[Span]:
    """Split sentences into clauses.

    Args:
        encoding: The text.
        sentences: Its sentences, from `sentence_spans`.

    Returns:
        The clauses, in order; together they have all tokens of the text.
    """
    words = _words(encoding)
    clauses: list[Span] = []
    for sentence in sentences:
        inside = range(sentence.start, sentence.end)
        ends = [place + 1 for place in inside if _ends_clause(encoding, words, place)]
        ends += [place for place in inside if words[place] in _CONJUNCTIONS]
        pieces = _spans(sentence.start, sentence.end, sorted({*ends} - {sentence.start}))
        clauses += _of_enough_words(_without_bare_punctuation(pieces, words), words)
    return clauses


def _words(encoding: Encoding) -> list[str]:
    return [encoding.read_word(place).lower() for place in range(len(encoding))]


def _spans(start: int, stop: int, ends: Sequence[int]) -> list[Span]:
    """Return the spans between `start`, each of the ends, and `stop`."""
    spans = []
    for end in [*ends, stop]:
        if end > start:
            spans.append(Span(start, end))
            start = end
    return spans


def _is_ellipsis(word: str) -> bool:
    return word == "…" or (len(word) > 1 and set(word) == {"."})


def _ends_sentence(encoding: Encoding, words: Sequence[str], place: int) -> bool:
    """Return whether a sentence may end after a token; more punctuation may still join it."""
    if place + 1 == len(words):
        return True
    between = encoding.text[encoding.ends[place] : encoding.starts[place + 1]]
    if _PARAGRAPH_END.search(between):
        return True
    word = words[place]
    if word == "." and place and _is_abbreviation(words[place - 1]):
        return False
    if _is_ellipsis(word):
        return not encoding.word(place + 1)[:1].islower()
    return word in _SENTENCE_ENDS


def _is_abbreviation(word: str) -> bool:
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word not in {"a", "i"})


def _ends_clause(encoding: Encoding, words: Sequence[str], place: int) -> bool:
    word = words[place]
    if word == "-":  # a dash if it stands apart, or follows another one
        stands_apart = place and encoding.starts[place] > encoding.ends[place - 1]
        return bool(stands_apart or (place and words[place - 1] == "-"))
    return word in _CLAUSE_ENDS or _is_ellipsis(word)


def _without_bare_punctuation(spans: Sequence[Span], words: Sequence[str]) -> list[Span]:
    """Join punctuation that follows the end of a span, such as `!!` or a quotation mark, to it."""
    joined: list[Span] = []
    for span in spans:
        start = span.start
        if joined:
            while start < span.end and (words[start] in _CLOSERS or _is_ending(words[start])):
                if words[start] in {'"', "'"} and not _closes(words, joined[-1], start):
                    break
                start += 1
            if all(is_punctuation(words[place]) for place in range(start, span.end)):
                start = span.end
            joined[-1] = Span(joined[-1].start, start)
        if start < span.end:
            joined.append(Span(start, span.end))
    return joined


def _is_ending(word: str) -> bool:
    return word in _SENTENCE_ENDS or word in _CLAUSE_ENDS or _is_ellipsis(word)


def _closes(words: Sequence[str], span: Span, place: int) -> bool:
    """Return whether a straight quotation mark closes one that was opened in the span before it."""
    return words[span.start : span.end].count(words[place]) % 2 == 1


def _of_enough_words(spans: Sequence[Span], words: Sequence[str]) -> list[Span]:
    """Join spans of too few words to the next one; the last of a sentence to the one before."""
    joined: list[Span] = []
    start = spans[0].start
    for span in spans:
        if _count_words(words, start, span.end) >= _LEAST_WORDS:
            joined.append(Span(start, span.end))
            start = span.end
    if not joined:
        return [Span(spans[0].start, spans[-1].end)]
    joined[-1] = Span(joined[-1].start, spans[-1].end)
    return joined


def _count_words(words: Sequence[str], start: int, end: int) -> int:
    return sum(not is_punctuation(word) for word in words[start:end])
