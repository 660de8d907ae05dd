"""The weights of a network as the safetensors file of an artifact.

New artifacts store the three large matrices (embedding, `weight_ih`, `weight_hh`) in 8 bits: each
as integers, and as `…_scale` what the integers of each row are multiplied by. Artifacts of earlier
versions have a float16 embedding, a `weight_hh` of bfloat16 numbers, and nothing else rounded. All
biases and the head are float32. After loading, everything is float32.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
from jaxtyping import Float32, Shaped
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from gatewise.models.errors import ArtifactCorruptError
from gatewise.models.int8 import Int8Matrix, exact_int8
from gatewise.models.weights import GRUParameters, NetworkWeights

StoredPrecision = Literal["int8", "bfloat16"]
Arrays = Mapping[str, Shaped[np.ndarray, "..."]]

_EMBEDDING, _HEAD_WEIGHT, _HEAD_BIAS = "embedding.weight", "head.weight", "head.bias"
_WEIGHT_IH, _WEIGHT_HH = "gru.weight_ih_l0", "gru.weight_hh_l0"
_BIAS_IH, _BIAS_HH = "gru.bias_ih_l0", "gru.bias_hh_l0"


def store_precision(weights: NetworkWeights) -> NetworkWeights:
    """Round the weights to the precision in which they are stored.

    Metrics are measured after this, so that they are those of the stored model.

    Args:
        weights: The trained weights.

    Returns:
        The weights with embedding, `weight_ih` and `weight_hh` rounded to 8 bits, with a scale for
        each row. All are float32 arrays.
    """
    gru = weights.gru
    return replace(
        weights,
        embedding=Int8Matrix.nearest(weights.embedding).to_float32(),
        gru=replace(
            gru,
            weight_ih=Int8Matrix.nearest(gru.weight_ih).to_float32(),
            weight_hh=Int8Matrix.nearest(gru.weight_hh).to_float32(),
        ),
    )


def write_weights(weights: NetworkWeights) -> tuple[bytes, StoredPrecision]:
    """Write weights as a safetensors file.

    Args:
        weights: The weights. They are not rounded: those that are not 8-bit numbers are stored as
            earlier versions did.

    Returns:
        The content of the file, and the precision of its matrices.
    """
    gru = weights.gru
    arrays: dict[str, Shaped[np.ndarray, "..."]] = {
        _BIAS_IH: gru.bias_ih,
        _BIAS_HH: gru.bias_hh,
        _HEAD_WEIGHT: weights.head_weight[None],
        _HEAD_BIAS: np.array([weights.head_bias], dtype=np.float32),
    }
    matrices = {
        _EMBEDDING: weights.embedding,
        _WEIGHT_IH: gru.weight_ih,
        _WEIGHT_HH: gru.weight_hh,
    }
    in_8_bits = {name: exact_int8(matrix) for name, matrix in matrices.items()}
    exact = {name: matrix for name, matrix in in_8_bits.items() if matrix}
    precision: StoredPrecision = "int8" if len(exact) == len(matrices) else "bfloat16"
    if precision == "int8":
        arrays |= {name: matrix.numbers for name, matrix in exact.items()}
        arrays |= {_scale_of(name): matrix.scales for name, matrix in exact.items()}
    else:
        arrays |= {**matrices, _EMBEDDING: weights.embedding.astype(np.float16)}
    return save_tensors(arrays, metadata={"format": "pt"}), precision


def read_weights(data: bytes, precision: StoredPrecision, *, name: str) -> NetworkWeights:
    """Read a safetensors file that `write_weights` wrote.

    Args:
        data: Content of the file.
        precision: Precision of its matrices.
        name: Name of the file, for the error.

    Raises:
        ArtifactCorruptError: The file has another format, or its matrices another precision.
    """
    try:
        arrays = load_tensors(data)
        embedding, weight_ih, weight_hh = (
            _read_matrix(arrays, matrix, precision)
            for matrix in (_EMBEDDING, _WEIGHT_IH, _WEIGHT_HH)
        )
        return NetworkWeights(
            embedding=embedding,
            gru=GRUParameters(weight_ih, weight_hh, arrays[_BIAS_IH], arrays[_BIAS_HH]),
            head_weight=arrays[_HEAD_WEIGHT][0],
            head_bias=float(arrays[_HEAD_BIAS][0]),
        )
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ArtifactCorruptError(
            f"{name} is not a set of SentimentGRU weights ({error}). Export again."
        ) from error


def _read_matrix(
    arrays: Arrays, name: str, precision: StoredPrecision
) -> Float32[np.ndarray, "R D"]:
    matrix = arrays[name]
    if (matrix.dtype == np.int8) != (precision == "int8"):
        raise TypeError(f"{name} is {matrix.dtype}, but the precision is {precision}")
    if precision == "int8":
        return Int8Matrix(matrix, arrays[_scale_of(name)]).to_float32()
    return matrix.astype(np.float32)


def _scale_of(name: str) -> str:
    return f"{name}_scale"
