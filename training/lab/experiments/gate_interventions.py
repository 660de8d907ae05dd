"""Reset and update gates at the verdict of a story, set to other values one gate at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from gatewise.models.gru.equations import gru_step
from gatewise.models.predictor import Predictor
from gatewise.training.lab.experiments.stories import Story

INTERVENTIONS = ("reset at 1", "reset at average", "reset at 0", "update at average", "update at 1")


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


def respond(predictor: Predictor, story: Story) -> Response:
    """Run a model over a story, and again over its verdict with every intervention."""
    artifact = predictor.artifact
    weights, gates = artifact.weights, artifact.gates
    explanation = predictor.explain(f"{story.plot} {story.ending}")
    trace, ids = explanation.trace, explanation.encoding.ids
    plot = int((explanation.encoding.starts < len(story.plot)).sum())  # tokens of the plot
    sign = 1 if story.positive else -1
    size = weights.config.hidden_size
    settings: dict[str, tuple[str, Float32[np.ndarray, " H"]]] = {
        "reset at 1": ("reset", np.ones(size, np.float32)),
        "reset at average": ("reset", gates.mean_reset),
        "reset at 0": ("reset", np.zeros(size, np.float32)),
        "update at average": ("update", gates.mean_update),
        "update at 1": ("update", np.ones(size, np.float32)),
    }
    logits = {}
    for name, (gate, value) in settings.items():
        hidden = trace.hidden[plot - 1]  # (H,)
        for word in weights.embedding[ids[plot:]]:
            hidden = gru_step(
                word,
                hidden,
                weights.gru,
                reset_gate=value if gate == "reset" else None,
                update_gate=value if gate == "update" else None,
            ).hidden  # (H,)
        logits[name] = sign * float(hidden @ weights.head_weight + weights.head_bias)
    running = explanation.decomposition.running_logit  # (T,)
    return Response(
        story=story,
        before=sign * float(running[plot - 1]),
        after=sign * float(running[-1]),
        intervened=logits,
        mean_reset=_plot_and_verdict(trace.reset_gate, plot),
        mean_update=_plot_and_verdict(trace.update_gate, plot),
    )


def share_lost(responses: Sequence[Response], intervention: str) -> float:
    """Return the share of the logit's change at the verdict that an intervention removes.

    Both changes are summed over all responses before they are divided.
    """
    changed = sum(response.after - response.before for response in responses)
    lost = sum(response.after - response.intervened[intervention] for response in responses)
    return lost / changed


def flips_undone(responses: Sequence[Response], intervention: str) -> list[bool]:
    """Return for every flip whether it does not occur under an intervention."""
    return [response.intervened[intervention] <= 0 for response in responses if response.flipped]


def _plot_and_verdict(gate: Float32[np.ndarray, "T H"], plot: int) -> tuple[float, float]:
    return float(gate[1:plot].mean()), float(gate[plot:].mean())
