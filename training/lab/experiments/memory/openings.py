"""Opening sentences with an opinion, each followed by long plots without one."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int32

from gatewise.models.tokenizer import WordTokenizer
from gatewise.training.lab.experiments.verdict.stories import (
    NEGATIVE_OPENINGS,
    POSITIVE_OPENINGS,
    plot_of,
)

LENGTHS = (0, 5, 10, 25, 50, 100, 200, 400, 800)
"""Tokens of plot after which the running prediction is compared with the opening."""
OPENINGS = (*POSITIVE_OPENINGS, *NEGATIVE_OPENINGS)
_SEED = 4
# One plot for so many texts of a kind: 12 in the full run.
_TEXTS_PER_PLOT = 16


@dataclass(frozen=True)
class OpeningTexts:
    """Openings and plots in tokens; a text is one of the openings and one of the plots.

    Attributes:
        openings: Word ids of each opening.
        positive: Whether each opening is positive.
        opposites: For each opening the number of one of the other label.
        plots: Word ids of each plot.
    """

    openings: list[Int32[np.ndarray, " _"]]
    positive: Bool[np.ndarray, " O"]
    opposites: list[int]
    plots: Int32[np.ndarray, "P T"]

    @property
    def texts(self) -> list[Int32[np.ndarray, " _"]]:
        """Word ids of all texts, P × O of them, with those of a plot together."""
        return [np.concatenate([opening, plot]) for plot in self.plots for opening in self.openings]


def opening_texts(tokenizer: WordTokenizer, *, story_texts: int) -> OpeningTexts:
    """Build the texts.

    Args:
        tokenizer: Tokenizer of the model that reads them.
        story_texts: Texts of each kind in the experiments, which determines the number of plots.
    """
    generator = np.random.default_rng(_SEED)
    count = max(1, story_texts // _TEXTS_PER_PLOT)
    plots = [tokenizer.encode(plot_of(LENGTHS[-1], generator)).ids for _ in range(count)]
    half = len(POSITIVE_OPENINGS)
    return OpeningTexts(
        openings=[tokenizer.encode(sentence).ids for sentence in OPENINGS],
        positive=np.arange(len(OPENINGS)) < half,
        opposites=[(number + half) % len(OPENINGS) for number in range(len(OPENINGS))],
        plots=np.stack([ids[: LENGTHS[-1]] for ids in plots]),
    )


def standing_share(
    update_gate: Float64[np.ndarray, "T H"], by_unit: Float64[np.ndarray, " H"]
) -> dict[int, float]:
    """Compute the share of a state that the update gates have left standing, by length.

    Args:
        update_gate: The update gates at the tokens after that state.
        by_unit: The state after the opening times the weights of the head, w ⊙ h.

    Returns:
        Σ |w h| Π z / Σ |w h| over the units, after each of `LENGTHS`.
    """
    weight = np.abs(by_unit) / np.abs(by_unit).sum()  # (H,)
    return {length: float(update_gate[:length].prod(axis=0) @ weight) for length in LENGTHS}
