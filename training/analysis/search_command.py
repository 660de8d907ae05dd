"""A search in a data set, and the index of all units, as two functions."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gatewise.models.artifact.artifact import save_artifact
from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.models.unit_index import StoredIndex
from gatewise.training.analysis.model_id import model_id
from gatewise.training.analysis.search import Condition, Query, search
from gatewise.training.analysis.unit_index import SAMPLE, measure_units
from gatewise.training.data.samples import draw, fingerprint
from gatewise.training.data.sources import read_texts


def search_places(
    model: Path,
    out: Path,
    *,
    source: str = "packaged",
    texts: int | None = None,
    units: Sequence[int] = (),
    where: Sequence[str] = (),
    flips: bool = False,
    seed: int = 0,
) -> dict[str, Any]:
    """Find the places of a data set at which units meet conditions, and write them as Parquet.

    Args:
        model: Directory of the model.
        out: Directory of the Parquet files. If it holds a part of the same search, only the rest
            is searched.
        source: Texts to search: `packaged`, `hub`, or a file or directory of reviews.
        texts: Number of texts to draw; by default all.
        units: Units to look at; by default all.
        where: Conditions such as `reset<0.1`; all must hold.
        flips: Whether to find only places at which the unit made the running prediction flip.
        seed: Seed of the texts drawn.

    Returns:
        The number of `texts` and `places`, and `out`.

    Raises:
        DataError: The texts cannot be read, a condition is malformed, or a unit does not exist.
        ResumeError: The directory holds another search.
    """
    predictor = Predictor.load(model)
    query = _query(predictor.hidden_size, units=units, where=where, flips=flips)
    dataset = read_texts(source)
    rows = draw(dataset, texts, seed=seed)
    request = {
        "source": source,
        "texts": texts,
        "units": list(units),
        "where": list(where),
        "flips": flips,
        "seed": seed,
        "model": model_id(predictor),
        "fingerprint": fingerprint(dataset, rows),
    }
    places = search(predictor, dataset, rows, query, out, request=request)
    return {"texts": len(rows), "places": places, "out": str(out)}


def write_unit_index(
    model: Path, *, source: str = "packaged", texts: int | None = None, seed: int = 0
) -> dict[str, Any]:
    """Measure where each unit acts most, and write the index into the directory of the model.

    Args:
        model: Directory of the model.
        source: Texts to measure on: `packaged`, `hub`, or a file or directory of reviews.
        texts: Number of texts to draw; by default `SAMPLE`.
        seed: Seed of the texts drawn.

    Returns:
        The number of `texts`, `tokens` and `units`.

    Raises:
        DataError: The texts cannot be read.
    """
    predictor = Predictor.load(model)
    dataset = read_texts(source)
    rows = draw(dataset, texts or SAMPLE, seed=seed)
    index = measure_units(predictor, dataset, rows, source=Path(source).name)
    save_artifact(replace(predictor.artifact, unit_index=StoredIndex.of(index)), model)
    return {"texts": index.texts, "tokens": index.tokens, "units": len(index.units)}


def _query(hidden_size: int, *, units: Sequence[int], where: Sequence[str], flips: bool) -> Query:
    unknown = [unit for unit in units if not 0 <= unit < hidden_size]
    if unknown:
        raise DataError(
            f"There is no unit {unknown[0]}: units are numbered 0 to {hidden_size - 1}."
        )
    conditions = tuple(Condition.parse(text) for text in where)
    return Query(conditions, flips, tuple(units) or None)
