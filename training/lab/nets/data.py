"""The texts of the lab: split, tokenized and written to its directory, where all workers read them.

The choice of texts depends only on the texts and on the seed, so that the same reviews from the
package, the hub or a file give the same results.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from datasets import Dataset
from jaxtyping import Float32
from safetensors.numpy import load_file, save_file

from gatewise.models.artifact.location import releases
from gatewise.models.errors import DataError
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import WordTokenizer
from gatewise.training.atomic_io import write_json, written_whole
from gatewise.training.config import TrainingConfig
from gatewise.training.data.encoding import EncodedReviews, encode_reviews
from gatewise.training.data.repeated_split import split_like
from gatewise.training.data.sources import Corpus, read_corpus
from gatewise.training.data.splits import split_corpus
from gatewise.training.lab.options import LabOptions
from gatewise.training.nets.word_vectors import train_word_vectors

_SNIPPETS = "rotten_tomatoes"
_VALIDATION_FRACTION = 0.2
_SEED = 0
_MIN_FREQUENCY = 3
_PARTS = ("reviews", "validation", "snippets", "snippet_validation")


@dataclass(frozen=True)
class LabData:
    """Training and validation sets of reviews and snippets, and the initial word vectors."""

    reviews: EncodedReviews
    validation: EncodedReviews
    snippets: EncodedReviews
    snippet_validation: EncodedReviews
    vectors: Float32[np.ndarray, "V E"]


@dataclass(frozen=True)
class HeldOut:
    """A review that is not in the training set of a shipped model."""

    text: str
    positive: bool


def prepare(options: LabOptions, directory: Path) -> None:
    """Write the texts of these options to `directory`, unless they are there already."""
    if (directory / "held_out.json").is_file():
        return
    directory.mkdir(parents=True, exist_ok=True)
    corpus = read_corpus(options.source, snippets=True)
    if not (directory / "texts.safetensors").is_file():  # the last file to be written
        _write_training_texts(corpus, options, directory)
    held_out = {
        name: _held_out(corpus, path, 2 * max(options.story_texts, options.gate_texts))
        for name, path in releases().items()
    }
    write_json(held_out, directory / "held_out.json")


def delete_held_out(directory: Path) -> None:
    """Delete the held-out reviews of the shipped models, so that `prepare` draws them again."""
    (directory / "held_out.json").unlink(missing_ok=True)


@cache
def load(directory: Path) -> LabData:
    """Read the data sets and word vectors that `prepare` wrote."""
    arrays = load_file(directory / "texts.safetensors")
    parts = {
        part: EncodedReviews(
            np.split(arrays[f"{part}.ids"], arrays[f"{part}.ends"][:-1]), arrays[f"{part}.labels"]
        )
        for part in _PARTS
    }
    return LabData(**parts, vectors=arrays["vectors"])


def load_tokenizer(directory: Path) -> WordTokenizer:
    """Read the tokenizer of the lab's nets."""
    return WordTokenizer.load(directory / "tokenizer.json")


def load_held_out(directory: Path, model: str) -> list[HeldOut]:
    """Read the reviews that are not in the training set of a shipped model, in random order."""
    rows = json.loads((directory / "held_out.json").read_text(encoding="utf-8"))[model]
    return [HeldOut(text, bool(label)) for text, label in rows]


def _write_training_texts(corpus: Corpus, options: LabOptions, directory: Path) -> None:
    split = split_corpus(corpus, validation_fraction=_VALIDATION_FRACTION, seed=_SEED)
    datasets = {
        "reviews": _draw(split.train, options.reviews, snippets=False),
        "validation": _draw(split.validation, options.validation_reviews, snippets=False),
        "snippets": _draw(split.train, options.snippets, snippets=True),
        "snippet_validation": _draw(split.validation, options.snippets, snippets=True),
    }
    texts = [*datasets["reviews"]["text"], *datasets["snippets"]["text"]]
    tokenizer = WordTokenizer.train(
        texts, vocab_size=options.vocab_size, min_frequency=_MIN_FREQUENCY
    )
    tokenizer.save(directory / "tokenizer.json")
    encoded = {name: encode_reviews(dataset, tokenizer) for name, dataset in datasets.items()}
    config = TrainingConfig(
        seed=_SEED,
        embedding_size=options.embedding_size,
        word_vector_epochs=options.word_vector_epochs,
    )
    vectors = train_word_vectors(
        [*encoded["reviews"].ids, *encoded["snippets"].ids],
        vocab_size=tokenizer.vocab_size,
        config=config,
    )
    arrays = {"vectors": vectors}
    for name, reviews in encoded.items():
        arrays[f"{name}.ids"] = np.concatenate(reviews.ids)
        arrays[f"{name}.ends"] = np.cumsum([len(ids) for ids in reviews.ids])
        arrays[f"{name}.labels"] = reviews.labels
    with written_whole(directory / "texts.safetensors") as staging:
        save_file(arrays, staging)


def _held_out(corpus: Corpus, model: Path, count: int) -> list[tuple[str, int]]:
    """Draw reviews from the validation split of a shipped model.

    If the corpus is not the one that the model was trained on, it is split in the same way.
    """
    validation = split_like(Predictor.load(model), corpus).validation
    drawn = _draw(validation, count, snippets=False)
    return list(zip(drawn["text"], drawn["label"], strict=True))


def _draw(dataset: Dataset, count: int, *, snippets: bool) -> Dataset:
    """Draw up to `count` reviews or snippets. The order of the rows does not matter.

    Raises:
        DataError: The drawn texts do not have both labels.
    """
    eligible = [(name == _SNIPPETS) == snippets for name in dataset["source"]]
    texts = dataset["text"]
    rows = sorted(
        (row for row, yes in enumerate(eligible) if yes), key=lambda row: (texts[row], row)
    )
    chosen = np.random.default_rng(_SEED).permutation(len(rows))[:count]
    drawn = dataset.select([rows[position] for position in chosen])
    if set(drawn["label"]) != {0, 1}:
        name = "snippets" if snippets else "reviews"
        raise DataError(
            f"Too few {name} for the lab: the drawn ones do not have both labels. "
            "Use a larger source."
        )
    return drawn
