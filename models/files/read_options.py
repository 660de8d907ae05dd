"""How the texts and labels of a source are read: the options that `train` and `evaluate` share.

Importing this module loads neither PyTorch nor NumPy.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

UNLABELLED = -1
LEFT_OUT = -2  # a label whose rows are not read
_TARGETS = {"1": 1, "0": 0, "-1": UNLABELLED, "": LEFT_OUT}


class ReadOptions(BaseModel):
    """The columns, labels and encoding of a source that does not have the usual ones.

    The data sets with names of their own, `packaged` and `hub`, need none of these options.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    text_column: str = "text"
    """Name of the column with the texts."""
    label_column: str = "label"
    """Name of the column with the labels."""
    label_map: str | None = None
    """Which labels are positive (1) and negative (0): "pos=1,neg=0". "mixed=-1" reads rows as
    unlabelled, "mixed=" leaves them out."""
    stars: int | None = Field(None, ge=2)
    """Labels are ratings of up to this many stars. Those in the middle (3 of 5; 5 and 6 of 10) are
    left out."""
    delimiter: str | None = None
    """Separator of the fields: a character, or `tab`. By default a comma, and a tab in .tsv."""
    encoding: str | None = None
    """Encoding of text files. By default UTF-8, or detected where a file is not UTF-8."""
    on_bad_row: Literal["stop", "skip"] = "stop"
    """What a row that cannot be read does: `stop` ends the run with its line and the reason, `skip`
    leaves the row out and logs it."""

    @field_validator("label_map")
    @classmethod
    def _check_label_map(cls, value: str | None) -> str | None:
        if value is not None:
            parse_label_map(value)
        return value

    @field_validator("delimiter")
    @classmethod
    def _check_delimiter(cls, value: str | None) -> str | None:
        if value in {"tab", "\\t"}:
            return "\t"
        if value is not None and (len(value) != 1 or value in '"\r\n'):
            raise ValueError(f"must be one character other than a quote, or tab, got {value!r}")
        return value

    @field_validator("encoding")
    @classmethod
    def _check_encoding(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                "".encode(value)
            except LookupError as error:
                raise ValueError(f"must be an encoding such as cp1252, got {value!r}") from error
        return value


def parse_label_map(written: str) -> dict[str, int]:
    """Parse a label map.

    Args:
        written: Pairs such as "pos=1,neg=0,mixed=".

    Returns:
        For every label, in lower case: 1 (positive), 0 (negative), `UNLABELLED` or `LEFT_OUT`.

    Raises:
        ValueError: A pair is malformed, a label is repeated, or 0 or 1 is missing.
    """
    labels: dict[str, int] = {}
    for pair in written.split(","):
        name, separator, target = (part.strip() for part in pair.rpartition("="))
        key = name.lower()
        if not separator or not name or target not in _TARGETS:
            raise ValueError(f'must be pairs such as "pos=1,neg=0", got {pair.strip()!r}')
        if key in labels:
            raise ValueError(f"has the label {name!r} twice")
        labels[key] = _TARGETS[target]
    if not {0, 1} <= set(labels.values()):
        raise ValueError(f'must have a positive (=1) and a negative (=0) label, got "{written}"')
    return labels
