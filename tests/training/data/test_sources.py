"""Reading reviews from files, directories, the package and the Hub, and the errors of each."""

from pathlib import Path

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

from gatewise.models.errors import DataError
from gatewise.models.files.read_options import ReadOptions
from gatewise.training.data import sources
from gatewise.training.data.sources import read_corpus, read_reviews, read_texts
from tests.training.reviews import packaged

ROWS: dict[str, list[str] | list[int]] = {"text": ["A fine film.", "A dull film."], "label": [1, 0]}


def test_the_package_contains_25000_reviews_and_8530_snippets() -> None:
    names = packaged()["source"][:]
    assert {name: names.count(name) for name in set(names)} == {
        "imdb": 25_000,
        "rotten_tomatoes": 8_530,
    }


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no file or directory .*reviews\.csv"):
        read_reviews(tmp_path / "reviews.csv")


def test_an_unknown_source_is_rejected_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"no file or directory .*A source is packaged, hub, a path, or a data set"
    ):
        read_corpus(str(tmp_path / "reviews"), snippets=False)


def test_files_named_test_are_the_test_of_a_directory(tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    Dataset.from_dict(ROWS).to_parquet(folder / "train.parquet")
    Dataset.from_dict({"text": ["A film."], "label": [-1]}).to_parquet(
        folder / "unsupervised.parquet"
    )
    Dataset.from_dict({"text": ["Seen apart."], "label": [1]}).to_csv(folder / "test.csv")
    corpus = read_corpus(str(folder), snippets=False)
    assert corpus.labelled.to_dict() == {**ROWS, "source": ["films", "films"]}
    assert corpus.unlabelled["text"][:] == ["A film."]
    assert corpus.test is not None
    assert corpus.test["text"][:] == ["Seen apart."]


def test_a_directory_without_data_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="contains no"):
        read_corpus(str(tmp_path), snippets=False)


@pytest.mark.slow
def test_snippets_are_added_to_another_source_if_requested(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    Dataset.from_dict(ROWS).to_csv(path)
    assert len(read_corpus(str(path), snippets=False).labelled) == 2
    assert len(read_corpus(str(path), snippets=True).labelled) == 8_532


def test_the_splits_of_the_hub_have_their_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    features = Features({"text": Value("string"), "label": ClassLabel(names=["neg", "pos"])})

    def split(texts: list[str], labels: list[int]) -> Dataset:
        return Dataset.from_dict({"text": texts, "label": labels}, features)

    hub = DatasetDict(
        train=split(["Bad.", "Good."], [0, 1]),
        unsupervised=split(["Seen."], [-1]),
        test=split(["Held out."], [1]),
    )
    stored = {"stanfordnlp/imdb": hub}
    monkeypatch.setattr(sources, "load_dataset", stored.__getitem__)
    corpus = read_corpus("hub", snippets=False)
    assert corpus.labelled["text"][:] == ["Bad.", "Good."]
    assert corpus.unlabelled["text"][:] == ["Seen."]
    assert corpus.test is not None
    assert corpus.test["text"][:] == ["Held out."]
    assert set(corpus.labelled["source"]) == {"imdb"}


def test_a_data_set_of_the_hub_is_read_with_its_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ["bad", "great"]
    features = Features({"content": Value("string"), "stars": ClassLabel(names=names)})
    rows = Dataset.from_dict({"content": ["Dull.", "Fine."], "stars": [0, 1]}, features)
    stored = {("user/hotels", "de"): DatasetDict(train=rows, test=rows)}
    monkeypatch.setattr(sources, "load_dataset", lambda *given: stored[given])
    options = ReadOptions(text_column="content", label_column="stars", label_map="bad=0,great=1")
    read = read_reviews("user/hotels:de", options)
    assert read.to_dict() == {
        "text": ["Dull.", "Fine."],
        "label": [0, 1],
        "source": ["hotels", "hotels"],
    }


def test_a_path_with_the_form_of_a_hub_id_is_read_as_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data" / "films").mkdir(parents=True)
    Dataset.from_dict(ROWS).to_csv(tmp_path / "data" / "films" / "all.csv")
    monkeypatch.chdir(tmp_path)
    assert len(read_reviews("data/films")) == 2


def test_an_unreachable_hub_is_reported_with_alternatives(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(name: str) -> DatasetDict:
        try:
            raise OSError("no route to host")
        except OSError as error:
            raise ConnectionError(name) from error

    monkeypatch.setattr(sources, "load_dataset", unreachable)
    with pytest.raises(DataError, match=r"from the Hub: no route to host\..*--source packaged"):
        read_corpus("hub", snippets=False)


def test_texts_can_be_read_without_labels(tmp_path: Path) -> None:
    Dataset.from_dict({"text": ["Seen."], "label": [-1]}).to_parquet(tmp_path / "more.parquet")
    Dataset.from_dict({"text": ["Good."], "label": [1]}).to_parquet(tmp_path / "some.parquet")
    Dataset.from_dict({"text": ["Kept."], "label": [0]}).to_parquet(tmp_path / "test.parquet")
    assert read_texts(str(tmp_path))["text"][:] == ["Seen.", "Good."]


def test_texts_without_a_column_of_labels_are_unlabelled(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    Dataset.from_dict({"text": ["Good."]}).to_csv(path)
    assert read_texts(str(path))["label"][:] == [-1]


def test_reviews_of_one_label_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    Dataset.from_dict({"text": ["Good.", "Fine."], "label": [1, 1]}).to_csv(path)
    with pytest.raises(DataError, match="both labels"):
        read_corpus(str(path), snippets=False)


def test_the_fingerprint_changes_with_a_label(tmp_path: Path) -> None:
    prints = []
    for labels in ([1, 0], [0, 1]):
        path = tmp_path / f"{labels[0]}.csv"
        Dataset.from_dict({"text": ROWS["text"], "label": labels}).to_csv(path)
        prints.append(read_corpus(str(path), snippets=False).fingerprint)
    assert prints[0] != prints[1]
