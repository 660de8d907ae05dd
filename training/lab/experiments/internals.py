"""How a net without a reset gate differs inside from the GRU, on the same reviews."""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float32

from gatewise.models.gru.trace import GateTrace
from gatewise.training.lab.experiments.measures import decomposition_of, trace_of
from gatewise.training.lab.nets.architectures import GRU, WITHOUT_RESET, LabNet
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.report.estimates import Estimate, estimate

UPDATE, SATURATED = "mean update gate", "share of candidates beyond ±0.96"
RECALLED, WORD = "recalled share of the candidate", "mean size of the word part"
STATE = "mean size of the context part"
INTERNALS = (UPDATE, SATURATED, RECALLED, WORD, STATE)
# tanh 2 = 0.96. Beyond it the tanh is nearly flat, and the context part has little effect.
_FLAT = 2.0
_TEXTS = 40


def measure_internals(workspace: Workspace) -> dict[str, dict[str, Estimate]]:
    """Measure `INTERNALS` of the GRU and of the net without a reset gate."""
    limit = workspace.options.max_tokens
    texts = [ids[-limit:] for ids in workspace.data.validation.ids[:_TEXTS]]
    return {
        name: _over_seeds(_measure(net, texts) for net in workspace.trained("reviews", name))
        for name in (GRU, WITHOUT_RESET)
    }


def _over_seeds(rows: Iterable[dict[str, float]]) -> dict[str, Estimate]:
    measured = list(rows)
    return {name: estimate([row[name] for row in measured]) for name in INTERNALS}


def _measure(net: LabNet, texts: list[np.ndarray]) -> dict[str, float]:
    traces = [trace_of(net, ids) for ids in texts]
    recalled = [decomposition_of(net, trace).recalled_share[1:] for trace in traces]

    def joined(part: str) -> Float32[np.ndarray, "N H"]:
        """Concatenate all traces without their first tokens, which have no state before them."""
        return np.concatenate([_part(trace, part)[1:] for trace in traces])

    word, context = joined("word_part"), joined("context_part")  # (N, H) each
    return {
        UPDATE: float(joined("update_gate").mean()),
        SATURATED: float((np.abs(word + context) > _FLAT).mean()),
        RECALLED: float(np.concatenate(recalled).mean()),
        WORD: float(np.abs(word).mean()),
        STATE: float(np.abs(context).mean()),
    }


def _part(trace: GateTrace, name: str) -> Float32[np.ndarray, "T H"]:
    part: np.ndarray = getattr(trace, name)
    return part
