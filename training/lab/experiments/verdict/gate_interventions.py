"""Reset and update gates at the verdict of a story, set to other values one gate at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from gatewise.models.gru.equations import gru_step
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.gru.trace import GateTrace
from gatewise.models.predictor import Predictor
from gatewise.training.lab.experiments.verdict.stories import Story

PLACEBO = {"reset": "reset of other texts", "update": "update of other texts"}
"""By gate, the intervention that sets it to values which it has at verdicts of other texts."""
INTERVENTIONS = (
    "reset at 1",
    "reset at average",
    "reset at 0",
    PLACEBO["reset"],
    "update at average",
    "update at 1",
    PLACEBO["update"],
)


@dataclass(frozen=True)
class Reading:
    """A story as a model reads it.

    Attributes:
        story: The text.
        ids: Word ids of the text.
        trace: The forward pass.
        plot: Number of tokens of the plot.
    """

    story: Story
    ids: Int32[np.ndarray, " T"]
    trace: GateTrace
    plot: int


@dataclass(frozen=True)
class VerdictGates:
    """Values of both gates for every token of a verdict."""

    reset: Float32[np.ndarray, "V H"]
    update: Float32[np.ndarray, "V H"]


@dataclass(frozen=True)
class Response:
    """How a model responds to a story. Logits have the sign of the verdict.

    Attributes:
        story: The text.
        before: Running logit after the plot.
        after: Final logit.
        intervened: Final logit with one gate set at the tokens of the verdict, by intervention.
        mean_reset: Mean reset gate over the plot and over the verdict.
        mean_update: Mean update gate over the plot and over the verdict.
    """

    story: Story
    before: float
    after: float
    intervened: dict[str, float]
    mean_reset: tuple[float, float]
    mean_update: tuple[float, float]

    @property
    def contradicted(self) -> bool:
        """Whether the verdict contradicts the running prediction after the plot."""
        return self.before < 0

    @property
    def flipped(self) -> bool:
        """Whether the verdict reverses the running prediction."""
        return self.contradicted and self.after > 0

    def undone(self, intervention: str) -> bool:
        """Whether an intervention leaves the final prediction with the plot."""
        return self.intervened[intervention] <= 0


def read(predictor: Predictor, stories: Sequence[Story]) -> list[Reading]:
    """Run a model over stories."""
    recurrence = Recurrence(predictor.artifact.weights)
    encodings = predictor.encode([f"{story.plot} {story.ending}" for story in stories])
    return [
        Reading(
            story=story,
            ids=encoding.ids,
            trace=recurrence.trace(encoding.ids),
            plot=int((encoding.starts < len(story.plot)).sum()),
        )
        for story, encoding in zip(stories, encodings, strict=True)
    ]


def gates_of_others(
    readings: Sequence[Reading], index: int, generator: np.random.Generator
) -> VerdictGates:
    """Draw gates for the verdict of one story from the verdicts of others.

    Each token gets both gates of a random token in the verdict of a random story with another
    plot. They are values that the model computes at verdicts, but not for this state and word.

    Args:
        readings: All stories.
        index: The story for which gates are drawn.
        generator: Source of random numbers.

    Raises:
        ValueError: All stories have the same plot.
    """
    own = readings[index]
    others = [reading for reading in readings if reading.story.plot != own.story.plot]
    if not others:
        raise ValueError("Gates of other texts need a story with another plot.")
    drawn = []
    for _ in range(len(own.ids) - own.plot):
        other = others[generator.integers(len(others))]
        drawn.append((other.trace, generator.integers(other.plot, len(other.ids))))
    return VerdictGates(
        reset=np.stack([trace.reset_gate[token] for trace, token in drawn]),
        update=np.stack([trace.update_gate[token] for trace, token in drawn]),
    )


def respond(predictor: Predictor, reading: Reading, others: VerdictGates) -> Response:
    """Run a model over the verdict of a story again with every intervention.

    Args:
        predictor: The model.
        reading: The story as this model reads it.
        others: Gates of other verdicts, for the placebos.
    """
    artifact, trace, plot = predictor.artifact, reading.trace, reading.plot
    weights, gates = artifact.weights, artifact.gates
    words = weights.embedding[reading.ids[plot:]]  # (V, E)
    shape = (len(words), weights.config.hidden_size)
    settings: dict[str, tuple[str, Float32[np.ndarray, "V H"]]] = {
        "reset at 1": ("reset", np.ones(shape, np.float32)),
        "reset at average": ("reset", np.broadcast_to(gates.mean_reset, shape)),
        "reset at 0": ("reset", np.zeros(shape, np.float32)),
        PLACEBO["reset"]: ("reset", others.reset),
        "update at average": ("update", np.broadcast_to(gates.mean_update, shape)),
        "update at 1": ("update", np.ones(shape, np.float32)),
        PLACEBO["update"]: ("update", others.update),
    }
    sign = 1 if reading.story.positive else -1

    def logit(hidden: Float32[np.ndarray, " H"]) -> float:
        return sign * float(hidden @ weights.head_weight + weights.head_bias)

    logits = {}
    for name, (gate, values) in settings.items():
        hidden = trace.hidden[plot - 1]  # (H,)
        for word, value in zip(words, values, strict=True):
            held = {f"{gate}_gate": value}
            hidden = gru_step(word, hidden, weights.gru, **held).hidden  # (H,)
        logits[name] = logit(hidden)
    return Response(
        story=reading.story,
        before=logit(trace.hidden[plot - 1]),
        after=logit(trace.hidden[-1]),
        intervened=logits,
        mean_reset=_plot_and_verdict(trace.reset_gate, plot),
        mean_update=_plot_and_verdict(trace.update_gate, plot),
    )


def _plot_and_verdict(gate: Float32[np.ndarray, "T H"], plot: int) -> tuple[float, float]:
    return float(gate[1:plot].mean()), float(gate[plot:].mean())
