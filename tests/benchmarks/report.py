"""Figures go into the documents by the command that measured them, and by no other way."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def write_figures(document: Path, marker: str, lines: list[str]) -> None:
    """Put lines between `<!-- marker -->` and `<!-- /marker -->`, in place of what was there."""
    text = document.read_text(encoding="utf-8")
    begin, end = f"<!-- {marker} -->", f"<!-- /{marker} -->"
    before, rest = text.split(begin)
    _, after = rest.split(end)
    document.write_text("\n".join([before + begin, *lines, end + after]), encoding="utf-8")


def machine() -> str:
    """Say where and when this was measured."""
    model = platform.processor() or platform.machine()
    cpu = Path("/proc/cpuinfo")
    if cpu.exists():
        names = [
            line.split(": ")[1] for line in cpu.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    busy = os.getloadavg()[0]
    return (
        f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{datetime.now(UTC):%Y-%m-%d}; load average at the end {busy:.1f}."
    )


def markdown_table(titles: list[str], rows: list[list[object]]) -> list[str]:
    """Render rows, the first column on the left and numbers on the right."""
    rule = ["---", *["---:"] * (len(titles) - 1)]
    cells = [titles, rule, *([str(cell) for cell in row] for row in rows)]
    return ["| " + " | ".join(row) + " |" for row in cells]
