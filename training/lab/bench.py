"""Where experiments find what they need: texts, trained nets, shipped models."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cached_property
from pathlib import Path

from tqdm import tqdm

from models.predictor import Predictor, releases
from models.tokenizer import WordTokenizer
from training.lab import data, jobs
from training.lab.data import HeldOut, LabData
from training.lab.fit import Task
from training.lab.jobs import Job
from training.lab.nets import Reader
from training.lab.options import LabOptions


class Bench:
    """The lab's directory and options."""

    def __init__(self, options: LabOptions, root: Path) -> None:
        """Work in `root`."""
        self.options, self.root = options, root

    @cached_property
    def data(self) -> LabData:
        """What the lab's own nets learn from."""
        return data.load(self._texts)

    @cached_property
    def tokenizer(self) -> WordTokenizer:
        """The tokenizer of the lab's own nets."""
        return data.load_tokenizer(self._texts)

    @cached_property
    def models(self) -> dict[str, Predictor]:
        """The shipped models by name, the default one first."""
        return {name: Predictor.load(path) for name, path in releases().items()}

    def held_out(self, model: str) -> list[HeldOut]:
        """Reviews that a shipped model did not learn from, in random order."""
        return data.load_held_out(self._texts, model)

    @cached_property
    def _texts(self) -> Path:
        """Directory of the texts, made at first use."""
        data.prepare(self.options, self.root / "data")
        return self.root / "data"

    def jobs(self, task: Task, nets: Sequence[str]) -> list[Job]:
        """Name the trainings of nets on texts, at every seed."""
        size = self.options.hidden_size
        return [Job(task, net, seed, size) for seed in range(self.options.seeds) for net in nets]

    def train(self, wanted: Sequence[Job]) -> None:
        """Do all trainings that have not been done yet."""
        todo = [job for job in dict.fromkeys(wanted) if not jobs.is_done(job, self.root)]
        if not todo:
            return
        _ = self._texts  # the workers must find it made
        arguments = (self.options, self.root)
        if self.options.workers == 1:
            for job in tqdm(todo, desc="trainings", unit="net"):
                jobs.train(job, *arguments, bar=False)
            return
        # Workers begin afresh: a fork would inherit the threads of torch in an unknown state.
        context = multiprocessing.get_context("spawn")
        with (
            ProcessPoolExecutor(self.options.workers, mp_context=context) as pool,
            tqdm(total=len(todo), desc="trainings", unit="net") as bar,
        ):
            futures = {pool.submit(jobs.train, job, *arguments, bar=False): job for job in todo}
            try:
                for future in as_completed(futures):
                    future.result()
                    job = futures[future]
                    bar.set_postfix_str(f"{job.net} on {job.task}", refresh=False)
                    bar.update()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def measured(
        self, task: Task, net: str, figure: str, *, hidden_size: int | None = None
    ) -> list[float]:
        """Answer one figure of a net's trainings on texts, by seed."""
        return [
            float(jobs.figures_of(job, self.root)[figure])
            for job in self._of(task, net, hidden_size)
        ]

    def trained(self, task: Task, net: str, *, hidden_size: int | None = None) -> list[Reader]:
        """Answer a net as each of its trainings left it, by seed."""
        return [
            jobs.trained(job, self.options, self.data, self.root)
            for job in self._of(task, net, hidden_size)
        ]

    def untrained(self, task: Task, net: str) -> list[Reader]:
        """Answer a net as each of its trainings found it, by seed."""
        return [jobs.untrained(job, self.options, self.data) for job in self._of(task, net, None)]

    def _of(self, task: Task, net: str, hidden_size: int | None) -> list[Job]:
        return (
            self.synthetic_jobs(task, [net], [hidden_size])
            if hidden_size
            else self.jobs(task, [net])
        )

    def synthetic_jobs(self, task: Task, nets: Sequence[str], widths: Sequence[int]) -> list[Job]:
        """Name the trainings of nets on a synthetic task, at every width and seed."""
        return [
            Job(task, net, seed, width)
            for seed in range(self.options.synthetic_seeds)
            for width in widths
            for net in nets
        ]
