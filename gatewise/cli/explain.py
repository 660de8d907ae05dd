"""`gatewise explain`: the prediction of one text, token by token."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gatewise.cli.console import output_console, print_json, print_trimmed
from gatewise.cli.options import Json, Model
from gatewise.cli.rendering import render
from gatewise.cli.texts import read_text

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float32

    from gatewise import Explanation, Predictor
    from gatewise.models.explain.account import Account, Phrase
    from gatewise.models.explain.flags import Flag


def explain(
    text: str | None = None,
    /,
    *,
    model: Model = None,
    as_json: Json = False,
) -> None:
    """Explain the prediction of one text, token by token.

    Prints the attribution of the tokens and the prediction after each of them. The attribution of a
    token is its part in the logit, the log-odds of positive: bias + attributions = logit.

    Args:
        text: The text; without it, all of stdin is one text.
        model: Directory, release name or Hub id (user/name) of the model.
        as_json: Print all figures as one JSON object, with the field names of the API.
    """
    from gatewise import Predictor
    from gatewise.models.errors import InvalidTextError
    from gatewise.models.explain.flags import token_flags

    if text is None and (text := read_text()) is None:
        raise InvalidTextError("The text is not valid UTF-8.")
    predictor = Predictor.load(model)
    explanation = predictor.explain(text)
    account = predictor.account(explanation)
    flags = token_flags(explanation.decomposition, predictor.artifact.gates)
    if as_json:
        print_json(_record(predictor, explanation, account, flags))
    else:
        console = output_console()
        artifact = predictor.artifact
        title = f"{artifact.name} {artifact.version}"
        for part in render(explanation, account, flags, title=title, width=console.width):
            print_trimmed(console, part)


def _record(
    predictor: "Predictor",
    explanation: "Explanation",
    account: "Account",
    flags: "Sequence[Sequence[Flag]]",
) -> dict[str, Any]:
    """Return what the command prints as JSON.

    It has the fields of a `/explain` response with `attribution`, except those that describe a
    request or a model: `notation`, `unusual`, and what was not requested.
    """
    from gatewise.models.explain.attribution import GROWTH

    artifact, prediction = predictor.artifact, explanation.prediction
    decomposition, encoding = explanation.decomposition, explanation.encoding
    columns = {
        "start": encoding.starts,
        "end": encoding.ends,
        "known": encoding.known,
        "running_probability": explanation.running_probability,
        "attribution": account.attribution.total,
        "without": account.without,
        "kept_share": decomposition.kept_share,
        "recalled_share": decomposition.recalled_share,
        "released_share": decomposition.released_share,
    }
    parts = {
        "total": decomposition.total,
        "new_word": decomposition.new_word,
        "recalled_context": decomposition.recalled_context,
    }
    reset = _summaries(explanation.trace.reset_gate, artifact.gates.mean_reset)
    update = _summaries(explanation.trace.update_gate, artifact.gates.mean_update)
    tokens = [
        {
            "text": encoding.word(place),
            "read_as": encoding.read_as(place),
            **{name: values[place].item() for name, values in columns.items()},
            "reset": reset[place],
            "update": update[place],
            "decomposition": {name: values[place].item() for name, values in parts.items()},
            "flags": flags[place],
        }
        for place in range(len(encoding))
    ]
    return {
        "model": {"name": artifact.name, "version": artifact.version},
        "label": prediction.label,
        "score": prediction.score,
        "probabilities": prediction.probabilities,
        "coverage": prediction.coverage,
        "undecided": prediction.undecided,
        "warnings": list(prediction.warnings),
        "text": encoding.text,
        "convention": "pytorch",
        "tokens": tokens,
        "decomposition": {
            "bias": decomposition.bias,
            "logit": decomposition.logit,
            "residual": decomposition.residual,
        },
        "attribution": {"growth": list(GROWTH), "residual": account.attribution.residual},
        "clauses": _phrases(account.clauses),
        "sentences": _phrases(account.sentences),
        "turning_point": explanation.turning_point,
    }


def _summaries(
    gate: "Float32[np.ndarray, 'T H']", usual: "Float32[np.ndarray, ' H']"
) -> list[dict[str, float]]:
    """Summarize a gate over its units, for every token."""
    from gatewise.models.explain.gate_summary import summarize_gate

    found = summarize_gate(gate, usual)
    columns = {name: values.tolist() for name, values in vars(found).items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _phrases(phrases: "Sequence[Phrase]") -> list[dict[str, Any]]:
    return [
        {
            "start_token": phrase.start,
            "end_token": phrase.end,
            "text": phrase.text,
            "attribution": phrase.attribution,
            "without": phrase.without,
        }
        for phrase in phrases
    ]
