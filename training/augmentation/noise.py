"""Typing noise that the reader of texts (`gatewise.models.text`) does not undo.

The reader corrects long misspelt words, stretched words and contractions without an apostrophe. It
leaves missing spaces, confused short words, slips in words of up to four letters, doubled words,
missing articles and stray spaces: these are added here.
"""

import re
from collections.abc import Callable, Iterator

_CONFUSED = {
    "their": "there",
    "there": "their",
    "they're": "their",
    "your": "you're",
    "you're": "your",
    "its": "it's",
    "it's": "its",
    "too": "to",
    "than": "then",
    "then": "than",
    "whose": "who's",
    "who's": "whose",
    "were": "where",
    "where": "were",
    "quite": "quiet",
    "lose": "loose",
    "could have": "could of",
    "would have": "would of",
    "should have": "should of",
    "a lot": "alot",
    "in fact": "infact",
    "at least": "atleast",
    "as well": "aswell",
    "each other": "eachother",
    "cannot": "can not",
    "affected": "effected",
    "of": "off",
    "because": "cause",
    "you": "u",
    "are": "r",
    "and": "n",
    "to": "2",
    "for": "4",
    "with": "w/",
    "people": "ppl",
    "though": "tho",
    "through": "thru",
    "probably": "prolly",
    "going to": "gonna",
    "kind of": "kinda",
    "want to": "wanna",
    "should not have": "shouldn't of",
}
_SLIPS = {
    "the": ("teh", "hte", "th", "the the"),
    "and": ("adn", "nad", "an"),
    "was": ("wsa", "wass", "aws"),
    "this": ("tihs", "thsi", "ths"),
    "that": ("taht", "tht", "htat"),
    "with": ("wiht", "wth", "iwth"),
    "have": ("ahve", "hvae", "hav"),
    "it": ("ti", "it it"),
    "is": ("si", "iss"),
    "for": ("fro", "ofr"),
    "of": ("fo", "od"),
    "but": ("btu", "bu", "but but"),
    "you": ("yuo", "yu"),
    "from": ("form", "fomr"),
    "all": ("al", "lal"),
    "what": ("waht", "wat"),
    "just": ("jsut", "jus"),
    "they": ("tehy", "thye"),
    "had": ("hda", "ahd"),
    "one": ("oen", "noe"),
    "to": ("ot", "to to"),
    "a": ("a a", "aa"),
    "in": ("ni", "in in"),
    "my": ("ym", "mu"),
    "we": ("ew", "we we"),
}
_ARTICLES = re.compile(r"\b(?:the|a|an) ", re.I)
_BOUNDARY = re.compile(r"([.,;!?]) (?=\w)")
_SPACED = ((" , ", " ."), (" ,", " ."), (" , ", ".."))
_ROUNDS = 2


def add_typing_noise(text: str, numbers: Iterator[float]) -> str:
    """Return a text with one to three kinds of typing noise.

    Args:
        text: The text.
        numbers: Random numbers from 0 to 1; seven at most are taken.
    """
    for _ in range(_ROUNDS + int(next(numbers) * 2)):
        noise = _KINDS[int(next(numbers) * len(_KINDS))]
        text = noise(text, next(numbers))
    return text


def _replace_one(text: str, table: dict[str, tuple[str, ...]], number: float) -> str:
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, table))})\b", re.I)
    places = list(pattern.finditer(text))
    if not places:
        return text
    place = places[int(number * len(places))]
    options = table[place[0].lower()]
    return text[: place.start()] + options[int(number * 997) % len(options)] + text[place.end() :]


def _confuse(text: str, number: float) -> str:
    return _replace_one(text, {word: (other,) for word, other in _CONFUSED.items()}, number)


def _slip(text: str, number: float) -> str:
    return _replace_one(text, _SLIPS, number)


def _drop_article(text: str, number: float) -> str:
    places = list(_ARTICLES.finditer(text))
    if not places:
        return text
    place = places[int(number * len(places))]
    return text[: place.start()] + text[place.end() :]


def _join_sentences(text: str, number: float) -> str:
    places = list(_BOUNDARY.finditer(text))
    if not places:
        return text
    place = places[int(number * len(places))]
    return text[: place.start()] + place[1] + text[place.end() :]


def _space_punctuation(text: str, number: float) -> str:
    comma, stop = _SPACED[int(number * len(_SPACED))]
    return text.replace(", ", comma).replace(".", stop)


def _drop_punctuation(text: str, _number: float) -> str:
    return re.sub(r"[.,;:!](?=\s|$)", "", text)


_KINDS: tuple[Callable[[str, float], str], ...] = (
    _confuse,
    _slip,
    _slip,
    _drop_article,
    _join_sentences,
    _space_punctuation,
    _drop_punctuation,
)
