"""The directory of a lab run: texts, trained nets, and access to the shipped models."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cached_property
from pathlib import Path

from tqdm import tqdm

from gatewise.models.artifact.location import releases
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import WordTokenizer
from gatewise.training.lab.nets import data, training_runs
from gatewise.training.lab.nets.architectures import LabNet
from gatewise.training.lab.nets.data import HeldOut, LabData
from gatewise.training.lab.nets.fit import Task
from gatewise.training.lab.nets.training_runs import TrainingRun
from gatewise.training.lab.options import LabOptions


class Workspace:
    """Everything that experiments read: options, texts, trained nets and shipped models."""

    def __init__(self, options: LabOptions, root: Path) -> None:
        """Use the directory `root`."""
        self.options, self.root = options, root

    @cached_property
    def data(self) -> LabData:
        """The data sets of the lab's nets."""
        return data.load(self._texts)

    @cached_property
    def tokenizer(self) -> WordTokenizer:
        """The tokenizer of the lab's nets."""
        return data.load_tokenizer(self._texts)

    @cached_property
    def models(self) -> dict[str, Predictor]:
        """The shipped models by name, the default one first."""
        return {name: Predictor.load(path) for name, path in releases().items()}

    def held_out(self, model: str) -> list[HeldOut]:
        """Return reviews outside the training set of a shipped model, in random order."""
        return data.load_held_out(self._texts, model)

    def gate_texts(self, model: str) -> list[str]:
        """Return the held-out reviews on which gates of a shipped model are measured."""
        return [review.text for review in self.held_out(model)[: self.options.gate_texts]]

    @cached_property
    def _texts(self) -> Path:
        """Directory of the texts, which are written at the first access."""
        data.prepare(self.options, self.root / "data")
        return self.root / "data"

    def text_runs(self, task: Task, nets: Sequence[str]) -> list[TrainingRun]:
        """Return the trainings of nets on texts, with every seed."""
        size = self.options.hidden_size
        return [
            TrainingRun(task, net, seed, size) for seed in range(self.options.seeds) for net in nets
        ]

    def synthetic_runs(
        self, task: Task, nets: Sequence[str], widths: Sequence[int]
    ) -> list[TrainingRun]:
        """Return the trainings of nets on a synthetic task, with every width and seed."""
        return [
            TrainingRun(task, net, seed, width)
            for seed in range(self.options.synthetic_seeds)
            for width in widths
            for net in nets
        ]

    def train(self, runs: Sequence[TrainingRun]) -> None:
        """Do those trainings that are not finished yet, in parallel processes."""
        pending = [
            run for run in dict.fromkeys(runs) if not training_runs.is_finished(run, self.root)
        ]
        if not pending:
            return
        _ = self._texts  # written before the workers start
        arguments = (self.options, self.root)
        if self.options.workers == 1:
            for run in tqdm(pending, desc="trainings", unit="net"):
                training_runs.train(run, *arguments, bar=False)
            return
        # Spawn: a fork would inherit the threads of torch in an undefined state.
        context = multiprocessing.get_context("spawn")
        with (
            ProcessPoolExecutor(self.options.workers, mp_context=context) as pool,
            tqdm(total=len(pending), desc="trainings", unit="net") as bar,
        ):
            futures = {
                pool.submit(training_runs.train, run, *arguments, bar=False): run for run in pending
            }
            try:
                for future in as_completed(futures):
                    future.result()
                    run = futures[future]
                    bar.set_postfix_str(f"{run.net} on {run.task}", refresh=False)
                    bar.update()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def measured(
        self, task: Task, net: str, figure: str, *, width: int | None = None
    ) -> list[float]:
        """Return one figure of all trainings of a net, by seed.

        Args:
            task: Name of the task.
            net: Name in `ARCHITECTURES`.
            figure: Name of the figure, for example `accuracy`.
            width: Units of the matched GRU, for a synthetic task.
        """
        runs = self._runs(task, net, width)
        return [float(training_runs.read_figures(run, self.root)[figure]) for run in runs]

    def trained(self, task: Task, net: str) -> list[LabNet]:
        """Return a net with the weights of each of its trainings on texts, by seed."""
        return [
            training_runs.trained(run, self.options, self.data, self.root)
            for run in self._runs(task, net, None)
        ]

    def untrained(self, task: Task, net: str) -> list[LabNet]:
        """Return a net with the initial weights of each of its trainings on texts, by seed."""
        return [
            training_runs.untrained(run, self.options, self.data)
            for run in self._runs(task, net, None)
        ]

    def _runs(self, task: Task, net: str, width: int | None) -> list[TrainingRun]:
        return self.synthetic_runs(task, [net], [width]) if width else self.text_runs(task, [net])
