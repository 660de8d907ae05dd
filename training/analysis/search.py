"""Finds the places in a data set at which units meet conditions, such as `reset<0.1`.

Texts are processed in order, in parts of a few, and the places of each part are written as a
Parquet file that `datasets` reads. Only one part is held in memory; an interrupted search is
resumed after the last part written. Gates are in PyTorch's convention: an update gate of 1 keeps
the old state, and `write` is 1 − update.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset, Features, Value
from jaxtyping import Bool, Float
from pydantic import BaseModel, JsonValue, ValidationError
from tqdm import tqdm

from gatewise.models.errors import DataError, ResumeError
from gatewise.models.explain.decomposition import unit_contributions
from gatewise.models.prediction import Explanation
from gatewise.models.predictor import Predictor
from gatewise.training.analysis.contexts import context
from gatewise.training.atomic_io import write_text, written_whole
from gatewise.training.data.samples import in_parts

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
            ("reset", "update", "candidate", "hidden", "decomposition", "running_probability"),
            Value("float32"),
        ),
    }
)

_Values = Mapping[str, Float[np.ndarray, "T H"]]


@dataclass(frozen=True)
class Condition:
    """A bound on a quantity of a unit at a token.

    Attributes:
        quantity: One of `QUANTITIES`.
        below: Whether the quantity must be below the bound rather than above it.
        bound: The bound.
    """

    quantity: str
    below: bool
    bound: float

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Parse a condition such as `reset<0.1`.

        Raises:
            DataError: The text is not a condition.
        """
        match = _CONDITION.fullmatch(text)
        if match is None or match[1] not in QUANTITIES:
            raise DataError(
                f"{text!r} is not a condition. A condition is one of {', '.join(QUANTITIES)}, then "
                "< or >, then a number, such as 'reset<0.1'."
            )
        return cls(match[1], match[2] == "<", float(match[3]))

    def holds(self, values: _Values) -> Bool[np.ndarray, "T H"]:
        """Return at which tokens and units the condition holds."""
        found = QUANTITIES[self.quantity](values)  # (T, H)
        return found < self.bound if self.below else found > self.bound


QUANTITIES: dict[str, Callable[[_Values], Float[np.ndarray, "T H"]]] = {
    "reset": lambda values: values["reset"],
    "update": lambda values: values["update"],
    "write": lambda values: 1 - values["update"],
    "candidate": lambda values: values["candidate"],
    "hidden": lambda values: values["hidden"],
    "decomposition": lambda values: values["decomposition"],
}


@dataclass(frozen=True)
class Query:
    """The places to find.

    Attributes:
        conditions: Conditions that must all hold.
        flips: Whether the unit must also have made the running prediction flip, see `flips_label`.
        units: Units to look at, or None for all.
    """

    conditions: tuple[Condition, ...]
    flips: bool
    units: tuple[int, ...] | None


class _Progress(BaseModel):
    """The request, and the number of places in each finished part."""

    request: dict[str, JsonValue]
    places: list[int] = []

    def save(self, out: Path) -> None:
        """Write the progress. The part itself is written before."""
        write_text(self.model_dump_json(), out / _STATE)


def search(
    predictor: Predictor,
    dataset: Dataset,
    rows: list[int],
    query: Query,
    out: Path,
    *,
    request: Mapping[str, Any],
) -> int:
    """Find places and write them as Parquet files, one for every part of the texts with any.

    Args:
        predictor: The model.
        dataset: Texts, with the columns text, label and source.
        rows: Rows of the data set to search.
        query: The places to find.
        out: Directory of the Parquet files.
        request: Everything that the results depend on, to recognize a search that is resumed.

    Returns:
        The number of places.

    Raises:
        ResumeError: The directory contains another search or other Parquet files.
    """
    progress = _start_or_resume(out, request)
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


def _start_or_resume(out: Path, request: Mapping[str, Any]) -> _Progress:
    out.mkdir(parents=True, exist_ok=True)
    state = out / _STATE
    if not state.exists():
        if any(out.glob("*.parquet")):
            raise ResumeError(
                f"{out} contains Parquet files that are not of a search. Choose another --out."
            )
        progress = _Progress(request=dict(request))
        progress.save(out)
        return progress
    if stored := _load_progress(state, request):
        return stored
    raise ResumeError(
        f"{out} contains another search. Pass the same options to resume it, or choose another "
        "--out."
    )


def _load_progress(state: Path, request: Mapping[str, Any]) -> _Progress | None:
    """Read the progress of a search, or return None if it is another search."""
    try:
        progress = _Progress.model_validate_json(state.read_bytes())
    except ValidationError:  # written by another version
        return None
    return progress if progress.request == request else None


def _places(
    predictor: Predictor, dataset: Dataset, row: int, query: Query
) -> Iterator[dict[str, Any]]:
    """Yield the places of one text, in order, as rows of the Parquet file."""
    entry = dataset[row]
    explanation = predictor.explain(entry["text"])
    encoding, trace = explanation.encoding, explanation.trace
    head = predictor.artifact.weights.head_weight
    values = {
        "reset": trace.reset_gate,
        "update": trace.update_gate,
        "candidate": trace.candidate,
        "hidden": trace.hidden,
        "decomposition": unit_contributions(trace, head),
    }  # (T, H) each
    found = np.ones(trace.hidden.shape, dtype=bool)  # (T, H)
    for condition in query.conditions:
        found &= condition.holds(values)
    if query.flips:
        found &= flips_label(explanation, head)
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


def flips_label(
    explanation: Explanation, head_weight: Float[np.ndarray, " H"]
) -> Bool[np.ndarray, "T H"]:
    """Return at which tokens a unit made the running prediction flip.

    The token is a flip, and the label would not have changed if the state of this unit had stayed
    as it was before the token.

    Args:
        explanation: The explanation of a text.
        head_weight: Weights of the linear head.
    """
    hidden = explanation.trace.hidden.astype(np.float64)  # (T, H)
    logit = explanation.decomposition.running_logit  # (T,)
    flipped = np.zeros(hidden.shape, dtype=bool)  # (T, H)
    after = np.array(explanation.flips, dtype=np.intp)  # (F,)
    before = after - 1  # (F,)
    steps = (hidden[after] - hidden[before]) * head_weight.astype(np.float64)  # (F, H)
    flipped[after] = (logit[after, None] - steps > 0) == (logit[before, None] > 0)  # (F, H)
    return flipped
