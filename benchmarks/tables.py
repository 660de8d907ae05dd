"""The tables of figures, which the benchmarks print and the documentation shows.

Each function takes the figures of one benchmark, as `--json` writes them, and returns lines of
Markdown.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.report import markdown_table

Figures = Mapping[str, Any]


def recurrence_tables(figures: Figures) -> list[str]:
    """Render milliseconds, the multiple of ours and the largest error, for each size of batch."""
    size = f"{figures['tokens']} tokens, {figures['units']} units"
    lines = [f"{size}, up to {figures['threads']} threads."]
    for batch in (1, 32):
        timings = figures[f"milliseconds_batch_{batch}"]
        errors = figures[f"largest_error_batch_{batch}"]
        ours = timings["ours, traced"]["median"]
        titles = [f"batch of {batch}", "median ms", "quartiles", "× ours, traced", "largest error"]
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
        lines += ["", *markdown_table(titles, rows)]
    ratios = [[f"`{key}`", f"{figures[key]:.2f}"] for key in figures if key.startswith("traced_")]
    lines += ["", *markdown_table(["ratio", "of medians"], ratios)]
    for key, title in (("parts", "part of a traced run"), ("products", "the products alone")):
        one, many = (figures[f"{key}_batch_{batch}"] for batch in (1, 32))
        rows = [[name, f"{one[name]:.2f}", f"{many[name]:.2f}"] for name in one]
        titles = [f"{title}, one thread", "ms, one text", "ms, 32 texts"]
        lines += ["", *markdown_table(titles, rows)]
    return lines


def quantization_table(figures: Figures) -> list[str]:
    """Render how many verdicts differ between two arithmetics, and by how much the logits do."""
    rows = [
        [name, row["verdicts"], f"{row['mean']:.1e}", f"{row['largest']:.1e}"]
        for name, row in figures.items()
        if name != "texts"
    ]
    titles = [f"{figures['texts']} held-out reviews", "verdicts that differ"]
    return markdown_table([*titles, "mean change of the logit", "largest change"], rows)


def classifier_table(figures: Figures) -> list[str]:
    """Render times, accuracy and size; the time of the first classifier is the unit."""
    units = [times[0] for times in next(iter(figures.values()))["milliseconds"].values()]
    rows = []
    for name, entry in figures.items():
        accuracy, disk = entry["accuracy"], entry["megabytes_on_disk"]
        rows.append(
            [
                name,
                *(
                    f"{median:.2f} ({least:.2f} to {most:.2f})"
                    for median, least, most in entry["milliseconds"].values()
                ),
                ", ".join(
                    f"{times[0] / unit:.3g}"
                    for times, unit in zip(entry["milliseconds"].values(), units, strict=True)
                ),
                "" if accuracy is None else f"{100 * accuracy:.1f} %",
                f"{entry['megabytes_resident']:.0f}",
                "" if disk is None else f"{disk:.1f}",
            ]
        )
    titles = ["classifier", "ms one by one", "ms, 32 at once", "× the first", "accuracy"]
    return markdown_table([*titles, "MB in memory", "MB on disk"], rows)


_EXPLAIN_STAGE = "all else of `/explain`"


def stage_table(figures: Figures) -> list[str]:
    """Render milliseconds a review by stage, and their share of `POST /predict` or of a batch."""
    columns = [
        (f"{name}, {'one by one' if way == 'one' else '32 at once'}", stages)
        for name, ways in figures.items()
        for way, stages in ways.items()
    ]
    rows = []
    for stage in columns[0][1]:
        cells = []
        for _, stages in columns:
            total = sum(value for name, value in stages.items() if name != _EXPLAIN_STAGE)
            cell = f"{stages[stage]:.2f} ms" if stage in stages else ""
            share = (
                "" if stage == _EXPLAIN_STAGE else f" ({100 * stages.get(stage, 0) / total:.0f} %)"
            )
            cells.append(cell + share if cell else "")
        rows.append([stage, *cells])
    return markdown_table(["stage", *(title for title, _ in columns)], rows)


def explaining_tables(figures: Figures) -> list[str]:
    """Render the cost of requests, distances of sums from the logit, and times on request."""
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
    titles = {
        "decomposition": "decomposition",
        "parts": "decomposition, new words and recalled context apart",
        "attributions": "attributions",
    }
    distances = figures["largest_distance_from_logit"]
    sums = [[title, f"{distances[key]:.1e}"] for key, title in titles.items()]
    tokens = figures["tokens_on_request"]
    on_request = [[f"`{name}`", ms] for name, ms in figures["on_request_ms"].items()]
    columns = ["request", "p50 ms", "p99 ms", "p50, × `/predict`", "kB (median)"]
    return [
        *markdown_table(columns, requests),
        "",
        *markdown_table(["bias plus the sum of", "largest distance from the logit"], sums),
        "",
        *markdown_table([f"`/explain` of {tokens} tokens with", "ms"], on_request),
    ]


def load_table(figures: Figures) -> list[str]:
    """Render throughput and latency; responses other than 200 only where there were some."""
    keys = ["requests_per_second", "texts_per_second", "share_of_network", "p50_ms", "p99_ms"]
    titles = ["requests/s", "texts/s", "of the network", "p50 ms", "p99 ms"]
    if any(row.get("other") for row in figures["rows"]):
        keys, titles = [*keys, "other"], [*titles, "not 200"]
    rows = [
        [row["workload"], row["clients"] or "", *(row[key] for key in keys)]
        for row in figures["rows"]
    ]
    return markdown_table(["request", "clients", *titles], rows)


def soak_table(figures: Figures) -> list[str]:
    """Render the parts that were run: what was sent, how it was answered, memory and latency."""
    rows = [
        [part, title, value]
        for part, render in _SOAK_PARTS.items()
        if part in figures
        for title, value in render(figures[part])
    ]
    return markdown_table(["part", "figure", "value"], rows)


def _fuzz_rows(fuzz: Figures) -> Sequence[tuple[str, object]]:
    return [
        ("requests made from the OpenAPI document", f"{fuzz['cases']:,}"),
        ("responses that break the document", fuzz["broken"]),
    ]


def _memory_rows(memory: Figures) -> Sequence[tuple[str, object]]:
    return [
        ("requests by 32 clients", f"{memory['requests']:,}"),
        ("resident MB after the first fifth", memory["resident_mb_settled"]),
        ("resident MB at the end", memory["resident_mb_last"]),
        ("growth after the first fifth", f"× {memory['growth_after_settling']}"),
    ]


def _overload_rows(overload: Figures) -> Sequence[tuple[str, object]]:
    latencies = {"200": "200", "429": "429", "health": "`/health`"}
    return [
        ("requests a second, capacity", overload["capacity_per_second"]),
        ("requests a second, sent", overload["sent_per_second"]),
        *((f"responses {status}", f"{n:,}") for status, n in overload["responses"].items()),
        *(
            (
                f"p50, p99 ms of {title}",
                f"{overload[f'p50_ms_of_{key}']}, {overload[f'p99_ms_of_{key}']}",
            )
            for key, title in latencies.items()
        ),
    ]


_SOAK_PARTS: dict[str, Callable[[Figures], Sequence[tuple[str, object]]]] = {
    "fuzz": _fuzz_rows,
    "memory": _memory_rows,
    "overload": _overload_rows,
}


def page_tables(figures: Figures) -> list[str]:
    """Render the milliseconds of reading a review in the browser, and the weight of the page."""
    titles = {
        "predict": "`/predict` alone",
        "explain": "`/explain` alone",
        "click_to_answer": "click to answer",
        "click_to_verdict": "click to verdict",
        "answer_to_verdict": "answer to verdict",
        "click_to_all": "click to everything",
        "frame": "move of the slider",
        "frame_slowest": "the slowest of a drag",
    }
    reviews = figures["reviews"]
    rows = [
        [title, *(f"{times[name]:.0f}" for times in reviews.values())]
        for name, title in titles.items()
    ]
    load = figures["first_load"]
    parts = f"{load['kilobytes_files']} kB files, {load['kilobytes_answers']} kB answers of the API"
    return [
        *markdown_table(["ms", *(f"{int(length):,} tokens" for length in reviews)], rows),
        "",
        f"First load: {load['requests']} requests, {load['kilobytes']} kB ({parts}).",
    ]
