"""The grammar of frames: templates with slots, alternatives and optional parts, and expansion.

    {slot}      a filler of the polarity of the text
    {!slot}     of the opposite polarity
    {+slot}     of a fixed polarity; likewise {-slot}
    {@slot}     exchanged between the texts of a group, while all else stays as it is
    {slot1}     a slot whose name ends in a digit keeps its filler within a text
    {slot.2}    the third form of the filler
    (a|b|)      one of the alternatives
    [a]         a or nothing

A slot may also name a macro, a list of templates, which takes the place of the filler.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from gatewise.training.augmentation.lexicon import Filler, Lexicon

_PIECE = re.compile(r"\{[^{}]*\}|[()\[\]|]|[^{}()\[\]|]+")
_SLOT = re.compile(r"\{([!+@-]?)([a-z_]+)(\d?)(?:\.(\d))?\}")
_OPPOSITE = {"+": "-", "-": "+", "": ""}
_DRAWS = 96
_SKEW = 1.7


@dataclass(frozen=True)
class Slot:
    """A place for a filler."""

    mark: str
    name: str
    number: str
    form: int


@dataclass(frozen=True)
class Choice:
    """Alternatives, each a sequence of nodes."""

    options: tuple["Nodes", ...]


Nodes = tuple[str | Slot | Choice, ...]


@cache
def parse(template: str) -> Nodes:
    """Parse a template.

    Raises:
        ValueError: Brackets do not match, or a slot is malformed.
    """
    pieces = _PIECE.findall(template)
    if "".join(pieces) != template:
        raise ValueError(f"A brace is not closed: {template!r}")
    options, end = _parse_options(pieces, 0, "")
    if end != len(pieces) or len(options) != 1:
        raise ValueError(f"Brackets do not match: {template!r}")
    return options[0]


def _parse_options(pieces: Sequence[str], at: int, closing: str) -> tuple[list[Nodes], int]:
    options: list[Nodes] = []
    nodes: list[str | Slot | Choice] = []
    while at < len(pieces):
        piece = pieces[at]
        if piece and piece == closing:
            return [*options, tuple(nodes)], at
        if piece in "([":
            inner, at = _parse_options(pieces, at + 1, ")" if piece == "(" else "]")
            if at >= len(pieces):
                raise ValueError(f"A bracket is not closed: {''.join(pieces)!r}")
            nodes.append(Choice((*inner, *([()] if piece == "[" else []))))
        elif piece == "|":
            options.append(tuple(nodes))
            nodes = []
        elif piece in ")]":
            raise ValueError(f"Brackets do not match: {''.join(pieces)!r}")
        else:
            nodes.append(_parse_slot(piece) if piece.startswith("{") else piece)
        at += 1
    return [*options, tuple(nodes)], at


def _parse_slot(written: str) -> Slot:
    match = _SLOT.fullmatch(written)
    if match is None:
        raise ValueError(f"{written} is no slot.")
    return Slot(match[1], match[2], match[3], int(match[4] or 0))


def literals(nodes: Nodes) -> list[str]:
    """Return all texts of a template that are not slots."""
    found: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            found.append(node)
        elif isinstance(node, Choice):
            found += [text for option in node.options for text in literals(option)]
    return found


def slots(nodes: Nodes) -> list[Slot]:
    """Return all slots of a template."""
    found: list[Slot] = []
    for node in nodes:
        if isinstance(node, Slot):
            found.append(node)
        elif isinstance(node, Choice):
            found += [slot for option in node.options for slot in slots(option)]
    return found


@dataclass(frozen=True)
class Macros:
    """Templates that can take the place of a filler.

    Attributes:
        templates: By (name, polarity, domain).
    """

    templates: Mapping[tuple[str, str, str], Sequence[Nodes]]

    def find(self, name: str, polarity: str, domain: str) -> Sequence[Nodes]:
        """Return the templates of a name: those of the polarity, or the neutral ones."""
        found = self.templates.get((name, polarity, domain))
        return found if found is not None else self.templates.get((name, "", domain), ())


@dataclass
class Expansion:
    """The expansion of one template into one text.

    The choices come from a list of random numbers, one after the other. With the same numbers, two
    expansions of opposite polarity, or with other exchanged fillers, are the same otherwise.

    Attributes:
        lexicon: The fillers.
        macros: The macros.
        polarity: "+" or "-"; what slots without a mark express.
        domain: What the text is about.
        numbers: Random numbers from 0 to 1.
        exchange: Which of the exchanged fillers to take, counted from the drawn one.
    """

    lexicon: Lexicon
    macros: Macros
    polarity: str
    domain: str
    numbers: Sequence[float]
    exchange: int = 0
    _at: int = 0
    _kept: dict[str, Filler] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _used_templates: set[int] = field(default_factory=set)

    def expand(self, nodes: Nodes) -> str:
        """Return the text of a template."""
        return self._expand(nodes, self.polarity, 0)

    def _draw(self, count: int, *, skew: float = 1.0) -> int:
        number = self.numbers[self._at % len(self.numbers)]
        self._at += 1
        return int(number**skew * count)

    def _expand(self, nodes: Nodes, polarity: str, form: int) -> str:
        parts = []
        for node in nodes:
            if isinstance(node, str):
                parts.append(node)
            elif isinstance(node, Choice):
                option = node.options[self._draw(len(node.options))]
                parts.append(self._expand(option, polarity, form))
            else:
                parts.append(self._fill(node, polarity, form))
        return "".join(parts)

    def _fill(self, slot: Slot, polarity: str, form: int) -> str:
        wanted = polarity
        if slot.mark in {"+", "-"}:
            wanted = slot.mark
        elif slot.mark == "!":
            wanted = _OPPOSITE[polarity]
        options = self.macros.find(slot.name, wanted, self.domain)
        if options:
            return self._expand(self._unused(options), wanted, slot.form or form)
        filler = self._filler(slot, wanted)
        return filler.forms[slot.form or (form if form < len(filler.forms) else 0)]

    def _unused(self, options: Sequence[Nodes]) -> Nodes:
        """Draw a template; one that has words of its own is used once within a text."""
        at = self._draw(len(options))
        for step in range(len(options)):
            nodes = options[(at + step) % len(options)]
            if id(nodes) not in self._used_templates:
                break
        if isinstance(nodes[0], str) or len(nodes) > 1:
            self._used_templates.add(id(nodes))
        return nodes

    def _filler(self, slot: Slot, polarity: str) -> Filler:
        handle = slot.name + slot.number
        if slot.number and handle in self._kept:
            return self._kept[handle]
        fillers = self.lexicon.find(slot.name, polarity, self.domain)
        if not fillers:
            raise LookupError(f"No filler of {slot.name}{polarity} for {self.domain}.")
        # The lists of opinions begin with the most common words: they are drawn more often.
        at = self._draw(len(fillers), skew=_SKEW if polarity else 1.0)
        if slot.mark == "@":
            at += self.exchange
        for step in range(len(fillers)):
            filler = fillers[(at + step) % len(fillers)]
            if filler.key not in self._used:
                break
        self._used.add(filler.key)
        if slot.number:
            self._kept[handle] = filler
        return filler


def draws() -> int:
    """Return how many random numbers an expansion takes at most before it repeats them."""
    return _DRAWS
