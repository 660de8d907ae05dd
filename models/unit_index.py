"""Where each hidden unit acts most strongly in real reviews, and the half-life of its memory.

The index is computed by `gatewise search --index` and stored with a model. For each unit it lists
four kinds of tokens, the most extreme first, with each word and each text at most once:

    resets        its reset gate is lowest: the old state is excluded from its candidate
    keeps         its update gate z is highest: the old state is kept
    writes        its update gate z is lowest: the state is replaced by the candidate
    contributes   its contribution to the final logit is largest, by absolute value

The half-life follows from the update gate, which keeps a share z of the state at every token. After
k tokens a share Π z is left, exp(k · mean ln z) by the geometric mean, so the half-life is
ln ½ / mean ln z tokens.
"""

from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gatewise.models.errors import ArtifactCorruptError

# Decimals of stored gate values; enough to distinguish 0.99998 from 1.
GATE_DECIMALS = 5
KINDS = ("resets", "keeps", "writes", "contributes")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Occurrence(_Record):
    """A token at which a unit acted strongly, with its context.

    Attributes:
        value: The gate value, in PyTorch's convention, or the contribution to the logit.
        before: A few words before the token.
        word: The token.
        after: A few words after it.
    """

    value: float
    before: str
    word: str
    after: str


class UnitProfile(_Record):
    """The half-life of one unit, in tokens, and where it acts most strongly."""

    half_life: Annotated[float, Field(ge=0)]
    resets: tuple[Occurrence, ...]
    keeps: tuple[Occurrence, ...]
    writes: tuple[Occurrence, ...]
    contributes: tuple[Occurrence, ...]


class UnitIndex(_Record):
    """The profiles of all units in order, and the reviews that they were measured on."""

    source: str
    texts: Annotated[int, Field(ge=1)]
    tokens: Annotated[int, Field(ge=1)]
    units: tuple[UnitProfile, ...]


class StoredIndex:
    """The content of an index file, which is parsed on first access."""

    def __init__(self, content: bytes) -> None:
        """Store the content of the file."""
        self.content = content

    @classmethod
    def of(cls, index: UnitIndex) -> "StoredIndex":
        """Serialize an index."""
        return cls(index.model_dump_json().encode())

    @cached_property
    def index(self) -> UnitIndex:
        """The parsed index.

        Raises:
            ArtifactCorruptError: The content does not conform to the schema.
        """
        try:
            return UnitIndex.model_validate_json(self.content)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the file"
            raise ArtifactCorruptError(
                f"The unit index is damaged ({place}: {first['msg']}). Compute it again with "
                "`gatewise search --index`."
            ) from error
