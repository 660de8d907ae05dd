"""Scores lines as they come, for pipes: each line is a text, or each is a JSON object."""

import json
from collections.abc import Iterable, Iterator, Sequence

from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.service.bulk.job import KeptColumn, ScoreOptions
from gatewise.service.bulk.output import column_names, csv_lines, json_line, score_values
from gatewise.service.bulk.parts import read_text_value
from gatewise.service.bulk.scoring import Scorer

_NOT_UTF8 = "The line is not valid UTF-8."


class LineScorer:
    """Scores the lines of one stream. Whether they are JSON is decided by the first one.

    Attributes:
        errors: Number of lines so far that have an error.
    """

    def __init__(self, predictor: Predictor, options: ScoreOptions) -> None:
        """Prepare a stream.

        Args:
            predictor: The model.
            options: The columns; the format is CSV or JSON Lines.
        """
        self.errors = 0
        self._options = options
        self._scorer = Scorer(predictor, attribution=options.explain, max_tokens=options.max_tokens)
        taken = column_names((), explain=options.explain)
        self._kept = [
            KeptColumn(name, f"input_{name}" if name in taken else name, None)
            for name in options.keep
        ]
        self._names = column_names(self._kept, explain=options.explain)
        self._is_json: bool | None = None

    def header(self) -> str:
        """Return what comes before the first line of the output."""
        return csv_lines([self._names]) if self._options.format == "csv" else ""

    def score(self, lines: Sequence[str | None]) -> str:
        """Score some lines.

        Args:
            lines: The next lines of the stream; None for one that is not UTF-8.

        Returns:
            A line of output for each. Blank lines at the beginning have an error, as all others.

        Raises:
            DataError: Columns are to be kept, but the lines are no JSON objects.
        """
        read = list(self._read(lines))
        scored = self._scorer.score([row[0] for row in read], [row[1] for row in read])
        self.errors += sum(outcome.error is not None for outcome in scored)
        rows = [
            (*row[2], *score_values(outcome, explain=self._options.explain))
            for row, outcome in zip(read, scored, strict=True)
        ]
        if self._options.format == "csv":
            return csv_lines(rows)
        return "".join(json_line(self._names, row) for row in rows)

    def _read(
        self, lines: Iterable[str | None]
    ) -> Iterator[tuple[str | None, str | None, tuple[object, ...]]]:
        """Yield text, error and kept values of each line."""
        for line in lines:
            if self._is_json is None and line and line.strip():
                self._is_json = isinstance(_parsed(line), dict)
                if self._kept and not self._is_json:
                    raise DataError("--keep: the lines of standard input are no JSON objects.")
            if line is None:
                yield None, _NOT_UTF8, (None,) * len(self._kept)
            elif self._is_json:
                yield self._from_json(line)
            else:
                yield line, None, (None,) * len(self._kept)

    def _from_json(self, line: str) -> tuple[str | None, str | None, tuple[object, ...]]:
        record = _parsed(line)
        if not isinstance(record, dict):
            return None, "The line is not a JSON object.", (None,) * len(self._kept)
        kept = tuple(record.get(column.name) for column in self._kept)
        name = self._options.text_column
        if name not in record:
            return None, f"The object has no {name}.", kept
        return *read_text_value(record[name], has_encoding=False), kept


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):  # too many digits, or nested too deeply
        return None
