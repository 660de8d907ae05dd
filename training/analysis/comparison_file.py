"""A comparison of explainers as a file, written after every text, so that it can be resumed."""

from collections import Counter
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from gatewise.models.errors import ResumeError
from gatewise.training.analysis.explainer_metrics import Figures, TextFigures, summarize, table
from gatewise.training.atomic_io import write_text


class Comparison(BaseModel):
    """A comparison, as far as it is done.

    Attributes:
        model: The model that is explained.
        request: Everything else that the results depend on.
        missing: Packages that are not installed, whose explainers are left out.
        summary: Averages over the texts, by kind of text and explainer.
        texts: The figures of every text.
    """

    model_config = ConfigDict(extra="forbid")

    model: str
    request: dict[str, JsonValue]
    missing: list[str]
    summary: dict[str, dict[str, Figures]] = {}
    texts: list[TextFigures] = []

    def with_text(self, text: TextFigures) -> "Comparison":
        """Return the comparison with one more text, and with new averages."""
        texts = [*self.texts, text]
        return self.model_copy(update={"texts": texts, "summary": summarize(texts)})

    def table(self) -> str:
        """Return the averages as Markdown tables."""
        return table(self.summary, Counter(text.kind for text in self.texts))


def resume(fresh: Comparison, path: Path) -> Comparison:
    """Read what is done of a comparison.

    Args:
        fresh: The comparison without any text.
        path: The file; it need not exist.

    Returns:
        The comparison in the file, or `fresh` if there is no file.

    Raises:
        ResumeError: The file contains another comparison or something else.
    """
    if not path.exists():
        return fresh
    try:
        found = Comparison.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ResumeError(f"{path} is not a comparison. Choose another --out.") from error
    if (found.model, found.request, found.missing) != (fresh.model, fresh.request, fresh.missing):
        raise ResumeError(
            f"{path} contains another comparison ({found.model}, {found.request}). Pass the same "
            "options to resume it, or choose another --out."
        )
    return found


def save(comparison: Comparison, path: Path) -> None:
    """Write the comparison atomically."""
    write_text(comparison.model_dump_json(indent=1), path)
