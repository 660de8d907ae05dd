"""Scores one part and writes its file: what an engine calls, in any process."""

from pathlib import Path

from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.service.bulk.directory import OutputDirectory
from gatewise.service.bulk.job import Job
from gatewise.service.bulk.output import encode_rows, score_values
from gatewise.service.bulk.parts import Part
from gatewise.service.bulk.scoring import Scorer
from gatewise.service.bulk.statistics import statistics_of


class PartScorer:
    """A loaded model that scores the parts of one run."""

    def __init__(self, job: Job, *, share_in: Path | None = None) -> None:
        """Load the model.

        Args:
            job: The run.
            share_in: Directory through which the processes of a machine share the weights.

        Raises:
            ArtifactError: The model cannot be loaded.
        """
        self._job = job
        self._directory = OutputDirectory(job.out, job.options.format)
        options = job.options
        self._scorer = Scorer(
            Predictor.load(job.model, precision=options.precision, threads=1, share_in=share_in),
            attribution=options.explain,
            decomposition=options.summary,
            max_tokens=options.max_tokens,
        )

    def score_part(self, part: Part) -> int:
        """Score a part and write its file, which appears whole.

        The bytes depend on the part, the model and the options alone, so that a part may be scored
        again, also by two processes at once.

        Args:
            part: The part.

        Returns:
            The number of its rows that have an error.

        Raises:
            DataError: A row cannot be scored, and the run is to stop there.
            OSError: The file cannot be written.
        """
        job, options = self._job, self._job.options
        scored = self._scorer.score(part.texts, part.errors)
        statistics = statistics_of(part, scored, grouped=options.by is not None)
        if statistics.first_errors and job.on_bad_row == "stop":
            place, reason = statistics.first_errors[0]
            raise DataError(f"{place}: {reason}")
        rows = [
            (*kept, *score_values(outcome, explain=options.explain))
            for kept, outcome in zip(part.kept, scored, strict=True)
        ]
        content = encode_rows(rows, job.kept, format=options.format, explain=options.explain)
        self._directory.write_part(part.index, content, statistics)
        return statistics.total.errors
