# ruff: noqa: PLR2004 — each number is a condition on a figure
"""What the prose of the page asserts about dead reckoning, C11b, as conditions on the figures."""

from typing import Any

from gatewise.training.lab.report.sentences.statement import Statement

_CLAIM = "C11b"
_LEARNED = ("4", "8", "16")  # widths at which the task is learned


RECKONING_STATEMENTS = (
    Statement(
        _CLAIM,
        "With 4, 8 and 16 units the error is about twice as large without the reset gate",
        lambda c: all(
            c["without_reset_minus_gru"][width].above_zero
            and 1.7 < c["without_reset_by_gru"][width].mean < 2.7
            for width in _LEARNED
        ),
    ),
    Statement(
        _CLAIM,
        "neither net learns the task: the difference includes 0",
        lambda c: c["without_reset_minus_gru"]["2"].includes_zero,
    ),
    Statement(
        _CLAIM,
        "Without the update gate the error is not larger at any width",
        lambda c: (
            not any(c["without_update_minus_gru"][width].above_zero for width in ("2", *_LEARNED))
        ),
    ),
    Statement(
        _CLAIM,
        "A net with one gate for both purposes is worse than the GRU",
        lambda c: _above(c["by_width"]["8"], "one gate", "GRU"),
    ),
    Statement(
        _CLAIM,
        "More training does not close the gap",
        lambda c: all(
            row["without reset"].low > row["GRU"].high
            for name, row in c["by_length"].items()
            if name.endswith(" 5000 batches")
        ),
    ),
    Statement(
        _CLAIM,
        "the net without reset gates is worse at every rate at which the GRU learns the task",
        lambda c: all(
            c["without_reset_by_gru_by_rate"][rate].mean > 1
            for rate, row in c["by_rate"].items()
            if row["GRU"].mean < 10
        ),
    ),
    Statement(
        _CLAIM,
        "In the GRU the reset gates are nearly shut at fixes",
        lambda c: (
            c["gates"]["reset_at_fixes"].high < 0.15 and c["gates"]["reset_at_turns"].low > 0.4
        ),
    ),
    Statement(
        _CLAIM,
        "Held at 1 at fixes they raise the error over all steps",
        lambda c: (
            c["gates"]["change_of_error"]["reset_at_1"].above_zero
            and c["gates"]["change_of_error"]["reset_at_average"].above_zero
            and c["gates"]["change_of_error"]["reset_at_0"].mean < 1
        ),
    ),
    Statement(
        _CLAIM,
        "the ratio of the two errors is largest with fixes anywhere",
        lambda c: (
            max(
                c["without_reset_by_gru_by_variant"],
                key=lambda name: c["without_reset_by_gru_by_variant"][name].mean,
            )
            == "fixes anywhere"
        ),
    ),
    Statement(
        _CLAIM,
        "a smaller difference remains",
        lambda c: c["without_reset_minus_gru_by_variant"]["fixes that turn"].above_zero,
    ),
)


def _above(row: Any, net: str, other: str) -> bool:
    """Return whether the interval of a net lies above that of another."""
    return bool(row[net].low > row[other].high)
