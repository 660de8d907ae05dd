"""Ratings on one scale: `90/100`, `4.5/5`, `★★★★½`, `4 out of 5`, `B+` are all read as `9/10`.

Most reviews rate out of ten, so the vocabulary has these eleven words, and few of other scales.
"""

import re
from collections.abc import Iterator

from gatewise.models.text.alignment import AlignedText, Edit
from gatewise.models.text.signs import FRACTION, GRADE, STAR

_STARS = re.compile(
    r"(?P<full>(?:[★⭐✭✮✯🌟]\uFE0F?)+)(?P<half>\s?(?:½|1/2))?(?P<empty>(?:[☆✰]\uFE0F?)*)"
    r"|(?P<none>[☆✰]{5})|^\W*(?P<only_half>½)\W*$"
)
_ASTERISKS = re.compile(
    r"(?P<full>\*(?<![*\w].)\*{0,4})(?P<half>\s?(?:½|1/2))?\s*(?:/|out\s+of)\s*"
    r"(?P<scale>\*{4,5}|[45])(?![*\w])"
)
_SCALES = {
    "4": 4, "5": 5, "10": 10, "100": 100, "four": 4, "five": 5, "ten": 10, "a hundred": 100,
}  # fmt: skip
_SPELLED = {
    word: value
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}
# A lookbehind after the first character lets the search go from digit to digit.
_FRACTION = re.compile(
    r"(?P<value>\d(?<![\d/.,$£€-].)\d{0,2}(?:[.,]\d{1,2})?)\s?/\s?"
    r"(?P<scale>5|10|100)(?![\d/]|[.,]\d)"
)
_OUT_OF = re.compile(
    r"\s+of\s+(?:a\s+possible\s+)?(?P<scale>4|5|100?|four|five|ten|a\s+hundred)"
    r"(?:\s+stars?)?(?![\w/]|[.,]\d)",
    re.IGNORECASE,
)
_BEFORE_OUT = re.compile(
    rf"(?<![\w.,/])(?P<value>\d{{1,3}}(?:[.,]\d{{1,2}})?|{'|'.join(_SPELLED)})(?:\s+stars?)?\s+out\Z",
    re.IGNORECASE,
)
# So many characters can hold the value and "out".
_REACH = 27
_GRADES = {
    "A+": 10, "A": 9, "A-": 9, "B+": 8, "B": 7, "B-": 7, "C+": 6, "C": 5, "C-": 4, "D+": 3, "D": 3,
    "D-": 2, "F": 1,
}  # fmt: skip
_SIGNED = re.compile(r"[+-](?<=[A-Da-d].)(?<![\w+'&-]..)(?![\w+'-])")
_NAMES = ("grade", "rating", "score", "verdict")
_AFTER_NAME = re.compile(
    r"\s*(?:[:=-]|is|of)?\s*(?:an?\s+)?([A-DF])(?=\s*(?:[.,;!)\n<]|\Z))", re.IGNORECASE
)


def read_ratings(aligned: AlignedText) -> AlignedText:
    """Read every rating that is certain as n/10. Others, such as `3 stars`, stay as they are.

    Args:
        aligned: A text whose characters are folded, but for stars and halves, so that its lower
            case has the same length. Its markup is not removed yet: `**` may be two stars.
    """
    signs = aligned.signs
    if signs & STAR:
        aligned = aligned.edited(_star_edits(aligned.text))
    if "*" in aligned.text:
        aligned = aligned.edited(_asterisk_edits(aligned.text))
    if signs & FRACTION:
        aligned = aligned.edited(_fraction_edits(aligned.text))
    aligned = aligned.edited(_out_of_edits(aligned.text))
    return aligned.edited(_grade_edits(aligned.text, signed=bool(signs & GRADE)))


def _ends_of(name: str, lowered: str) -> Iterator[int]:
    """Yield where each occurrence of a word ends."""
    place = lowered.find(name)
    while place >= 0:
        place += len(name)
        yield place
        place = lowered.find(name, place)


def _ten(value: float, scale: int) -> str | None:
    """Return a rating out of ten; None if the value is above its scale."""
    return f" {round(10 * value / scale)}/10 " if value <= scale else None


def _star_edits(text: str) -> Iterator[Edit]:
    for match in _STARS.finditer(text):
        full = len((match["full"] or "").replace("\ufe0f", ""))
        half = 0.5 if match["half"] or match["only_half"] else 0.0
        scale = max(5, full + len((match["empty"] or "").replace("\ufe0f", "")) + (half > 0))
        rating = _ten(full + half, scale)
        if rating:
            yield Edit(match.start(), match.end(), rating)


def _asterisk_edits(text: str) -> Iterator[Edit]:
    for match in _ASTERISKS.finditer(text):
        scale = match["scale"]
        most = len(scale) if "*" in scale else int(scale)
        rating = _ten(len(match["full"]) + (0.5 if match["half"] else 0.0), most)
        if rating:
            yield Edit(match.start(), match.end(), rating)


def _fraction_edits(text: str) -> Iterator[Edit]:
    for match in _FRACTION.finditer(text):
        rating = _ten(_number(match["value"]), _SCALES[match["scale"]])
        if rating and rating.strip() != match[0]:
            yield Edit(match.start(), match.end(), rating)


def _out_of_edits(text: str) -> Iterator[Edit]:
    last = 0
    for end in _ends_of("out", text.lower()):
        match = _OUT_OF.match(text, end)
        if match is None:
            continue
        reach = max(last, end - _REACH)
        before = _BEFORE_OUT.search(text[reach:end])
        scale = _SCALES[" ".join(match["scale"].lower().split())]
        rating = before and _ten(_number(before["value"]), scale)
        if before and rating:
            yield Edit(reach + before.start(), match.end(), rating)
            last = match.end()


def _number(written: str) -> float:
    word = written.lower()
    return float(_SPELLED.get(word, word.replace(",", ".")))


def _grade_edits(text: str, *, signed: bool) -> Iterator[Edit]:
    found = [(m.start() - 1, m.end()) for m in _SIGNED.finditer(text)] if signed else []
    lowered = text.lower()
    for name in _NAMES:
        matches = (_AFTER_NAME.match(text, end) for end in _ends_of(name, lowered))
        found += [match.span(1) for match in matches if match]
    for start, end in sorted(found):
        yield Edit(start, end, f" {_GRADES[text[start:end].upper()]}/10 ")
