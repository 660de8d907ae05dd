"""What each hidden unit does in real reviews: where it acts most, and how long it remembers.

Made once, by `python -m training search --index`, and kept with a model. Four kinds of places are
kept for each unit, the strongest first, each word once and each text once:

    resets        its reset gate is lowest: the old state is kept out of its candidate
    keeps         its update gate z is highest: the old state stays
    writes        its update gate z is lowest: the candidate is taken
    contributes   what it writes there adds most to the logit at the end, or takes most from it

A unit's memory is the half-life of what it holds. An update gate keeps a share z of it at every
token, so after k tokens a share Π z, in the geometric mean exp(k · mean ln z), is left, and a half
of it after ln ½ / mean ln z tokens.
"""

from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.errors import ArtifactCorruptError

# Gates are stored with so many decimals: enough to tell 0.99998 from 1.
GATE_DECIMALS = 5
KINDS = ("resets", "keeps", "writes", "contributes")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Occurrence(_Record):
    """A word at which a unit acted, with a few words on both sides.

    `value` is the gate, in PyTorch's convention, or the contribution to the logit.
    """

    value: float
    before: str
    word: str
    after: str


class UnitProfile(_Record):
    """One unit: the tokens after which half of what it held is gone, and where it acts most."""

    half_life: Annotated[float, Field(ge=0)]
    resets: tuple[Occurrence, ...]
    keeps: tuple[Occurrence, ...]
    writes: tuple[Occurrence, ...]
    contributes: tuple[Occurrence, ...]


class UnitIndex(_Record):
    """All units of a model, in order, with what they were measured on."""

    source: str
    texts: Annotated[int, Field(ge=1)]
    tokens: Annotated[int, Field(ge=1)]
    units: tuple[UnitProfile, ...]


class StoredIndex:
    """An index as the bytes of its file: read when it is first asked for, and then once."""

    def __init__(self, content: bytes) -> None:
        """Keep the bytes."""
        self.content = content

    @classmethod
    def of(cls, index: UnitIndex) -> "StoredIndex":
        """Write an index out."""
        return cls(index.model_dump_json().encode())

    @cached_property
    def index(self) -> UnitIndex:
        """Read it. Raises `ArtifactCorruptError` if it is anything else."""
        try:
            return UnitIndex.model_validate_json(self.content)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the file"
            raise ArtifactCorruptError(
                f"The unit index is damaged ({place}: {first['msg']}). Make it again with "
                "`python -m training search --index`."
            ) from error
