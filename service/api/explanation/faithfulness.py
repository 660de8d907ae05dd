"""Measures the faithfulness of an explanation, which takes many times as long as the rest."""

from dataclasses import asdict

from gatewise.models.predictor import Explanation, Predictor
from gatewise.service.api.schemas.explanation import FaithfulnessFigures, FaithfulnessRecord


def measure_faithfulness(predictor: Predictor, explanation: Explanation) -> FaithfulnessRecord:
    """Measure the rankings by contribution and by attribution, and random rankings.

    Args:
        predictor: The model that computed the explanation.
        explanation: An explanation without interventions.
    """
    attribution = predictor.attribution(explanation)
    report = predictor.faithfulness(
        explanation.encoding,
        {"decomposition": explanation.decomposition.total, "attribution": attribution.total},
    )
    return FaithfulnessRecord(
        decomposition=FaithfulnessFigures(**asdict(report.rankings["decomposition"])),
        attribution=FaithfulnessFigures(**asdict(report.rankings["attribution"])),
        random=FaithfulnessFigures(**asdict(report.random)),
        random_rankings=report.random_rankings,
        attributions=attribution.total.tolist(),
        residual=attribution.residual,
    )
