"""A trained model as one directory, written and read whole or not at all.

    model.safetensors     the weights
    config.json           sizes, labels, training configuration, checksums, a stored self-check
    tokenizer.json        Hugging Face tokenizers format
    metrics.json          validation figures, as measured at export
    gate_statistics.json  what its gates do on validation reviews
    unit_index.json       where each unit acts most, if it was measured
    README.md             the model card

`config.json` holds a SHA-256 of every file a prediction depends on, so that a truncated, edited or
mixed-up directory is refused with a reason before anything of it is used. The card is for people,
who may add to it.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from models.errors import ArtifactCorruptError, ArtifactMismatchError, ArtifactMissingError
from models.gates import GRUParameters
from models.packing import from_bfloat16, to_bfloat16
from models.statistics import GateStatistics, read_statistics
from models.tokenizer import WordTokenizer
from models.unit_index import StoredIndex
from models.weights import NetworkWeights

FORMAT = "gatewise/2"
LABELS = ("negative", "positive")
CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
METRICS, GATES, CARD = "metrics.json", "gate_statistics.json", "README.md"
UNITS = "unit_index.json"
_CHECKSUMMED = (WEIGHTS, TOKENIZER, METRICS, GATES)
_FILES = (CONFIG, *_CHECKSUMMED, CARD)

_EMBEDDING, _HEAD_WEIGHT, _HEAD_BIAS = "embedding.weight", "head.weight", "head.bias"
_GRU = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@dataclass(frozen=True)
class SelfCheck:
    """A text and the logit it must give: whoever loads the artifact can tell that it works."""

    text: str
    logit: float


@dataclass(frozen=True)
class Artifact:
    """Everything that one trained model consists of."""

    name: str
    version: str
    weights: NetworkWeights
    tokenizer: WordTokenizer
    metrics: Mapping[str, Any]
    gates: GateStatistics
    card: str
    self_check: SelfCheck
    training: Mapping[str, Any] = field(default_factory=dict)
    unit_index: StoredIndex | None = None


def store_precision(weights: NetworkWeights) -> NetworkWeights:
    """Round the weights as they are stored, so that what is measured is shipped.

    The embedding, nine tenths of the file, to float16, which halves the download. The weights on
    the state to bfloat16, which the recurrence reads twice as fast, and without further rounding.
    """
    embedding = weights.embedding.astype(np.float16).astype(np.float32)  # (V, E)
    weight_hh = from_bfloat16(to_bfloat16(weights.gru.weight_hh))  # (3H, H)
    gru = replace(weights.gru, weight_hh=weight_hh)
    return replace(weights, embedding=embedding, gru=gru)


def save_artifact(artifact: Artifact, directory: Path) -> None:
    """Write all files next to `directory` first and move them in together, the config last."""
    directory.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".export-", dir=directory))
    try:
        (staging / WEIGHTS).write_bytes(_pack(artifact.weights))
        artifact.tokenizer.save(staging / TOKENIZER)
        _write_json(staging / METRICS, artifact.metrics)
        _write_json(staging / GATES, artifact.gates.to_json())
        (staging / CARD).write_text(artifact.card, encoding="utf-8")
        checksummed = list(_CHECKSUMMED)
        if artifact.unit_index:
            (staging / UNITS).write_bytes(artifact.unit_index.content)
            checksummed.append(UNITS)
        checksums = {name: _sha256(staging / name) for name in checksummed}
        _write_json(staging / CONFIG, _config(artifact, checksums))
        for name in (CONFIG, UNITS):
            (directory / name).unlink(missing_ok=True)
        for name in (*checksummed, CARD, CONFIG):
            (staging / name).replace(directory / name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def load_artifact(directory: Path) -> Artifact:
    """Read a directory that `save_artifact` wrote.

    Raises `ArtifactMissingError`, `ArtifactCorruptError` or `ArtifactMismatchError`.
    """
    _require(directory, [CONFIG])
    config = _read_config(directory / CONFIG)  # says so first if it is of another version
    _require(directory, [*_FILES, *config.checksums])
    for name, expected in config.checksums.items():
        if _sha256(directory / name) != expected:
            raise ArtifactCorruptError(
                f"{name} is not the file that was exported with {CONFIG}: its checksum differs. "
                "It is truncated, edited, or from another model; copy the directory again."
            )
    weights = _unpack((directory / WEIGHTS).read_bytes())
    tokenizer = WordTokenizer.load(directory / TOKENIZER)
    gates = read_statistics((directory / GATES).read_bytes(), name=GATES)
    _check_sizes(config, weights, tokenizer, gates)
    return Artifact(
        name=config.name,
        version=config.version,
        weights=weights,
        tokenizer=tokenizer,
        metrics=json.loads((directory / METRICS).read_bytes()),
        gates=gates,
        card=(directory / CARD).read_text(encoding="utf-8", errors="replace"),
        self_check=config.self_check,
        training=config.training,
        unit_index=StoredIndex((directory / UNITS).read_bytes())
        if UNITS in config.checksums
        else None,
    )


def _complete(checksums: dict[str, str]) -> dict[str, str]:
    missing = set(_CHECKSUMMED) - checksums.keys()
    if missing:
        raise ValueError(f"nothing of {', '.join(sorted(missing))}")
    return checksums


_FileName = Literal[
    "model.safetensors",
    "tokenizer.json",
    "metrics.json",
    "gate_statistics.json",
    "unit_index.json",
]


class _Config(BaseModel):
    """What a loadable `config.json` must state; it holds more, for readers and the Hub."""

    name: str
    version: str
    vocab_size: int
    embedding_size: int
    hidden_size: int
    id2label: dict[str, str]
    checksums: Annotated[dict[_FileName, str], AfterValidator(_complete)]
    self_check: SelfCheck
    training: dict[str, Any]


def _config(artifact: Artifact, checksums: dict[str, str]) -> dict[str, Any]:
    sizes = artifact.weights.config
    return {
        "format": FORMAT,
        "name": artifact.name,
        "version": artifact.version,
        "model_type": "gatewise-gru",
        "architectures": ["SentimentGRU"],
        "vocab_size": sizes.vocab_size,
        "embedding_size": sizes.embedding_size,
        "hidden_size": sizes.hidden_size,
        "id2label": dict(enumerate(LABELS)),
        "label2id": {label: index for index, label in enumerate(LABELS)},
        "checksums": checksums,
        "self_check": {"text": artifact.self_check.text, "logit": artifact.self_check.logit},
        "training": dict(artifact.training),
    }


def _require(directory: Path, names: Sequence[str]) -> None:
    missing = [name for name in names if not (directory / name).is_file()]
    if missing:
        raise ArtifactMissingError(
            f"No model at {directory}: {', '.join(missing)} not found. Point to a directory that "
            "`python -m training run` wrote, whole."
        )


def _read_config(path: Path) -> _Config:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ArtifactCorruptError(f"{path.name} is not JSON ({error}). Export again.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        found = content.get("format") if isinstance(content, dict) else type(content).__name__
        raise ArtifactMismatchError(
            f"{path.name} is not of format {FORMAT!r} (found {found!r}): this is no model of "
            "Gatewise's, or one of another version. Train or download one for this version."
        )
    try:
        config = _Config.model_validate(content)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, entry['loc']))}: {entry['msg']}" for entry in error.errors()
        )
        raise ArtifactCorruptError(f"{path.name} is damaged ({wrong}). Export again.") from error
    if config.id2label != {str(index): label for index, label in enumerate(LABELS)}:
        raise ArtifactMismatchError(
            f"{path.name} names the labels {config.id2label}; this version serves {LABELS}."
        )
    return config


def _check_sizes(
    config: _Config, weights: NetworkWeights, tokenizer: WordTokenizer, gates: GateStatistics
) -> None:
    words, size, units = config.vocab_size, config.embedding_size, config.hidden_size
    gru = weights.gru
    for name, array, expected in (
        ("embedding", weights.embedding, (words, size)),
        ("weight_ih", gru.weight_ih, (3 * units, size)),
        ("weight_hh", gru.weight_hh, (3 * units, units)),
        ("bias_ih", gru.bias_ih, (3 * units,)),
        ("bias_hh", gru.bias_hh, (3 * units,)),
        ("head", weights.head_weight, (units,)),
    ):
        if array.shape != expected:
            raise ArtifactMismatchError(
                f"{CONFIG} asks for {name} of shape {expected}, {WEIGHTS} holds {array.shape}."
            )
    measured = {len(gates.mean_reset), len(gates.mean_update)}
    if measured != {units}:
        raise ArtifactMismatchError(
            f"{GATES} averages {' and '.join(map(str, sorted(measured)))} units, {WEIGHTS} has "
            f"{units}. Use the two files of one export."
        )
    if tokenizer.vocab_size != words:
        raise ArtifactMismatchError(
            f"{TOKENIZER} has {tokenizer.vocab_size:,} words, {WEIGHTS} has embeddings for "
            f"{words:,}. Use the two files of one export."
        )


def _pack(weights: NetworkWeights) -> bytes:
    arrays = {f"gru.{name}_l0": getattr(weights.gru, name) for name in _GRU}
    arrays[_EMBEDDING] = weights.embedding.astype(np.float16)
    arrays[_HEAD_WEIGHT] = weights.head_weight[None]
    arrays[_HEAD_BIAS] = np.array([weights.head_bias], dtype=np.float32)
    return save_tensors(arrays, metadata={"format": "pt"})


def _unpack(data: bytes) -> NetworkWeights:
    try:
        arrays = load_tensors(data)
        return NetworkWeights(
            embedding=arrays[_EMBEDDING].astype(np.float32),
            gru=GRUParameters(**{name: arrays[f"gru.{name}_l0"] for name in _GRU}),
            head_weight=arrays[_HEAD_WEIGHT][0],
            head_bias=float(arrays[_HEAD_BIAS][0]),
        )
    except (SafetensorError, KeyError) as error:
        raise ArtifactCorruptError(
            f"{WEIGHTS} is not a set of SentimentGRU weights ({error}). Export again."
        ) from error


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
