"""C7: what the order of words contributes to the accuracy of each net."""

from gatewise.training.lab.experiments.base import Experiment
from gatewise.training.lab.experiments.over_texts import difference_over_texts
from gatewise.training.lab.nets.architectures import (
    ARCHITECTURES,
    AVERAGE,
    CHRONO,
    GRU,
    POSITIONS,
)
from gatewise.training.lab.nets.training_runs import TrainingRun
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.report.estimates import Estimate, mean_share, paired
from gatewise.training.lab.report.records import Finding, Supports

_NETS = [name for name in ARCHITECTURES if name != CHRONO]
_TRAINED_ON_SHUFFLED = [GRU, POSITIONS]
# An average of shuffled words differs by rounding only: in fewer than one review of a thousand.
_ROUNDING = 1e-3


def _runs(workspace: Workspace) -> list[TrainingRun]:
    in_order = workspace.text_runs("reviews", _NETS)
    return in_order + workspace.text_runs("shuffled reviews", _TRAINED_ON_SHUFFLED)


def _measure(workspace: Workspace) -> dict[str, Finding]:
    in_order = {net: workspace.measured("reviews", net, "accuracy") for net in _NETS}
    shuffled = {net: workspace.measured("reviews", net, "shuffled_accuracy") for net in _NETS}
    retrained = {
        net: workspace.measured("shuffled reviews", net, "shuffled_accuracy")
        for net in _TRAINED_ON_SHUFFLED
    }
    loss = {net: paired(in_order[net], shuffled[net]) for net in _NETS}
    gain = paired(in_order[GRU], in_order[AVERAGE])
    return {
        "C7": Finding(
            question="Does a simple average of word vectors ignore the order of words, and does a "
            "recurrent net use it?",
            rule="yes if shuffling changes the accuracy of the average by at most "
            f"{_ROUNDING:.1%}, lowers that of the GRU, and the GRU is above the average, the "
            "latter two by intervals above 0; partly if only the GRU's accuracy falls; else no",
            supports=supports_order(loss, gain),
            values={
                "accuracy": {net: mean_share(row).model_dump() for net, row in in_order.items()},
                "accuracy_on_shuffled_words": {
                    net: mean_share(row).model_dump() for net, row in shuffled.items()
                },
                "loss_from_shuffling": {net: value.model_dump() for net, value in loss.items()},
                "trained_on_shuffled_words": {
                    net: mean_share(row).model_dump() for net, row in retrained.items()
                },
                "accuracy_by_seed": dict(in_order),
                "gru_minus_average": gain.model_dump(),
                "gru_minus_average_over_texts": difference_over_texts(
                    workspace, "reviews", GRU, AVERAGE
                ).model_dump(),
                "gru_minus_gru_trained_on_shuffled_words": paired(
                    in_order[GRU], retrained[GRU]
                ).model_dump(),
                "layer_parameters": {
                    net: int(workspace.measured("reviews", net, "parameters")[0]) for net in _NETS
                },
            },
        )
    }


def supports_order(loss: dict[str, Estimate], gain: Estimate) -> Supports:
    """Apply the rule of C7.

    Args:
        loss: Loss of accuracy from shuffling, by net.
        gain: Accuracy of the GRU minus that of the average.
    """
    ignores = abs(loss[AVERAGE].mean) <= _ROUNDING
    if ignores and loss[GRU].above_zero and gain.above_zero:
        return "yes"
    return "partly" if ignores and loss[GRU].mean > 0 else "no"


EXPERIMENT = Experiment("order", ("C7",), _runs, _measure)
