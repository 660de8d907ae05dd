"""The distribution of gate values on validation reviews, against which a token is unusual.

A gate value has no meaning by itself: 0.3 is low for one network and high for another. A token is
therefore compared with the tokens of validation reviews, whose statistics are measured at export
and stored with the model. Two quantities are compared, one for each gate:

    recalled share   share of the candidate that comes from the recalled context; low if the reset
                     gate excluded the old state
    released share   share of the old state, weighted by the head, that the update gate replaced

Both depend on the position in the text, because the state is small at the start of a text. The
statistics are therefore kept for bands of positions, each twice as long as the one before.
The first token of a text has no old state; it is not counted and never unusual.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from jaxtyping import Float32, Float64, Int64
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gatewise.models.errors import ArtifactCorruptError

# A value is unusual if it lies in the outermost so many percent of the validation tokens.
UNUSUAL_PERCENT = 5
# First position of each band; the last band has no end.
BAND_STARTS = (1, 2, 4, 8, 16, 32, 64, 128)
_PERCENTS = np.arange(101)


@dataclass(frozen=True)
class GateStatistics:
    """Gate values on validation reviews, without the first token of each.

    Attributes:
        texts: Number of reviews.
        tokens: Number of tokens.
        mean_reset: Mean of the reset gate of each unit.
        mean_update: Mean of the update gate of each unit.
        recalled_share: Percentiles 0 to 100 of the recalled share, for each band.
        released_share: Percentiles 0 to 100 of the released share, for each band.
    """

    texts: int
    tokens: int
    mean_reset: Float32[np.ndarray, " H"]
    mean_update: Float32[np.ndarray, " H"]
    recalled_share: Float64[np.ndarray, "8 101"]
    released_share: Float64[np.ndarray, "8 101"]

    @classmethod
    def unmeasured(cls, hidden_size: int) -> "GateStatistics":
        """Return a placeholder for a model that was not measured; by it, no token is unusual."""
        means = np.full(hidden_size, 0.5, dtype=np.float32)  # (H,)
        bands = len(BAND_STARTS)
        return cls(0, 0, means, means, np.zeros((bands, 101)), np.ones((bands, 101)))

    @property
    def low_recalled_share(self) -> Float64[np.ndarray, "8"]:
        """Recalled share of each band below which a token is unusual."""
        return self.recalled_share[:, UNUSUAL_PERCENT]

    @property
    def high_released_share(self) -> Float64[np.ndarray, "8"]:
        """Released share of each band above which a token is unusual."""
        return self.released_share[:, 100 - UNUSUAL_PERCENT]

    def to_json(self) -> dict[str, Any]:
        """Return the statistics as JSON-compatible data, which `read_statistics` reads."""
        return {
            "texts": self.texts,
            "tokens": self.tokens,
            "mean_reset": self.mean_reset.tolist(),
            "mean_update": self.mean_update.tolist(),
            "percentiles": {
                "recalled_share": self.recalled_share.tolist(),
                "released_share": self.released_share.tolist(),
            },
        }


def bands_of(tokens: int) -> Int64[np.ndarray, " T"]:
    """Return the band of each token of a text with so many tokens; the first has band 0."""
    return np.searchsorted(BAND_STARTS, np.maximum(np.arange(tokens), 1), side="right") - 1


def percentiles_by_band(
    values: Float64[np.ndarray, " N"], bands: Int64[np.ndarray, " N"]
) -> Float64[np.ndarray, "8 101"]:
    """Compute the percentiles 0 to 100 of the values in each band.

    Args:
        values: The values; at least one is in the first band.
        bands: Band of each value.

    Returns:
        One row for each band. A band without values has those of the band before it.
    """
    rows: list[Float64[np.ndarray, "101"]] = []
    for band in range(len(BAND_STARTS)):
        inside = values[bands == band]
        rows.append(np.percentile(inside, _PERCENTS) if len(inside) else rows[-1])
    return np.stack(rows)


_Share = Annotated[float, Field(ge=0, le=1)]
_Percentiles = Annotated[list[_Share], Field(min_length=101, max_length=101)]
_Bands = Annotated[
    list[_Percentiles], Field(min_length=len(BAND_STARTS), max_length=len(BAND_STARTS))
]


class _Shares(BaseModel):
    recalled_share: _Bands
    released_share: _Bands


class _Stored(BaseModel):
    """Schema of a file of gate statistics."""

    model_config = ConfigDict(extra="forbid")

    texts: int = Field(ge=1)
    tokens: int = Field(ge=1)
    mean_reset: list[_Share]
    mean_update: list[_Share]
    percentiles: _Shares


def read_statistics(content: bytes, *, name: str) -> GateStatistics:
    """Parse gate statistics that were written by `GateStatistics.to_json`.

    Args:
        content: Content of the file.
        name: Name of the file, for the error message.

    Raises:
        ArtifactCorruptError: The content does not conform to the schema.
    """
    try:
        stored = _Stored.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise ArtifactCorruptError(
            f"{name} is not a set of gate statistics ({place}: {first['msg']}). Export again."
        ) from error
    return GateStatistics(
        texts=stored.texts,
        tokens=stored.tokens,
        mean_reset=np.array(stored.mean_reset, dtype=np.float32),
        mean_update=np.array(stored.mean_update, dtype=np.float32),
        recalled_share=np.array(stored.percentiles.recalled_share),
        released_share=np.array(stored.percentiles.released_share),
    )
