"""Draws a chart as SVG with Matplotlib, which needs no browser and writes small files."""

import io
import re
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from gatewise.training.lab.report.records import Chart, Series

# Okabe and Ito's palette, which people with any colour vision can distinguish.
_COLORS = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00",
    "#56B4E9", "#000000", "#8C6D00", "#666666", "#AA4499", "#332288",
)  # fmt: skip
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text is stored as text: small, searchable files
    "svg.hashsalt": "gatewise",  # the same chart gives the same file
    "font.family": "sans-serif",
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
}
_WIDTH, _HEIGHT = 7.2, 3.6  # inches
# A line with more points than this is drawn without markers.
_MOST_MARKERS = 12


def to_svg(chart: Chart) -> str:
    """Draw a chart on a white background, as wide as a page."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained", facecolor="white")
        axes = figure.add_subplot()
        axes.set_axisbelow(True)
        draw = {"bars": _draw_bars, "lines": _draw_lines, "points": _draw_points}[chart.kind]
        draw(axes, chart)
        axes.set_title(chart.title, loc="left", fontsize=10)
        axes.set_xlabel(chart.x_title)
        axes.set_ylabel(chart.y_title)
        if chart.x_log:
            axes.set_xscale("log")
        if chart.y_log:
            axes.set_yscale("log")
        if chart.percent:
            axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        limits = _bar_range(chart)
        if limits:
            axes.set_ylim(*limits)
        if len(chart.series) > 1:
            figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Title": chart.title})
    return re.sub(r"[ \t]+$", "", buffer.getvalue(), flags=re.MULTILINE)


def _bar_range(chart: Chart) -> tuple[float, float] | None:
    """Return an axis that starts at one half, which is chance, for bars of accuracies."""
    if chart.kind != "bars" or "accuracy" not in chart.y_title:
        return None
    highest = max(max(series.high or series.y) for series in chart.series)
    return 0.5, min(1.0, highest + 0.02)


def _draw_bars(axes: Axes, chart: Chart) -> None:
    places = np.arange(len(chart.series[0].x))
    width = 0.8 / len(chart.series)
    for number, series in enumerate(chart.series):
        axes.bar(
            places + (number - (len(chart.series) - 1) / 2) * width,
            series.y,
            width,
            yerr=_errors(series),
            label=series.name,
            color=_color(number),
            error_kw={"elinewidth": 0.8},
        )
    axes.set_xticks(places, [_break_label(str(label)) for label in chart.series[0].x], fontsize=7.5)
    axes.grid(visible=False, axis="x")


def _draw_lines(axes: Axes, chart: Chart) -> None:
    for number, series in enumerate(chart.series):
        axes.errorbar(
            _numbers(series.x),
            series.y,
            yerr=_errors(series),
            label=series.name,
            color=_color(number),
            linewidth=1.3,
            elinewidth=0.7,
            marker="o" if len(series.y) <= _MOST_MARKERS else None,
            markersize=3,
            linestyle="-" if number < len(_COLORS) else "--",
        )


def _draw_points(axes: Axes, chart: Chart) -> None:
    for number, series in enumerate(chart.series):
        axes.plot(
            _numbers(series.x),
            series.y,
            linestyle="none",
            marker="o",
            markersize=2.5,
            markeredgewidth=0,
            alpha=0.6,
            label=series.name,
            color=_color(number),
        )


def _errors(series: Series) -> list[list[float]] | None:
    if series.low is None or series.high is None:
        return None
    return [
        np.subtract(series.y, series.low).tolist(),
        np.subtract(series.high, series.y).tolist(),
    ]


def _numbers(values: Sequence[float] | Sequence[str]) -> list[float]:
    return [float(value) for value in values]


def _break_label(label: str) -> str:
    """Break a label at its first space, so that many labels fit on the axis."""
    return label.replace(" ", "\n", 1)


def _color(number: int) -> str:
    return _COLORS[number % len(_COLORS)]
