"""Texts of which the small model scores some as positive and some as negative."""

TEXTS = [
    "A great movie, I love it!",
    "The plot was boring.",
    "I love the plot",
    "boring boring movie",
    "The end was great",
    "A movie",
]
