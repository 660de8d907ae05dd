"""`python -m training compare`: our explanations beside those of others, on held-out texts."""

import logging
import sys
from hashlib import sha256
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, Field

from models.errors import DataError
from models.predictor import Predictor
from models.recurrence import Recurrence
from training.compare import compare, draw_texts
from training.comparison import Comparison, go_on, save
from training.evaluate import cut_again
from training.exact_name import exact_name
from training.explainers import explainers

log = logging.getLogger(__name__)


class CompareCommand(BaseModel):
    """Compare our explanations with those of Captum, LIME and SHAP, on held-out texts."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    reviews: int = Field(200, ge=0)
    """How many reviews of the validation split to draw."""
    snippets: int = Field(300, ge=0)
    """How many snippets of the validation split to draw."""
    source: str | None = None
    """Where the texts of the validation split come from, if not from where training read them:
    another copy of the same texts."""
    model: Path | None = None
    """Directory of an artifact; by default the release that ships with the package."""
    skip: list[str] = []
    """Explainers to leave out, by the names in the table: `--skip LIME --skip SHAP`."""
    seed: int = Field(0, ge=0)
    """Seed of the texts drawn, of random rankings, and of LIME and SHAP."""
    threads: int = Field(1, ge=1)
    """Threads that a computation may use: ours, PyTorch's, and the network that LIME asks."""
    as_json: Path | None = Field(None, alias="json")
    """File to write all figures to after every text; if it has some of the same comparison, it is
    gone on with."""

    def cli_cmd(self) -> None:
        """Compare, and print a table for each kind of text."""
        if not self.reviews + self.snippets:
            raise DataError("Nothing to compare on: ask for some --reviews or --snippets.")
        torch.set_num_threads(self.threads)
        predictor = Predictor.load(self.model)
        recurrence = Recurrence(predictor.artifact.weights, threads=self.threads)
        chosen, missing = explainers(recurrence, seed=self.seed)
        for name in self.skip:
            if chosen.pop(name, None) is None:
                raise DataError(f"No explainer is named {name!r}; there are {', '.join(chosen)}.")
        for package in missing:
            log.warning("%s is left out: not installed. pip install '.[compare]' has it.", package)
        texts = draw_texts(
            cut_again(predictor, self.source).validation,
            reviews=self.reviews,
            snippets=self.snippets,
            seed=self.seed,
        )
        comparison = Comparison(
            model=exact_name(predictor),
            asked={
                **self.model_dump(mode="json", exclude={"model", "source", "as_json"}),
                "texts": sha256(repr(texts).encode()).hexdigest()[:12],
            },
            missing=missing,
        )
        if self.as_json:
            comparison = go_on(comparison, self.as_json)
        done = len(comparison.texts)
        for text in compare(predictor, recurrence, chosen, texts, seed=self.seed, done=done):
            comparison = comparison.with_text(text)
            if self.as_json:
                save(comparison, self.as_json)
        sys.stdout.write(comparison.table())
