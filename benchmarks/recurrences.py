"""The compiled recurrence, which records all gates, beside GRUs that record none.

All run the same weights on the same words: those of a release, rounded to 8 bits as a new artifact
stores them. The others run them as float32 (or round them further themselves) and are given
embedded words, as they expect them; ours looks its words up. Each may use all threads.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import onnx
import onnxruntime
import openvino
import torch
from jaxtyping import Float32, Int32
from onnx import TensorProto, helper

from benchmarks.bandwidth import memory_reader
from benchmarks.products import measure_parts, measure_products
from benchmarks.report import rounded_error
from benchmarks.tables import recurrence_tables
from benchmarks.timing import Timing, measure
from gatewise.models.artifact.stored_weights import store_precision
from gatewise.models.bfloat16 import from_bfloat16, to_bfloat16
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.weights import NetworkWeights
from gatewise.training.nets.network import SentimentGRU

PACKAGES = ("torch", "onnxruntime", "openvino")
TOKENS = 230
BATCHES = (1, 32)
_TOLERANCE = 1e-4
# These round more: ours the states, in the last case also the weights, and OpenVINO also what it
# computes between the products.
_ROUNDED_TOLERANCE = {
    "ours, traced": 1e-3,
    "ours, last state": 1e-3,
    "ours, traced, 8-bit states": 0.1,
    "ours, last state, 8-bit states": 0.1,
    "ours, traced, bfloat16 weights": 0.1,
    "ours, traced, bfloat16": 0.1,
    "OpenVINO bf16": 0.2,
}
_READING = "reading the weights"

Run = Callable[[], Float32[np.ndarray, "B H"]]


def measure_recurrences(weights: NetworkWeights, *, rounds: int, threads: int) -> dict[str, Any]:
    """Time every implementation, on one text and on a batch of 32.

    Args:
        weights: The network; all of them run it with weights of 8 bits.
        rounds: Number of timed rounds.
        threads: Largest number of threads of each.

    Returns:
        The figures: milliseconds, largest errors and ratios of medians.

    Raises:
        RuntimeError: An implementation computes other states than `torch.nn.GRU`.
    """
    torch.set_num_threads(threads)
    weights = store_precision(weights)
    figures: dict[str, Any] = {
        "tokens": TOKENS,
        "units": weights.config.hidden_size,
        "threads": threads,
    }
    bytes_per_token = Recurrence(weights).bytes_per_token
    for batch in BATCHES:
        texts = _random_texts(weights.config.vocab_size, batch)
        runs = {**_ours(weights, texts, threads), **_others(weights, np.stack(texts), threads)}
        figures[f"largest_error_batch_{batch}"] = _largest_errors(runs)
        tasks: dict[str, Callable[[], object]] = dict(runs)
        if batch == 1:
            tasks[_READING] = memory_reader(bytes_per_token, tokens=TOKENS)
        timings = measure(tasks, rounds=rounds)
        if batch == 1:
            figures["reading"] = _reading(timings.pop(_READING), bytes_per_token)
        figures[f"milliseconds_batch_{batch}"] = {n: asdict(t) for n, t in timings.items()}
        figures.update(_ratios(timings, batch))
        figures[f"parts_batch_{batch}"] = measure_parts(weights, texts, rounds=rounds)
        figures[f"products_batch_{batch}"] = measure_products(
            weights, batch, tokens=TOKENS, rounds=rounds
        )
    return figures


def recurrence_lines(figures: dict[str, Any]) -> list[str]:
    """Render the tables, and compare the time for one text with reading its weights alone."""
    return [*recurrence_tables(figures), "", _bound(figures)]


def _reading(timing: Timing, bytes_per_token: int) -> dict[str, float]:
    return {
        "bytes_per_token": bytes_per_token,
        "gigabytes_per_second": round(bytes_per_token * TOKENS / timing.median / 1e6, 1),
        "milliseconds": timing.median,
    }


def _bound(figures: dict[str, Any]) -> str:
    """Compare the time for one text with the time that only reading its weights takes."""
    reading, timings = figures["reading"], figures["milliseconds_batch_1"]
    bound = reading["milliseconds"]
    last, traced = (timings[f"ours, {name}"]["median"] / bound for name in ("last state", "traced"))
    return (
        f"One core reads the {reading['bytes_per_token'] / 1e6:.2f} MB of weights repeatedly "
        f"at {reading['gigabytes_per_second']:.0f} GB/s: {bound:.2f} ms for {figures['tokens']} "
        f"tokens, by a loop that does nothing else. Ours takes {last:.2f} × that for the last "
        f"state, and {traced:.2f} × with the trace."
    )


def _ratios(timings: dict[str, Timing], batch: int) -> dict[str, float]:
    ours = timings["ours, traced"].median
    others = {
        "bfloat16_weights": "ours, traced, bfloat16 weights",
        "onnxruntime": "ONNX Runtime",
        "torch": "torch.nn.GRU",
        "openvino_f32": "OpenVINO f32",
        "openvino_bf16": "OpenVINO bf16",
    }
    coarse = timings["ours, traced, 8-bit states"].median
    return {
        f"traced_over_{key}_batch_{batch}": round(ours / timings[name].median, 2)
        for key, name in others.items()
    } | {
        f"traced_8_bit_states_over_{key}_batch_{batch}": round(
            coarse / timings[others[key]].median, 2
        )
        for key in ("onnxruntime", "openvino_bf16")
    }


def _random_texts(vocab_size: int, count: int) -> list[Int32[np.ndarray, " T"]]:
    """Draw word ids with the frequencies of a language: low ids are frequent words (Zipf's law)."""
    generator = np.random.default_rng(0)
    log_ids = generator.uniform(np.log(2), np.log(vocab_size), (count, TOKENS))  # (B, T)
    return list(np.exp(log_ids).astype(np.int32))


def _ours(
    weights: NetworkWeights, texts: list[Int32[np.ndarray, " T"]], threads: int
) -> dict[str, Run]:
    weight_hh = from_bfloat16(to_bfloat16(weights.gru.weight_hh))  # (3H, H)
    wider = replace(weights, gru=replace(weights.gru, weight_hh=weight_hh))
    served = Recurrence(weights, threads=threads)
    coarse = Recurrence(weights, threads=threads, precision="int8x8")

    def traced(recurrence: Recurrence) -> Run:
        return lambda: np.stack([trace.hidden[-1] for trace in recurrence.traces(texts)])

    return {
        "ours, traced": traced(served),
        "ours, last state": lambda: served.last_states(texts),
        "ours, traced, 8-bit states": traced(coarse),
        "ours, last state, 8-bit states": lambda: coarse.last_states(texts),
        "ours, traced, float32 states": traced(
            Recurrence(weights, threads=threads, precision="float32")
        ),
        "ours, traced, bfloat16 weights": traced(Recurrence(wider, threads=threads)),
        "ours, traced, bfloat16": traced(Recurrence(wider, threads=threads, precision="bfloat16")),
    }


def _others(weights: NetworkWeights, ids: Int32[np.ndarray, "B T"], threads: int) -> dict[str, Run]:
    words = np.ascontiguousarray(weights.embedding[ids].transpose(1, 0, 2))  # (T, B, E)
    network = SentimentGRU.from_weights(weights).eval()
    network.gru.batch_first = False
    tensor = torch.from_numpy(words)  # (T, B, E)

    @torch.inference_mode()
    def run_torch() -> Float32[np.ndarray, "B H"]:
        return network.gru(tensor)[1][0].numpy()

    model = _onnx_model(weights)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    runs: dict[str, Run] = {
        "torch.nn.GRU": run_torch,
        "ONNX Runtime": lambda: session.run(["last"], {"words": words})[0][0],
    }
    core = openvino.Core()
    for precision in ("f32", "bf16"):
        hints = {
            "INFERENCE_PRECISION_HINT": precision,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
        }
        compiled = core.compile_model(core.read_model(model=model), "CPU", hints)
        runs[f"OpenVINO {precision}"] = _openvino(compiled, words)
    return runs


def _openvino(compiled: openvino.CompiledModel, words: Float32[np.ndarray, "T B E"]) -> Run:
    request = compiled.create_infer_request()
    return lambda: request.infer({0: words})[compiled.output(0)][0]


def _onnx_model(weights: NetworkWeights) -> bytes:
    """Write the network's GRU as an ONNX model.

    ONNX orders the gates update, reset, candidate; `linear_before_reset=1` applies the reset gate
    after the product with the state, as PyTorch does.
    """
    gru, sizes = weights.gru, weights.config

    def reordered(array: np.ndarray) -> np.ndarray:
        reset, update, candidate = np.split(array, 3)
        return np.concatenate([update, reset, candidate])

    arrays = {
        "W": reordered(gru.weight_ih)[None],  # (1, 3H, E)
        "R": reordered(gru.weight_hh)[None],  # (1, 3H, H)
        "B": np.concatenate([reordered(gru.bias_ih), reordered(gru.bias_hh)])[None],  # (1, 6H)
    }
    node = helper.make_node(
        "GRU",
        ["words", *arrays],
        ["", "last"],
        hidden_size=sizes.hidden_size,
        linear_before_reset=1,
    )
    words: list[str | int | None] = ["T", "B", sizes.embedding_size]
    last: list[str | int | None] = [1, "B", sizes.hidden_size]
    graph = helper.make_graph(
        [node],
        "gru",
        [helper.make_tensor_value_info("words", TensorProto.FLOAT, words)],
        [helper.make_tensor_value_info("last", TensorProto.FLOAT, last)],
        [onnx.numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    opset = helper.make_opsetid("", 17)
    return helper.make_model(graph, opset_imports=[opset], ir_version=9).SerializeToString()


def _largest_errors(runs: dict[str, Run]) -> dict[str, float]:
    """Compare every last state with that of `torch.nn.GRU`.

    Raises:
        RuntimeError: A difference is larger than rounding explains.
    """
    expected = runs["torch.nn.GRU"]()
    errors = {name: float(np.abs(run() - expected).max()) for name, run in runs.items()}
    for name, error in errors.items():
        if error > _ROUNDED_TOLERANCE.get(name, _TOLERANCE):
            raise RuntimeError(
                f"{name} computes other states than torch.nn.GRU: they differ by {error:.1e}."
            )
    return {name: rounded_error(error) for name, error in errors.items()}
