"""`python -m training crisp`: accuracy against the share of gates that are open or shut."""

import sys
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from training.crisp import crisp_curve, crisp_table
from training.memory import keep_freed_memory


class CrispCommand(BaseModel):
    """Repeat the last passes of a run with the gate penalty at several strengths."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    trained: Path
    """Directory of a finished run that has last passes, such as one of --preset best."""
    out: Path
    """Directory for the runs, one for each strength; a second start goes on there."""
    strengths: list[Annotated[float, Field(ge=0)]] = Field([0.0, 0.1, 0.3, 1.0, 3.0], min_length=1)
    """Weights of the penalty in the loss: `--strengths 0 --strengths 1`."""
    epochs: int | None = Field(None, ge=1)
    """Passes at each strength; by default those of the run."""

    def cli_cmd(self) -> None:
        """Train what is not trained yet, and print the table."""
        keep_freed_memory()
        points = crisp_curve(self.trained, self.out, strengths=self.strengths, epochs=self.epochs)
        sys.stdout.write(crisp_table(points))
