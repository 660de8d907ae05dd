"""Measures the faithfulness of an explanation, which takes many times as long as the rest."""

from dataclasses import asdict

from gatewise.models.explain.attribution import Attributions
from gatewise.models.prediction import Explanation
from gatewise.models.predictor import Predictor
from gatewise.service.api.schemas.explanation import FaithfulnessFigures, FaithfulnessRecord
from gatewise.service.engine.batch import Check

# By contribution and by attribution; random ones are measured in addition.
NAMED_RANKINGS = 2


def measure_faithfulness(
    predictor: Predictor, explanation: Explanation, attribution: Attributions, *, check: Check
) -> FaithfulnessRecord:
    """Measure the rankings by contribution and by attribution, and random rankings.

    Args:
        predictor: The model that computed the explanation.
        explanation: An explanation without interventions.
        attribution: Its attributions.
        check: Called between parts of the computation. It may raise an exception to stop it.
    """
    report = predictor.faithfulness(
        explanation.encoding,
        {"decomposition": explanation.decomposition.total, "attribution": attribution.total},
        check=check,
    )
    return FaithfulnessRecord(
        decomposition=FaithfulnessFigures(**asdict(report.rankings["decomposition"])),
        attribution=FaithfulnessFigures(**asdict(report.rankings["attribution"])),
        random=FaithfulnessFigures(**asdict(report.random)),
        random_rankings=report.random_rankings,
        attributions=attribution.total.tolist(),
        residual=attribution.residual,
    )
