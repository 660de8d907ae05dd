"""Our recurrence, with all gates recorded, beside recurrences that record none.

All run the same weights on the same words. Peers are given embedded words, as they expect them;
ours looks its words up. Every one may use all cores.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import onnx
import onnxruntime
import openvino
import torch
from jaxtyping import Float32, Int32
from onnx import TensorProto, helper

from models.recurrence import Recurrence
from models.weights import NetworkWeights
from tests.benchmarks.bandwidth import reader
from tests.benchmarks.report import markdown_table
from tests.benchmarks.timing import Timing, measure
from training.network import SentimentGRU

TOKENS = 230
BATCHES = (1, 32)
# OpenVINO rounds more than the factors of its products.
_NEAR = {"ours, traced, bfloat16": 1e-2, "OpenVINO bf16": 0.2}

_READING = "reading the weights"

Answer = Callable[[], Float32[np.ndarray, "B H"]]


def bench_recurrences(weights: NetworkWeights, *, rounds: int, threads: int) -> dict[str, Any]:
    """Time all of them, one text at a time and 32 at once; answer milliseconds and ratios."""
    torch.set_num_threads(threads)
    figures: dict[str, Any] = {
        "tokens": TOKENS,
        "units": weights.config.hidden_size,
        "threads": threads,
    }
    weights_read = Recurrence(weights).bytes_per_token
    for batch in BATCHES:
        texts = _texts(weights.config.vocab_size, batch)
        tasks = {**_ours(weights, texts, threads), **_peers(weights, np.stack(texts), threads)}
        figures[f"largest_error_batch_{batch}"] = _errors(tasks)
        timed: dict[str, Callable[[], object]] = dict(tasks)
        if batch == 1:
            timed[_READING] = reader(weights_read, tokens=TOKENS)
        timings = measure(timed, rounds=rounds)
        if batch == 1:
            figures["reading"] = _reading(timings.pop(_READING), weights_read)
        figures[f"milliseconds_batch_{batch}"] = {n: asdict(t) for n, t in timings.items()}
        figures.update(_ratios(timings, batch))
    return figures


def recurrence_lines(figures: dict[str, Any]) -> list[str]:
    """Tabulate milliseconds, what each takes for one of ours, and how far off its states are."""
    lines = [
        f"{figures['tokens']} tokens, {figures['units']} units, up to {figures['threads']} threads."
    ]
    for batch in BATCHES:
        timings = figures[f"milliseconds_batch_{batch}"]
        errors = figures[f"largest_error_batch_{batch}"]
        ours = timings["ours, traced"]["median"]
        titles = [f"batch of {batch}", "median ms", "quartiles", "x ours, traced", "largest error"]
        rows: list[list[object]] = [
            [
                name,
                f"{timing['median']:.2f}",
                f"{timing['low']:.2f} to {timing['high']:.2f}",
                f"{timing['median'] / ours:.2f}",
                f"{errors[name]:.0e}",
            ]
            for name, timing in timings.items()
        ]
        lines += ["", *markdown_table(titles, rows)]
    ratios: list[list[object]] = [
        [f"`{key}`", f"{figures[key]:.2f}"] for key in figures if key.startswith("traced_")
    ]
    lines += ["", *markdown_table(["ratio", "of medians"], ratios)]
    return [*lines, "", _reading_line(figures)]


def _reading(timing: Timing, weights_read: int) -> dict[str, float]:
    return {
        "bytes_per_token": weights_read,
        "gigabytes_per_second": weights_read * TOKENS / timing.median / 1e6,
        "milliseconds": timing.median,
    }


def _reading_line(figures: dict[str, Any]) -> str:
    """Set one text beside what merely reading the weights for it takes."""
    reading, timings = figures["reading"], figures["milliseconds_batch_1"]
    bound = reading["milliseconds"]
    last, traced = (timings[f"ours, {name}"]["median"] / bound for name in ("last state", "traced"))
    return (
        f"One core reads the {reading['bytes_per_token'] / 1e6:.2f} MB of weights over and over "
        f"at {reading['gigabytes_per_second']:.0f} GB/s: {bound:.2f} ms for {figures['tokens']} "
        f"tokens, by a plain loop that does nothing else. Ours takes {last:.2f} × "
        f"that for the last state, and {traced:.2f} × traced."
    )


def _ratios(timings: dict[str, Timing], batch: int) -> dict[str, float]:
    exact, rounded = timings["ours, traced"].median, timings["ours, traced, bfloat16"].median
    pairs = {
        "onnxruntime": (exact, "ONNX Runtime"),
        "torch": (exact, "torch.nn.GRU"),
        "openvino_f32": (exact, "OpenVINO f32"),
        "openvino_bf16": (rounded, "OpenVINO bf16"),
    }
    return {
        f"traced_over_{name}_batch_{batch}": ours / timings[peer].median
        for name, (ours, peer) in pairs.items()
    }


def _texts(vocab_size: int, count: int) -> list[Int32[np.ndarray, " T"]]:
    """Draw words as a language uses them: the frequent ones, which come first, far more often."""
    generator = np.random.default_rng(0)
    log_ids = generator.uniform(np.log(2), np.log(vocab_size), (count, TOKENS))
    return list(np.exp(log_ids).astype(np.int32))


def _ours(
    weights: NetworkWeights, texts: list[Int32[np.ndarray, " T"]], threads: int
) -> dict[str, Answer]:
    exact = Recurrence(weights, threads=threads)
    rounded = Recurrence(weights, threads=threads, precision="bfloat16")

    def traced(recurrence: Recurrence) -> Answer:
        return lambda: np.stack([trace.hidden[-1] for trace in recurrence.traces(texts)])

    return {
        "ours, traced": traced(exact),
        "ours, last state": lambda: exact.last_states(texts),
        "ours, traced, bfloat16": traced(rounded),
    }


def _peers(
    weights: NetworkWeights, ids: Int32[np.ndarray, "B T"], threads: int
) -> dict[str, Answer]:
    words = np.ascontiguousarray(weights.embedding[ids].transpose(1, 0, 2))  # (T, B, E)
    network = SentimentGRU.from_weights(weights).eval()
    network.gru.batch_first = False
    tensor = torch.from_numpy(words)

    @torch.inference_mode()
    def run_torch() -> Float32[np.ndarray, "B H"]:
        return network.gru(tensor)[1][0].numpy()

    model = _onnx_model(weights)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    peers: dict[str, Answer] = {
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
        peers[f"OpenVINO {precision}"] = _openvino(compiled, words)
    return peers


def _openvino(compiled: openvino.CompiledModel, words: Float32[np.ndarray, "T B E"]) -> Answer:
    request = compiled.create_infer_request()
    return lambda: request.infer({0: words})[compiled.output(0)][0]


def _onnx_model(weights: NetworkWeights) -> bytes:
    """Build the GRU of the ONNX standard: gates in the order z, r, n, reset after the product."""
    gru, sizes = weights.gru, weights.config

    def reordered(array: np.ndarray) -> np.ndarray:
        reset, update, candidate = np.split(array, 3)
        return np.concatenate([update, reset, candidate])

    arrays = {
        "W": reordered(gru.weight_ih)[None],
        "R": reordered(gru.weight_hh)[None],
        "B": np.concatenate([reordered(gru.bias_ih), reordered(gru.bias_hh)])[None],
    }
    node = helper.make_node(
        "GRU",
        ["words", *arrays],
        ["", "last"],
        hidden_size=sizes.hidden_size,
        linear_before_reset=1,
    )
    graph = helper.make_graph(
        [node],
        "gru",
        [
            helper.make_tensor_value_info(
                "words", TensorProto.FLOAT, ["T", "B", sizes.embedding_size]
            )
        ],
        [helper.make_tensor_value_info("last", TensorProto.FLOAT, [1, "B", sizes.hidden_size])],
        [onnx.numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    opset = helper.make_opsetid("", 17)
    return helper.make_model(graph, opset_imports=[opset], ir_version=9).SerializeToString()


def _errors(tasks: dict[str, Answer]) -> dict[str, float]:
    """Answer how far off each last state is at most; refuse what computes something else."""
    expected = tasks["torch.nn.GRU"]()
    errors = {name: float(np.abs(task() - expected).max()) for name, task in tasks.items()}
    for name, error in errors.items():
        if error > _NEAR.get(name, 1e-4):
            raise RuntimeError(f"{name} answers other states than torch.nn.GRU: {error:.1e} off.")
    return errors
