"""Changes of a text that leave its meaning as it is, for measuring how many labels they flip.

Every function takes a text and returns it changed. What is random is drawn from a generator that is
seeded with the text itself, so that a text is always changed in the same way.
"""

import html
import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_LONG_WORD = re.compile(r"[A-Za-z]{6,}")
_WORD = re.compile(r"[A-Za-z]{4,}")
_APOSTROPHE = re.compile(r"(?<=[A-Za-z])'(?=[A-Za-z])")
_BREAK = re.compile(r"(?:<br\s*/?>\s*)+")
_FINAL_STOP = re.compile(r"\.+\s*\Z")
_QUOTED = re.compile(r'"([^"]*)"')
# Without their apostrophe these are other words, so that leaving it out changes the meaning.
_CONTRACTION = re.compile(
    r"\b(?!(?:we're|we'll|he'll|she'll|i'll|who're)\b)"
    r"[a-z]+(?:n't|'re|'ve|'ll|'m)\b",
    re.IGNORECASE,
)
_CYRILLIC = str.maketrans("aceopxyAEOPCX", "асеорхуАЕОРСХ")
_NOISE_SHARE = 0.03
_UNDEFINED = 0x9D  # the one byte of these quotes that Windows-1252 leaves undefined
_EVERY = 8  # every so many words are emphasised


@dataclass(frozen=True)
class Perturbation:
    """A change of a text.

    Attributes:
        name: What is done to the text.
        change: The function that does it.
        goal: Largest acceptable number of flipped labels among 300 reviews.
        same_words: Whether the words that are read are to stay the same.
    """

    name: str
    change: Callable[[str], str]
    goal: int = 0
    same_words: bool = True


def full_width(text: str) -> str:
    """Write ASCII in its full-width forms, outside tags."""
    wide = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
    return _outside_tags(text, lambda part: part.translate(wide))


def mathematical_bold(text: str) -> str:
    """Write Latin letters as mathematical bold ones, outside tags."""
    upper = {ord("A") + index: 0x1D400 + index for index in range(26)}
    lower = {ord("a") + index: 0x1D41A + index for index in range(26)}
    return _outside_tags(text, lambda part: part.translate({**upper, **lower}))


def inside_words(sign: str) -> Callable[[str], str]:
    """Return a function that puts an invisible character inside every word of six letters."""
    return lambda text: _outside_tags(
        text, lambda part: _LONG_WORD.sub(lambda word: word[0][:3] + sign + word[0][3:], part)
    )


def after_spaces(sign: str) -> Callable[[str], str]:
    """Return a function that puts a character after every space, outside tags."""
    return lambda text: _outside_tags(text, lambda part: part.replace(" ", " " + sign))


def apostrophes(sign: str) -> Callable[[str], str]:
    """Return a function that writes every apostrophe inside a word as another character."""
    return lambda text: _APOSTROPHE.sub(sign, text)


def curly_quotes(text: str) -> str:
    """Write quotation marks and apostrophes as word processors do, outside tags."""
    return _outside_tags(
        text,
        lambda part: _APOSTROPHE.sub("\u2019", _QUOTED.sub("\u201c\\1\u201d", part)),
    )


def long_dashes(text: str) -> str:
    """Write two hyphens as an em dash, and one between spaces as an en dash."""
    return text.replace("--", "\u2014").replace(" - ", " \u2013 ")


def mojibake(text: str) -> str:
    """Write curly quotes in UTF-8 and decode them as Windows-1252."""
    return "".join(map(_as_windows_1252, curly_quotes(text)))


def c1_controls(text: str) -> str:
    """Write curly quotes in Windows-1252 and decode them as Latin-1."""
    return "".join(
        sign.encode("cp1252").decode("latin-1") if sign in "\u2019\u201c\u201d" else sign
        for sign in curly_quotes(text)
    )


def look_alikes(text: str) -> str:
    """Write one letter of every word of four letters as the Cyrillic one that looks like it."""

    def replaced(word: re.Match[str]) -> str:
        letters = word[0]
        for index, letter in enumerate(letters):
            if letter.translate(_CYRILLIC) != letter:
                return letters[:index] + letter.translate(_CYRILLIC) + letters[index + 1 :]
        return letters

    return _outside_tags(text, lambda part: _WORD.sub(replaced, part))


def paragraphs(text: str) -> str:
    """Put every paragraph into a `<p>` of its own."""
    return "\n".join(f"<p>{part}</p>" for part in _BREAK.split(text) if part.strip())


def enclosed(opening: str, closing: str) -> Callable[[str], str]:
    """Return a function that encloses a text."""
    return lambda text: opening + text + closing


def html_comments(text: str) -> str:
    """Put an HTML comment before a text, in its middle and after it."""
    words = text.split(" ")
    middle = len(words) // 2
    comment = "<!-- review, 12 lines -->"
    return " ".join([comment, *words[:middle], comment, *words[middle:], comment])


def escaped_twice(text: str) -> str:
    """Write HTML's special characters as references, and those of the references, too."""
    return html.escape(html.escape(text))


def markdown_emphasis(text: str) -> str:
    """Emphasise every eighth word with asterisks."""
    words = text.split(" ")
    return " ".join(
        f"**{word}**" if index % _EVERY == 0 and word.isalpha() else word
        for index, word in enumerate(words)
    )


def plain_line_breaks(text: str) -> str:
    """Write line breaks as such, not as tags."""
    return re.sub(r"<br\s*/?>", "\n", text)


def without_final_stop(text: str) -> str:
    """Leave out the full stop at the end."""
    return _FINAL_STOP.sub("", text)


def typing_noise(text: str) -> str:
    """Double one letter in 3 % of the words of four letters or more, at least in one."""
    words = list(_WORD.finditer(_BREAK.sub(lambda tag: " " * len(tag[0]), text)))
    if not words:
        return text
    generator = random.Random(text)  # noqa: S311
    chosen = generator.sample(words, max(1, round(_NOISE_SHARE * len(words))))
    places = {generator.randrange(word.start() + 1, word.end()) for word in chosen}
    return "".join(2 * letter if index in places else letter for index, letter in enumerate(text))


def without_apostrophes(text: str) -> str:
    """Leave the apostrophe out of contractions, where that makes no other word."""
    return _CONTRACTION.sub(lambda word: word[0].replace("'", ""), text)


def _outside_tags(text: str, change: Callable[[str], str]) -> str:
    """Change what is between the tags of a text."""
    parts = re.split(r"(<[^<>]*>)", text)
    return "".join(part if index % 2 else change(part) for index, part in enumerate(parts))


def _no_break(text: str) -> str:
    return text.replace(" ", "\u00a0")


def _doubled(text: str) -> str:
    return text.replace(" ", "  ")


def _as_windows_1252(sign: str) -> str:
    if sign not in "\u2019\u201c\u201d":
        return sign
    return "".join(
        bytes([byte]).decode("latin-1" if byte == _UNDEFINED else "cp1252")
        for byte in sign.encode()
    )


PERTURBATIONS = (
    Perturbation("upper case", str.upper),
    Perturbation("lower case", str.lower),
    Perturbation("full width", full_width),
    Perturbation("mathematical bold", mathematical_bold),
    Perturbation("NFD", lambda text: unicodedata.normalize("NFD", text)),
    Perturbation("soft hyphens inside words", inside_words("\u00ad")),
    Perturbation("zero-width spaces inside words", inside_words("\u200b")),
    Perturbation("zero-width spaces after spaces", after_spaces("\u200b")),
    Perturbation("byte order mark", enclosed("\ufeff", "")),
    Perturbation("direction marks", after_spaces("\u200e")),
    Perturbation("no-break spaces", lambda text: _outside_tags(text, _no_break)),
    Perturbation("apostrophes as U+2018", apostrophes("\u2018")),
    Perturbation("apostrophes as U+2019", apostrophes("\u2019")),
    Perturbation("apostrophes as U+02BC", apostrophes("\u02bc")),
    Perturbation("apostrophes as U+00B4", apostrophes("\u00b4")),
    Perturbation("apostrophes as backticks", apostrophes("`")),
    Perturbation("apostrophes as U+2032", apostrophes("\u2032")),
    Perturbation("apostrophes as U+FF07", apostrophes("\uff07")),
    Perturbation("curly quotes", curly_quotes),
    Perturbation("en and em dashes", long_dashes),
    Perturbation("UTF-8 read as Windows-1252", mojibake),
    Perturbation("C1 controls for curly quotes", c1_controls),
    Perturbation("Cyrillic look-alikes", look_alikes),
    Perturbation("`<p>` around paragraphs", paragraphs),
    Perturbation("`<div>` around it", enclosed('<div class="review">', "</div>")),
    Perturbation("`<i>` around it", enclosed("<i>", "</i>")),
    Perturbation("HTML comments", html_comments),
    Perturbation("HTML-escaped", html.escape),
    Perturbation("HTML-escaped twice", escaped_twice),
    Perturbation("Markdown emphasis", markdown_emphasis),
    Perturbation("Markdown quote", enclosed("> ", "")),
    Perturbation("line breaks without tags", plain_line_breaks),
    Perturbation("spaces and line breaks at the end", enclosed("", "  \r\n\n ")),
    Perturbation("doubled spaces", lambda text: _outside_tags(text, _doubled)),
    Perturbation("final full stop left out", without_final_stop, goal=2),
    Perturbation("emoji added", enclosed("", " \U0001f3ac"), goal=2, same_words=False),
    Perturbation("a letter doubled in 3 % of the words", typing_noise, goal=2, same_words=False),
    Perturbation("contractions without apostrophe", without_apostrophes, goal=2),
)
