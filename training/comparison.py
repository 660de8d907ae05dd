"""A comparison as a file, written after every text, so that it can be stopped and gone on with."""

from collections import Counter
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from models.errors import ResumeError
from training.compare import Figures, TextFigures, summarize, table
from training.whole_files import write_text


class Comparison(BaseModel):
    """What was asked, what has been measured so far, and the averages of that."""

    model_config = ConfigDict(extra="forbid")

    model: str
    asked: dict[str, JsonValue]
    missing: list[str]
    summary: dict[str, dict[str, Figures]] = {}
    texts: list[TextFigures] = []

    def with_text(self, text: TextFigures) -> "Comparison":
        """Add one text, and renew the averages."""
        texts = [*self.texts, text]
        return self.model_copy(update={"texts": texts, "summary": summarize(texts)})

    def table(self) -> str:
        """Render the averages as Markdown."""
        return table(self.summary, Counter(text.kind for text in self.texts))


def go_on(fresh: Comparison, path: Path) -> Comparison:
    """Answer what the file at `path` has of this comparison, or `fresh` if there is none.

    Raises `ResumeError` if the file holds anything else, rather than overwrite it.
    """
    if not path.exists():
        return fresh
    try:
        found = Comparison.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ResumeError(f"{path} is no comparison. Name another file with --json.") from error
    if (found.model, found.asked, found.missing) != (fresh.model, fresh.asked, fresh.missing):
        raise ResumeError(
            f"{path} holds another comparison ({found.model}, {found.asked}). Ask for that one "
            "again to go on with it, or name another file with --json."
        )
    return found


def save(comparison: Comparison, path: Path) -> None:
    """Write the comparison; a kill leaves the old one or the new one."""
    write_text(comparison.model_dump_json(indent=1), path)
