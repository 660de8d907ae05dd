"""Seeded generation of texts from frames and fillers."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, islice
from typing import TypeVar

import numpy as np

from gatewise.training.augmentation.frames import load_frames, macros_of_part
from gatewise.training.augmentation.grammar import Expansion, draws
from gatewise.training.augmentation.lexicon import load_lexicon
from gatewise.training.augmentation.noise import add_typing_noise
from gatewise.training.augmentation.records import AugmentedText
from gatewise.training.augmentation.sections import read_sections
from gatewise.training.augmentation.surface import draw_style, write
from gatewise.training.text_digest import text_digest

T = TypeVar("T")

TYPING_NOISE = "typing noise"
# Share of texts that get typing noise, as a phenomenon of its own.
_NOISE_SHARE = 0.04
# More of them in training: slips hide negations and verdicts of all other phenomena.
_TRAINED_NOISE_SHARE = 0.07
# Share of texts that come with their contrast: the same frame and neutral fillers, the other
# verdict.
_CONTRAST_SHARE = 0.5
_EXCHANGED = 3
# Films are what the models are trained on first; other domains share the rest.
_DOMAIN_WEIGHTS = {"film": 4.0, "series": 1.5, "book": 1.5, "product": 1.5, "restaurant": 1.5}
_NOISE_DRAWS = 12
_OTHER_DRAWS = _NOISE_DRAWS + 10
# Texts in a row that were all drawn before, after which the frames count as exhausted.
_MOST_REPEATS = 20_000
# In training, how often a text that was drawn before is drawn again of the same phenomenon. Some
# phenomena have many frames without slots (sarcasm, rhetorical questions), which soon repeat
# themselves: without this, others would take their share of a large number of texts.
_REDRAWS = 25


def generate(*, seed: int, count: int, held_out: bool) -> list[AugmentedText]:
    """Generate different texts with their targets.

    The phenomena are drawn by weight, then a verdict (so that praise and blame are balanced within
    each phenomenon), a frame, a domain and the fillers.

    Args:
        seed: Seed of all draws: the same arguments return the same list.
        count: Number of texts.
        held_out: Whether to use the held-out frames with the held-out opinion fillers, or the
            others. The two parts share neutral fillers only.

    Returns:
        `count` texts; no two are the same after case, punctuation and spaces are left out.

    Raises:
        ValueError: `count` is negative, or there are not as many different texts.
    """
    if count < 0:
        raise ValueError(f"count must not be negative, but is {count}.")
    generator = _Generator(np.random.default_rng(seed), held_out=held_out)
    texts: list[AugmentedText] = []
    seen = set(never_generated_digests())
    repeats, again = 0, False
    while len(texts) < count:
        group = generator.group(again=again)
        keys = [text_digest(text.text) for text in group]
        if len(set(keys)) < len(keys) or not seen.isdisjoint(keys):
            repeats += 1
            if repeats > _MOST_REPEATS:
                raise ValueError(f"There are only {len(texts):,} different texts.")
            again = not held_out and repeats % (_REDRAWS + 1) > 0
            continue
        repeats, again = 0, False
        seen.update(keys)
        texts += group
    return texts[:count]


@cache
def never_generated_digests() -> frozenset[str]:
    """Return the digests of texts that are tests elsewhere and must not be generated."""
    return frozenset(
        digest
        for section in read_sections("never_generated")
        for line in section.lines
        for digest in line.split()
    )


class _Generator:
    """Draws groups of texts of one part."""

    def __init__(self, random: np.random.Generator, *, held_out: bool) -> None:
        self._random = random
        self._lexicon = load_lexicon().part(held_out=held_out)
        self._macros = macros_of_part(held_out=held_out)
        self._frames = {
            phenomenon: {
                verdict: chosen
                for verdict in ("+", "-", "")
                if (
                    chosen := [
                        frame
                        for frame in frames
                        if frame.held_out == held_out and verdict in frame.verdicts
                    ]
                )
            }
            for phenomenon, frames in load_frames().frames.items()
        }
        self._phenomena = [name for name, frames in self._frames.items() if frames]
        book = load_frames()
        weights = book.weights if held_out else book.trained_weights
        self._cumulated = _cumulated([weights[name] for name in self._phenomena])
        self._noise_share = _NOISE_SHARE if held_out else _TRAINED_NOISE_SHARE
        self._domain_weights: dict[tuple[str, ...], list[float]] = {}
        self._groups = 0
        self._phenomenon = self._phenomena[0]

    def group(self, *, again: bool = False) -> list[AugmentedText]:
        """Draw the texts of one group: one text, or several that belong together.

        Args:
            again: Whether to draw another one of the last phenomenon.
        """
        numbers = self._random.random(draws() + _OTHER_DRAWS).tolist()
        draw = iter(numbers)
        drawn = self._phenomena[bisect_right(self._cumulated, next(draw))]
        phenomenon = self._phenomenon = self._phenomenon if again else drawn
        by_verdict = self._frames[phenomenon]
        verdict = _pick(list(by_verdict), next(draw))
        frame = _pick(by_verdict[verdict], next(draw))
        domain = self._domain(frame.domains, next(draw))
        noisy = next(draw) < self._noise_share
        with_contrast = next(draw) < _CONTRAST_SHARE
        style = draw_style(draw)
        noise = list(islice(draw, _NOISE_DRAWS))
        fillers = list(draw)
        members: list[tuple[str, int]] = [(verdict, 0)]
        if frame.exchanges:
            members = [(verdict, exchange) for exchange in range(_EXCHANGED)]
        elif len(frame.verdicts) > 1 and with_contrast:
            members = [("+", 0), ("-", 0)]
        self._groups += 1
        group = f"{phenomenon} {self._groups}" if len(members) > 1 else None
        texts = []
        for member, exchange in members:
            expansion = Expansion(
                self._lexicon, self._macros, member, domain, fillers, exchange=exchange
            )
            text = write(expansion.expand(frame.nodes), style)
            if noisy:
                text = add_typing_noise(text, iter(noise))
            label = TYPING_NOISE if noisy else phenomenon
            texts.append(AugmentedText(text, frame.target(member), label, group))
        return texts

    def _domain(self, domains: tuple[str, ...], number: float) -> str:
        if domains not in self._domain_weights:
            weights = [_DOMAIN_WEIGHTS.get(domain, 1.0) for domain in domains]
            self._domain_weights[domains] = _cumulated(weights)
        return domains[bisect_right(self._domain_weights[domains], number)]


def _cumulated(weights: Sequence[float]) -> list[float]:
    """Return cumulated shares; the last one is left out, so that `bisect` stays in range."""
    total = sum(weights)
    return [share / total for share in accumulate(weights)][:-1]


def _pick(options: Sequence[T], number: float) -> T:
    return options[int(number * len(options))]
