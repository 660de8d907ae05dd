# ruff: noqa: PLR2004 — each number is a condition on a figure
"""What the prose of the page asserts about openings, C10 and C10b, as conditions."""

from collections.abc import Iterable
from typing import Any

from gatewise.training.lab.report.sentences.statement import Statement

_C10, _C10B = "C10", "C10b"
_512, _256, _96 = _SHIPPED = ("imdb-gru-512", "imdb-gru-256", "imdb-gru-96")
_SMALL = (_256, _96)

OPENING_STATEMENTS = (
    Statement(
        _C10,
        "the Elman RNN is at chance",
        lambda c: abs(c["accuracy_by_tokens_of_plot"]["Elman RNN"][200].mean - 0.5) < 0.02,
    ),
    Statement(
        _C10,
        "a GRU remembers it longer",
        lambda c: c["gru_minus_elman"][200].above_zero,
    ),
    Statement(
        _C10,
        "update gates of the lab's GRUs leave little of the opening standing",
        lambda c: c["kept_share"]["GRU"][100].high < 0.05,
    ),
    Statement(
        _C10,
        "A net without reset gates retains the opening in about as many texts",
        lambda c: (
            abs(
                c["accuracy_by_tokens_of_plot"]["without reset"][200].mean
                - c["accuracy_by_tokens_of_plot"]["GRU"][200].mean
            )
            < 0.02
        ),
    ),
    Statement(
        _C10,
        "The shipped models retain it in most texts even after 800 tokens",
        lambda c: all(c["accuracy_by_tokens_of_plot"][m][800].mean > 0.75 for m in _SHIPPED),
    ),
    Statement(
        _C10B,
        "more than half of what an opening does to the logit is lost if nothing is recalled "
        "through the reset gate",
        lambda c: all(m["nothing recalled"][50].high < 0.5 for m in _influences(c)),
    ),
    Statement(
        _C10B,
        "the update gates do leave a part of the opening standing",
        lambda c: all(m["left standing alone"][50].low > 0.1 for m in _influences(c)),
    ),
    Statement(
        _C10B,
        "and all of it if nothing is left standing by the update gate",
        lambda c: all(abs(m["nothing left standing"][50].mean) < 0.01 for m in _influences(c)),
    ),
    Statement(
        _C10B,
        "With reset gates shut over the plot, imdb-gru-256 and imdb-gru-96 lose the opening",
        lambda c: all(
            _accuracy(c, m, "reset at 0", 50).high < 0.9
            and c["models"][m]["influence"]["reset at 0"][50].high < 0.1
            for m in _SMALL
        ),
    ),
    Statement(
        _C10B,
        "after 200 tokens they are at chance, with less than a hundredth of it left",
        lambda c: all(
            abs(_accuracy(c, m, "reset at 0", 200).mean - 0.5) < 0.02
            and c["models"][m]["influence"]["reset at 0"][200].high < 0.01
            for m in _SMALL
        ),
    ),
    Statement(
        _C10B,
        "which suffices for all predictions",
        lambda c: _accuracy(c, _512, "reset at 0", 50).mean == 1,
    ),
    Statement(
        _C10B,
        "With reset gates at their mean nothing of the effect is lost",
        lambda c: all(m["reset at average"][50].low >= 1 for m in _influences(c)),
    ),
    Statement(
        _C10B,
        "With update gates at their mean most of it is left",
        lambda c: all(m["update at average"][50].low > 0.7 for m in _influences(c)),
    ),
    Statement(
        _C10B,
        "Over a long plot most of the effect thus needs update gates that respond to what is read",
        lambda c: all(m["update at average"][400].high < 0.5 for m in _influences(c)),
    ),
    Statement(
        _C10B,
        "In all three models half of the predictions are then right",
        lambda c: all(
            abs(_accuracy(c, m, "update at average", 400).mean - 0.5) < 0.02 for m in _SHIPPED
        ),
    ),
    Statement(
        _C10B,
        "This does not show that nothing is left: the logits after opposite openings still differ",
        lambda c: all(m["update at average"][400].low > 0.05 for m in _influences(c)),
    ),
    Statement(
        _C10B,
        "With the gates of the opposite run most of it is left",
        lambda c: all(m["gates of the opposite"][50].low > 0.7 for m in _influences(c)),
    ),
    Statement(
        _C10B,
        "The longer the plot, the less is left standing",
        lambda c: all(
            m["left standing alone"][400].high < m["left standing alone"][50].low
            for m in _influences(c)
        ),
    ),
    Statement(
        _C10B,
        "the larger the model, the more",
        lambda c: (
            _standing(c, _512).low > _standing(c, _256).high
            and _standing(c, _256).low > _standing(c, _96).high
        ),
    ),
)


def _influences(values: Any) -> Iterable[Any]:
    return [model["influence"] for model in values["models"].values()]


def _standing(values: Any, model: str) -> Any:
    return values["models"][model]["influence"]["left standing alone"][50]


def _accuracy(values: Any, model: str, variation: str, length: int) -> Any:
    return values["models"][model]["accuracy"][variation][length]
