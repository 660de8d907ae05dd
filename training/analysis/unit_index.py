"""Builds the index of a model's units: where, in real texts, each of them acts most."""

from dataclasses import dataclass

import numpy as np
from datasets import Dataset
from jaxtyping import Float
from tqdm import tqdm

from gatewise.models.errors import DataError
from gatewise.models.explain.decomposition import unit_contributions
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import Encoding
from gatewise.models.unit_index import GATE_DECIMALS, KINDS, Occurrence, UnitIndex, UnitProfile
from gatewise.training.analysis.contexts import context

# Some 300,000 tokens of reviews, in two minutes.
SAMPLE = 1_500
PLACES = 5  # per unit and kind


@dataclass(frozen=True)
class _Found:
    """One place of one unit. A higher `strength` is stronger, whatever the kind."""

    strength: float
    key: str
    occurrence: Occurrence


class _Strongest:
    """The strongest places of every unit, of one kind, each word once."""

    def __init__(self, units: int) -> None:
        self._found: list[list[_Found]] = [[] for _ in range(units)]
        self._needed = np.full(units, -np.inf)  # (H,) strengths to exceed

    def offer(
        self,
        strengths: Float[np.ndarray, "T H"],
        values: Float[np.ndarray, "T H"],
        encoding: Encoding,
    ) -> None:
        """Add the strongest token of a text for every unit, if it is among the strongest so far.

        Args:
            strengths: Strength of every token and unit.
            values: The values to record.
            encoding: The text. It may have more tokens than the arrays, which then lack the first.
        """
        if not len(strengths):
            return
        first = len(encoding) - len(strengths)  # number of first tokens left out
        best = strengths.argmax(axis=0)  # (H,)
        strongest = strengths.max(axis=0)  # (H,)
        for unit in np.flatnonzero(strongest > self._needed).tolist():
            token = int(best[unit])
            before, word, after = context(encoding, first + token)
            value = round(float(values[token, unit]), GATE_DECIMALS)
            occurrence = Occurrence(value=value, before=before, word=word, after=after)
            self._keep(unit, _Found(float(strongest[unit]), word.lower(), occurrence))

    def _keep(self, unit: int, new: _Found) -> None:
        found = [old for old in self._found[unit] if old.key != new.key]
        same = [old for old in self._found[unit] if old.key == new.key]
        found.append(max([new, *same], key=lambda entry: entry.strength))
        found.sort(key=lambda entry: -entry.strength)
        self._found[unit] = found[:PLACES]
        if len(found) >= PLACES:
            self._needed[unit] = found[PLACES - 1].strength

    def of(self, unit: int) -> tuple[Occurrence, ...]:
        """Return the places of a unit, the strongest first."""
        return tuple(entry.occurrence for entry in self._found[unit])


def measure_units(
    predictor: Predictor, dataset: Dataset, rows: list[int], *, source: str
) -> UnitIndex:
    """Measure the units of a model on texts.

    First tokens have no previous state to reset or to keep: they count for contributions only.

    Args:
        predictor: The model.
        dataset: Texts, in the column text.
        rows: Rows of the data set to measure on.
        source: Name of the data set, for the index.

    Returns:
        For each unit, the tokens at which it resets, keeps, writes and contributes most, and its
        half-life in tokens.

    Raises:
        DataError: No text has two tokens.
    """
    units = predictor.hidden_size
    head = predictor.artifact.weights.head_weight
    kinds = {kind: _Strongest(units) for kind in KINDS}
    lost = np.zeros(units)  # (H,) sum of −ln z
    tokens = 0
    tiny = np.finfo(np.float32).tiny
    for row in tqdm(rows, desc="unit index", unit="text"):
        explanation = predictor.explain(dataset[row]["text"])
        encoding, trace = explanation.encoding, explanation.trace
        reset, update = trace.reset_gate[1:], trace.update_gate[1:]  # (T − 1, H) each
        kinds["resets"].offer(-reset, reset, encoding)
        kinds["keeps"].offer(update, update, encoding)
        kinds["writes"].offer(-update, update, encoding)
        contributions = unit_contributions(trace, head)  # (T, H)
        kinds["contributes"].offer(np.abs(contributions), contributions, encoding)
        lost -= np.log(np.maximum(update, tiny).astype(np.float64)).sum(axis=0)
        tokens += len(update)
    if not tokens:
        raise DataError("No text has two words, so units cannot be measured. Add some.")
    half_lives = np.log(2) * tokens / np.maximum(lost, tiny)  # (H,)
    return UnitIndex(
        source=source,
        texts=len(rows),
        tokens=tokens,
        units=tuple(
            UnitProfile(
                half_life=round(float(half_lives[unit]), 3),
                **{kind: strongest.of(unit) for kind, strongest in kinds.items()},
            )
            for unit in range(units)
        ),
    )
