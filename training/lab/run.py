"""The lab from end to end: train what is needed, run the experiments, write what they found."""

import json
import logging
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from models.errors import ResumeError
from training.lab import data
from training.lab.bench import Bench
from training.lab.charts import to_svg
from training.lab.experiments import EXPERIMENTS
from training.lab.experiments.base import Experiment
from training.lab.options import FAST, LabOptions
from training.lab.page import page
from training.lab.records import Outcome
from training.lab.report import report
from training.stages import StageTimer
from training.whole_files import write_json, write_text

log = logging.getLogger(__name__)

# What does not make a quick look a different one.
_APART = {"source": "", "workers": 1, "seeds": 1}


class Lab:
    """One run of the lab in its directory, which can be killed and gone on with.

    data/          texts as word ids, word vectors
    nets/          weights and figures of every training
    experiments/   what each experiment found
    models.json    the shipped models that they looked at
    report.html    all of it to look at
    lab.json       an entry for each claim
    """

    def __init__(self, options: LabOptions, root: Path) -> None:
        """Claim the directory. Raises `ResumeError` if it has been begun with other options."""
        self._options, self._root = options, root
        root.mkdir(parents=True, exist_ok=True)
        mine = options.model_dump(mode="json", exclude={"workers"})
        begun = self._recall("options", mine)
        if begun != mine:
            differing = sorted(name for name in mine if begun.get(name) != mine[name])
            raise ResumeError(
                f"The lab in {root} was begun with other options ({', '.join(differing)}). Use "
                "the same, or choose another --out."
            )
        self._bench = Bench(options, root)
        self._models = {name: model.artifact.version for name, model in self._bench.models.items()}
        self._forget_other_models()
        self._stage = StageTimer(root / "seconds.json", repeated={e.name for e in EXPERIMENTS})

    def __call__(self, *, only: Sequence[str] = (), docs: Path | None = None) -> dict[str, Any]:
        """Run the experiments that answer the claims `only`, or all; answer `lab.json`.

        What the directory holds of other experiments is in the report, too. With `docs`, the page,
        its plots and the JSON are written there.
        """
        wanted = [e for e in EXPERIMENTS if not only or set(only) & set(e.claims)]
        todo = [e for e in wanted if not self._path(e).is_file()]
        with self._stage("training"):
            self._bench.train([job for e in todo for job in e.jobs(self._bench)])
        for experiment in todo:
            with self._stage(experiment.name):
                self._store(f"experiments/{experiment.name}", experiment.run(self._bench))
        outcomes = [self._outcome(e) for e in EXPERIMENTS if self._path(e).is_file()]
        entries = self._entries(outcomes)
        commands = {name: str(entry["command"]) for name, entry in entries.items()}
        write_json(entries, self._root / "lab.json")
        write_text(report(outcomes, commands, self._how()), self._root / "report.html")
        log.info("wrote %s", self._root / "report.html")
        if docs is not None:
            self._write_docs(outcomes, entries, docs)
        return entries

    def _write_docs(
        self, outcomes: list[Outcome], entries: dict[str, dict[str, Any]], docs: Path
    ) -> None:
        charts = [chart for outcome in outcomes for chart in outcome.charts]
        for chart in charts:
            write_text(to_svg(chart), docs / "gates" / f"{chart.name}.svg")
        write_json(entries, docs / "lab.json")
        write_text(page(outcomes, self._how()), docs / "gates.md")
        log.info("wrote %s and %d plots", docs / "gates.md", len(charts))

    def _entries(self, outcomes: list[Outcome]) -> dict[str, dict[str, Any]]:
        findings = {name: f for outcome in outcomes for name, f in outcome.findings.items()}
        return {
            name: {**findings[name].model_dump(mode="json"), "command": self._command(name)}
            for name in sorted(findings, key=lambda claim: int(claim[1:]))
        }

    def _command(self, claim: str) -> str:
        options = self._options
        fast = options.model_copy(update=_APART) == FAST.model_copy(update=_APART)
        words = ["python -m training lab --out runs/lab"]
        if options.source != "packaged":
            words.append(f"--source {Path(options.source).name}")
        if fast:
            words.append("--fast")
        if options.seeds != (FAST if fast else LabOptions()).seeds:
            words.append(f"--seeds {options.seeds}")
        return " ".join([*words, f"--only {claim}"])

    def _how(self) -> dict[str, Any]:
        """Say how this was run: sizes, time by stage, and on what."""
        seconds = self._stage.seconds
        return {
            "minutes": round(sum(seconds.values()) / 60, 1),
            "seconds_by_stage": {name: round(value, 1) for name, value in seconds.items()},
            "options": {
                **self._options.model_dump(mode="json"),
                "source": Path(self._options.source).name,
            },
            "models": self._models,
            "torch": torch.__version__,
            "python": platform.python_version(),
            "machine": platform.machine(),
        }

    def _path(self, experiment: Experiment) -> Path:
        return self._root / "experiments" / f"{experiment.name}.json"

    def _outcome(self, experiment: Experiment) -> Outcome:
        return Outcome.model_validate_json(self._path(experiment).read_bytes())

    def _forget_other_models(self) -> None:
        """Drop what was found in shipped models that have been replaced since; nets are kept."""
        path, experiments = self._root / "models.json", self._root / "experiments"
        then = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        if then == self._models:
            return
        if experiments.is_dir():
            log.warning(
                "These experiments looked at %s; shipped are %s by now. They are done again.",
                _named(then) if then else "models that are not recorded",
                _named(self._models),
            )
            shutil.rmtree(experiments)
        data.forget_held_out(self._root / "data")
        write_json(self._models, path)

    def _recall(self, name: str, value: dict[str, Any]) -> dict[str, Any]:
        """Answer what an earlier start stored under `name`; store `value` if there was none."""
        path = self._root / f"{name}.json"
        if not path.is_file():
            write_json(value, path)
        recalled: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return recalled

    def _store(self, name: str, outcome: Outcome) -> None:
        write_text(outcome.model_dump_json(indent=1), self._root / f"{name}.json")


def _named(versions: dict[str, str]) -> str:
    return " and ".join(f"{name} {version}" for name, version in versions.items())
