"""What reading a text first changes: the labels of perturbed reviews, short texts, accuracy, speed.

Every figure is measured twice with the same network: "before", with texts that are split into words
without being read first, as the `tokenizers` library does from `tokenizer.json`; and "after", with
texts that are read as predictions read them.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float64, Int32
from scipy.stats import binomtest
from tokenizers import Tokenizer

from benchmarks.reading_perturbations import Perturbation
from gatewise.models.artifact.artifact import load_artifact
from gatewise.models.artifact.config import TOKENIZER
from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.tokenizer import WordTokenizer

CASES = Path(__file__).with_name("reading_cases.jsonl")
READINGS = ("before", "after")
_BATCH = 512

Ids = Int32[np.ndarray, " T"]
Split = Callable[[Sequence[str]], list[Ids]]


@dataclass(frozen=True)
class Case:
    """A short text whose label depends on how it is read.

    Attributes:
        kind: What has to be read.
        text: The text.
        positive: Its label.
    """

    kind: str
    text: str
    positive: bool


@dataclass(frozen=True)
class Change:
    """Flipped labels, and the mean absolute change of P(positive), of perturbed reviews."""

    flips: int
    mean_change: float


@dataclass(frozen=True)
class Accuracy:
    """Share of right labels, with its Wilson interval at 95 %."""

    accuracy: float
    interval: tuple[float, float]
    n: int


@dataclass(frozen=True)
class ModelFigures:
    """The figures of one model.

    Attributes:
        changes: What perturbations change, by their name and by reading.
        cases: Numbers of short texts that are classified right, and tried, by reading and by kind.
        accuracy: Accuracy on held-out texts, by their name and by reading.
    """

    changes: dict[str, dict[str, Change]]
    cases: dict[str, dict[str, tuple[int, int]]]
    accuracy: dict[str, dict[str, Accuracy]]


@dataclass(frozen=True)
class Speed:
    """Reviews a second on one thread; the readings are timed in turn.

    Attributes:
        first_pass: Reading reviews whose words have not been met before.
        second_pass: Reading the same reviews again.
        split_only: Splitting them with the `tokenizers` library, in the same rounds.
    """

    first_pass: float
    second_pass: float
    split_only: float


class Network:
    """A model whose texts are read in either way."""

    def __init__(self, model: Path, *, threads: int) -> None:
        """Load a model.

        Args:
            model: Its directory.
            threads: Number of threads of its network.
        """
        artifact = load_artifact(model)
        self._recurrence = Recurrence(artifact.weights, threads=threads)
        self._read = artifact.tokenizer
        self._split = split_only(model)
        self._known: dict[bytes, float] = {}  # logits by word ids: most perturbations change none

    def logits(self, texts: Sequence[str], reading: str) -> Float64[np.ndarray, " B"]:
        """Return the logits of texts that are read "before" or "after"."""
        ids = self._split(texts) if reading == "before" else read_ids(self._read, texts)
        keys = [words.tobytes() for words in ids]
        new = {key: words for key, words in zip(keys, ids, strict=True) if key not in self._known}
        missing = list(new)
        for start in range(0, len(missing), _BATCH):
            part = missing[start : start + _BATCH]
            logits = self._recurrence.logits([new[key] for key in part])  # (B,)
            self._known.update(zip(part, logits.tolist(), strict=True))
        return np.array([self._known[key] for key in keys])  # (B,)


def split_only(model: Path) -> Split:
    """Return a function that splits texts into the word ids of a model without reading them."""
    library = Tokenizer.from_file(str(model / TOKENIZER))

    def split(texts: Sequence[str]) -> list[Ids]:
        return [np.array(library.encode(text).ids, dtype=np.int32) for text in texts]

    return split


def read_ids(tokenizer: WordTokenizer, texts: Sequence[str]) -> list[Ids]:
    """Return the word ids of texts as predictions read them."""
    return [encoding.ids for encoding in tokenizer.encode_batch(texts)]


def measure_changes(
    network: Network, reviews: Sequence[str], perturbations: Iterable[Perturbation]
) -> Iterator[tuple[Perturbation, dict[str, Change]]]:
    """Yield every perturbation with the change that it makes before and after."""
    plain = {reading: network.logits(reviews, reading) for reading in READINGS}
    for perturbation in perturbations:
        texts = [perturbation.change(review) for review in reviews]
        yield (
            perturbation,
            {
                reading: _change(plain[reading], network.logits(texts, reading))
                for reading in READINGS
            },
        )


def _change(plain: Float64[np.ndarray, " B"], perturbed: Float64[np.ndarray, " B"]) -> Change:
    flipped = (plain > 0) != (perturbed > 0)  # (B,)
    changes = np.abs(sigmoid(plain) - sigmoid(perturbed))  # (B,)
    return Change(int(flipped.sum()), float(changes.mean()))


def read_cases(path: Path = CASES) -> list[Case]:
    """Read the short texts: one JSON object with kind, label and text in every line."""
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [Case(row["kind"], row["text"], row["label"] == "positive") for row in rows]


def right_by_kind(
    network: Network, cases: Sequence[Case], reading: str
) -> dict[str, tuple[int, int]]:
    """Return how many cases of each kind are classified right, and how many there are."""
    labels = np.array([case.positive for case in cases])  # (B,)
    right = (network.logits([case.text for case in cases], reading) > 0) == labels  # (B,)
    found: dict[str, tuple[int, int]] = {}
    for case, is_right in zip(cases, right.tolist(), strict=True):
        before, tried = found.get(case.kind, (0, 0))
        found[case.kind] = (before + is_right, tried + 1)
    return found


def measure_accuracy(
    network: Network, texts: Sequence[str], labels: Bool[np.ndarray, " B"], reading: str
) -> Accuracy:
    """Measure the share of right labels among held-out texts."""
    right = int(((network.logits(texts, reading) > 0) == labels).sum())
    interval = binomtest(right, len(texts)).proportion_ci(method="wilson")
    return Accuracy(right / len(texts), (float(interval.low), float(interval.high)), len(texts))


def measure_speed(model: Path, reviews: Sequence[str], *, rounds: int) -> Speed:
    """Measure how many reviews a second are read, in processor time of one thread.

    It has to be measured before anything else is read in this process, since words are cached.

    Args:
        model: Directory of the model whose vocabulary is used.
        reviews: The reviews.
        rounds: Number of rounds, in each of which the reviews are read and split once more.
    """
    tokenizer, split = WordTokenizer.load(model / TOKENIZER), split_only(model)
    tokenizer.encode("Compile this, and load the misspeltt words.")
    split(reviews[:1])
    first = _seconds(lambda: read_ids(tokenizer, reviews))
    again, plain = [], []
    for _ in range(rounds):
        plain.append(_seconds(lambda: split(reviews)))
        again.append(_seconds(lambda: read_ids(tokenizer, reviews)))
    return Speed(
        first_pass=len(reviews) / first,
        second_pass=len(reviews) / min(again),
        split_only=len(reviews) / min(plain),
    )


def _seconds(task: Callable[[], object]) -> float:
    # Of this thread alone, and without the time in which other processes had the core.
    started = time.thread_time()
    task()
    return time.thread_time() - started
