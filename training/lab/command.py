"""The function behind `gatewise lab`."""

from collections.abc import Sequence
from pathlib import Path

from gatewise.models.errors import GatewiseError
from gatewise.training.lab.experiments import CLAIMS, STANDALONE_CLAIMS
from gatewise.training.lab.options import FAST, LabOptions
from gatewise.training.lab.report.output import read_docs, write_docs
from gatewise.training.lab.report.records import LabResults
from gatewise.training.lab.report.stale_page import check
from gatewise.training.lab.run import Lab


class LabOptionError(GatewiseError, ValueError):
    """Options of the lab that do not exist or exclude each other."""


def run_lab(
    *,
    out: Path | None = None,
    fast: bool = False,
    only: Sequence[str] = (),
    source: str = "packaged",
    seeds: int | None = None,
    workers: int = 2,
    docs: Path | None = None,
    page_only: bool = False,
) -> list[str]:
    """Test the claims about GRU gates, or rebuild the page about them.

    Args:
        out: Directory of the run, which is resumed if it exists. Not used with `page_only`.
        fast: Train small nets once on few texts: this checks that everything runs.
        only: Claims to test, for example `C11`; by default all.
        source: Where reviews come from: `packaged`, `hub`, or a file or directory.
        seeds: Trainings of every net on texts, if not the usual number.
        workers: Trainings that run in parallel, with one thread each.
        docs: Directory of the documentation, to which the page, its plots and lab.json are written.
            With `only`, the claims must be in `STANDALONE_CLAIMS`; their findings are added to the
            lab.json that is there, which records that they come from another run.
        page_only: Whether to rebuild the page and its plots from the lab.json in `docs` (by
            default the folder `docs`) without training or measuring anything.

    Returns:
        One line for each claim: whether the figures support it, and the question.

    Raises:
        LabOptionError: A claim does not exist, or options exclude each other.
        ResumeError: `out` was created with other options.
        DataError: The texts, or the lab.json in `docs`, cannot be used.
        StalePageError: The figures contradict the prose of the page.
    """
    if page_only:
        if only or fast or seeds is not None:
            raise LabOptionError("--page-only reads lab.json: omit --only, --fast and --seeds.")
        docs = docs or Path("docs")
        results = read_docs(docs)
        write_docs(results, docs)
        return _summary(results)
    if out is None:
        raise LabOptionError("--out is required, unless --page-only is given.")
    _check_options(only=only, fast=fast, docs=docs)
    chosen = {"source": source, "workers": workers}
    if seeds is not None:
        chosen["seeds"] = seeds
    size = FAST.model_dump() if fast else {}
    options = LabOptions.model_validate(size | chosen)
    command = _command(fast=fast, only=only, source=source, seeds=seeds)
    results = Lab(options, out).run(only=only, command=command)
    if docs is not None:
        write_docs(read_docs(docs).with_findings_of(results, only) if only else results, docs)
    elif options == LabOptions(workers=workers) and not only:
        check(results)  # the run that the page describes
    return _summary(results)


def _check_options(*, only: Sequence[str], fast: bool, docs: Path | None) -> None:
    unknown = sorted(set(only) - set(CLAIMS))
    if unknown:
        raise LabOptionError(
            f"There is no claim {', '.join(unknown)}. The lab tests {', '.join(CLAIMS)}."
        )
    if docs is not None and (fast or not set(only) <= set(STANDALONE_CLAIMS)):
        raise LabOptionError(
            "--docs needs a full run of all claims: omit --only and --fast. Only the findings of "
            f"{', '.join(STANDALONE_CLAIMS)} can be added to those of another run."
        )


def _command(*, fast: bool, only: Sequence[str], source: str, seeds: int | None) -> str:
    words = ["gatewise lab --out runs/lab"]
    if fast:
        words.append("--fast")
    words += [f"--only {claim}" for claim in only]
    if source != "packaged":
        words.append(f"--source {Path(source).name}")
    if seeds is not None:
        words.append(f"--seeds {seeds}")
    return " ".join(words)


def _summary(results: LabResults) -> list[str]:
    return [
        f"{claim}: {finding.supports:6} {finding.question}"
        for claim, finding in results.figures.items()
    ]
