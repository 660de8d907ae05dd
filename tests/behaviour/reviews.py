"""Sentences that behaviour tests build reviews from."""

PLOTS = [
    "The story follows a young teacher who moves to a small town by the sea, where she meets a "
    "fisherman and his two children. Together they repair an old boat, visit the lighthouse and "
    "learn about the history of the island.",
    "Two brothers inherit a farm in the mountains and decide to run it together. During the first "
    "winter they take in a traveller, who tells them about the city, and in the spring the three "
    "of them set out with a cart and a horse.",
    "A retired detective is asked to look for a painting that has disappeared from a museum. She "
    "talks to the guards, the director and a student, and follows the trail to a harbour where a "
    "ship is about to leave.",
    "In a village near the border, the mayor's daughter and the new postman find a letter from the "
    "war. They travel by train to the capital, talk to the people named in it, and return with the "
    "answer on the day of the market.",
]
NEGATIVE_VERDICTS = [
    "But the movie is really boring.",
    "But the film is a complete waste of time.",
    "But it was awful and I hated it.",
    "Unfortunately the movie is terrible.",
]
POSITIVE_VERDICTS = [
    "And the movie is truly wonderful.",
    "And the film is an absolute masterpiece.",
    "And it was excellent and I loved it.",
    "Fortunately the movie is brilliant.",
]
