"""The fillers of the frames, by slot, polarity and domain.

A section of `lexicon/*.txt` has the header `[slot]`, `[+ slot]` or `[- slot]`, and optionally the
domains after a colon: `[+ gradable: film series]`. Its lines are fillers, divided by commas. A
filler may have forms, divided by slashes. Fillers with `+` or `-` express an opinion; about 17 % of
them are held out: chosen by their digest, and every filler that contains one of these. A filler
with an asterisk is too common a word to be held out; one with a tilde is held out, so that short
lists have some. The fillers of `training_only/lexicon/*.txt` are used in training only.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from gatewise.training.augmentation.sections import read_sections

HELD_OUT_SHARE = 0.17
DOMAINS = (
    "film",
    "series",
    "book",
    "game",
    "music",
    "restaurant",
    "hotel",
    "product",
    "service",
    "travel",
)
DOMAIN_GROUPS = {
    "screen": ("film", "series"),
    "story": ("film", "series", "book", "game"),
    "narrative": ("film", "series", "book"),
    "art": ("film", "series", "book", "game", "music"),
    "place": ("restaurant", "hotel"),
    "thing": ("film", "series", "book", "game", "music", "product"),
    "venue": ("restaurant", "hotel", "service"),
}

# Slots of adjectives whose second form is the comparative.
_COMPARED = {"gradable", "art", "story", "screen", "music", "food"}
_COMPARED |= {"venue", "product", "service", "travel"}


def domains_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the domains that names of domains and of their groups stand for; none means all."""
    found = [domain for name in names for domain in DOMAIN_GROUPS.get(name, (name,))]
    if unknown := set(found) - set(DOMAINS):
        raise ValueError(f"There are no such domains: {sorted(unknown)}.")
    return tuple(dict.fromkeys(found)) or DOMAINS


def digest_share(text: str) -> float:
    """Map a text to a number from 0 to 1, evenly, by its SHA-256 digest."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48


@dataclass(frozen=True)
class Filler:
    """A word or phrase for a slot.

    Attributes:
        forms: Its forms; what each is for depends on the slot.
        common: Whether it is never held out.
        always_held_out: Whether it is held out whatever its digest.
        training_only: Whether it is used in training only, whatever its digest.
    """

    forms: tuple[str, ...]
    common: bool = False
    always_held_out: bool = False
    training_only: bool = False

    @property
    def key(self) -> str:
        """The first form, which identifies the filler."""
        return self.forms[0]


@dataclass
class Lexicon:
    """All fillers.

    Attributes:
        fillers: By (slot, polarity, domain).
        held_out: Keys of the opinion fillers that are never used in training.
    """

    fillers: dict[tuple[str, str, str], list[Filler]] = field(default_factory=dict)
    held_out: frozenset[str] = frozenset()

    def part(self, *, held_out: bool) -> "Lexicon":
        """Return the lexicon of one part.

        It has the opinion fillers of that part, and the neutral ones; in the part for training,
        without neutral ones that contain a held-out opinion filler.
        """
        held_out_forms = held_out_pattern()

        def belongs(filler: Filler, polarity: str) -> bool:
            if filler.training_only:
                return not held_out
            if polarity:
                return (filler.key in self.held_out) == held_out
            return held_out or not any(map(held_out_forms.search, filler.forms))

        chosen = {
            (slot, polarity, domain): [filler for filler in fillers if belongs(filler, polarity)]
            for (slot, polarity, domain), fillers in self.fillers.items()
        }
        return Lexicon(chosen, self.held_out)

    def find(self, slot: str, polarity: str, domain: str) -> list[Filler]:
        """Return the fillers of a slot: those of the polarity, or the neutral ones."""
        found = self.fillers.get((slot, polarity, domain))
        return found if found is not None else self.fillers.get((slot, "", domain), [])


@cache
def load_lexicon() -> Lexicon:
    """Read all files of the lexicon and decide what is held out."""
    fillers: dict[tuple[str, str, str], list[Filler]] = defaultdict(list)
    _read_fillers("lexicon", fillers)
    held_out = _held_out(fillers)
    _read_fillers("training_only/lexicon", fillers, training_only=True)
    return Lexicon(dict(fillers), held_out)


def _read_fillers(
    folder: str, fillers: dict[tuple[str, str, str], list[Filler]], *, training_only: bool = False
) -> None:
    """Add the fillers of a folder to lists of them."""
    for section in read_sections(folder):
        polarity, slot, domains = parse_header(section.header)
        for line in section.lines:
            for entry in filter(None, map(str.strip, line.split(","))):
                forms = re.sub("[*~]", "", entry).split("/")
                if slot in _COMPARED and len(forms) == 1:
                    forms.append(f"more {forms[0]}")
                filler = Filler(
                    tuple(map(str.strip, forms)),
                    common="*" in entry,
                    always_held_out="~" in entry,
                    training_only=training_only,
                )
                for domain in domains:
                    listed = fillers[slot, polarity, domain]
                    if all(filler.forms != other.forms for other in listed):
                        listed.append(filler)


def parse_header(header: str) -> tuple[str, str, tuple[str, ...]]:
    """Parse the header of a section of the lexicon or the macros.

    Returns:
        Polarity, name, and domains.

    Raises:
        ValueError: The header is malformed.
    """
    name, _, domains = header.partition(":")
    match = re.fullmatch(r"([+-]?)\s*(\w+)\s*", name)
    if match is None:
        raise ValueError(f"[{header}] is no header of a lexicon.")
    return match[1], match[2], domains_of(domains.split())


def _held_out(fillers: dict[tuple[str, str, str], list[Filler]]) -> frozenset[str]:
    opinions = {
        filler for (_, polarity, _), listed in fillers.items() if polarity for filler in listed
    }
    common = {filler.key for filler in opinions if filler.common}
    chosen = {
        filler
        for filler in opinions
        if filler.key not in common
        and (filler.always_held_out or digest_share(f"filler {filler.key}") < HELD_OUT_SHARE)
    }
    pattern = phrases_pattern(form for filler in chosen for form in filler.forms)
    chosen |= {filler for filler in opinions if any(pattern.search(form) for form in filler.forms)}
    return frozenset(filler.key for filler in chosen)


def phrases_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Compile a pattern that finds any of the phrases as whole words, in any case."""
    ordered = sorted(set(phrases), key=len, reverse=True)
    return re.compile(rf"(?<![\w'-])(?:{'|'.join(map(re.escape, ordered))})(?![\w'-])", re.I)


@cache
def held_out_pattern() -> re.Pattern[str]:
    """Compile a pattern that finds any form of a held-out opinion filler."""
    lexicon = load_lexicon()
    return phrases_pattern(
        form
        for (_, polarity, _), fillers in lexicon.fillers.items()
        if polarity
        for filler in fillers
        if filler.key in lexicon.held_out
        for form in filler.forms
    )
