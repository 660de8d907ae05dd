"""The trainings of the lab, by name: each is done once and kept."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from training.lab.data import LabData, load
from training.lab.fit import SequenceTraining, Task, TextTraining, Training
from training.lab.nets import Reader, build, set_vectors
from training.lab.options import LabOptions
from training.lab.tasks import SYMBOLS, SYNTHETIC
from training.memory import keep_freed_memory
from training.whole_files import write_text


@dataclass(frozen=True)
class Job:
    """One net to train on one task, from one seed. `hidden_size` is that of the GRU it matches."""

    task: Task
    net: str
    seed: int
    hidden_size: int

    def directory(self, root: Path) -> Path:
        """Answer where the training keeps what it made."""
        net = self.net.replace(",", "").replace(" ", "_")
        return root / "nets" / self.task / net / f"{self.hidden_size}_units" / f"seed_{self.seed}"


def is_done(job: Job, root: Path) -> bool:
    """Say whether this training has been finished."""
    return (job.directory(root) / "figures.json").is_file()


def train(job: Job, options: LabOptions, root: Path, *, bar: bool) -> None:
    """Train to the end, from wherever a checkpoint left off, and keep weights and figures."""
    keep_freed_memory()
    directory = job.directory(root)
    training = _training(job, options, load(root / "data"), directory, bar=bar)
    figures = training.run()
    reader = training.reader
    figures |= {"parameters": reader.layer_parameters, "seconds": training.seconds}
    save_file(reader.state_dict(), directory / "weights.safetensors")
    # A net that diverged has figures that are no numbers, and the training is done all the same.
    write_text(json.dumps(asdict(job) | figures, indent=1), directory / "figures.json")
    (directory / "checkpoint.pt").unlink()


def figures_of(job: Job, root: Path) -> dict[str, Any]:
    """Answer what a finished training measured."""
    text = (job.directory(root) / "figures.json").read_text(encoding="utf-8")
    figures: dict[str, Any] = json.loads(text)
    return figures


def untrained(job: Job, options: LabOptions, data: LabData) -> Reader:
    """Build the net as it is before training."""
    with torch.random.fork_rng():
        torch.manual_seed(job.seed)
        if job.task in SYNTHETIC:
            return build(
                job.net,
                vocab_size=SYMBOLS,
                embedding_size=SYMBOLS,
                hidden_size=job.hidden_size,
                longest=options.synthetic_length,
            )
        vocab_size, embedding_size = data.vectors.shape
        reader = build(
            job.net,
            vocab_size=vocab_size,
            embedding_size=embedding_size,
            hidden_size=job.hidden_size,
            longest=options.max_tokens,
        )
    set_vectors(reader, data.vectors)
    return reader


def trained(job: Job, options: LabOptions, data: LabData, root: Path) -> Reader:
    """Build the net as its training left it."""
    reader = untrained(job, options, data)
    reader.load_state_dict(load_file(job.directory(root) / "weights.safetensors"))
    return reader.eval()


def _training(
    job: Job, options: LabOptions, data: LabData, directory: Path, *, bar: bool
) -> Training[Any]:
    common = {
        "name": f"{job.net} on {job.task}, seed {job.seed}",
        "seed": job.seed,
        "directory": directory,
        "bar": bar,
    }
    reader = untrained(job, options, data)
    if job.task in SYNTHETIC:
        return SequenceTraining(
            reader,
            draw=SYNTHETIC[job.task],
            steps=options.synthetic_steps,
            length=options.synthetic_length,
            **common,
        )
    snippets = job.task == "snippets"
    return TextTraining(
        reader,
        learn=data.snippets if snippets else data.reviews,
        held_out=data.snippet_validation if snippets else data.validation,
        epochs=options.snippet_epochs if snippets else options.epochs,
        max_tokens=options.max_tokens,
        shuffled=job.task == "shuffled reviews",
        **common,
    )
