"""`gatewise.train`: the training pipeline as a function. It needs the extra `train`."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from gatewise.models.errors import ResumeError
from gatewise.models.extras import install_command
from gatewise.models.files.read_options import ReadOptions
from gatewise.models.predictor import Predictor

try:
    from datasets import (
        Dataset,
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    from gatewise.training.atomic_io import written_whole
    from gatewise.training.config import TrainingConfig
    from gatewise.training.data.sources import read_reviews
    from gatewise.training.evaluation.chance import chance_warnings
    from gatewise.training.fitting.memory import keep_freed_memory
    from gatewise.training.pipeline import Run
except ImportError as error:
    raise ImportError(
        f"gatewise.train needs {error.name}, which is not installed: {install_command('train')}"
    ) from error

if TYPE_CHECKING:
    import pandas as pd

Texts = Union[str, os.PathLike[str], Dataset, "pd.DataFrame"]  # pandas is not imported here


def train(
    data: Texts,
    *,
    out: str | os.PathLike[str],
    resume: bool = False,
    progress: bool = True,
    **options: Any,
) -> Predictor:
    """Train a model, export it to a directory, and load it.

    The texts of a data frame or data set are written beside the directory, to `OUT.parquet`, so
    that the run can be resumed and the model evaluated on the texts that were held out, also from
    the command line.

    Args:
        data: A pandas data frame, a `datasets.Dataset`, or what `--source` of `gatewise train`
            takes: `packaged`, `hub`, a file, a directory, or a data set on the Hub.
        out: Directory of the run, and of the model when it is finished.
        resume: Whether to continue the run in `out`, if there is one.
        progress: Whether to write the log of the run to stderr.
        **options: Options of `gatewise train` as keywords: `init_from="imdb-gru-512"`,
            `text_column="review"`, `epochs=5`. Groups are dictionaries:
            `language_model={"epochs": 2}`.

    Returns:
        The trained model.

    Raises:
        pydantic.ValidationError: An option does not exist or has an invalid value.
        DataError: The texts cannot be used.
        ResumeError: `out` is in use, or its run was started with other options or texts.
        ArtifactError: A model that is needed cannot be loaded.
        DivergedError: A loss is no longer finite.
    """
    directory = Path(out)
    # Directories of models may be paths.
    given = {
        name: os.fspath(value) if isinstance(value, os.PathLike) else value
        for name, value in options.items()
    }
    with _progress(shown=progress):
        keep_freed_memory()
        if isinstance(data, str | os.PathLike):
            config = TrainingConfig.model_validate({**given, "source": os.fspath(data)})
            run = Run(config, directory, resume=resume)
        else:
            run, config = _run_on_object(data, directory, given, resume=resume)
        metrics = run.run()
    for message in chance_warnings(metrics, continued=config.init_from is not None):
        warnings.warn(message, stacklevel=2)
    return Predictor.load(directory)


def _run_on_object(
    data: Union[Dataset, "pd.DataFrame"], directory: Path, options: dict[str, Any], *, resume: bool
) -> tuple[Run, TrainingConfig]:
    """Store the texts of an object in a file, and prepare a run that reads them from there."""
    file = directory.with_name(f"{directory.name}.parquet")
    reading = {name: options[name] for name in ReadOptions.model_fields.keys() & options}
    texts = read_reviews(data, ReadOptions(**reading))
    # The file has the usual columns and labels, so that it needs none of these options.
    others = {name: value for name, value in options.items() if name not in reading}
    config = TrainingConfig.model_validate({**others, "source": str(file)})
    if file.exists() and not resume:
        raise ResumeError(
            f"{file}, where the texts would be stored, exists. Move it, choose another directory, "
            "or pass resume=True to continue its run."
        )
    run = Run(config, directory, resume=resume)
    if resume and file.exists() and read_reviews(file).to_dict() != texts.to_dict():
        raise ResumeError(
            f"The texts are not those of {file}, with which the run in {directory} was started. "
            "Choose another directory."
        )
    with written_whole(file) as temporary:
        texts.to_parquet(temporary)
    return run, config


@contextmanager
def _progress(*, shown: bool) -> Iterator[None]:
    """Write the log to stderr if nothing else handles it, without the bars of `datasets`."""
    logger = logging.getLogger("gatewise.training")
    level, bars = logger.level, not are_progress_bars_disabled()
    handler = logging.StreamHandler() if shown and not logger.hasHandlers() else None
    logger.setLevel(logging.INFO if shown else logging.WARNING)
    if handler:
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", datefmt="%H:%M:%S"))
        logger.addHandler(handler)
    disable_progress_bars()
    try:
        yield
    finally:
        logger.setLevel(level)
        if handler:
            logger.removeHandler(handler)
        if bars:
            enable_progress_bars()
