"""Runs the lab: trains the nets, runs the experiments and collects their findings."""

import json
import logging
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from gatewise.models.errors import ResumeError
from gatewise.training.atomic_io import write_json
from gatewise.training.lab.experiments import EXPERIMENTS
from gatewise.training.lab.experiments.base import Experiment
from gatewise.training.lab.nets import data
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.options import LabOptions
from gatewise.training.lab.report.output import write_plots, write_results
from gatewise.training.lab.report.records import Finding, LabResults, Measured, in_order
from gatewise.training.stage_timer import StageTimer

log = logging.getLogger(__name__)


class Lab:
    """A run of the lab in its directory. A run that was killed can be resumed.

    data/          texts as word ids, word vectors
    nets/          weights and figures of every training
    experiments/   findings of every experiment
    options.json   the options, with which the run must be resumed
    models.json    the shipped models that were measured, with their versions
    seconds.json   time by stage
    lab.json       the findings by claim
    plots/         the charts of the findings
    """

    def __init__(self, options: LabOptions, root: Path) -> None:
        """Open or create the directory.

        Args:
            options: Sizes of the run.
            root: The directory.

        Raises:
            ResumeError: The directory was created with other options.
        """
        self._options, self._root = options, root
        root.mkdir(parents=True, exist_ok=True)
        self._check_options()
        self._workspace = Workspace(options, root)
        self._models = {
            name: model.artifact.version for name, model in self._workspace.models.items()
        }
        self._delete_findings_of_other_models()
        self._stage = StageTimer(root / "seconds.json", repeated={e.name for e in EXPERIMENTS})

    def run(self, *, only: Sequence[str] = (), command: str) -> LabResults:
        """Run the experiments whose findings are not in the directory yet.

        Args:
            only: Claims to test, by default all.
            command: The command, which is recorded in lab.json.

        Returns:
            All findings in the directory, also those of other claims. They are written to
            lab.json, with their plots.
        """
        selected = [e for e in EXPERIMENTS if not only or set(only) & set(e.claims)]
        pending = [e for e in selected if not self._path(e).is_file()]
        with self._stage("training"):
            self._workspace.train([run for e in pending for run in e.runs(self._workspace)])
        for experiment in pending:
            with self._stage(experiment.name):
                findings = experiment.measure(self._workspace)
            write_json(
                {claim: finding.model_dump(mode="json") for claim, finding in findings.items()},
                self._path(experiment),
            )
        results = LabResults(measured=self._measured(command), figures=self._findings())
        write_results(results, self._root / "lab.json")
        write_plots(results, self._root / "plots")
        log.info("wrote %s and plots", self._root / "lab.json")
        return results

    def _findings(self) -> dict[str, Finding]:
        found: dict[str, Finding] = {}
        for experiment in EXPERIMENTS:
            if self._path(experiment).is_file():
                stored = _read_json(self._path(experiment))
                found |= {name: Finding.model_validate(value) for name, value in stored.items()}
        return in_order(found)

    def _measured(self, command: str) -> Measured:
        options = self._options.model_dump(mode="json", exclude={"workers"})
        return Measured(
            command=command,
            date=date.today().isoformat(),
            minutes=round(sum(self._stage.seconds.values()) / 60, 1),
            models=self._models,
            options={**options, "source": Path(self._options.source).name},
        )

    def _path(self, experiment: Experiment) -> Path:
        return self._root / "experiments" / f"{experiment.name}.json"

    def _check_options(self) -> None:
        path = self._root / "options.json"
        options = self._options.model_dump(mode="json", exclude={"workers"})
        if not path.is_file():
            write_json(options, path)
            return
        stored = _read_json(path)
        differing = sorted(name for name in options if stored.get(name) != options[name])
        if differing:
            raise ResumeError(
                f"The lab in {self._root} was started with other options "
                f"({', '.join(differing)}). Use the same, or choose another --out."
            )

    def _delete_findings_of_other_models(self) -> None:
        """Delete findings about shipped models that have been replaced since; keep the nets."""
        path, experiments = self._root / "models.json", self._root / "experiments"
        stored = _read_json(path) if path.is_file() else None
        if stored == self._models:
            return
        if experiments.is_dir():
            log.warning(
                "The findings in %s are about %s, but %s are shipped now. The experiments are run "
                "again.",
                self._root,
                _names(stored) if stored else "models that are not recorded",
                _names(self._models),
            )
            shutil.rmtree(experiments)
        data.delete_held_out(self._root / "data")
        write_json(self._models, path)


def _read_json(path: Path) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return stored


def _names(versions: dict[str, str]) -> str:
    return " and ".join(f"{name} {version}" for name, version in versions.items())
