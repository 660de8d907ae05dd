"""A trained model as one directory, which is loaded completely or not at all.

    model.safetensors     the weights
    config.json           sizes, labels, training configuration, checksums, a stored self-check
    tokenizer.json        Hugging Face tokenizers format
    metrics.json          metrics on the validation split, measured at export
    gate_statistics.json  distribution of the gates on validation reviews
    unit_index.json       where each unit acts most strongly (optional)
    decision.json         which texts are left undecided (optional)
    README.md             the model card

`config.json` has a SHA-256 of every file but the model card and `decision.json`, which users may
edit. A directory with truncated, edited or mixed-up files is therefore rejected before any of it is
used; `decision.json` names the weights that it belongs to.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gatewise.models.artifact.config import (
    CARD,
    CHECKSUMMED,
    CONFIG,
    DECISION,
    FORMAT,
    GATES,
    LABELS,
    METRICS,
    REQUIRED_FILES,
    TOKENIZER,
    UNITS,
    WEIGHTS,
    ArtifactConfig,
    FileName,
    SelfCheck,
    read_config,
)
from gatewise.models.artifact.decision_rule import DecisionRule, read_rule, rule_to_json
from gatewise.models.artifact.stored_weights import StoredPrecision, read_weights, write_weights
from gatewise.models.errors import ArtifactCorruptError, ArtifactMismatchError, ArtifactMissingError
from gatewise.models.gate_statistics import GateStatistics, read_statistics
from gatewise.models.tokenizer import WordTokenizer
from gatewise.models.unit_index import StoredIndex
from gatewise.models.weights import NetworkWeights


@dataclass(frozen=True)
class Artifact:
    """One trained model, with the content of all its files.

    Attributes:
        name: Name of the model.
        version: Version of the model.
        weights: The network.
        tokenizer: The tokenizer with the vocabulary.
        metrics: Metrics on the validation split, measured at export.
        gates: Gate statistics on validation reviews.
        card: The model card in Markdown.
        self_check: A text and its logit, verified after loading.
        training: Configuration of the training.
        unit_index: Where each unit acts most strongly, if it was measured.
        decision: Which texts are left undecided, if it was calibrated.
    """

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
    decision: DecisionRule | None = None


def save_artifact(artifact: Artifact, directory: Path) -> None:
    """Write an artifact, replacing the one that is there.

    All files are first written to a temporary directory inside. Then the old config is deleted, the
    new files are moved into place, and the new config is moved last. A process that is killed
    before the moves leaves the old model; one that is killed during them leaves a directory without
    config, which does not load. No directory ever loads as a mixture of two models.

    Args:
        artifact: The model.
        directory: Target directory; created if it does not exist.
    """
    directory.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".export-", dir=directory))
    try:
        written = _write_files(artifact, staging)
        for name in (CONFIG, UNITS, DECISION):
            (directory / name).unlink(missing_ok=True)
        for name in (*written, CONFIG):
            (staging / name).replace(directory / name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write_files(artifact: Artifact, directory: Path) -> list[str]:
    """Write all files and return their names without that of the config."""
    weights, precision = write_weights(artifact.weights)
    (directory / WEIGHTS).write_bytes(weights)
    artifact.tokenizer.save(directory / TOKENIZER)
    _write_json(directory / METRICS, artifact.metrics)
    _write_json(directory / GATES, artifact.gates.to_json())
    (directory / CARD).write_text(artifact.card, encoding="utf-8")
    checksummed = list(CHECKSUMMED)
    if artifact.unit_index:
        (directory / UNITS).write_bytes(artifact.unit_index.content)
        checksummed.append(UNITS)
    checksums = {name: _sha256(directory / name) for name in checksummed}
    _write_json(directory / CONFIG, _config(artifact, checksums, precision))
    if artifact.decision:
        rule = rule_to_json(artifact.decision, model=checksums[WEIGHTS])
        (directory / DECISION).write_text(rule, encoding="utf-8")
        return [*checksummed, CARD, DECISION]
    return [*checksummed, CARD]


def load_artifact(directory: Path) -> Artifact:
    """Load a directory that `save_artifact` wrote.

    Args:
        directory: The directory.

    Returns:
        The model; its checksums and shapes have been verified.

    Raises:
        ArtifactMissingError: A file does not exist.
        ArtifactCorruptError: A file is truncated, was edited, or has another format.
        ArtifactMismatchError: The files do not belong together or to this version.
    """
    _require_files(directory, [CONFIG])
    config = read_config(directory / CONFIG)  # reports another format before missing files
    _require_files(directory, [*REQUIRED_FILES, *config.checksums])
    _check_checksums(directory, config.checksums)
    weights = read_weights((directory / WEIGHTS).read_bytes(), config.precision, name=WEIGHTS)
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
        decision=_read_decision(directory / DECISION, config),
    )


def _read_decision(path: Path, config: ArtifactConfig) -> DecisionRule | None:
    if not path.is_file():
        return None
    return read_rule(path.read_bytes(), name=path.name, model=config.checksums[WEIGHTS])


def _check_checksums(directory: Path, checksums: Mapping[FileName, str]) -> None:
    for name, expected in checksums.items():
        if _sha256(directory / name) != expected:
            raise ArtifactCorruptError(
                f"{name} is not the file that was exported with {CONFIG}: its checksum differs. "
                "It is truncated, edited, or from another model. Copy the directory again."
            )


def _config(
    artifact: Artifact, checksums: dict[str, str], precision: StoredPrecision
) -> dict[str, Any]:
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
        "precision": precision,
        "id2label": dict(enumerate(LABELS)),
        "label2id": {label: index for index, label in enumerate(LABELS)},
        "checksums": checksums,
        "self_check": {"text": artifact.self_check.text, "logit": artifact.self_check.logit},
        "training": dict(artifact.training),
    }


def _require_files(directory: Path, names: Sequence[str]) -> None:
    missing = [name for name in names if not (directory / name).is_file()]
    if missing:
        raise ArtifactMissingError(
            f"No model at {directory}: {', '.join(missing)} not found. Pass a complete directory "
            "that `gatewise train` wrote."
        )


def _check_sizes(
    config: ArtifactConfig, weights: NetworkWeights, tokenizer: WordTokenizer, gates: GateStatistics
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
                f"{CONFIG} declares {name} of shape {expected}, {WEIGHTS} has {array.shape}. "
                "Use the two files of one export."
            )
    measured = {len(gates.mean_reset), len(gates.mean_update)}
    if measured != {units}:
        raise ArtifactMismatchError(
            f"{GATES} has averages of {' and '.join(map(str, sorted(measured)))} units, {WEIGHTS} "
            f"has {units}. Use the two files of one export."
        )
    if tokenizer.vocab_size != words:
        raise ArtifactMismatchError(
            f"{TOKENIZER} has {tokenizer.vocab_size:,} words, {WEIGHTS} has embeddings for "
            f"{words:,}. Use the two files of one export."
        )


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
