"""What gates do on reviews that nobody trained on: the yardstick for calling one token unusual.

A gate value says little by itself: 0.3 is low for one network and high for another. So a token is
called unusual only against the same quantity at the tokens of validation reviews, measured once
when a model is exported and stored with it. Two quantities are compared, one for each gate:

    recalled share   how much of a candidate came from recalled context: low where the reset gate
                     kept the old state out
    released share   how much of the old state, weighed by the head, the update gate let go

A young state is let go of more easily than an old one, whatever the word: a token is therefore
compared with tokens about as far from the start of their texts, in bands that double. The first
token of a text has no old state, so it is neither counted nor ever unusual.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from jaxtyping import Float32, Float64, Int64
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.errors import ArtifactCorruptError

# Unusual is what fewer than so many of a hundred validation tokens reach.
UNUSUAL_PERCENT = 5
# Positions at which a band of tokens begins; the last one has no end.
BAND_STARTS = (1, 2, 4, 8, 16, 32, 64, 128)
_PERCENTS = np.arange(101)


@dataclass(frozen=True)
class GateStatistics:
    """Gates on `texts` validation reviews of `tokens` tokens, their first ones left out.

    `mean_reset` and `mean_update` are each unit's own average; `recalled_share` and
    `released_share` are the percentiles 0 to 100 of these quantities over the tokens of each band.
    """

    texts: int
    tokens: int
    mean_reset: Float32[np.ndarray, " H"]
    mean_update: Float32[np.ndarray, " H"]
    recalled_share: Float64[np.ndarray, "8 101"]
    released_share: Float64[np.ndarray, "8 101"]

    @classmethod
    def unmeasured(cls, hidden_size: int) -> "GateStatistics":
        """Stand in until a model has been measured. By these, no token is unusual."""
        half = np.full(hidden_size, 0.5, dtype=np.float32)  # (H,)
        bands = len(BAND_STARTS)
        return cls(0, 0, half, half, np.zeros((bands, 101)), np.ones((bands, 101)))

    @property
    def low_recalled_share(self) -> Float64[np.ndarray, "8"]:
        """Below this, a recalled share is unusually low, for each band."""
        return self.recalled_share[:, UNUSUAL_PERCENT]

    @property
    def high_released_share(self) -> Float64[np.ndarray, "8"]:
        """Above this, a released share is unusually high, for each band."""
        return self.released_share[:, 100 - UNUSUAL_PERCENT]

    def to_json(self) -> dict[str, Any]:
        """Write it as plain lists and numbers; `read_statistics` reads them."""
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
    """Answer the band of each token of a text; the first token is put with the second."""
    return np.searchsorted(BAND_STARTS, np.maximum(np.arange(tokens), 1), side="right") - 1


def percentiles_by_band(
    values: Float64[np.ndarray, " N"], bands: Int64[np.ndarray, " N"]
) -> Float64[np.ndarray, "8 101"]:
    """Answer the percentiles 0 to 100 of the values in each band.

    A band without values, for want of texts that long, has those of the band before; there must be
    one in the first.
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
    """What a file of gate statistics must hold."""

    model_config = ConfigDict(extra="forbid")

    texts: int = Field(ge=1)
    tokens: int = Field(ge=1)
    mean_reset: list[_Share]
    mean_update: list[_Share]
    percentiles: _Shares


def read_statistics(content: bytes, *, name: str) -> GateStatistics:
    """Read what `GateStatistics.to_json` wrote to the file `name`.

    Raises `ArtifactCorruptError` if it is anything else.
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
