"""Experiment 1: what is the order of words worth, and to which net? C7."""

from typing import Any

from training.lab.bench import Bench
from training.lab.estimates import Estimate, mean_share, paired
from training.lab.experiments.base import Experiment
from training.lab.jobs import Job
from training.lab.nets import AVERAGE, CHRONO, GRU, NETS, POSITIONS
from training.lab.records import Chart, Finding, Outcome, Series, Supports, Table

NAME = "order"
_NETS = [name for name in NETS if name != CHRONO]
_ON_SHUFFLED = [GRU, POSITIONS]
# An average of shuffled words differs by rounding alone: less than one review in a thousand.
_ROUNDING = 1e-3


def _jobs(bench: Bench) -> list[Job]:
    return bench.jobs("reviews", _NETS) + bench.jobs("shuffled reviews", _ON_SHUFFLED)


def _run(bench: Bench) -> Outcome:
    whole = {net: bench.measured("reviews", net, "accuracy") for net in _NETS}
    mixed = {net: bench.measured("reviews", net, "shuffled_accuracy") for net in _NETS}
    accuracy = {net: mean_share(values) for net, values in whole.items()}
    shuffled = {net: mean_share(values) for net, values in mixed.items()}
    loss = {net: paired(whole[net], mixed[net]) for net in _NETS}
    relearned = {
        net: mean_share(bench.measured("shuffled reviews", net, "shuffled_accuracy"))
        for net in _ON_SHUFFLED
    }
    gain = paired(whole[GRU], whole[AVERAGE])
    order = paired(whole[GRU], bench.measured("shuffled reviews", GRU, "shuffled_accuracy"))

    supports = _supports(loss, gain)
    answer = (
        f"Shuffling the words of a review costs the average of word vectors "
        f"{loss[AVERAGE].points()} and the GRU {loss[GRU].points()} of accuracy; read in order, "
        f"the GRU {_beats(gain)} the average: {gain.points()}. Not all of this is order: against "
        f"a GRU that learned from shuffled words, and so expects no order, it is ahead by "
        f"{order.points()}."
    )
    figures: dict[str, Any] = {
        "accuracy": {net: value.model_dump() for net, value in accuracy.items()},
        "accuracy_on_shuffled_words": {net: value.model_dump() for net, value in shuffled.items()},
        "loss_by_shuffling": {net: value.model_dump() for net, value in loss.items()},
        "trained_on_shuffled_words": {net: value.model_dump() for net, value in relearned.items()},
        "gru_minus_average": gain.model_dump(),
        "gru_in_order_minus_gru_learned_on_shuffled_words": order.model_dump(),
    }
    question = "Does a simple average of word vectors ignore order, and does a recurrent net not?"
    return Outcome(
        name=NAME,
        title="What is the order of words worth?",
        question=question,
        method=(
            f"Every net learns from the same {bench.options.reviews:,} reviews in their order, "
            f"{bench.options.seeds} times from different seeds. It is then measured on held-out "
            "reviews as they are, and with the words of each put into random order. The GRU and "
            "the average with positions learn once more from shuffled reviews, to see what can "
            "be had without order by a net that expects none."
        ),
        answer=answer,
        limits=(
            f"Reviews are cut to their last {bench.options.max_tokens} tokens and nets are small. "
            "Intervals cover seeds, not the choice of reviews. Shuffling also makes sentences "
            "that no net has seen, so part of the loss is surprise; the nets that learned from "
            f"shuffled words show how much: the GRU then reaches {relearned[GRU].percent()}, "
            f"{_gap(order)} what it reaches in order."
        ),
        charts=[
            Chart(
                name="order",
                title="Accuracy on reviews, and on the same words shuffled",
                kind="bars",
                x_title="",
                y_title="accuracy on held-out reviews",
                series=[
                    Series.of("in order", _NETS, [accuracy[net] for net in _NETS]),
                    Series.of("words shuffled", _NETS, [shuffled[net] for net in _NETS]),
                ],
                percent=True,
            )
        ],
        tables=[_table(bench, accuracy, shuffled, loss)],
        findings={
            "C7": Finding(
                question=question,
                answer=answer,
                figures=figures,
                supports=supports,
                rule=(
                    "yes if shuffling costs the average nothing, costs the GRU something, and the "
                    "GRU beats the average, the latter two by intervals above 0; partly if the "
                    "GRU only loses by shuffling; no if it does not"
                ),
            )
        },
    )


def _supports(loss: dict[str, Estimate], gain: Estimate) -> Supports:
    ignores = abs(loss[AVERAGE].mean) <= _ROUNDING
    if ignores and loss[GRU].above_zero and gain.above_zero:
        return "yes"
    return "partly" if ignores and loss[GRU].mean > 0 else "no"


def _beats(gain: Estimate) -> str:
    if gain.above_zero:
        return "beats"
    return "falls behind" if gain.below_zero else "cannot be told from"


def _gap(order: Estimate) -> str:
    if order.above_zero:
        return f"{100 * order.mean:.1f} points below"
    return "above" if order.below_zero else "within the interval of"


def _table(
    bench: Bench,
    accuracy: dict[str, Estimate],
    shuffled: dict[str, Estimate],
    loss: dict[str, Estimate],
) -> Table:
    def parameters(net: str) -> str:
        return f"{bench.measured('reviews', net, 'parameters')[0]:,.0f}"

    return Table(
        title="Accuracy on held-out reviews",
        header=["net", "parameters of the layer", "in order", "words shuffled", "loss"],
        rows=[
            [
                net,
                parameters(net),
                accuracy[net].percent(),
                shuffled[net].percent(),
                loss[net].points(),
            ]
            for net in accuracy
        ],
    )


EXPERIMENT = Experiment(NAME, ("C7",), _jobs, _run)
