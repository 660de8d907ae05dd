"""Reading reviews from files, directories, the package and the Hub, and the errors of each."""

from pathlib import Path

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

from gatewise.models.errors import DataError
from gatewise.training.data import sources
from gatewise.training.data.sources import read_corpus, read_file, read_texts
from tests.training.reviews import packaged

ROWS: dict[str, list[str] | list[int]] = {"text": ["A fine film.", "A dull film."], "label": [1, 0]}


def test_the_package_contains_25000_reviews_and_8530_snippets() -> None:
    names = packaged()["source"][:]
    assert {name: names.count(name) for name in set(names)} == {
        "imdb": 25_000,
        "rotten_tomatoes": 8_530,
    }


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_every_format_reads_the_same(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"reviews.{suffix}"
    dataset = Dataset.from_dict(ROWS)
    {"csv": dataset.to_csv, "jsonl": dataset.to_json, "parquet": dataset.to_parquet}[suffix](path)
    assert read_file(path).to_dict() == {**ROWS, "source": ["reviews", "reviews"]}


@pytest.mark.parametrize(
    ("written", "read"),
    [("neg", 0), ("Positive", 1), ("1", 1), (" pos ", 1), ("-1", -1), (1.0, 1), (True, 1)],
)
def test_labels_may_be_words_or_any_kind_of_number(
    tmp_path: Path, written: object, read: int
) -> None:
    path = tmp_path / "reviews.parquet"
    Dataset.from_dict({"text": ["A film."], "label": [written]}).to_parquet(path)
    assert read_file(path)["label"][:] == [read]


def test_class_labels_are_read_by_name_not_by_number(tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    features = Features({"text": Value("string"), "label": ClassLabel(names=["pos", "neg"])})
    Dataset.from_dict({"text": ["Good.", "Bad."], "label": [0, 1]}, features).to_parquet(path)
    assert read_file(path)["label"][:] == [1, 0]


def test_a_missing_label_means_unlabelled(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    Dataset.from_dict({"text": ["A film."] * 2, "label": [1, None]}).to_json(path)
    assert read_file(path)["label"][:] == [1, -1]


def test_an_empty_label_in_a_csv_means_unlabelled(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("text,label\nN/A,1\nnull,\nGood.,0\n")
    read = read_file(path)
    assert read["label"][:] == [1, -1, 0]
    assert read["text"][:] == ["N/A", "null", "Good."]


def test_a_column_that_is_not_needed_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    Dataset.from_dict({**ROWS, "stars": [9, 2]}).to_csv(path)
    assert read_file(path).column_names == ["text", "label", "source"]


def test_an_unknown_label_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    Dataset.from_dict({"text": ["A film."], "label": ["meh"]}).to_csv(path)
    with pytest.raises(DataError, match="'meh' is not a label"):
        read_file(path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    Dataset.from_dict({"review": ["A film."], "label": [1]}).to_csv(path)
    with pytest.raises(DataError, match=r"no column text; it has review, label"):
        read_file(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no file .*reviews\.csv"):
        read_file(tmp_path / "reviews.csv")


def test_an_unknown_source_is_rejected_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"no file or directory .*A source is packaged, hub, or a path"
    ):
        read_corpus(str(tmp_path / "reviews"), snippets=False)


def test_an_unknown_format_is_rejected_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected one of \.parquet, \.csv, \.jsonl"):
        read_file(tmp_path / "reviews.xlsx")


def test_a_broken_file_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    path.write_bytes(b"not parquet")
    with pytest.raises(DataError, match="cannot be read"):
        read_file(path)


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


def test_an_unreachable_hub_is_reported_with_alternatives(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(name: str) -> DatasetDict:
        raise ConnectionError(name)

    monkeypatch.setattr(sources, "load_dataset", unreachable)
    with pytest.raises(DataError, match=r"could not be loaded from the Hub.*--source packaged"):
        read_corpus("hub", snippets=False)


@pytest.mark.parametrize("text", ["", "  ", "a\0b"])
def test_an_unreadable_text_is_named_by_its_row(tmp_path: Path, text: str) -> None:
    path = tmp_path / "reviews.jsonl"
    Dataset.from_dict({"text": [*ROWS["text"], text], "label": [1, 0, 1]}).to_json(path)
    with pytest.raises(DataError, match="Text 3 of 3 cannot be used"):
        read_corpus(str(path), snippets=False)


def test_a_number_instead_of_a_text_is_named_by_its_row(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    Dataset.from_dict({"text": [7, 8], "label": [1, 0]}).to_json(path)
    with pytest.raises(DataError, match="Text 1 of 2 cannot be used: 7 is not a string"):
        read_corpus(str(path), snippets=False)


def test_texts_can_be_read_without_labels(tmp_path: Path) -> None:
    Dataset.from_dict({"text": ["Seen."], "label": [-1]}).to_parquet(tmp_path / "more.parquet")
    Dataset.from_dict({"text": ["Good."], "label": [1]}).to_parquet(tmp_path / "some.parquet")
    Dataset.from_dict({"text": ["Kept."], "label": [0]}).to_parquet(tmp_path / "test.parquet")
    assert read_texts(str(tmp_path))["text"][:] == ["Seen.", "Good."]


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
