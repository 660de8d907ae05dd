"""`gatewise predict`: classify texts from the command line or from stdin."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.text import Text

from gatewise.cli.console import print_error, print_json, print_line, printable
from gatewise.cli.options import Json, Model
from gatewise.cli.texts import Line, read_lines

if TYPE_CHECKING:
    from gatewise import Prediction, Predictor
    from gatewise.models.tokenizer import Encoding

LABEL_STYLES = {
    "negative": "bold red1",
    "positive": "bold dodger_blue1",
    "undecided": "bold yellow",
}
_TEXTS = "The texts; without any, each line of stdin is a text"
_SHOWN = 60  # characters of a text


def predict(
    *texts: Annotated[str, Parameter(help=_TEXTS)],
    model: Model = None,
    as_json: Json = False,
) -> int:
    """Classify texts, one line of output for each.

    Prints the label, its probability and the beginning of the text. A text that the model cannot
    score is printed as undecided, with the more probable label and the reason after it. A text that
    cannot be read is reported with its number; the others are classified, and the exit status is 1.

    Args:
        *texts: The texts; without any, each line of stdin is a text.
        model: Directory, release name or Hub id (user/name) of the model.
        as_json: Print one JSON object per text.
    """
    from gatewise import Predictor

    predictor = Predictor.load(model)
    given = [Line(number, text) for number, text in enumerate(texts, 1)]
    failed = False
    for batch in [given] if given else read_lines():
        for line, outcome in predict_lines(predictor, batch):
            if isinstance(outcome, str):
                failed = True
                print_error(outcome, prefix=f"{'text' if given else 'line'} {line.number}: ")
            elif as_json:
                print_json({"number": line.number, **asdict(outcome)})
            else:
                print_line(_row(outcome, line.text or ""))
    return int(failed)


def predict_lines(
    predictor: "Predictor", batch: Sequence[Line]
) -> Iterator[tuple[Line, "Prediction | str"]]:
    """Classify a batch of lines together.

    Yields:
        Each line, in order, with its prediction or with the reason why it has none.
    """
    encodings, reasons = {}, {}
    for line in batch:
        outcome = _encode(predictor, line)
        if isinstance(outcome, str):
            reasons[line.number] = outcome
        else:
            encodings[line.number] = outcome
    predictions = predictor.predict_encoded(list(encodings.values())) if encodings else []
    predicted = dict(zip(encodings, predictions, strict=True))
    for line in batch:
        yield line, predicted.get(line.number) or reasons[line.number]


def _encode(predictor: "Predictor", line: Line) -> "Encoding | str":
    """Tokenize a line, or return why that is not possible."""
    from gatewise.models.errors import InvalidTextError

    if line.text is None:
        return "The text is not valid UTF-8."
    try:
        return predictor.encode([line.text])[0]
    except InvalidTextError as error:
        return str(error)


def _row(prediction: "Prediction", text: str) -> Text:
    verdict = "undecided" if prediction.undecided else prediction.label
    shown = Text.assemble(
        (f"{verdict:9}", LABEL_STYLES[verdict]), f"  {prediction.score:.3f}  {shorten(text)}"
    )
    if prediction.undecided:
        shown.append(f"  ({prediction.label}?)", "yellow")
    for warning in prediction.warnings:
        shown.append(f"\n  {warning}", "yellow")
    return shown


def shorten(text: str) -> str:
    """Return a text on one line, cut to a fixed number of characters."""
    line = " ".join(printable(text[: 4 * _SHOWN]).split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
