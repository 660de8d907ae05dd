"""The trainings of the lab. Each is identified by task, net, seed and width, and done once."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from gatewise.training.atomic_io import write_text
from gatewise.training.fitting.memory import keep_freed_memory
from gatewise.training.lab.nets.architectures import LabNet, build, set_vectors
from gatewise.training.lab.nets.data import LabData, load
from gatewise.training.lab.nets.fit import LabTrainer, SequenceTrainer, Task, TextTrainer
from gatewise.training.lab.nets.synthetic_tasks import SYMBOLS, SYNTHETIC
from gatewise.training.lab.options import LabOptions


@dataclass(frozen=True)
class TrainingRun:
    """One net to train on one task.

    Attributes:
        task: Name of the task.
        net: Name in `ARCHITECTURES`.
        seed: Seed of the initial weights and of the training.
        hidden_size: Units of the GRU whose number of parameters the net matches.
    """

    task: Task
    net: str
    seed: int
    hidden_size: int

    def directory(self, root: Path) -> Path:
        """Return the directory of the checkpoint, the weights and the figures."""
        net = self.net.replace(",", "").replace(" ", "_")
        return root / "nets" / self.task / net / f"{self.hidden_size}_units" / f"seed_{self.seed}"


def is_finished(run: TrainingRun, root: Path) -> bool:
    """Return whether this training has been finished."""
    return (run.directory(root) / "figures.json").is_file()


def train(run: TrainingRun, options: LabOptions, root: Path, *, bar: bool) -> None:
    """Train to the end, from the last checkpoint if there is one, and write weights and figures."""
    keep_freed_memory()
    directory = run.directory(root)
    trainer = _trainer(run, options, load(root / "data"), directory, bar=bar)
    figures = trainer.run()
    net = trainer.net
    figures |= {"parameters": net.layer_parameters, "seconds": trainer.seconds}
    save_file(net.state_dict(), directory / "weights.safetensors")
    # The figures of a diverged net may be NaN, which `write_json` refuses.
    write_text(json.dumps(asdict(run) | figures, indent=1), directory / "figures.json")
    (directory / "checkpoint.pt").unlink()


def read_figures(run: TrainingRun, root: Path) -> dict[str, Any]:
    """Read the figures of a finished training."""
    text = (run.directory(root) / "figures.json").read_text(encoding="utf-8")
    figures: dict[str, Any] = json.loads(text)
    return figures


def untrained(run: TrainingRun, options: LabOptions, data: LabData) -> LabNet:
    """Build the net as it is before training."""
    synthetic = run.task in SYNTHETIC
    vocab_size, embedding_size = (SYMBOLS, SYMBOLS) if synthetic else data.vectors.shape
    with torch.random.fork_rng():
        torch.manual_seed(run.seed)
        net = build(
            run.net,
            vocab_size=vocab_size,
            embedding_size=embedding_size,
            hidden_size=run.hidden_size,
            longest=options.synthetic_length if synthetic else options.max_tokens,
        )
    if not synthetic:
        set_vectors(net, data.vectors)
    return net


def trained(run: TrainingRun, options: LabOptions, data: LabData, root: Path) -> LabNet:
    """Build the net with the weights of its finished training."""
    net = untrained(run, options, data)
    net.load_state_dict(load_file(run.directory(root) / "weights.safetensors"))
    return net.eval()


def _trainer(
    run: TrainingRun, options: LabOptions, data: LabData, directory: Path, *, bar: bool
) -> LabTrainer[Any]:
    common = {
        "name": f"{run.net} on {run.task}, seed {run.seed}",
        "seed": run.seed,
        "directory": directory,
        "bar": bar,
    }
    net = untrained(run, options, data)
    if run.task in SYNTHETIC:
        return SequenceTrainer(
            net,
            draw=SYNTHETIC[run.task],
            steps=options.synthetic_steps,
            length=options.synthetic_length,
            **common,
        )
    snippets = run.task == "snippets"
    return TextTrainer(
        net,
        train=data.snippets if snippets else data.reviews,
        held_out=data.snippet_validation if snippets else data.validation,
        epochs=options.snippet_epochs if snippets else options.epochs,
        max_tokens=options.max_tokens,
        shuffled=run.task == "shuffled reviews",
        **common,
    )
