"""The parts of a step, and the product alone beside PyTorch's products, all on one thread."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Int32

from benchmarks.timing import measure
from gatewise.models.gru.kernels.int8.layer import Int8Layer
from gatewise.models.gru.kernels.int8.matmul import multiply_int8
from gatewise.models.gru.kernels.simd_matmul import STATE_STEPS
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.int8 import Int8Matrix
from gatewise.models.weights import NetworkWeights

Task = Callable[[], object]


def measure_parts(
    weights: NetworkWeights, texts: Sequence[Int32[np.ndarray, " T"]], *, rounds: int
) -> dict[str, float]:
    """Return how many milliseconds each part of a traced run takes on one thread.

    Args:
        weights: A network of 8-bit weights.
        texts: Word ids of texts of equal length.
        rounds: Number of timed rounds.

    Returns:
        Medians: the product of weights and states; what the words that are not in the table add;
        the nonlinearities and everything else of a run; recording the trace.
    """
    recurrence = Recurrence(weights, threads=1)
    tasks: dict[str, Task] = {
        "traced": lambda: recurrence.traces(texts),
        "last": lambda: recurrence.last_states(texts),
        "words": lambda: recurrence.input_rows(np.concatenate(texts)),
        "product": _product(weights, len(texts), len(texts[0])),
    }
    medians = {name: timing.median for name, timing in measure(tasks, rounds=rounds).items()}
    return {
        "product": medians["product"],
        "rare words": medians["words"],
        "nonlinearities and the rest": round(
            medians["last"] - medians["product"] - medians["words"], 2
        ),
        "recording the trace": round(medians["traced"] - medians["last"], 2),
    }


def measure_products(
    weights: NetworkWeights, batch: int, *, tokens: int, rounds: int
) -> dict[str, float]:
    """Return how many milliseconds the products of a run take alone, on one thread.

    Args:
        weights: A network of 8-bit weights.
        batch: Number of states.
        tokens: Number of products in sequence.
        rounds: Number of timed rounds.

    Returns:
        Medians of ours with states of 16 bits and of 8, of PyTorch's in float32, and of PyTorch's
        8-bit dynamic quantization.
    """
    weight = torch.from_numpy(weights.gru.weight_hh)  # (3H, H)
    states = torch.rand(batch, weight.shape[1]) * 2 - 1  # (B, H)
    tasks: dict[str, Task] = {
        "ours": _product(weights, batch, tokens),
        "ours, 8-bit states": _product(weights, batch, tokens, kind=np.int8),
        "torch float32": _repeated(lambda: torch.nn.functional.linear(states, weight), tokens),
    }
    if "x86" in torch.backends.quantized.supported_engines:
        scales = weight.abs().amax(1) / 127  # (3H,)
        zeros = torch.zeros(len(weight), dtype=torch.long)
        quantized = torch.quantize_per_channel(weight, scales, zeros, 0, torch.qint8)
        packed = torch.ops.quantized.linear_prepack(quantized, None)
        tasks["torch int8"] = _repeated(
            lambda: torch.ops.quantized.linear_dynamic(states, packed), tokens
        )
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.inference_mode():
        timings = measure(tasks, rounds=rounds)
    torch.set_num_threads(threads)
    return {name: timing.median for name, timing in timings.items()}


def _repeated(task: Task, times: int) -> Task:
    def run() -> None:
        for _ in range(times):
            task()

    return run


def _product(
    weights: NetworkWeights,
    batch: int,
    tokens: int,
    *,
    kind: type[np.signedinteger] = np.int16,
) -> Task:
    """Return a task that multiplies the weights on the state as often as a run does."""
    matrix = Int8Matrix.nearest(weights.gru.weight_hh)
    layer = Int8Layer.pack(matrix, weights.gru.bias_hh, steps=STATE_STEPS[kind])
    generator = np.random.default_rng(0)
    largest = STATE_STEPS[kind]
    states = generator.integers(-largest, largest, (layer.lanes, layer.depth)).astype(kind)
    sums = np.empty((layer.lanes, layer.bias.size), dtype=np.float32)

    def run() -> None:
        for _ in range(tokens):
            for first in range(0, batch, layer.lanes):
                count = min(layer.lanes, batch - first)
                multiply_int8(
                    layer.weights,
                    layer.tiles,
                    layer.scale,
                    layer.bias,
                    states,
                    layer.depth,
                    count,
                    sums,
                )

    return run
