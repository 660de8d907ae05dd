"""The `config.json` of an artifact, and the names of its files and labels."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ValidationError

from gatewise.models.artifact.stored_weights import StoredPrecision
from gatewise.models.errors import ArtifactCorruptError, ArtifactMismatchError

FORMAT = "gatewise/2"
LABELS = ("negative", "positive")
CONFIG = "config.json"
TOKENIZER: Final = "tokenizer.json"
WEIGHTS: Final = "model.safetensors"
METRICS, GATES, CARD = "metrics.json", "gate_statistics.json", "README.md"
UNITS, DECISION = "unit_index.json", "decision.json"
# The files that have a checksum.
FileName = Literal[
    "model.safetensors",
    "tokenizer.json",
    "metrics.json",
    "gate_statistics.json",
    "unit_index.json",
]
CHECKSUMMED = (WEIGHTS, TOKENIZER, METRICS, GATES)
REQUIRED_FILES = (CONFIG, *CHECKSUMMED, CARD)


@dataclass(frozen=True)
class SelfCheck:
    """A text and its logit, by which a loaded artifact is verified."""

    text: str
    logit: float


def _require_all(checksums: dict[str, str]) -> dict[str, str]:
    missing = set(CHECKSUMMED) - checksums.keys()
    if missing:
        raise ValueError(f"no checksum of {', '.join(sorted(missing))}")
    return checksums


class ArtifactConfig(BaseModel):
    """The required fields of `config.json`; it has more, for people and for the Hub."""

    name: str
    version: str
    vocab_size: int
    embedding_size: int
    hidden_size: int
    precision: StoredPrecision = "bfloat16"  # earlier versions did not write it
    id2label: dict[str, str]
    checksums: Annotated[dict[FileName, str], AfterValidator(_require_all)]
    self_check: SelfCheck
    training: dict[str, Any]


def read_config(path: Path) -> ArtifactConfig:
    """Read and verify a `config.json`.

    Raises:
        ArtifactCorruptError: The file is not JSON, or a field is missing or invalid.
        ArtifactMismatchError: It belongs to another version, or the labels are not `LABELS`.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ArtifactCorruptError(f"{path.name} is not JSON ({error}). Export again.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        found = content.get("format") if isinstance(content, dict) else type(content).__name__
        raise ArtifactMismatchError(
            f"{path.name} is not of format {FORMAT!r} (found {found!r}): this is not a Gatewise "
            "model, or one of another version. Train or download a model for this version."
        )
    try:
        config = ArtifactConfig.model_validate(content)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, entry['loc']))}: {entry['msg']}" for entry in error.errors()
        )
        raise ArtifactCorruptError(f"{path.name} is damaged ({wrong}). Export again.") from error
    if config.id2label != {str(index): label for index, label in enumerate(LABELS)}:
        raise ArtifactMismatchError(
            f"{path.name} has the labels {config.id2label}; this version supports {LABELS} only. "
            "Train or download a model with these labels."
        )
    return config
