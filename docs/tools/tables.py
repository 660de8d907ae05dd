"""Markdown tables of the figures in `docs/figures/` and of the released models."""

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.report import markdown_table
from docs.tools.figures import (
    DEFAULT,
    figure,
    figures_of_release,
    interval,
    measurement,
    percent,
    release,
)

NOT_MEASURED = "not measured yet"
_RELEASES = (DEFAULT, "imdb-gru-256")


def table(name: str) -> str:
    """Render the figures of a file as Markdown.

    Args:
        name: The file in `docs/figures/`, without its suffix; `comparison:reviews` is one part.

    Raises:
        KeyError: The file has no table.
    """
    file, _, part = name.partition(":")
    if render := _RENDERERS.get(file):
        return render()
    figures = figure(file, *([part] if part else []))
    return _markdown(figures["columns"], figures["rows"])


def releases_table() -> str:
    """Compare the released models; what was not measured for this version is left open."""
    rows = [[title, *(cell(name) for name in _RELEASES)] for title, cell in _RELEASE_ROWS.items()]
    return _markdown(["", *(release(name).title for name in _RELEASES)], rows)


def accuracy_gap(source: str) -> str:
    """Return by how many points the smaller release is less accurate on held-out texts."""
    larger, smaller = (
        release(name).metrics["validation"][source]["accuracy"] for name in _RELEASES
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
    found = figures_of_release("gate_saturation", name)
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
    return f"{latency['predict_ms']:.1f} ms ({latency['ratio']:.2f} × plain `nn.GRU`){version}"


_RELEASE_ROWS: dict[str, Callable[[str], str]] = {
    "IMDb's official test split": _official,
    "calibration error there": _official_calibration,
    "held-out IMDb reviews": _held_out("imdb"),
    "held-out Rotten Tomatoes snippets": _held_out("rotten_tomatoes"),
    "calibration error on held-out reviews, snippets": _calibration,
    "held-out reviews by length, ten groups": _lengths,
    "short reviews from templates": _templates,
    "reset, update gates below 0.1 or above 0.9": _saturation,
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


def _recurrence() -> str:
    figures = measurement("recurrence").figures
    size = f"{figures['tokens']} tokens, {figures['units']} units"
    parts = [f"{size}, up to {figures['threads']} threads."]
    for batch in (1, 32):
        timings = figures[f"milliseconds_batch_{batch}"]
        errors = figures[f"largest_error_batch_{batch}"]
        ours = timings["ours, traced"]["median"]
        rows = [
            [
                name,
                f"{timing['median']:.2f}",
                f"{timing['low']:.2f} to {timing['high']:.2f}",
                f"{timing['median'] / ours:.2f}",
                f"{errors[name]:.0e}",
            ]
            for name, timing in timings.items()
        ]
        titles = ["median ms", "quartiles", "× ours, traced", "largest error"]
        parts.append(_markdown([f"batch of {batch}", *titles], rows))
    ratios = [[f"`{k}`", f"{figures[k]:.2f}"] for k in figures if k.startswith("traced_")]
    return "\n\n".join([*parts, _markdown(["ratio", "of medians"], ratios)])


def _classifiers() -> str:
    figures = measurement("classifiers").figures
    ours = max(figures[DEFAULT]["reviews_per_second"].values())
    rows = []
    for name, entry in figures.items():
        speeds, accuracy = entry["reviews_per_second"], entry["accuracy"]
        disk = entry["megabytes_on_disk"]
        rows.append(
            [
                name,
                *(f"{speed:.1f}" for speed in speeds.values()),
                f"{max(speeds.values()) / ours:.4f}",
                "" if accuracy is None else percent(accuracy),
                f"{entry['megabytes_resident']:.0f}",
                "" if disk is None else f"{disk:.1f}",
            ]
        )
    titles = ["classifier", "one by one", "32 at once", "× the first", "accuracy"]
    return _markdown([*titles, "MB in memory", "MB on disk"], rows)


def _explaining() -> str:
    figures = measurement("explaining").figures
    requests = [
        [
            "`{}`{}{}".format(*name.partition(",")),
            f"{cost['p50_ms']:.2f}",
            f"{cost['p99_ms']:.2f}",
            f"{cost['times_predict']:.2f}",
            f"{cost['kilobytes']:.1f}",
        ]
        for name, cost in figures["requests"].items()
    ]
    distances = figures["largest_distance_from_logit"]
    sums = [
        [title, f"{distances[key]:.1e}"]
        for key, title in (
            ("decomposition", "decomposition"),
            ("parts", "decomposition, new words and recalled context apart"),
            ("attributions", "attributions"),
        )
    ]
    on_request = [[f"`{name}`", ms] for name, ms in figures["on_request_ms"].items()]
    titles = ["request", "p50 ms", "p99 ms", "p50, × `/predict`", "kB (median)"]
    return "\n\n".join(
        [
            _markdown(titles, requests),
            _markdown(["bias plus the sum of", "largest distance from the logit"], sums),
            _markdown(
                [f"`/explain` of {figures['tokens_on_request']} tokens with", "ms"], on_request
            ),
        ]
    )


def _load() -> str:
    figures = measurement("load").figures
    keys = ("requests_per_second", "texts_per_second", "share_of_network", "p50_ms", "p99_ms")
    rows = [
        [row["workload"], row["clients"] or "", *(row[key] for key in keys)]
        for row in figures["rows"]
    ]
    titles = ["request", "clients", "requests/s", "texts/s", "of the network", "p50 ms", "p99 ms"]
    return _markdown(titles, rows)


def batching_gain(clients: int) -> str:
    """Return how many times as many texts are classified with batches as without."""
    rows = measurement("load").figures["rows"]
    found = {row["workload"]: row["texts_per_second"] for row in rows if row["clients"] == clients}
    return f"{found['predict'] / found['predict, never batched']:.1f}"


def _soak() -> str:
    figures = measurement("soak").figures
    fuzz, memory, overload = (figures[part] for part in ("fuzz", "memory", "overload"))
    rows = [
        ["fuzz", "requests made from the OpenAPI document", f"{fuzz['cases']:,}"],
        ["fuzz", "responses that break the document", fuzz["broken"]],
        ["memory", "requests by 32 clients", f"{memory['requests']:,}"],
        ["memory", "resident MB after the first fifth", memory["resident_mb_settled"]],
        ["memory", "resident MB at the end", memory["resident_mb_last"]],
        ["memory", "growth after the first fifth", f"× {memory['growth_after_settling']}"],
        ["overload", "requests a second, capacity", overload["capacity_per_second"]],
        ["overload", "requests a second, sent", overload["sent_per_second"]],
        *(["overload", f"responses {s}", f"{n:,}"] for s, n in overload["responses"].items()),
        *(
            [
                "overload",
                f"p50, p99 ms of {what}",
                f"{_ms(overload, 50, key)}, {_ms(overload, 99, key)}",
            ]
            for what, key in (("200", "200"), ("429", "429"), ("`/health`", "health"))
        ),
    ]
    return _markdown(["part", "figure", "value"], rows)


def _ms(overload: dict[str, Any], percentile: int, key: str) -> float:
    found: float = overload[f"p{percentile}_ms_of_{key}"]
    return found


def _markdown(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    return "\n".join(markdown_table(list(titles), [list(row) for row in rows]))


_RENDERERS: dict[str, Callable[[], str]] = {
    "training/presets": _presets,
    "recurrence": _recurrence,
    "classifiers": _classifiers,
    "explaining": _explaining,
    "load": _load,
    "soak": _soak,
}
