"""`python -m training lab`: the claims about gates, tested."""

import sys
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from training.lab.experiments import CLAIMS
from training.lab.options import FAST, LabOptions
from training.lab.run import Lab


class LabCommand(BaseModel):
    """Test what is said about GRU gates, and write a report. With --fast, in minutes."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    out: Path
    """Directory of the lab; a second start goes on there."""
    fast: bool = False
    """One seed, small nets and few texts: to see all of it work, not to believe it."""
    only: list[str] = []
    """Claims to examine, by their numbers: `--only C11`. All, if none is named."""
    source: str = "packaged"
    """Where reviews come from: `packaged`, `hub`, or a file or directory, as for `run`."""
    seeds: int | None = Field(None, ge=1)
    """Trainings of every net on texts, if not as many as usual."""
    workers: int = Field(2, ge=1)
    """Trainings side by side, one thread each."""
    docs: Path | None = None
    """Directory to write gates.md, its plots and lab.json to."""

    @field_validator("only")
    @classmethod
    def _are_claims(cls, names: list[str]) -> list[str]:
        unknown = sorted(set(names) - set(CLAIMS))
        if unknown:
            raise ValueError(f"No claim is named {', '.join(unknown)}: they are C1 to C16.")
        return names

    @model_validator(mode="after")
    def _docs_are_of_all(self) -> "LabCommand":
        if self.docs and self.only:
            raise ValueError("The docs are written from all claims: leave out --only.")
        return self

    def cli_cmd(self) -> None:
        """Run the lab, and say of every claim whether the figures bear it out."""
        chosen = {"source": self.source, "workers": self.workers}
        if self.seeds is not None:
            chosen["seeds"] = self.seeds
        size = FAST.model_dump() if self.fast else {}
        entries = Lab(LabOptions.model_validate(size | chosen), self.out)(
            only=self.only, docs=self.docs
        )
        for name, entry in entries.items():
            sys.stdout.write(f"{name}: {entry['supports']}. {entry['answer']}\n")
