"""Runs that share stages: what one run has trained, another one links to."""

import json
import shutil
from collections.abc import Collection
from pathlib import Path

from gatewise.models.errors import ResumeError
from gatewise.training.run_state import (
    CONFIG_FILE,
    FINGERPRINT_FILE,
    REPEATED,
    SECONDS_FILE,
    results,
)


def share_stages(trained: Path, run: Path, *, without: Collection[str] = ()) -> None:
    """Start a run with links to the results of another one.

    The seconds of the shared stages are copied, too. A run that has been started is left unchanged.

    Args:
        trained: Directory of a finished run.
        run: Directory of the run to start.
        without: Stages that are not shared, as their files are named.

    Raises:
        ResumeError: `trained` contains no finished run.
    """
    source, target = trained / "run", run / "run"
    if not source.is_dir() or not (trained / CONFIG_FILE).is_file():
        raise ResumeError(
            f"{trained} contains no finished training run. Pass the --out of a finished run."
        )
    if target.exists():
        return
    staging = run / "run.partial"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    for entry in results(source):
        if entry.stem not in without:
            (staging / entry.name).symlink_to(entry.resolve())
    seconds = json.loads((source / SECONDS_FILE).read_text(encoding="utf-8"))
    shared = {
        name: spent
        for name, spent in seconds.items()
        if name not in REPEATED and _file_stem_of(name) not in without
    }
    # With the fingerprint, the new run rejects texts that have changed since.
    shutil.copy(source / FINGERPRINT_FILE, staging)
    (staging / SECONDS_FILE).write_text(json.dumps(shared, indent=2), encoding="utf-8")
    staging.replace(target)


def _file_stem_of(stage: str) -> str:
    """Return how the files of a stage are named, given its name in the seconds."""
    return stage.removesuffix(" predicts").replace(" ", "_")
