"""The names of the arithmetics in which states are multiplied; `recurrence` describes them."""

from typing import Literal

Precision = Literal["float32", "bfloat16", "int8", "int8x8"]
