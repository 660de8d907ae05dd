"""The task: follow a heading that turns step by step, and that a fix sets anew.

At every step the heading turns by −30°, 0° or 30°, or a fix gives it: an angle anywhere on the
circle, as its cosine and sine. The target after every step is the cosine and sine of the heading.
What was reckoned before a fix must be dropped at the fix, in the same step in which the fix is
written. The first step of every track is a fix.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from jaxtyping import Float, Float32

INPUTS = 6  # one of three turns, or a fix with its cosine and sine
FIX = 3  # place of the mark of a fix among the inputs
_TURNS = np.radians([-30.0, 0.0, 30.0])  # (3,)


@dataclass(frozen=True)
class Variant:
    """The task with one thing changed, to see what it is that needs a gate.

    Attributes:
        fix_share: Share of the steps, after the first one, that are fixes.
        poles: Whether fixes are at 0° or 180° only, instead of anywhere on the circle.
        relative: Whether a fix turns the heading by its angle, instead of setting it. Nothing has
            to be dropped then.
    """

    fix_share: float = 0.1
    poles: bool = False
    relative: bool = False


PLAIN = "fixes anywhere"
VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        PLAIN: Variant(),
        "fixes at 0° or 180°": Variant(poles=True),
        "fixes that turn": Variant(relative=True),
        "a fix at the start only": Variant(fix_share=0.0),
        "every second step a fix": Variant(fix_share=0.5),
    }
)


@dataclass(frozen=True)
class Tracks:
    """Inputs and targets of some tracks."""

    inputs: Float32[np.ndarray, "*N T 6"]
    targets: Float32[np.ndarray, "*N T 2"]


def draw_tracks(
    generator: np.random.Generator, variant: Variant, *, count: int, length: int
) -> Tracks:
    """Draw tracks.

    Args:
        generator: Source of the random numbers.
        variant: The task.
        count: Number of tracks B.
        length: Steps of a track T.
    """
    shape = (count, length)
    turns = generator.integers(0, len(_TURNS), shape)  # (B, T)
    fixes = generator.random(shape) < variant.fix_share  # (B, T)
    fixes[:, 0] = True
    angles = generator.uniform(-np.pi, np.pi, shape)  # (B, T)
    if variant.poles:
        angles = np.where(angles > 0, 0.0, np.pi)  # (B, T)
    inputs = np.zeros((*shape, INPUTS), dtype=np.float32)  # (B, T, 6)
    np.put_along_axis(inputs, turns[..., None], 1.0, axis=-1)
    inputs[fixes, :FIX] = 0.0
    inputs[fixes, FIX] = 1.0
    inputs[fixes, FIX + 1] = np.cos(angles[fixes])
    inputs[fixes, FIX + 2] = np.sin(angles[fixes])
    headings = _headings(_TURNS[turns], angles, fixes, relative=variant.relative)  # (B, T)
    targets = np.stack([np.cos(headings), np.sin(headings)], axis=-1)  # (B, T, 2)
    return Tracks(inputs, targets.astype(np.float32))


def _headings(
    turns: np.ndarray, angles: np.ndarray, fixes: np.ndarray, *, relative: bool
) -> np.ndarray:
    heading = np.zeros(len(turns))  # (B,)
    headings = np.empty(turns.shape)  # (B, T)
    for step in range(turns.shape[1]):
        base = heading if relative else 0.0
        heading = np.where(fixes[:, step], base + angles[:, step], heading + turns[:, step])  # (B,)
        headings[:, step] = heading
    return headings


def angle_errors(
    outputs: Float[np.ndarray, "*N 2"], targets: Float[np.ndarray, "*N 2"]
) -> Float[np.ndarray, "*N"]:
    """Return the angles between outputs and targets, in degrees from 0 to 180."""
    angles = (np.arctan2(vectors[..., 1], vectors[..., 0]) for vectors in (outputs, targets))
    difference = np.subtract(*angles)  # (*N)
    wrapped: np.ndarray = np.abs((difference + np.pi) % (2 * np.pi) - np.pi)  # (*N)
    return np.degrees(wrapped)
