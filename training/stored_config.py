"""Reads the configuration that an artifact was trained with, including those of older versions.

Artifacts of versions before 1.0 have other option names, and options that no longer exist. The
removed options did not influence how texts were read and split.
"""

from collections.abc import Container, Mapping
from typing import Any

from pydantic import ValidationError

from gatewise.training.config import TrainingConfig
from gatewise.training.fit_options import (
    FinetuneOptions,
    LanguageModelOptions,
    Options,
    TeacherOptions,
)

_RENAMED = {
    "starts_from": "init_from",
    "taught_by": "teacher_model",
    "finish": "finetune",
    "crisp_gates": "gate_saturation_penalty",
    "rows": "batch_size",
    "steps": "sequence_length",
}
_GROUPS: dict[str, type[Options]] = {
    "language_model": LanguageModelOptions,
    "teacher": TeacherOptions,
    "finetune": FinetuneOptions,
}


def read_training_config(stored: Mapping[str, Any]) -> TrainingConfig:
    """Read the block `training` of an artifact.

    Args:
        stored: The configuration as stored, by this version or an older one. Options that no
            longer exist are dropped, and options that it lacks have their default.

    Returns:
        The configuration under the current names.
    """
    block = _select(_rename(stored), TrainingConfig.model_fields)
    block.setdefault("split_key", "written")  # the only kind of older versions
    for name, group in _GROUPS.items():
        if name in block:
            # Older versions stored null where a stage was left out.
            options = {"epochs": 0} if block[name] is None else block[name]
            block[name] = _select(_rename(options), group.model_fields)
    return _complete(block)


def config_differences(config: TrainingConfig, stored: Mapping[str, Any]) -> list[str]:
    """Compare a configuration with a stored one.

    Args:
        config: The configuration of this run.
        stored: A configuration dumped in JSON mode. Options that it lacks, because they are newer,
            count as having their default.

    Returns:
        One description per field that differs, sorted by field name.
    """
    now = config.model_dump(mode="json")
    try:
        older = {"split_key": "written", **stored}  # the only kind of older versions
        then: Mapping[str, Any] = _complete(older).model_dump(mode="json")
    except ValidationError:  # options that no longer exist
        then = stored
    return [
        f"{name}: {then.get(name)!r} then, {now.get(name)!r} now"
        for name in sorted(now.keys() | then.keys())
        if now.get(name) != then.get(name)
    ]


def _complete(stored: Mapping[str, Any]) -> TrainingConfig:
    """Add the defaults to a stored configuration, ignoring what its preset has become since."""
    # The preset `quick` changes none of the defaults.
    complete = TrainingConfig.model_validate({**stored, "preset": "quick"})
    return complete.model_copy(update={"preset": stored.get("preset", "quick")})


def _rename(block: Mapping[str, Any]) -> dict[str, Any]:
    return {_RENAMED.get(name, name): value for name, value in block.items()}


def _select(block: Mapping[str, Any], names: Container[str]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name in names}
