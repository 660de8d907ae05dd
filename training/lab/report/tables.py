"""The tables of the page, built from the figures of lab.json."""

from collections.abc import Callable, Mapping
from typing import Any

from gatewise.training.lab.report import dead_reckoning, openings, stories
from gatewise.training.lab.report.records import Figures, Table

_GATE_BLOCKS = ("reset", "update", "candidate")


def tables(values: Figures) -> dict[str, list[Table]]:
    """Build the tables of the page by placeholder.

    Args:
        values: Figures of all claims.
    """
    return {
        "order": [_order(values["C7"])],
        "gradients": [_gradients(values["C8"])],
        "reset_story": stories.tables(values["C9"]),
        "retention": openings.retention_tables(values["C10"]),
        "memory_paths": openings.path_tables(values["C10b"]),
        "ablation": [
            _by_task("Accuracy", values["C11"]["accuracy"], lambda value: f"{value:.1%}"),
            _by_task(
                "Difference from the GRU with the same seed",
                values["C11"]["minus_gru"],
                lambda value: f"{value:.1p}",
            ),
            _by_task(
                "Difference from the GRU over held-out texts, averaged over the trainings",
                values["C11"]["minus_gru_over_texts"],
                lambda value: f"{value:.1p}",
            ),
            _by_task(
                "Units of the nets, by units of the GRU with as many parameters",
                values["C11"]["units"],
                str,
            ),
            _by_task(
                "Parameters of the layer, by units of the GRU",
                values["C11"]["parameters"],
                lambda value: f"{value:,}",
            ),
            _internals(values["C11"]),
        ],
        "dead_reckoning": dead_reckoning.tables(values["C11b"]),
        "units": [_units(values["C14"])],
        "biases": [_biases(values["C4"])],
        "recall": [_recall(values["C6"])],
    }


def _order(values: Figures) -> Table:
    return Table(
        title="Accuracy on held-out reviews",
        header=["net", "parameters of the layer", "in order", "words shuffled", "loss"],
        rows=[
            [
                net,
                f"{values['layer_parameters'][net]:,}",
                f"{accuracy:.1%}",
                f"{values['accuracy_on_shuffled_words'][net]:.1%}",
                f"{values['loss_from_shuffling'][net]:.1p}",
            ]
            for net, accuracy in values["accuracy"].items()
        ],
    )


def _gradients(values: Figures) -> Table:
    rows = values["log10_ratio_to_the_end"]["state"]
    distances = next(iter(rows.values()))
    return Table(
        title="log10 of the gradient with respect to a state, relative to that at the end",
        header=["net", *(f"{distance} tokens before the end" for distance in distances)],
        rows=[[net, *(f"{value:.1f}" for value in row.values())] for net, row in rows.items()],
    )


def _by_task(
    title: str, columns: Mapping[str, Mapping[str, Any]], cell: Callable[[Any], str]
) -> Table:
    """Build a table with a column for each task; some nets are not trained on all tasks."""
    nets = dict.fromkeys(net for column in columns.values() for net in column)
    return Table(
        title=title,
        header=["net", *columns],
        rows=[
            [net, *(cell(column[net]) if net in column else "" for column in columns.values())]
            for net in nets
        ],
    )


def _internals(values: Figures) -> Table:
    rows = values["internals_on_reviews"]
    return Table(
        title="Internal values on reviews, with and without a reset gate",
        header=["net", *next(iter(rows.values()))],
        rows=[[net, *(f"{value:.2f}" for value in row.values())] for net, row in rows.items()],
    )


def _units(values: Figures) -> Table:
    correlations = values["correlation_of_half_life_and_mean_reset"]
    return Table(
        title="The half of the units with shorter half-lives, and the other half",
        header=[
            "model",
            "half-life: 5th, 50th, 95th percentile",
            "mean reset gate: short, long",
            "share of the logit: short, long",
            "rank correlation of half-life and reset gate",
        ],
        rows=[
            [
                name,
                ", ".join(f"{value:.1f}" for value in model["half_life_percentiles_5_50_95"]),
                ", ".join(f"{mean:.2f}" for mean in model["mean_reset_of_short_and_long_half"]),
                ", ".join(f"{part:.0%}" for part in model["logit_share_of_short_and_long_half"]),
                f"{correlations[name].mean:.2f}",
            ]
            for name, model in values["models"].items()
        ],
    )


def _biases(values: Figures) -> Table:
    return Table(
        title="Effect of merging the two biases of a block",
        header=["model", "block", "mean change of the logit", "largest", "predictions changed"],
        rows=[
            [
                name,
                block,
                f"{model[block]['mean_change_of_logit']:.1e}",
                f"{model[block]['largest_change_of_logit']:.1e}",
                f"{model[block]['predictions_changed']:.1%}",
            ]
            for name, model in values.items()
            for block in _GATE_BLOCKS
        ],
    )


def _recall(values: Figures) -> Table:
    return Table(
        title="Recalled share of the candidate over tokens",
        header=["model", "mean", "5th and 95th percentile", "rank correlation with mean reset"],
        rows=[
            [
                name,
                f"{model['mean_recalled_share']:.0%}",
                ", ".join(f"{share:.0%}" for share in model["percentiles_5_95"]),
                f"{model['rank_correlation_with_mean_reset']:.2f}",
            ]
            for name, model in values.items()
        ],
    )
