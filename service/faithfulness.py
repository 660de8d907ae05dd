"""The figures of `faithfulness=true`, on request: they take many times an explanation's time."""

from dataclasses import asdict

from pydantic import BaseModel, Field

from models.predictor import Explanation, Predictor

FAITHFULNESS = (
    "Add how faithful the ranking by contribution is, measured by reading the text without its "
    "tokens. It takes many times as long as the rest, and is limited to `max_faithfulness_tokens`."
)


class FaithfulnessFigures(BaseModel):
    """Figures of one ranking, or means over several. Removing a token is deleting it."""

    comprehensiveness: float = Field(
        description="Fall of the predicted label's probability when the top tokens are deleted, "
        "averaged over the top 5, 10, 20, 30, 40 and 50 %. Higher is better."
    )
    sufficiency: float = Field(
        description="Its fall when the top tokens alone are read, averaged alike. Lower is better."
    )
    agreement: float = Field(
        ge=-1,
        le=1,
        description="Kendall's τ-b between the scores and leave-one-out: by how much the logit "
        "falls when a single token is deleted. 0 if there is no order to agree with.",
    )


class FaithfulnessAnswer(BaseModel):
    """Rankings of the tokens, beside random rankings of the same tokens."""

    ledger: FaithfulnessFigures = Field(description="Tokens ranked by their contributions.")
    credit: FaithfulnessFigures = Field(description="Tokens ranked by their credits.")
    random: FaithfulnessFigures = Field(description="Means over random rankings.")
    random_rankings: int = Field(description="How many those were. They are the same every time.")
    credits: list[float] = Field(
        description="Every token's credit for the logit, in order: as its contribution, but with "
        "what it did to the gates of later tokens counted. Their sum and the bias are the logit."
    )
    residual: float = Field(description="Rounding error of that sum, before any JSON.")


def measure_faithfulness(predictor: Predictor, explanation: Explanation) -> FaithfulnessAnswer:
    """Measure the contributions of an explanation, and its credits."""
    credit = predictor.credits(explanation)
    report = predictor.faithfulness(
        explanation.encoding, {"ledger": explanation.ledger.total, "credit": credit.total}
    )
    ledger, credited, random = (
        FaithfulnessFigures(**asdict(figures))
        for figures in (report.rankings["ledger"], report.rankings["credit"], report.random)
    )
    return FaithfulnessAnswer(
        ledger=ledger,
        credit=credited,
        random=random,
        random_rankings=report.random_rankings,
        credits=credit.total.tolist(),
        residual=credit.residual,
    )
