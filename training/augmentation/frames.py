"""The frames: templates by phenomenon, with their target, domains and part.

A section of `frames/*.txt` has the header `[phenomenon]`, and optionally its weight:
`[rating | 0.5]`. A line is a frame:

    * :: {It} is not {!gradable}.
    * .9 film series :: …

The sign is the verdict: `+`, `-`, `0` (neutral), or `*` for both, in which case slots without a
mark have the polarity of the verdict. The number is the probability of the verdict, .97 by default.
Domains follow. About 17 % of the frames are held out, chosen by their digest, and every frame that
contains a held-out filler.

The files of `training_only/` have the same form and are used in training only: they can grow
without a change of the held-out part, so that figures on it stay comparable. A weight there is the
weight of the phenomenon in training.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from gatewise.training.augmentation.grammar import Macros, Nodes, literals, parse, slots
from gatewise.training.augmentation.lexicon import (
    HELD_OUT_SHARE,
    digest_share,
    domains_of,
    held_out_pattern,
    parse_header,
)
from gatewise.training.augmentation.sections import Section, read_sections

_STRENGTH = 0.97
_SIGNS = {"*": ("+", "-"), "+": ("+",), "-": ("-",), "0": ("",)}
_NUMBER = re.compile(r"(?:0|1)?\.\d+")


@dataclass(frozen=True)
class Frame:
    """A template with what its texts express.

    Attributes:
        phenomenon: What it exercises.
        verdicts: Verdicts it can express: "+", "-", or "" for neutral.
        strength: Probability of the verdict.
        domains: What its texts can be about.
        template: The template as written.
        nodes: The parsed template.
        held_out: Whether it is never used in training.
    """

    phenomenon: str
    verdicts: tuple[str, ...]
    strength: float
    domains: tuple[str, ...]
    template: str
    nodes: Nodes
    held_out: bool

    @property
    def exchanges(self) -> bool:
        """Whether it has slots that are exchanged within a group."""
        return any(slot.mark == "@" for slot in slots(self.nodes))

    def target(self, verdict: str) -> float:
        """Return P(positive) of a text with the verdict."""
        if not verdict:
            return 0.5
        return self.strength if verdict == "+" else round(1 - self.strength, 4)


@dataclass(frozen=True)
class FrameBook:
    """The frames by phenomenon, and the weight of each phenomenon in either part.

    Attributes:
        frames: By phenomenon.
        weights: In the held-out part.
        trained_weights: In the part for training.
    """

    frames: Mapping[str, Sequence[Frame]]
    weights: Mapping[str, float]
    trained_weights: Mapping[str, float]


@cache
def load_frames() -> FrameBook:
    """Read all frames."""
    frames: dict[str, list[Frame]] = {}
    weights: dict[str, float] = {}
    for section in read_sections("frames"):
        phenomenon, _, weight = map(str.strip, section.header.partition("|"))
        frames.setdefault(phenomenon, []).extend(parse_frames(phenomenon, section))
        weights[phenomenon] = float(weight) if weight else weights.get(phenomenon, 1.0)
    trained_weights = dict(weights)
    for section in read_sections("training_only/frames"):
        phenomenon, _, weight = map(str.strip, section.header.partition("|"))
        if phenomenon not in frames:
            raise ValueError(f"No frames of [{phenomenon}] are held out: add it to frames/ first.")
        frames[phenomenon].extend(parse_frames(phenomenon, section, training_only=True))
        if weight:
            trained_weights[phenomenon] = float(weight)
    return FrameBook(frames, weights, trained_weights)


def parse_frames(phenomenon: str, section: Section, *, training_only: bool = False) -> list[Frame]:
    """Parse the lines of a section.

    Args:
        phenomenon: What the frames exercise.
        section: The section.
        training_only: Whether all of its frames are for training, whatever their digest.

    Raises:
        ValueError: A line is malformed; the message quotes it.
    """
    found = []
    for line in section.lines:
        options, separator, template = line.partition(" :: ")
        sign, *rest = options.split()
        if not separator or sign not in _SIGNS:
            raise ValueError(f"{line!r} is no frame.")
        numbers = [float(word) for word in rest if _NUMBER.fullmatch(word)]
        nodes = parse(template.strip())
        found.append(
            Frame(
                phenomenon=phenomenon,
                verdicts=_SIGNS[sign],
                strength=numbers[0] if numbers else _STRENGTH,
                domains=domains_of(word for word in rest if not _NUMBER.fullmatch(word)),
                template=template.strip(),
                nodes=nodes,
                held_out=not training_only and _is_held_out(template.strip(), nodes),
            )
        )
    return found


def _is_held_out(template: str, nodes: Nodes) -> bool:
    if digest_share(f"frame {template}") < HELD_OUT_SHARE:
        return True
    return any(held_out_pattern().search(text) for text in literals(nodes))


@cache
def macros_of_part(*, held_out: bool) -> Macros:
    """Read the macros of a part.

    The lines of a macro with a polarity are divided like opinion fillers, and those that begin with
    a tilde are held out, so that short lists have some. A header that ends with an asterisk marks a
    list that both parts share. No macro of training contains a
    held-out filler.
    """
    templates: dict[tuple[str, str, str], list[Nodes]] = defaultdict(list)
    for section in read_sections("macros"):
        header, divided = section.header.removesuffix("*"), not section.header.endswith("*")
        polarity, name, domains = parse_header(header)
        for line in section.lines:
            nodes = parse(line.removeprefix("~ "))
            held_out_only = any(held_out_pattern().search(text) for text in literals(nodes))
            held_out_only |= line.startswith("~ ")
            divide = bool(polarity) and divided and any(map(str.strip, literals(nodes)))
            if divide:
                held_out_only |= digest_share(f"macro {line}") < HELD_OUT_SHARE
            if held_out_only == held_out if divide else held_out or not held_out_only:
                for domain in domains:
                    templates[name, polarity, domain].append(nodes)
    if not held_out:
        for section in read_sections("training_only/macros"):
            polarity, name, domains = parse_header(section.header)
            for line in section.lines:
                for domain in domains:
                    templates[name, polarity, domain].append(parse(line))
    return Macros(templates)
