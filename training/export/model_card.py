"""The model card of an artifact: README.md, with the YAML front matter of the Hub."""

import shlex
from collections.abc import Mapping
from typing import Any

import yaml

from gatewise.models.artifact.artifact import Artifact
from gatewise.models.artifact.config import LABELS
from gatewise.models.subject import Subject, stated_subject
from gatewise.training.config import TrainingConfig
from gatewise.training.export.added_sections import (
    SOURCES,
    data_notes,
    fairness_section,
    held_out_section,
)
from gatewise.training.markdown import markdown_table
from gatewise.training.stored_config import read_training_config


def model_card(artifact: Artifact) -> str:
    """Return the model card. Every figure in it was measured at export."""
    front_matter = yaml.safe_dump(_front_matter(artifact), sort_keys=False, allow_unicode=True)
    sections = [
        f"---\n{front_matter}---\n",
        f"# {artifact.name} {artifact.version}\n",
        _summary(artifact),
        "## Figures\n",
        _figures(artifact.metrics),
        *filter(None, [held_out_section(artifact.metrics), fairness_section(artifact.metrics)]),
        "## Calibration\n",
        _reliability(artifact.metrics),
        "## By length\n",
        _by_length(artifact.metrics),
        "## Training\n",
        _history(artifact.metrics),
        "## Data\n",
        _data(artifact.metrics),
        "## Recipe\n",
        _recipe(artifact),
        "## Limits\n",
        _limits(stated_subject(artifact.training)),
    ]
    return "\n".join(sections)


def _front_matter(artifact: Artifact) -> dict[str, Any]:
    results = [
        {
            "task": {"type": "text-classification", "name": "Sentiment"},
            "dataset": {"name": f"{source} (held out from train)", "type": source},
            "metrics": [
                {"type": "accuracy", "value": round(figures["accuracy"], 4), "verified": False},
                {"type": "log_loss", "value": round(figures["log_loss"], 4), "verified": False},
            ],
        }
        for source, figures in artifact.metrics["validation"].items()
    ]
    subject = stated_subject(artifact.training)
    return {
        **({"language": subject.language} if subject.language else {}),
        "license": "mit",
        "pipeline_tag": "text-classification",
        "library_name": "gatewise",
        "tags": ["sentiment", "gru", "interpretability"],
        "model-index": [{"name": artifact.name, "results": results}],
    }


def _summary(artifact: Artifact) -> str:
    sizes = artifact.weights.config
    subject = stated_subject(artifact.training)
    stated = f"{subject.description}\n\n" if subject.description else ""
    return stated + (
        f"Classifies {subject.texts} as {' or '.join(LABELS)}: one left-to-right GRU layer "
        f"of {sizes.hidden_size} units over {sizes.embedding_size}-dimensional vectors of "
        f"{sizes.vocab_size:,} words, with a linear head on the last state. "
        "`Predictor.load(directory).explain(text)` returns every gate, and the exact part of the "
        "logit that is due to each token.\n"
    )


def _figures(metrics: Mapping[str, Any]) -> str:
    header = ["held out", "reviews", "accuracy", "95 % interval", "log loss", "calibration error"]
    rows = [
        [
            f"{source} ({split})",
            f"{figures['n']:,}",
            f"{figures['accuracy']:.2%}",
            "{:.1%} to {:.1%}".format(*figures["interval"]),
            f"{figures['log_loss']:.3f}",
            f"{figures['ece']:.2%}",
        ]
        for split in ("validation", "test")
        for source, figures in metrics.get(split, {}).items()
    ]
    return markdown_table(header, rows) + (
        "\n\nThe validation texts were held out of the training data: seeded, stratified, with "
        "duplicates on one side. They chose the epoch, the weights of teachers if there are any, "
        f"{'whether to continue from the earlier model, ' if metrics.get('start') else ''}"
        f"and the calibration temperature ({metrics['temperature']:.3f}, included in the head). "
        "Vocabulary, word vectors and language model were trained without them. To measure again: "
        "`gatewise evaluate --model DIR`, with `--source` if the reviews are now somewhere else.\n"
    )


def _reliability(metrics: Mapping[str, Any]) -> str:
    """Return accuracy by confidence, with bars of ten blocks for accuracies from 50 to 100 %."""
    rows = [
        [
            source,
            f"{entry['confidence']:.1%}",
            f"{entry['accuracy']:.1%}",
            f"{entry['n']:,}",
            "█" * max(0, round(20 * (entry["accuracy"] - 0.5))),
        ]
        for source, figures in metrics["validation"].items()
        for entry in figures["reliability"]
    ]
    header = ["held out", "mean confidence", "accuracy", "texts", ""]
    return markdown_table(header, rows) + "\n"


def _by_length(metrics: Mapping[str, Any]) -> str:
    rows = [
        [
            source,
            f"{group['shortest']:,} to {group['longest']:,}",
            f"{group['n']:,}",
            f"{group['accuracy']:.1%}",
        ]
        for source, figures in metrics["validation"].items()
        for group in figures["by_length"]
    ]
    return markdown_table(["held out", "tokens", "texts", "accuracy"], rows) + "\n"


def _history(metrics: Mapping[str, Any]) -> str:
    """Return the validation figures of every stage, reviews and snippets together."""
    rows = []
    for stage, records in metrics["history"].items():
        for record in records:
            figures = ", ".join(
                f"{name.replace('_', ' ')} {value:.4g}"
                for name, value in record.items()
                if name not in ("epoch", "seconds", "teacher")
            )
            minutes = f"{record['seconds'] / 60:.1f}" if "seconds" in record else ""
            epoch = str(record.get("epoch", ""))
            rows.append([record.get("teacher", stage), epoch, figures, minutes])
    return markdown_table(["stage", "epoch", "figures", "minutes so far"], rows) + "\n"


def _data(metrics: Mapping[str, Any]) -> str:
    counts = metrics["texts"]
    known = [f"- {SOURCES[source]}" for source in metrics["validation"] if source in SOURCES]
    return "\n".join(
        [
            f"{counts['train']:,} labelled texts to train on, {counts['validation']:,} held out, "
            f"{counts['unlabelled']:,} without labels.\n",
            *known,
            data_notes(metrics),
        ]
    )


def training_command(stored: Mapping[str, Any]) -> str:
    """Return the command of a stored configuration: its preset, and what differs from it.

    Args:
        stored: The block `training` of an artifact, of this version or an older one.
    """
    training = read_training_config(stored).model_dump(mode="json")
    preset = training["preset"]
    plain = TrainingConfig.model_validate({"preset": preset}).model_dump(mode="json")
    # The defaults of other options depend on these.
    decisive = {name: training[name] for name in ("source", "seed", "init_from")}
    defaults = TrainingConfig.model_validate({"preset": preset, **decisive}).model_dump(mode="json")
    defaults |= {name: plain[name] for name in decisive}
    return " ".join(
        ["gatewise train", f"--preset {preset}", *_changed(training, defaults), "--out DIR"]
    )


def _recipe(artifact: Artifact) -> str:
    minutes = ", ".join(
        f"{stage} {seconds / 60:.1f}" for stage, seconds in artifact.metrics["seconds"].items()
    )
    return (
        f"```\n{training_command(artifact.training)}\n```\n\n"
        "If `--source` is a path, it contained the data named above. Minutes by stage, on "
        f"{artifact.training['threads']} threads: {minutes}. The whole configuration is in "
        "`config.json` under `training`.\n"
        + _lineage(artifact.name, artifact.version, artifact.metrics.get("start"))
    )


def _lineage(name: str, version: str, start: Mapping[str, Any] | None) -> str:
    """Describe the model that a model continues from, with its command, and the ones before it."""
    if start is None:
        return ""
    before = _lineage(start["name"], start["version"], start["start"])
    return (
        f"\n{name} {version} continues from {start['name']} {start['version']}, whose training "
        f"took {start['minutes']:.0f} minutes (`--init-from` and `--teacher-model` above name "
        "where models were at that time):\n\n"
        f"```\n{training_command(start['training'])}\n```\n{before}"
    )


def _changed(options: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[str]:
    """Return the command-line options that differ from the defaults, those of groups dotted."""
    written = []
    for name, value in options.items():
        if isinstance(value, Mapping):
            for inner, inner_value in value.items():
                if inner_value != defaults[name][inner]:
                    # None means that the group uses the option of the run itself.
                    used = options[inner] if inner_value is None else inner_value
                    written.append(_option(f"{name}.{inner}", used))
        elif value != defaults[name]:
            written.append(_option(name, value))
    return written


def _option(name: str, value: object) -> str:
    flag = name.replace("_", "-")
    if isinstance(value, bool):
        return f"--{flag}" if value else f"--no-{flag}"
    if isinstance(value, list):
        written = (f"--{flag} {shlex.quote(str(entry))}" for entry in value)
        return " ".join(written) or f"--no-{flag}"
    return f"--{flag} {shlex.quote(str(value))}"


_LIMITS = """\
- It was trained on {texts}.{unstated} Texts on other subjects or in other languages get a
  prediction, too, based on little; `coverage` is the share of their words that it knows.
- It was trained with two labels: a neutral or mixed text gets a probability near 0.5 at best.
- It reads words in lower case, one by one: sarcasm, and what only capital letters express, is lost.
- People, films and names in its training data may carry a sentiment of their own.
"""


def _limits(subject: Subject) -> str:
    unstated = [
        name
        for name, value in (("language", subject.language), ("domain", subject.domain))
        if not value
    ]
    note = f" Its {' and '.join(unstated)} {'were' if unstated[1:] else 'was'} not stated."
    return _LIMITS.format(texts=subject.texts, unstated=note if unstated else "")
