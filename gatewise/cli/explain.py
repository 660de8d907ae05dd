"""`gatewise explain`: the prediction of one text, token by token."""

from typing import TYPE_CHECKING, Any

from gatewise.cli.console import output_console, print_json, print_trimmed
from gatewise.cli.options import Json, Model
from gatewise.cli.rendering import render
from gatewise.cli.texts import read_text

if TYPE_CHECKING:
    from gatewise import Explanation, Predictor
    from gatewise.models.explain.attribution import Attributions


def explain(
    text: str | None = None,
    /,
    *,
    model: Model = None,
    as_json: Json = False,
) -> None:
    """Explain the prediction of one text, token by token.

    Prints the attribution of the tokens and the prediction after each of them. The attribution of a
    token is its part in the logit, the log-odds of positive; with the bias, they sum to the logit.

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
    attributions = predictor.attribution(explanation)
    flags = [
        [str(flag) for flag in found]
        for found in token_flags(explanation.decomposition, predictor.artifact.gates)
    ]
    if as_json:
        print_json(_record(predictor, explanation, attributions, flags))
    else:
        console = output_console()
        artifact = predictor.artifact
        title = f"{artifact.name} {artifact.version}"
        for part in render(
            explanation, attributions.total, flags, title=title, width=console.width
        ):
            print_trimmed(console, part)


def _record(
    predictor: "Predictor",
    explanation: "Explanation",
    attributions: "Attributions",
    flags: list[list[str]],
) -> dict[str, Any]:
    """Return what the command prints as JSON; the fields are those of `/explain`."""
    artifact, prediction = predictor.artifact, explanation.prediction
    decomposition, encoding = explanation.decomposition, explanation.encoding
    columns = {
        "start": encoding.starts,
        "end": encoding.ends,
        "known": encoding.known,
        "running_probability": explanation.running_probability,
        "attribution": attributions.total,
        "kept_share": decomposition.kept_share,
        "recalled_share": decomposition.recalled_share,
        "released_share": decomposition.released_share,
    }
    parts = {
        "total": decomposition.total,
        "new_word": decomposition.new_word,
        "recalled_context": decomposition.recalled_context,
    }
    tokens = [
        {
            "text": encoding.word(place),
            **{name: values[place].item() for name, values in columns.items()},
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
        "warnings": list(prediction.warnings),
        "text": encoding.text,
        "tokens": tokens,
        "decomposition": {
            "bias": decomposition.bias,
            "logit": decomposition.logit,
            "residual": decomposition.residual,
        },
        "attribution": {"residual": attributions.residual},
    }
