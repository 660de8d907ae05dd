"""`python -m training search`: where units act in a data set, or the index of all units."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models.artifact import save_artifact
from models.errors import DataError
from models.predictor import DEFAULT_RELEASE, Predictor
from models.unit_index import StoredIndex
from training.contexts import draw, fingerprint
from training.exact_name import exact_name
from training.search import Condition, Query, search
from training.sources import read_texts
from training.unit_index import SAMPLE, measure_units


class SearchCommand(BaseModel):
    """Find where units act in a data set: as Parquet, or as the index that a model comes with."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    source: str = "packaged"
    """Texts to search: `packaged`, `hub`, or a file or directory of reviews."""
    texts: int | None = Field(None, ge=1)
    """How many of them to draw; by default all, and 1,500 for an index."""
    units: list[int] = []
    """Hidden units to look at: `--units 37 --units 9`. By default all."""
    where: list[str] = []
    """What must hold there: reset, update, write (1 − update), candidate, hidden or contribution,
    then < or >, then a number: `--where 'reset<0.1'`. Given more than once, all must hold."""
    turns: bool = False
    """Only places at which the unit turned the running verdict."""
    out: Path | None = None
    """Directory to write Parquet files to. If it has some of the same search, that is gone on
    with."""
    index: bool = False
    """Instead, note where each unit acts most and write that into the model's directory."""
    model: Path | None = None
    """Directory of an artifact; by default the release that ships with the package."""
    seed: int = Field(0, ge=0)
    """Seed of the texts drawn."""

    def cli_cmd(self) -> None:
        """Search, and say in one line of JSON what was found."""
        predictor = Predictor.load(self.model)
        if self.index:
            found = self._write_index(predictor)
        elif self.out is None:
            raise DataError("Name a directory for what is found, by --out; or ask for --index.")
        else:
            found = self._search(predictor, self.out)
        sys.stdout.write(json.dumps(found) + "\n")

    def _write_index(self, predictor: Predictor) -> dict[str, Any]:
        if self.where or self.turns or self.units or self.out:
            raise DataError("--index is of all units: leave --units, --where, --turns and --out.")
        dataset = read_texts(self.source)
        rows = draw(dataset, self.texts or SAMPLE, seed=self.seed)
        index = measure_units(predictor, dataset, rows, source=Path(self.source).name)
        artifact = replace(predictor.artifact, unit_index=StoredIndex.of(index))
        save_artifact(artifact, self.model or DEFAULT_RELEASE)
        return {"texts": index.texts, "tokens": index.tokens, "units": len(index.units)}

    def _search(self, predictor: Predictor, out: Path) -> dict[str, Any]:
        query = self._query(predictor.hidden_size)
        dataset = read_texts(self.source)
        rows = draw(dataset, self.texts, seed=self.seed)
        asked = {
            **self.model_dump(mode="json", exclude={"out", "model", "index"}),
            "model": exact_name(predictor),
            "fingerprint": fingerprint(dataset, rows),
        }
        places = search(predictor, dataset, rows, query, out, asked=asked)
        return {"texts": len(rows), "places": places, "out": str(out)}

    def _query(self, hidden_size: int) -> Query:
        if not (self.where or self.turns):
            raise DataError("Say what to find: --where 'reset<0.1', for example, or --turns.")
        unknown = [unit for unit in self.units if not 0 <= unit < hidden_size]
        if unknown:
            raise DataError(
                f"There is no unit {unknown[0]}: they are numbered 0 to {hidden_size - 1}."
            )
        conditions = tuple(Condition.parse(text) for text in self.where)
        return Query(conditions, self.turns, tuple(self.units) or None)
