"""A verdict after a plot, read with its gates held: which gate turned the running verdict round?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from models.gates import gru_step
from models.predictor import Predictor
from training.lab.texts import Story

# The verdict's own tokens alone are held. None leaves a gate as it is.
HOLDS = ("reset open", "reset average", "reset shut", "update average", "update closed")


@dataclass(frozen=True)
class Turn:
    """One story as a model read it: logits towards the verdict, and its gates on average.

    `before` is the running logit at the end of the plot, `after` that at the end of the text, both
    with the sign of the verdict, so that a flip goes from below 0 to above 0. `held` are the final
    logits with a gate of the verdict's tokens held.
    """

    story: Story
    before: float
    after: float
    held: dict[str, float]
    mean_reset: tuple[float, float]
    mean_update: tuple[float, float]

    @property
    def asked(self) -> bool:
        """Whether the verdict contradicts what the model thought so far."""
        return self.before < 0

    @property
    def made(self) -> bool:
        """Whether the model came round."""
        return self.asked and self.after > 0


def read(predictor: Predictor, story: Story) -> Turn:
    """Read a story, then its verdict again for every hold."""
    artifact = predictor.artifact
    weights, gates = artifact.weights, artifact.gates
    explanation = predictor.explain(f"{story.plot} {story.ending}")
    trace, ids = explanation.trace, explanation.encoding.ids
    plot = int((explanation.encoding.starts < len(story.plot)).sum())
    sign = 1 if story.positive else -1
    size = weights.config.hidden_size
    held: dict[str, tuple[str, Float32[np.ndarray, " H"]]] = {
        "reset open": ("reset", np.ones(size, np.float32)),
        "reset average": ("reset", gates.mean_reset),
        "reset shut": ("reset", np.zeros(size, np.float32)),
        "update average": ("update", gates.mean_update),
        "update closed": ("update", np.ones(size, np.float32)),
    }
    logits = {}
    for name, (gate, value) in held.items():
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
    running = explanation.ledger.running_logit  # (T,)
    return Turn(
        story=story,
        before=sign * float(running[plot - 1]),
        after=sign * float(running[-1]),
        held=logits,
        mean_reset=_before_and_at(trace.reset_gate, plot),
        mean_update=_before_and_at(trace.update_gate, plot),
    )


def lost(turns: Sequence[Turn], hold: str) -> float:
    """Answer the share of the move towards the verdict that a hold takes away, over all turns."""
    moved = sum(turn.after - turn.before for turn in turns)
    return sum(turn.after - turn.held[hold] for turn in turns) / moved


def undone(turns: Sequence[Turn], hold: str) -> list[bool]:
    """Say of every flip that was made whether it fails under a hold."""
    return [turn.held[hold] <= 0 for turn in turns if turn.made]


def _before_and_at(gate: Float32[np.ndarray, "T H"], plot: int) -> tuple[float, float]:
    return float(gate[1:plot].mean()), float(gate[plot:].mean())
