"""Checks that the prose of the page describes the figures."""

from collections.abc import Iterable

from gatewise.models.errors import GatewiseError
from gatewise.training.lab.report.records import LabResults
from gatewise.training.lab.report.sentences.statements import STATEMENTS, SUPPORTS


class StalePageError(GatewiseError):
    """The figures contradict the prose of the page about gates."""


def check(results: LabResults) -> None:
    """Check that the prose of the page describes these results.

    Args:
        results: The contents of lab.json, with all claims.

    Raises:
        StalePageError: A statement or the result of a claim no longer holds.
    """
    wrong = list(contradictions(results))
    if wrong:
        raise StalePageError(
            "These figures contradict the page about gates. Rewrite the sentences in "
            "report/gates.template.md and report/statements.py: " + "; ".join(wrong)
        )


def contradictions(results: LabResults) -> Iterable[str]:
    """Yield every claim whose result, and every sentence whose condition, no longer holds."""
    for claim, expected in SUPPORTS.items():
        found = results.figures[claim].supports
        if found != expected:
            yield f"{claim} is described as {expected}, and the figures say {found}"
    for statement in STATEMENTS:
        if not statement.is_true(results.values[statement.claim]):
            yield f'{statement.claim}: "{statement.text}"'
