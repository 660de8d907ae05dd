"""Where does a unit reset, write, or turn the verdict? A data set run through a model, in parts.

A search goes over the texts in order, a few at a time, and writes what it finds of each part as a
Parquet file that `datasets` reads. Nothing but one part is held in memory; a search that was
stopped goes on after the last part it wrote. Gates are in PyTorch's convention: an update gate of 1
keeps the old state, and `write` is 1 − update.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset, Features, Value
from jaxtyping import Bool, Float
from pydantic import BaseModel, JsonValue
from tqdm import tqdm

from models.errors import DataError, ResumeError
from models.ledger import unit_contributions
from models.predictor import Explanation, Predictor
from training.contexts import context, in_parts
from training.whole_files import write_text, written_whole

TEXTS_IN_A_PART = 32
_STATE = ".search.json"
_CONDITION = re.compile(r"\s*([a-z]+)\s*([<>])\s*(-?[0-9]*\.?[0-9]+)\s*")
FEATURES = Features(
    {
        "row": Value("int64"),
        "source": Value("string"),
        "label": Value("int64"),
        "token": Value("int32"),
        "before": Value("string"),
        "word": Value("string"),
        "after": Value("string"),
        "unit": Value("int32"),
        **dict.fromkeys(
            ("reset", "update", "candidate", "hidden", "contribution", "running_probability"),
            Value("float32"),
        ),
    }
)

_Values = Mapping[str, Float[np.ndarray, "T H"]]


@dataclass(frozen=True)
class Condition:
    """A quantity of a unit at a token, below or above a bound."""

    quantity: str
    below: bool
    bound: float

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Read `reset<0.1` and the like. Raises `DataError` for anything else."""
        match = _CONDITION.fullmatch(text)
        if match is None or match[1] not in QUANTITIES:
            raise DataError(
                f"{text!r} is no condition: write one of {', '.join(QUANTITIES)}, then < or >, "
                "then a number, such as 'reset<0.1'."
            )
        return cls(match[1], match[2] == "<", float(match[3]))

    def holds(self, values: _Values) -> Bool[np.ndarray, "T H"]:
        """Say where it holds."""
        found = QUANTITIES[self.quantity](values)  # (T, H)
        return found < self.bound if self.below else found > self.bound


QUANTITIES: dict[str, Callable[[_Values], Float[np.ndarray, "T H"]]] = {
    "reset": lambda values: values["reset"],
    "update": lambda values: values["update"],
    "write": lambda values: 1 - values["update"],
    "candidate": lambda values: values["candidate"],
    "hidden": lambda values: values["hidden"],
    "contribution": lambda values: values["contribution"],
}


@dataclass(frozen=True)
class Query:
    """Which places to find: all conditions must hold there, and the unit turn the verdict."""

    conditions: tuple[Condition, ...]
    turns: bool
    units: tuple[int, ...] | None


class _Progress(BaseModel):
    """What was asked, and how many places each part had that is done."""

    asked: dict[str, JsonValue]
    places: list[int] = []

    def save(self, out: Path) -> None:
        """Write it once the part itself is there, so that a kill costs one part."""
        write_text(self.model_dump_json(), out / _STATE)


def search(
    predictor: Predictor,
    dataset: Dataset,
    rows: list[int],
    query: Query,
    out: Path,
    *,
    asked: Mapping[str, Any],
) -> int:
    """Write a Parquet file for every part of `rows` in which there are places; count them all.

    `asked` is the question as it was put: a search in `out` that was another is refused with
    `ResumeError`, the same one is gone on with.
    """
    progress = _begin(out, asked)
    with tqdm(total=len(rows), desc="search", unit="text") as bar:
        for number, part in in_parts(rows, TEXTS_IN_A_PART):
            if number >= len(progress.places):
                found = [place for row in part for place in _places(predictor, dataset, row, query)]
                if found:
                    columns = {name: [place[name] for place in found] for name in FEATURES}
                    with written_whole(out / f"part-{number:06}.parquet") as path:
                        Dataset.from_dict(columns, features=FEATURES).to_parquet(str(path))
                progress.places.append(len(found))
                progress.save(out)
            bar.update(len(part))
            bar.set_postfix(places=sum(progress.places))
    return sum(progress.places)


def _begin(out: Path, asked: Mapping[str, Any]) -> _Progress:
    out.mkdir(parents=True, exist_ok=True)
    state = out / _STATE
    if not state.exists():
        if any(out.glob("*.parquet")):
            raise ResumeError(f"{out} has Parquet files that are not of a search. Name another.")
        progress = _Progress(asked=dict(asked))
        progress.save(out)
        return progress
    progress = _Progress.model_validate_json(state.read_bytes())
    if progress.asked != asked:
        raise ResumeError(
            f"{out} holds another search. Ask the same again to go on with it, or name another "
            "directory with --out."
        )
    return progress


def _places(
    predictor: Predictor, dataset: Dataset, row: int, query: Query
) -> Iterator[dict[str, Any]]:
    """Find the places of one text, in order."""
    entry = dataset[row]
    explanation = predictor.explain(entry["text"])
    encoding, trace = explanation.encoding, explanation.trace
    head = predictor.artifact.weights.head_weight
    values = {
        "reset": trace.reset_gate,
        "update": trace.update_gate,
        "candidate": trace.candidate,
        "hidden": trace.hidden,
        "contribution": unit_contributions(trace, head),
    }  # (T, H) each
    found = np.ones(trace.hidden.shape, dtype=bool)  # (T, H)
    for condition in query.conditions:
        found &= condition.holds(values)
    if query.turns:
        found &= turning_units(explanation, head)
    if query.units is not None:
        found &= np.isin(np.arange(predictor.hidden_size), query.units)  # (H,)
    running = explanation.running_probability  # (T,)
    for token, unit in np.argwhere(found).tolist():
        before, word, after = context(encoding, token)
        yield {
            "row": row,
            "source": entry["source"],
            "label": entry["label"],
            "token": token,
            "before": before,
            "word": word,
            "after": after,
            "unit": unit,
            **{name: float(array[token, unit]) for name, array in values.items()},
            "running_probability": float(running[token]),
        }


def turning_units(
    explanation: Explanation, head_weight: Float[np.ndarray, " H"]
) -> Bool[np.ndarray, "T H"]:
    """Say where a unit turned the running verdict: it would not have changed sides without it.

    "Without it" is with the unit's state as it was before the token.
    """
    hidden = explanation.trace.hidden.astype(np.float64)  # (T, H)
    logit = explanation.ledger.running_logit  # (T,)
    turned = np.zeros(hidden.shape, dtype=bool)  # (T, H)
    steps = (hidden[1:] - hidden[:-1]) * head_weight.astype(np.float64)  # (T − 1, H)
    was, is_ = logit[:-1, None] > 0, logit[1:, None] > 0  # (T − 1, 1) each
    turned[1:] = (was != is_) & ((logit[1:, None] - steps > 0) == was)
    return turned
