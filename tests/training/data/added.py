"""Writes small copies of the sources `cad` and `sst`, and files of excluded texts."""

from collections.abc import Iterable
from pathlib import Path

from datasets import Dataset

from gatewise.training.text_digest import text_digest

# Pairs of one template, so that no review of the packaged data is a copy of them.
_SUBJECTS = ("story", "score", "camera work", "second act", "dialogue", "cast")
PHRASES = (
    ("The tale is a delight .", 0.9, 0),
    ("a delight", 0.85, 0),
    ("The tale", 0.5, 0),
    ("It drags and drags .", 0.1, 1),
    ("drags", 0.25, 1),
    ("A film about a lighthouse .", 0.5, 2),
    ("a lighthouse", 0.5, 2),
    ("Lovely songs , poor jokes .", 0.55, 3),
    ("poor jokes", 0.2, 3),
    ("Lovely songs", 0.8, 3),
)


def write_pairs(folder: Path, *, train: int = 4, dev: int = 2) -> Path:
    """Write counterfactual pairs.

    Args:
        folder: Where `pairs.parquet` is written.
        train: Number of pairs to train on.
        dev: Number of pairs that are held out.
    """
    rows = []
    for pair in range(train + dev):
        subject = _SUBJECTS[pair % len(_SUBJECTS)]
        for kind, label in (("original", pair % 2), ("revised", 1 - pair % 2)):
            word = "wonderful" if label else "dreadful"
            text = f"Pair {pair}: the {subject} is {word}, and that is all I remember."
            split = "train" if pair < train else "dev"
            rows.append({"text": text, "label": label, "pair": pair, "kind": kind, "split": split})
    folder.mkdir(parents=True, exist_ok=True)
    Dataset.from_list(rows).to_parquet(folder / "pairs.parquet")
    return folder


def write_phrases(folder: Path) -> Path:
    """Write the phrases of four sentences to `phrases.parquet` in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    texts, scores, sentences = zip(*PHRASES, strict=True)
    phrases = {"text": texts, "score": scores, "sentence": sentences}
    Dataset.from_dict(phrases).to_parquet(folder / "phrases.parquet")
    return folder


def write_exclusion(path: Path, texts: Iterable[str]) -> Path:
    """Write the digests of texts to a file."""
    path.write_text("".join(f"{text_digest(text)}\n" for text in texts))
    return path
