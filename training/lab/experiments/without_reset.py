"""What a trained net without a reset gate does instead."""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float32

from models.trace import GateTrace
from training.lab.bench import Bench
from training.lab.estimates import Estimate, estimate
from training.lab.measures import ledger_of, trace_of
from training.lab.nets import GRU, WITHOUT_RESET, Reader

# How each figure is said in a sentence.
UPDATE, SATURATED = "mean update gate", "share of candidates beyond ±0.96"
RECALLED, WORD = "share of the candidate that is recalled", "size of the word's part"
STATE = "size of the state's part"
COMPENSATIONS = (UPDATE, SATURATED, RECALLED, WORD, STATE)
# tanh is flat beyond this: what is recalled no longer moves it. tanh 2 = 0.96.
_FLAT = 2.0
_TEXTS = 40


def compensation(bench: Bench) -> dict[str, dict[str, Estimate]]:
    """Measure the GRU and the net without a reset gate on the same held-out reviews."""
    limit = bench.options.max_tokens
    texts = [ids[-limit:] for ids in bench.data.validation.ids[:_TEXTS]]
    return {
        net: _over_seeds(_measure(reader, texts) for reader in bench.trained("reviews", net))
        for net in (GRU, WITHOUT_RESET)
    }


def _over_seeds(rows: Iterable[dict[str, float]]) -> dict[str, Estimate]:
    measured = list(rows)
    return {name: estimate([row[name] for row in measured]) for name in COMPENSATIONS}


def _measure(reader: Reader, texts: list[np.ndarray]) -> dict[str, float]:
    traces = [trace_of(reader, ids) for ids in texts]
    recalled = [ledger_of(reader, trace).recalled_share[1:] for trace in traces]

    def joined(part: str) -> Float32[np.ndarray, "N H"]:
        """Stack one part of all traces, but for first tokens, which have no state before them."""
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
