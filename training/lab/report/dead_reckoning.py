"""The charts and tables of C11b, the experiment on dead reckoning."""

from collections.abc import Mapping

from gatewise.training.lab.report.estimates import Estimate
from gatewise.training.lab.report.records import Chart, Figures, Series, Table

_GATES = ("reset", "update")
# How a gate is held at fixes, with its label.
_HELD = {
    "average_of_fixes": "at its average over fixes",
    "0": "at 0",
    "average": "at its average over turns",
    "1": "at 1",
}
_AS_IT_IS = "not held"
_FIRST = "first_fix"
_LATER = "later_fixes"


def charts(values: Figures) -> list[Chart]:
    """Build the charts of the experiment."""
    return [_by_width(values), _since_fixes(values), _by_variant(values), _held(values)]


def tables(values: Figures) -> list[Table]:
    """Build the tables of the experiment."""
    return [
        _errors(
            "Mean angle error in degrees, by units of the GRU with as many parameters",
            values["by_width"],
        ),
        _sizes(values),
        _errors("Mean angle error by width and batches", values["by_length"]),
        _errors(
            f"Mean angle error by variant of the task, {values['variant_width']} units",
            values["by_variant"],
        ),
        _ratios(values),
        _gates(values),
        _errors(
            f"Mean angle error by learning rate, {values['variant_width']} units, "
            f"{values['rate_batches']} batches, {values['rate_seeds']} seeds",
            values["by_rate"],
        ),
    ]


def _by_width(values: Figures) -> Chart:
    rows = values["by_width"]
    nets = next(iter(rows.values()))
    return Chart(
        name="reckoning_width",
        title="Error of the heading by width",
        kind="lines",
        x_title="units of the GRU; the other nets have as many parameters",
        y_title="mean angle error, degrees",
        series=[
            Series.of_estimates(net, [float(w) for w in rows], [row[net] for row in rows.values()])
            for net in nets
        ],
        x_log=True,
        y_log=True,
    )


def _since_fixes(values: Figures) -> Chart:
    nets = values["since_fixes"]
    lines = {net: places[_LATER] for net, places in nets.items()}
    lines["without reset, after the first fix"] = nets["without reset"][_FIRST]
    return Chart(
        name="reckoning_since_fixes",
        title="Error of the heading at a fix and after it",
        kind="lines",
        x_title="steps since the fix",
        y_title="mean angle error, degrees",
        series=[
            Series.of_estimates(name, [float(step) for step in line], list(line.values()))
            for name, line in lines.items()
        ],
    )


def _by_variant(values: Figures) -> Chart:
    rows = values["by_variant"]
    return Chart(
        name="reckoning_variants",
        title="Error of the heading when one thing in the task is changed",
        kind="bars",
        x_title="",
        y_title="mean angle error, degrees",
        series=[
            Series.of_estimates(net, list(rows), [row[net] for row in rows.values()])
            for net in next(iter(rows.values()))
        ],
    )


def _held(values: Figures) -> Chart:
    gates = values["gates"]
    as_it_is: Estimate = gates["as_it_is"]
    return Chart(
        name="reckoning_gates",
        title="Error of the GRU with one of its gates held at fixes",
        kind="bars",
        x_title="",
        y_title="mean angle error, degrees",
        series=[
            Series.of_estimates(
                f"{gate} gates",
                [_AS_IT_IS, *_HELD.values()],
                [as_it_is, *(gates[f"{gate}_at_{held}"] for held in _HELD)],
            )
            for gate in _GATES
        ],
    )


def _errors(title: str, columns: Mapping[str, Mapping[str, Estimate]]) -> Table:
    """Build a table with a row for each net and a column for each setting."""
    nets = list(next(iter(columns.values())))
    return Table(
        title=title,
        header=["net", *columns],
        rows=[[net, *(f"{column[net]:.1f}" for column in columns.values())] for net in nets],
    )


def _sizes(values: Figures) -> Table:
    columns = values["sizes"]
    return Table(
        title="Units and parameters of the layer, by units of the GRU",
        header=["net", *columns],
        rows=[
            [net, *("{} with {:,}".format(*column[net]) for column in columns.values())]
            for net in next(iter(columns.values()))
        ],
    )


def _ratios(values: Figures) -> Table:
    groups = {
        **{f"{width} units": ratio for width, ratio in values["without_reset_by_gru"].items()},
        **values["without_reset_by_gru_by_length"],
        **values["without_reset_by_gru_by_variant"],
        **{f"rate {rate}": ratio for rate, ratio in values["without_reset_by_gru_by_rate"].items()},
    }
    return Table(
        title="Error without the reset gate, divided by that of the GRU with the same seed",
        header=["setting", "ratio"],
        rows=[[name, f"{ratio:.2f}"] for name, ratio in groups.items()],
    )


def _gates(values: Figures) -> Table:
    gates = values["gates"]
    return Table(
        title="Gates of the GRU at fixes and at turns, and the error with a gate held at fixes",
        header=[
            "gate",
            "mean at fixes",
            "mean at turns",
            _AS_IT_IS,
            *_HELD.values(),
        ],
        rows=[
            [
                gate,
                f"{gates[f'{gate}_at_fixes']:.2f}",
                f"{gates[f'{gate}_at_turns']:.2f}",
                f"{gates['as_it_is']:.1f}",
                *(f"{gates[f'{gate}_at_{held}']:.1f}" for held in _HELD),
            ]
            for gate in _GATES
        ],
    )
