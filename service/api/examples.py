"""Example reviews: the page offers them, and the documentation of the API uses them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A review with a short title."""

    title: str
    text: str


PLOT = (
    "The story follows a young lawyer who returns to the small town where she grew up, to settle "
    "the estate of her late uncle. There she meets an old friend who now runs the local paper, and "
    "together they look into a fire that destroyed the mill twenty years earlier."
)

EXAMPLES = (
    Example(
        "A plot at length, then the verdict",
        f"{PLOT} But the movie is really boring.",
    ),
    Example(
        "The verdict first, then a long plot",
        f"I love this movie so much. {PLOT} They drive along the coast, talk to the people who "
        "worked there, and find a box of letters in the attic of the house by the lake.",
    ),
    Example(
        "Some of each",
        "The photography is gorgeous and the lead gives a wonderful performance. Sadly the script "
        "is a mess: the jokes fall flat, the villain is laughable, and the last hour drags. Still, "
        "the ending moved me more than I expected.",
    ),
)
