"""Creates the record of an explanation, in the convention and with the units of the request."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from jaxtyping import Float32, Float64

from gatewise.models import Explanation
from gatewise.models.artifact.artifact import Artifact
from gatewise.models.explain.account import DEFAULT_TOKENS, Account, Phrase
from gatewise.models.explain.attribution import GROWTH
from gatewise.models.explain.flags import token_flags
from gatewise.models.explain.gate_summary import summarize_gate
from gatewise.models.explain.interventions import GateEffects
from gatewise.models.gate_statistics import BAND_STARTS, UNUSUAL_PERCENT, GateStatistics
from gatewise.models.gru.trace import GateTrace
from gatewise.service.api.explanation.notation import NOTATIONS, in_convention
from gatewise.service.api.explanation.selected_units import Selection, select_units
from gatewise.service.api.schemas.common import Convention, Label, prediction_fields
from gatewise.service.api.schemas.explanation import (
    AttributionRecord,
    ExplanationRecord,
    FaithfulnessRecord,
    GateSummary,
    IntervenedRecord,
    LogitDecomposition,
    PhraseRecord,
    TokenDecomposition,
    TokenGateEffects,
    TokenRecord,
    UnitValues,
    Unusual,
    UnusualBand,
)
from gatewise.service.engine.served_model import ModelName

_UNIT_DECIMALS = 4


@dataclass(frozen=True)
class Computation:
    """What the model computed for one request; None for what was not requested."""

    plain: Explanation
    gate_effects: GateEffects | None
    account: Account | None
    faithfulness: FaithfulnessRecord | None
    intervened: Explanation | None


def has_account(requested: bool | None, *, tokens: int) -> bool:
    """Return whether attributions are computed for a text of so many tokens."""
    return tokens <= DEFAULT_TOKENS if requested is None else requested


def explanation_record(
    computation: Computation,
    artifact: Artifact,
    *,
    model: ModelName,
    units: Selection | None,
    convention: Convention,
) -> ExplanationRecord:
    """Return the record of an explanation.

    Args:
        computation: What the model computed.
        artifact: The model.
        model: Its name.
        units: The hidden units whose values are included.
        convention: Convention of the update gates.
    """
    plain, gates = computation.plain, artifact.gates
    account = computation.account
    ids = None
    if units is not None:
        ids = select_units(units, plain.trace.hidden[-1], artifact.weights.head_weight)
    return ExplanationRecord(
        **prediction_fields(plain.prediction, model),
        text=plain.encoding.text,
        convention=convention,
        notation=NOTATIONS[convention],
        unusual=unusual_limits(gates),
        decomposition=logit_decomposition(plain),
        tokens=token_records(plain, gates, convention, computation.gate_effects, account),
        attribution=(
            AttributionRecord(list(GROWTH), account.attribution.residual) if account else None
        ),
        clauses=_phrases(account.clauses) if account else None,
        sentences=_phrases(account.sentences) if account else None,
        turning_point=plain.turning_point,
        faithfulness=computation.faithfulness,
        units=_unit_values(plain.trace, ids, convention),
        intervened=_intervened_record(computation, gates, ids, convention),
    )


def _intervened_record(
    computation: Computation, gates: GateStatistics, ids: list[int] | None, convention: Convention
) -> IntervenedRecord | None:
    run = computation.intervened
    if run is None:
        return None
    return IntervenedRecord(
        label=cast("Label", run.prediction.label),
        score=run.prediction.score,
        probabilities=cast("dict[Label, float]", run.prediction.probabilities),
        logit_change=run.decomposition.logit - computation.plain.decomposition.logit,
        decomposition=logit_decomposition(run),
        tokens=token_records(run, gates, convention),
        turning_point=run.turning_point,
        units=_unit_values(run.trace, ids, convention),
    )


def unusual_limits(gates: GateStatistics) -> Unusual:
    """Return the limits of the flags."""
    return Unusual(
        percent=UNUSUAL_PERCENT,
        tokens=gates.tokens,
        bands=[
            UnusualBand(from_token=start, recalled_share_below=low, released_share_above=high)
            for start, low, high in zip(
                BAND_STARTS,
                gates.low_recalled_share.tolist(),
                gates.high_released_share.tolist(),
                strict=True,
            )
        ],
    )


def logit_decomposition(explanation: Explanation) -> LogitDecomposition:
    """Return bias, logit and rounding error of a decomposition."""
    decomposition = explanation.decomposition
    return LogitDecomposition(
        bias=decomposition.bias, logit=decomposition.logit, residual=decomposition.residual
    )


def token_records(
    explanation: Explanation,
    gates: GateStatistics,
    convention: Convention,
    gate_effects: GateEffects | None = None,
    account: Account | None = None,
) -> list[TokenRecord]:
    """Return the record of every token of a run.

    Args:
        explanation: The run.
        gates: Gate statistics of the model, for the flags and the usual values of the gates.
        convention: Convention of the update gates.
        gate_effects: The gate effects, if they were requested.
        account: The account, if it was computed.
    """
    encoding, trace = explanation.encoding, explanation.trace
    decomposition = explanation.decomposition
    nothing = [None] * len(encoding)
    columns: dict[str, Iterable[object]] = {
        "text": map(encoding.word, range(len(encoding))),
        "start": encoding.starts.tolist(),
        "end": encoding.ends.tolist(),
        "known": encoding.known.tolist(),
        "read_as": map(encoding.read_as, range(len(encoding))),
        "reset": _summaries(trace.reset_gate, gates.mean_reset, "pytorch"),
        "update": _summaries(trace.update_gate, gates.mean_update, convention),
        "recalled_share": decomposition.recalled_share.tolist(),
        "running_probability": explanation.running_probability.tolist(),
        "decomposition": _contributions(explanation),
        "kept_share": decomposition.kept_share.tolist(),
        "released_share": decomposition.released_share.tolist(),
        "flags": token_flags(decomposition, gates, gate_effects),
        "gate_effects": _effects(gate_effects) if gate_effects else nothing,
        "attribution": account.attribution.total.tolist() if account else nothing,
        "without": account.without.tolist() if account else nothing,
    }
    rows = zip(*columns.values(), strict=True)
    return [cast("TokenRecord", dict(zip(columns, row, strict=True))) for row in rows]


def _summaries(
    gate: Float32[np.ndarray, "T H"], usual: Float32[np.ndarray, " H"], convention: Convention
) -> Iterator[GateSummary]:
    """Summarize a gate over its units.

    A convention may replace z by 1 − z, which exchanges low and high, and leaves distances as they
    are.
    """
    found = summarize_gate(gate, usual)
    columns = np.stack([found.mean, found.min, found.max, found.low, found.high])  # (5, T)
    mean, least, most, low, high = in_convention(columns, convention)  # (T,) each
    rows = zip(
        mean.tolist(),
        np.minimum(least, most).tolist(),
        np.maximum(least, most).tolist(),
        np.minimum(low, high).tolist(),
        np.maximum(low, high).tolist(),
        found.deviation.tolist(),
        strict=True,
    )
    return (
        GateSummary(mean=mean, min=least, max=most, low=low, high=high, deviation=deviation)
        for mean, least, most, low, high, deviation in rows
    )


def _phrases(phrases: Sequence[Phrase]) -> list[PhraseRecord]:
    return [
        PhraseRecord(
            start_token=phrase.start,
            end_token=phrase.end,
            text=phrase.text,
            attribution=phrase.attribution,
            without=phrase.without,
        )
        for phrase in phrases
    ]


def _contributions(explanation: Explanation) -> Iterator[TokenDecomposition]:
    parts = explanation.decomposition
    rows = zip(
        parts.total.tolist(), parts.new_word.tolist(), parts.recalled_context.tolist(), strict=True
    )
    return (
        TokenDecomposition(total=total, new_word=new_word, recalled_context=recalled_context)
        for total, new_word, recalled_context in rows
    )


def _effects(effects: GateEffects) -> Iterator[TokenGateEffects]:
    rows = zip(
        effects.reset_at_1.tolist(),
        effects.reset_at_average.tolist(),
        effects.update_at_1.tolist(),
        strict=True,
    )
    return (
        TokenGateEffects(reset_at_1=reset, reset_at_average=average, update_at_1=update)
        for reset, average, update in rows
    )


def _unit_values(
    trace: GateTrace, ids: list[int] | None, convention: Convention
) -> UnitValues | None:
    if ids is None:
        return None
    return UnitValues(
        ids=ids,
        reset=_rounded(trace.reset_gate[:, ids]),
        update=_rounded(in_convention(trace.update_gate[:, ids], convention)),
        candidate=_rounded(trace.candidate[:, ids]),
        hidden=_rounded(trace.hidden[:, ids]),
    )


def _rounded(values: Float32[np.ndarray, "T U"]) -> Float64[np.ndarray, "T U"]:
    # As float64, because a rounded float32 has more than four decimals when it is printed.
    return values.astype(np.float64).round(_UNIT_DECIMALS)
