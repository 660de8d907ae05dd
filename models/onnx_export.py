"""A model as one ONNX file, for runtimes without Python: ONNX Runtime, also in a browser.

The file has the network, not the reading of texts: its input are word ids, as
`WordTokenizer.encode` returns them. It needs the package `onnx`.

    input   ids                  (B, T) int64    each row one text, filled up at the end with 0
    output  logit                (B,) float32    log-odds of positive after the last token

and, with `traces`, everything that `GateTrace` has of each token, 0 after the end of a text:

    output  reset_gate           (B, T, H) float32
    output  update_gate          (B, T, H) float32    1 keeps the old state
    output  candidate            (B, T, H) float32
    output  hidden               (B, T, H) float32
    output  running_probability  (B, T) float32       P(positive) if the text ended there

States are computed by ONNX's operator `GRU`, whose `linear_before_reset` is the form of
`models.gru.equations`. The operator has no output for gates; they are computed from its states, by
one product with all words and one with all states. Matrices are stored in the smallest type that
has their numbers exactly: 8-bit integers with scales, float16 or float32.
"""

import errno
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from jaxtyping import Float32, Shaped
from onnx import TensorProto, helper, numpy_helper

from gatewise.models.artifact.artifact import load_artifact
from gatewise.models.artifact.config import CONFIG, TOKENIZER, WEIGHTS, read_config
from gatewise.models.int8 import exact_int8
from gatewise.models.tokenizer import PAD_ID
from gatewise.models.weights import NetworkWeights

TRACED = ("reset_gate", "update_gate", "candidate", "hidden", "running_probability")
"""The outputs of `traces`."""
# Versions that runtimes since 2022 can read.
_OPSET = 17
_IR_VERSION = 8
_FLOAT, _INT64 = TensorProto.FLOAT, TensorProto.INT64


def export_onnx(model: Path, path: Path, *, traces: bool = False) -> None:
    """Write a model as an ONNX file.

    The file appears whole or not at all; one that is there is replaced.

    Args:
        model: Directory of the model.
        path: The file to write.
        traces: Whether the file has gates, candidates, states and running probabilities, too.

    Raises:
        ArtifactError: The model does not exist, is damaged, or does not fit this version.
        OSError: The file cannot be written: its directory does not exist, for example.
    """
    artifact = load_artifact(model)
    checksums = read_config(model / CONFIG).checksums
    graph = build_graph(artifact.weights, traces=traces)
    helper.set_model_props(
        graph,
        {
            "name": artifact.name,
            "version": artifact.version,
            "weights_sha256": checksums[WEIGHTS],
            "tokenizer_sha256": checksums[TOKENIZER],
        },
    )
    _write_whole(graph.SerializeToString(deterministic=True), path)


def build_graph(weights: NetworkWeights, *, traces: bool) -> onnx.ModelProto:
    """Build the network as an ONNX model.

    Args:
        weights: The network.
        traces: Whether the model has all outputs, or the logit alone.

    Returns:
        The model, which has passed ONNX's checker.
    """
    graph = _Graph(weights)
    graph.add_logit()
    if traces:
        graph.add_traces()
    return graph.finished()


class _Graph:
    """The nodes, constants and outputs of one model. Names of values are those of the equations."""

    def __init__(self, weights: NetworkWeights) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, Shaped[np.ndarray, "..."]] = {}
        self._outputs: list[onnx.ValueInfoProto] = []

    def add_logit(self) -> None:
        """Add embedding, GRU and head, down to the logit."""
        gru, units = self._weights.gru, self._weights.gru.hidden_size
        self._add_embedding()
        self._node("Equal", ["ids", self._integers("pad", PAD_ID)], "is_pad")
        self._node("Not", ["is_pad"], "is_token")  # (B, T)
        self._node("Cast", ["is_token"], "counted", to=TensorProto.INT32)
        self._node("ReduceSum", ["counted", self._integers("axis_1", [1])], "lengths", keepdims=0)
        self._add_matrix("W", _in_onnx_order(gru.weight_ih))  # (3H, E)
        self._add_matrix("R", _in_onnx_order(gru.weight_hh))  # (3H, H)
        self._constants["W_bias"] = _in_onnx_order(gru.bias_ih)  # (3H,)
        self._constants["R_bias"] = _in_onnx_order(gru.bias_hh)  # (3H,)
        self._node("Concat", ["W_bias", "R_bias"], "biases", axis=0)
        direction = self._integers("axis_0", [0])
        for name in ("W", "R", "biases"):
            self._node("Unsqueeze", [name, direction], f"{name}_forward")
        self._node(
            "GRU",
            ["x", "W_forward", "R_forward", "biases_forward", "lengths"],
            ["states", "last_state"],  # (T, 1, B, H), (1, B, H)
            hidden_size=units,
            linear_before_reset=1,
        )
        self._constants["head"] = self._weights.head_weight[:, None]  # (H, 1)
        self._constants["head_bias"] = np.array([self._weights.head_bias], dtype=np.float32)  # (1,)
        self._node("Squeeze", ["last_state", direction], "last")  # (B, H)
        self._node("MatMul", ["last", "head"], "last_product")  # (B, 1)
        self._node("Add", ["last_product", "head_bias"], "last_logit")
        self._node("Squeeze", ["last_logit", "axis_1"], "logit")  # (B,)
        self._output("logit", ["B"])

    def add_traces(self) -> None:
        """Add what each token did: gates and candidates from the states, and probabilities."""
        self._node("Squeeze", ["states", "axis_1"], "h")  # (T, B, H)
        self._node("Shape", ["last_state"], "shape_of_state")
        self._node("ConstantOfShape", ["shape_of_state"], "zero_state")  # (1, B, H)
        ends = [self._integers("minus_1", [-1]), "axis_0"]
        self._node("Slice", ["h", "axis_0", *ends], "h_but_last")
        self._node("Concat", ["zero_state", "h_but_last"], "h_before", axis=0)  # (T, B, H)
        for name, operand in (("W", "x"), ("R", "h_before")):
            self._node("Transpose", [name], f"{name}_transposed", perm=[1, 0])
            self._node("MatMul", [operand, f"{name}_transposed"], f"{name}_product")
            self._node("Add", [f"{name}_product", f"{name}_bias"], f"{name}_sum")  # (T, B, 3H)
            self._node("Split", [f"{name}_sum"], [f"{name}_{gate}" for gate in "zrn"], axis=2)
        for gate in "zr":
            self._node("Add", [f"W_{gate}", f"R_{gate}"], f"{gate}_sum")
            self._node("Sigmoid", [f"{gate}_sum"], gate)  # (T, B, H)
        self._node("Mul", ["r", "R_n"], "context_part")
        self._node("Add", ["W_n", "context_part"], "n_sum")
        self._node("Tanh", ["n_sum"], "n")  # (T, B, H)
        self._node("MatMul", ["h", "head"], "running_product")  # (T, B, 1)
        self._node("Add", ["running_product", "head_bias"], "running_logit")
        self._node("Sigmoid", ["running_logit"], "p")
        self._node("Cast", ["is_token"], "mask_of_tokens", to=_FLOAT)
        self._node("Unsqueeze", ["mask_of_tokens", self._integers("axis_2", [2])], "mask")
        for value, output in zip(("r", "z", "n", "h"), TRACED[:-1], strict=True):
            self._masked(value, output)  # (B, T, H)
            self._output(output, ["B", "T", self._weights.gru.hidden_size])
        self._masked("p", "p_column")  # (B, T, 1)
        self._node("Squeeze", ["p_column", "axis_2"], TRACED[-1])  # (B, T)
        self._output(TRACED[-1], ["B", "T"])

    def finished(self) -> onnx.ModelProto:
        """Return the model, checked."""
        constants = [numpy_helper.from_array(array, k) for k, array in self._constants.items()]
        ids = helper.make_tensor_value_info("ids", _INT64, ["B", "T"])
        graph = helper.make_graph(
            self._nodes, "gatewise", [ids], self._outputs, initializer=constants
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", _OPSET)],
            ir_version=_IR_VERSION,
            producer_name="gatewise",
        )
        onnx.checker.check_model(model, full_check=True)
        return model

    def _add_embedding(self) -> None:
        """Add the vectors of the words as `x`, (T, B, E)."""
        rows = exact_int8(self._weights.embedding)
        if rows is None:
            self._constants["embedding"] = _smallest_float(self._weights.embedding)  # (V, E)
            self._node("Gather", ["embedding", "ids"], "stored_vectors")  # (B, T, E)
            self._node("Cast", ["stored_vectors"], "vectors", to=_FLOAT)
        else:
            # Only rows of words that occur become float32.
            self._constants["embedding"] = rows.numbers  # (V, E)
            self._constants["embedding_scale"] = rows.scales[:, None]  # (V, 1)
            self._node("Gather", ["embedding", "ids"], "integers")  # (B, T, E)
            self._node("Gather", ["embedding_scale", "ids"], "scales")  # (B, T, 1)
            self._node("Cast", ["integers"], "numbers", to=_FLOAT)
            self._node("Mul", ["numbers", "scales"], "vectors")
        self._node("Transpose", ["vectors"], "x", perm=[1, 0, 2])  # (T, B, E)

    def _add_matrix(self, name: str, matrix: Float32[np.ndarray, "R D"]) -> None:
        rows = exact_int8(matrix)
        if rows is None:
            self._constants[name] = matrix
            return
        self._constants[f"{name}_integers"] = rows.numbers
        self._constants[f"{name}_scale"] = rows.scales
        self._node("DequantizeLinear", [f"{name}_integers", f"{name}_scale"], name, axis=0)

    def _masked(self, value: str, output: str) -> None:
        """Add a value of (T, B, …) as (B, T, …), 0 after the end of each text."""
        self._node("Transpose", [value], f"{value}_by_text", perm=[1, 0, 2])
        self._node("Mul", [f"{value}_by_text", "mask"], output)

    def _node(
        self,
        kind: str,
        inputs: Sequence[str],
        outputs: str | list[str],
        **attributes: int | list[int],
    ) -> None:
        names = [outputs] if isinstance(outputs, str) else outputs
        node = helper.make_node(kind, inputs, names)
        node.attribute.extend(helper.make_attribute(*entry) for entry in attributes.items())
        self._nodes.append(node)

    def _integers(self, name: str, value: int | list[int]) -> str:
        self._constants[name] = np.array(value, dtype=np.int64)
        return name

    def _output(self, name: str, shape: list[str | int]) -> None:
        self._outputs.append(helper.make_tensor_value_info(name, _FLOAT, shape))


def _in_onnx_order(rows: Float32[np.ndarray, "R ..."]) -> Float32[np.ndarray, "R ..."]:
    """Return the blocks reset, update, candidate in ONNX's order: update, reset, candidate."""
    reset, update, candidate = np.split(rows, 3)
    return np.concatenate([update, reset, candidate])


def _smallest_float(matrix: Float32[np.ndarray, "R D"]) -> Shaped[np.ndarray, "R D"]:
    """Return a matrix as float16 if that has its numbers exactly, otherwise as it is."""
    with np.errstate(over="ignore"):
        rounded = matrix.astype(np.float16)
    return rounded if np.array_equal(rounded.astype(np.float32), matrix) else matrix


def _write_whole(content: bytes, path: Path) -> None:
    """Write a file under another name, and rename it when it is on the disk."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
        staging = Path(folder, path.name)
        with staging.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staging.replace(path)
