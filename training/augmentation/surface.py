"""From an expanded template to a written text: articles, capitals, contractions, punctuation."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

_CONSONANT_SOUND = re.compile(r"(?:u(?:ni|s[ei]|kr|tah|gand)|eu|one\b|once\b|ouija)", re.I)
_UN_PREFIX = re.compile(r"uni(?:m|n)", re.I)
_ARTICLE = re.compile(r"\b([Aa])n? (['\"]?)(\w[\w'-]*)")
_SENTENCE = re.compile(r"(^|[.!?]['\")]*\s+|^['\"(]|[.!?:]\s+['\"]|\n\s*)(['\"(]?)([a-z])")
_NEGATED = re.compile(
    r"\b(do|does|did|is|are|was|were|has|have|had|could|would|should|need|must) not\b", re.I
)
_FOLLOWED = r"(?= [a-z])(?! not\b)"
_CONTRACTIONS = [
    (
        re.compile(
            r"(?<!\bin )(?<!\bof )(?<!\babout )(?<!\bwith )(?<!\bfor )(?<!\bto )"
            r"\b(it|that|there|what|here|who) is" + _FOLLOWED,
            re.I,
        ),
        r"\1's",
    ),
    (re.compile(r"\bI am" + _FOLLOWED), "I'm"),
    (re.compile(r"\b(you|they|we) are" + _FOLLOWED, re.I), r"\1're"),
    (re.compile(r"\b(I|you|we|they|it|that) will" + _FOLLOWED, re.I), r"\1'll"),
    (re.compile(r"(?<!nor )(?<!and )\b(I|you|we|they) would" + _FOLLOWED, re.I), r"\1'd"),
    (
        re.compile(
            r"(?<!and )\b(I|we|you|they) have(?= (?:ever|never|always|just|seen|read|been|had|"
            r"heard|played|used|eaten|watched|rarely|seldom|stayed|come|given|recommended)\b)",
            re.I,
        ),
        r"\1've",
    ),
]
_APOSTROPHES = re.compile(
    r"\b(\w+n)'(t)\b|\b(I)'(m|ve)\b|\b(that|there|what)'(s)\b|\b(you|they)'(re|ve)\b", re.I
)

# Shares of texts in casual styles.
_CONTRACTED = 0.65
_WITH_APOSTROPHES = 0.85  # of those with contractions
_LOWER = 0.12
_UPPER = 0.015
_ENDINGS = ("", "!", "...", ".")
_ENDING_SHARES = (0.1, 0.2, 0.23)


@dataclass(frozen=True)
class Style:
    """How a text is written.

    Attributes:
        contract: Whether "do not" is written as "don't".
        apostrophes: Whether contractions keep their apostrophe.
        lower: Whether everything is in lower case.
        upper: Whether everything is in capitals.
        ending: What replaces the last full stop.
    """

    contract: bool = False
    apostrophes: bool = True
    lower: bool = False
    upper: bool = False
    ending: str = "."


def draw_style(numbers: Iterator[float]) -> Style:
    """Draw a style: most texts are ordinary prose, some casual."""
    contract = next(numbers) < _CONTRACTED
    apostrophes = next(numbers) < _WITH_APOSTROPHES
    case = next(numbers)
    ending = _ENDINGS[bisect_right(_ENDING_SHARES, next(numbers))]
    return Style(contract, apostrophes, case < _LOWER, case > 1 - _UPPER, ending)


def write(text: str, style: Style) -> str:
    """Return an expanded template as a text in the given style."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" ([,.;:!?])", r"\1", text)
    text = re.sub(r",([.!?])", r"\1", text)
    text = _ARTICLE.sub(_with_article, text)
    if style.contract:
        text = contract(text)
        if not style.apostrophes:
            text = _APOSTROPHES.sub(lambda match: "".join(filter(None, match.groups())), text)
    text = _SENTENCE.sub(lambda match: match[1] + match[2] + match[3].upper(), text)
    if text.endswith(".") and not text.endswith(".."):
        text = text[:-1] + style.ending
    if style.lower:
        return text.lower()
    return text.upper() if style.upper else text


def contract(text: str) -> str:
    """Contract negations and auxiliary verbs."""
    text = re.sub(r"\b(c)an ?not\b", r"\1an't", text, flags=re.I)
    text = re.sub(r"\b(w)ill not\b", r"\1on't", text, flags=re.I)
    text = _NEGATED.sub(r"\1n't", text)
    for pattern, replacement in _CONTRACTIONS:
        text = pattern.sub(replacement, text)
    return text


def _with_article(match: re.Match[str]) -> str:
    article, quote, word = match.groups()
    return f"{article}{'n' if starts_with_vowel_sound(word) else ''} {quote}{word}"


def fit_article(before: str, word: str) -> str:
    """Return the text before a word with "a" or "an" at its end as the word requires."""
    article = "an" if starts_with_vowel_sound(word) else "a"
    return re.sub(
        r"\b(a)n?(\s+)$", lambda match: match[1] + article[1:] + match[2], before, flags=re.I
    )


def starts_with_vowel_sound(word: str) -> bool:
    """Return whether "an" stands before a word."""
    if _CONSONANT_SOUND.match(word) and not _UN_PREFIX.match(word):
        return False
    return bool(re.match(r"[aeiou]|hour|honest|honou?r|heir|8|11(?!\d)|18(?!\d)", word, re.I))
