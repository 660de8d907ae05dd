"""Runs that begin alike: what one of them has learned, the others find instead of learning it."""

import json
import shutil
from collections.abc import Collection
from pathlib import Path

from models.errors import ResumeError

# In the state of a run: what is its own, the model that it goes on from, if it does, and besides
# these what its stages have learned.
_OWN = {"config.json", "fingerprint.json", "seconds.json"}
START = "start"
# Stages that every run does for itself, and does again at every start.
REPEATED = {"read", "split", "tokenize", "evaluate", "gate statistics"}


def share_stages(trained: Path, run: Path, *, without: Collection[str] = ()) -> None:
    """Link what the run in `trained` has learned into the one in `run`, but for some stages.

    The seconds which those stages took are carried over, too: they are part of the recipe. Does
    nothing if `run` has been begun. Raises `ResumeError` if there is no finished run in `trained`.
    """
    source, target = trained / "run", run / "run"
    if not source.is_dir() or not (trained / "config.json").is_file():
        raise ResumeError(
            f"{trained} holds no finished training run: give the --out of one that is done."
        )
    if target.exists():
        return
    staging = run / "run.partial"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    for entry in source.iterdir():
        if entry.name not in _OWN and entry.stem not in without:
            (staging / entry.name).symlink_to(entry.resolve())
    seconds = json.loads((source / "seconds.json").read_text(encoding="utf-8"))
    shared = {
        name: spent
        for name, spent in seconds.items()
        if name not in REPEATED and _stage_of(name) not in without
    }
    # So that the run refuses texts that have changed since.
    shutil.copy(source / "fingerprint.json", staging)
    (staging / "seconds.json").write_text(json.dumps(shared, indent=2), encoding="utf-8")
    staging.replace(target)


def has_learned(run: Path) -> bool:
    """Tell whether any stage has left something in the state `run` of a run."""
    return any(entry.name not in _OWN | {START} for entry in run.iterdir())


def _stage_of(name: str) -> str:
    """Answer the stage, as its files are named, of which an entry of the seconds is a part."""
    return name.removesuffix(" judges").replace(" ", "_")
