"""The page `try/` reads texts exactly as the package does, or says that it does not read them."""

import json
import os
import random
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.reviews import packaged_reviews
from docs.tools.figures import RELEASES, ROOT
from docs.tools.try_page import MODEL, folded_characters, reading_data
from gatewise.models.artifact.artifact import Artifact, load_artifact
from gatewise.models.decision.decider import Decider
from gatewise.models.decision.word_measures import measure_likeness, word_measures
from gatewise.models.errors import InvalidTextError
from gatewise.models.tokenizer import UNKNOWN_ID, Encoding

READER = Path(__file__).with_name("read_texts.js")
WEAK_LOGIT = 0.1
DIGITS = str.maketrans("aeois", "43015")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What some stage of reading replaces, and what looks like it but is read as it is.
# fmt: off
PIECES = [
    "&amp;", "&#39;", "&eacute;", "&notanentity;", "&lt;br&gt;", "&", "&;", "é", "e\u0301",
    "Ã©", "â€™", "café’s", "naïve", "façade", "ﬁlm", "ｆilm", "𝐟ilm", "f\xadilm", "film\u200b",
    "fіlm", "½", "¼", "²", "№", "★★★½", "☆", "8/10", "10/10", "0/10", "11/10", "90/100",
    "8/100", "4.5/5", "8,5/10", "3/5", "7/4", "24/7", "9/11", "$8/10", "8/10/2020", "08/10",
    "1/2", "four", "out", "of", "five", "4", "out", "of", "5", "stars", "out", "of", "a",
    "hundred", "out", "of", "order", "B+", "A-", "c+", "D+x", "a-b", "Grade:", "B", "rating",
    "is", "an", "A", "score", "the", "score", "of", "a", "grade", "A", "film", "verdict:", "F",
    ":-)", ":(", ";)", "=D", "xD", "8)", "(8)", "T_T", "-_-", "^_^", "<3", "</3", ":/", ":-|",
    ":'(", "::", "(:", "<br", "/>", "<b>bold</b>", "[spoiler]x[/spoiler]", "[link](http://x.y)",
    "**very**", "_so_", "*wow*", "~~no~~", "`code`", "`tis", "don`t", "#GreatMovie", "#1",
    "@user", "a@b.co", "www.example.com", "http://a.b/c?d=1", ">", "quote", "#", "title", "\\*",
    "don't", "dont", "DONT", "wasnt", "im", "I'm", "o'hara", "'tis", "rock'n'roll", "'em",
    "it's", "its'", "'s", "''s", "sooooo", "goooood", "looooooooved", "gr8", "b4", "2day",
    "aw3some", "1999", "90s", "3D", "1,000", "1.5", "1..2", "...", "…", "..", ".", "—", "–",
    "--", "“quoted”", "‘quoted’", "´", "•", "™", "©", "€", "£5", "100%", "x=y", "a|b", "{a}",
    "^", "Zoë", "ŒUVRE", "İstanbul", "ırmak", "Straße", "ſo", "masterpeice", "borring",
    "Borring", "HOLLYWOOD", "Spielbergg", "recieve", "definately", "naïvety", "👍", "💔", "日本",
    "ок", "\x01", "\ufeff", "‼", "⁉", "\u2028", "\x85", "\u202f", "\xa0",
]
# fmt: on


@cache
def artifact() -> Artifact:
    """Load the model of the page."""
    return load_artifact(RELEASES / MODEL)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that the page reads texts by."""
    path = tmp_path_factory.mktemp("try") / "reading.json"
    path.write_text(json.dumps(reading_data(artifact())), encoding="utf-8")
    return path


def read_by_the_page(data: Path, texts: list[str], *, logit: float = 3.0) -> list[dict[str, Any]]:
    """Read texts as the page does."""
    node = shutil.which("node")
    if node is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("Node.js is missing, by which the reader of the page is run.")
    sent = data.with_name("texts.json")
    sent.write_text(json.dumps([{"text": text, "logit": logit} for text in texts]), "utf-8")
    done = subprocess.run(
        [node, str(READER), str(data), str(sent)], capture_output=True, check=True, cwd=ROOT
    )
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def as_record(encoding: Encoding) -> dict[str, Any]:
    """Return an encoding as the page does."""
    return {
        "ids": encoding.ids.tolist(),
        "starts": encoding.starts.tolist(),
        "ends": encoding.ends.tolist(),
        "words": [encoding.read_word(position) for position in range(len(encoding))],
        "coverage": encoding.coverage,
    }


def check_alike(data: Path, texts: list[str]) -> float:
    """Check that texts are read alike or refused, and return the share that is read."""
    read = 0
    for text, result in zip(texts, read_by_the_page(data, texts), strict=True):
        if "refused" in result:
            continue
        read += 1
        record = as_record(artifact().tokenizer.encode(text))
        assert {name: result[name] for name in record} == record, text
    return read / len(texts)


@pytest.mark.slow
def test_reviews_are_read_alike(data: Path) -> None:
    reviews = [text.replace("<br />", "\n") for text in packaged_reviews(2000)]
    assert check_alike(data, reviews) > 0.7


@pytest.mark.slow
def test_misspelt_words_are_read_alike(data: Path) -> None:
    draw = random.Random(0)  # noqa: S311
    words = [word for word in artifact().tokenizer.words[2:8000] if word.isalpha()]
    texts = [
        draw.choice(("", "I saw ")) + " ".join(misspelt(draw.choice(words), draw) for _ in range(8))
        for _ in range(2000)
    ]
    texts += [text.upper() for text in texts[:200]] + [text.title() for text in texts[:200]]
    assert check_alike(data, texts) > 0.9


def misspelt(word: str, draw: random.Random) -> str:
    """Return a word with an edit or two, or with a letter that is stretched or a digit."""
    for _ in range(draw.choice((1, 1, 2))):
        place = draw.randrange(len(word))
        before, letter, after = word[:place], word[place], word[place + 1 :]
        word = draw.choice(
            (
                before + after,
                before + draw.choice(LETTERS) + after,
                before + letter + draw.choice(LETTERS) + after,
                before + after[:1] + letter + after[1:],
                before + letter * draw.randint(2, 5) + after,
                before + letter.translate(DIGITS) + after,
            )
        )
        word = word or letter
    return word


def test_texts_of_signs_and_pieces_are_read_alike_or_refused(data: Path) -> None:
    draw = random.Random(0)  # noqa: S311
    pieces = [*PIECES, *folded_characters(), *map(chr, range(9, 14)), *map(chr, range(32, 127))]
    texts = [
        "".join(
            draw.choice(("good", "Film", *pieces)) + draw.choice(("", " ", " ", " ", "\n"))
            for _ in range(draw.randint(1, 6))
        )
        for _ in range(6000)
    ]
    assert check_alike(data, [text for text in texts if text.strip()]) > 0.3


def test_a_piece_is_read_alike_or_refused_wherever_it_stands(data: Path) -> None:
    places = ("{}", "A {} film", "a{}", "{}b", "It was {}.")
    assert check_alike(data, [p.replace("{}", piece) for piece in PIECES for p in places]) > 0.3


def test_what_the_package_does_not_read_the_page_does_not(data: Path) -> None:
    texts = ["", " \n", "a\0b", "\ud800", "\u00a0"]
    for text, result in zip(texts, read_by_the_page(data, texts), strict=True):
        assert "refused" in result
        with pytest.raises(InvalidTextError):
            artifact().tokenizer.encode(text)


@pytest.mark.parametrize("logit", [3.0, WEAK_LOGIT])
def test_a_text_is_left_undecided_as_by_the_package_but_for_its_language(
    data: Path, logit: float
) -> None:
    texts = [text.replace("<br />", "\n") for text in packaged_reviews(300, seed=1)]
    texts += [text[:40] for text in texts] + ["Fine.", "x y z", "for i in range: return", "El gato"]
    decider, model = Decider(artifact()), artifact()
    table = word_measures(model.tokenizer.words, unknown=UNKNOWN_ID, english=True)
    undecided = []
    for text, result in zip(texts, read_by_the_page(data, texts, logit=logit), strict=True):
        if "refused" in result:
            continue
        encoding = model.tokenizer.encode(text)
        likeness, content_words = measure_likeness(table, encoding.ids)
        assert result["likeness"] == pytest.approx(likeness._asdict(), abs=1e-5)
        assert result["contentWords"] == content_words
        if "language" not in result["warning"]:
            assert result["undecided"] == decider.assess(encoding, logit).undecided
            undecided.append(result["undecided"])
    assert set(undecided) == {True, False}
