"""An exported model computes what the predictor does, for texts of every length."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from jaxtyping import Int64

from gatewise.models.artifact.artifact import load_artifact, save_artifact
from gatewise.models.artifact.location import releases
from gatewise.models.onnx_export import TRACED, build_graph, export_onnx
from gatewise.models.predictor import Predictor
from gatewise.models.tokenizer import PAD_ID, Encoding
from gatewise.models.weights import NetworkWeights
from tests.models.artifacts import TEXTS, small_artifact
from tests.models.networks import random_weights

LENGTHS = (1, 2, 3, 17, 60, 230, 2000)
TOLERANCE = 1e-4
# With "int8" the predictor rounds states to multiples of 2⁻¹⁴, and the file does not; the measured
# differences are in docs/figures/exported.json.
INT8_TOLERANCE = 1e-3
CANDIDATES = Path(__file__).parents[2] / "models" / "candidates"
MODELS = [*releases().values(), *(path.parent for path in CANDIDATES.glob("*/config.json"))]


def session(path: Path | bytes) -> onnxruntime.InferenceSession:
    """Open an exported file, or the content of one."""
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def run(model: onnxruntime.InferenceSession, texts: list[Encoding]) -> dict[str, np.ndarray]:
    """Run texts in one batch, and return all outputs by name."""
    names = [output.name for output in model.get_outputs()]
    return dict(zip(names, model.run(None, {"ids": batch_of(texts)}), strict=True))


def batch_of(texts: list[Encoding]) -> Int64[np.ndarray, "B T"]:
    """Return the ids of texts, filled up at the end."""
    ids = np.full((len(texts), max(map(len, texts))), PAD_ID, dtype=np.int64)  # (B, T)
    for row, text in zip(ids, texts, strict=True):
        row[: len(text)] = text.ids
    return ids


def texts_of(predictor: Predictor, lengths: tuple[int, ...] = LENGTHS) -> list[Encoding]:
    """Draw texts of the vocabulary's words, with given numbers of tokens."""
    words = [word for word in predictor.artifact.tokenizer.words if word.isalpha()]
    draw = np.random.default_rng(0).choice
    texts = predictor.encode(" ".join(draw(words[:5000], length)) for length in lengths)
    return [text for text in texts if len(text)]


def largest_difference(outputs: dict[str, np.ndarray], row: int, explanation: Any) -> float:
    """Return by how much the traces of one text differ at most; nothing follows its end."""
    tokens = len(explanation.encoding)
    differences = []
    for name in TRACED:
        of = explanation if name == "running_probability" else explanation.trace
        assert not outputs[name][row, tokens:].any()
        differences.append(np.abs(outputs[name][row, :tokens] - getattr(of, name)).max())
    return float(max(differences))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of a small model."""
    directory = tmp_path_factory.mktemp("model")
    save_artifact(small_artifact(), directory)
    return directory


@pytest.mark.slow
@pytest.mark.parametrize("directory", MODELS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_released_model_computes_the_same_numbers(directory: Path, tmp_path: Path) -> None:
    export_onnx(directory, tmp_path / "model.onnx", traces=True)
    model, exact = session(tmp_path / "model.onnx"), Predictor.load(directory, precision="float32")
    default = Predictor.load(directory)
    texts = texts_of(exact)
    together = run(model, texts)
    for row, text in enumerate(texts):
        alone = run(model, [text])
        for outputs, index in ((together, row), (alone, 0)):
            explained, as_served = exact.explain_encoded(text), default.explain_encoded(text)
            logit = outputs["logit"][index]
            assert logit == pytest.approx(explained.prediction.logit, abs=TOLERANCE)
            assert largest_difference(outputs, index, explained) < TOLERANCE
            rounded = INT8_TOLERANCE if default.precision == "int8" else TOLERANCE
            assert logit == pytest.approx(as_served.prediction.logit, abs=rounded)
            assert largest_difference(outputs, index, as_served) < rounded


@pytest.mark.parametrize("stored", ["int8", "float16", "float32"])
def test_an_embedding_of_every_type_is_stored_exactly(stored: str) -> None:
    draft = small_artifact()
    weights = weights_of(draft.weights, stored)
    predictor = Predictor(replace(draft, weights=weights), precision="float32")
    graph = build_graph(weights, traces=True)
    texts = texts_of(predictor)
    outputs = run(session(graph.SerializeToString()), texts)
    types = {constant.name: constant.data_type for constant in graph.graph.initializer}
    assert types["embedding"] == onnx.TensorProto.DataType.Value(
        {"float32": "FLOAT"}.get(stored, stored.upper())
    )
    for row, text in enumerate(texts):
        explained = predictor.explain_encoded(text)
        assert outputs["logit"][row] == pytest.approx(explained.prediction.logit, abs=TOLERANCE)
        assert largest_difference(outputs, row, explained) < TOLERANCE


def weights_of(in_8_bits: NetworkWeights, stored: str) -> NetworkWeights:
    """Return weights whose embedding is exact in a given type, and in no smaller one."""
    if stored == "int8":
        return in_8_bits
    weights = random_weights(vocab_size=in_8_bits.config.vocab_size, seed=1, scale=2)
    halves = weights.embedding.astype(np.float16).astype(np.float32)
    return replace(weights, embedding=halves) if stored == "float16" else weights


def test_without_traces_the_logit_is_the_only_output(small: Path, tmp_path: Path) -> None:
    export_onnx(small, tmp_path / "model.onnx")
    predictor = Predictor.load(small)
    texts = predictor.encode(TEXTS)
    outputs = run(session(tmp_path / "model.onnx"), texts)
    assert outputs.keys() == {"logit"}
    expected = [prediction.logit for prediction in predictor.predict_encoded(texts)]
    assert outputs["logit"] == pytest.approx(expected, abs=TOLERANCE)


def test_the_file_names_its_model_and_has_the_digests_of_its_files(
    small: Path, tmp_path: Path
) -> None:
    export_onnx(small, tmp_path / "model.onnx")
    stored = {entry.key: entry.value for entry in onnx.load(tmp_path / "model.onnx").metadata_props}
    artifact = load_artifact(small)
    assert (stored["name"], stored["version"]) == (artifact.name, artifact.version)
    assert {len(stored["weights_sha256"]), len(stored["tokenizer_sha256"])} == {64}


def test_the_same_model_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    for name in ("first.onnx", "second.onnx"):
        export_onnx(small, tmp_path / name, traces=True)
    assert (tmp_path / "first.onnx").read_bytes() == (tmp_path / "second.onnx").read_bytes()


def test_an_export_that_fails_leaves_the_old_file_and_no_other(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "model.onnx"
    path.write_bytes(b"old")
    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        export_onnx(small, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_directory_is_not_replaced(small: Path, tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        export_onnx(small, tmp_path)


def test_a_missing_directory_is_named(small: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        export_onnx(small, tmp_path / "missing" / "model.onnx")
    assert raised.value.filename == str(tmp_path / "missing")
