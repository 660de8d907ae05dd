"""Markdown tables of the figures in `docs/figures/` and of the released models."""

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.report import markdown_table
from benchmarks.tables import (
    classifier_table,
    explaining_tables,
    load_table,
    page_tables,
    quantization_table,
    recurrence_tables,
    soak_table,
    stage_table,
)
from docs.tools.figures import (
    DEFAULT,
    figure,
    figures_of_release,
    interval,
    measurement,
    percent,
    release,
)
from gatewise.models.artifact.location import releases

NOT_MEASURED = "not measured yet"
_RELEASES = (DEFAULT, *sorted(name for name in releases() if name != DEFAULT))


def table(name: str) -> str:
    """Render the figures of a file as Markdown.

    Args:
        name: The file in `docs/figures/`, without its suffix; `comparison:reviews` is one part.

    Raises:
        KeyError: The file has no table.
    """
    file, _, part = name.partition(":")
    if render := _BENCHMARKS.get(file):
        return "\n".join(render(measurement(file).figures))
    if file == "training/presets":
        return _presets()
    figures = figure(file, *([part] if part else []))
    return _markdown(figures["columns"], figures["rows"])


def releases_table() -> str:
    """Compare the released models; what was not measured for this version is left open."""
    rows = [[title, *(cell(name) for name in _RELEASES)] for title, cell in _RELEASE_ROWS.items()]
    return _markdown(["", *(release(name).title for name in _RELEASES)], rows)


def accuracy_gap(source: str, name: str) -> str:
    """Return by how many points a release is less accurate on held-out texts than the default."""
    larger, smaller = (
        release(of).metrics["validation"][source]["accuracy"] for of in (DEFAULT, name)
    )
    return f"{100 * (larger - smaller):.1f}"


def _official(name: str) -> str:
    found = figures_of_release("official_test", name)
    if found is None:
        return NOT_MEASURED
    ends = f" ({interval(found['interval'])})" if "interval" in found else ""
    return f"{percent(found['accuracy'], 2)}{ends} of {found['n']:,}"


def _official_calibration(name: str) -> str:
    found = figures_of_release("official_test", name)
    return percent(found["ece"], 2) if found and "ece" in found else NOT_MEASURED


def _held_out(source: str) -> Callable[[str], str]:
    def cell(name: str) -> str:
        found = release(name).metrics["validation"][source]
        ends = interval(found["interval"])
        return f"{percent(found['accuracy'])} ({ends}) of {found['n']:,}"

    return cell


def _calibration(name: str) -> str:
    validation = release(name).metrics["validation"]
    reviews, snippets = (percent(validation[of]["ece"], 2) for of in ("imdb", "rotten_tomatoes"))
    return f"{reviews}, {snippets}"


def _lengths(name: str) -> str:
    groups = release(name).metrics["validation"]["imdb"]["by_length"]
    accuracies = [group["accuracy"] for group in groups]
    return f"{interval([min(accuracies), max(accuracies)])} %"


def _templates(name: str) -> str:
    found = figures_of_release("behaviour_suite", name)
    return f"{found['right']} of {found['of']}" if found else NOT_MEASURED


def _saturation(name: str) -> str:
    found = figures_of_release("held_out/gate_saturation", name)
    if found is None:
        return NOT_MEASURED
    return f"{percent(found['reset'], 0)}, {percent(found['update'], 0)}"


def _size(name: str) -> str:
    return f"{release(name).megabytes:.0f} MB"


def _latency(name: str) -> str:
    found = measurement("predict_latency")
    titles = [title for title in found.measured.models if title.startswith(f"{name} ")]
    if not titles:
        return NOT_MEASURED
    version = "" if release(name).title in titles else f", with {titles[0]}"
    latency = found.figures[name]
    ratio = f"{latency['ratio']:.2f} × the time of `nn.GRU`"
    return f"{latency['predict_ms']:.1f} ms ({ratio}){version}"


_RELEASE_ROWS: dict[str, Callable[[str], str]] = {
    "IMDb's official test split": _official,
    "calibration error there": _official_calibration,
    "accuracy on held-out IMDb reviews": _held_out("imdb"),
    "accuracy on held-out Rotten Tomatoes snippets": _held_out("rotten_tomatoes"),
    "calibration error on held-out reviews, snippets": _calibration,
    "accuracy on held-out reviews, by length in ten groups": _lengths,
    "short reviews from templates": _templates,
    "share of reset and of update gates below 0.1 or above 0.9": _saturation,
    "size": _size,
    "`POST /predict` of 230 tokens, one client": _latency,
}


def _presets() -> str:
    found = measurement("training/presets").figures
    titles = ["preset", "minutes", "IMDb reviews held out", "snippets held out"]
    names = {
        "quick": "`quick`",
        "standard": "`standard`",
        "best": "`best`",
        "continued once": "`best`, continued once",
        "continued twice": "`best`, continued twice",
    }
    keys = ("minutes", "reviews", "snippets")
    return _markdown(
        titles, [[title, *(found[name][key] for key in keys)] for name, title in names.items()]
    )


def batching_gain(clients: int) -> str:
    """Return how many times as many texts are classified with batches as without."""
    rows = measurement("load").figures["rows"]
    found = {row["workload"]: row["texts_per_second"] for row in rows if row["clients"] == clients}
    return f"{found['predict'] / found['predict, never batched']:.1f}"


def _markdown(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    return "\n".join(markdown_table(list(titles), [list(row) for row in rows]))


_BENCHMARKS: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "recurrence": recurrence_tables,
    "classifiers": classifier_table,
    "classifiers_amx": classifier_table,
    "recurrence_amx": recurrence_tables,
    "explaining": explaining_tables,
    "load": load_table,
    "page": page_tables,
    "quantization": quantization_table,
    "soak": soak_table,
    "stages": stage_table,
}
