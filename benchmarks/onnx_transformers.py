"""Transformers as ONNX files, run by ONNX Runtime, in float32 and in dynamic 8-bit arithmetic.

Their weights are random, since their speed is the same with any. They read one token for each word,
fewer than their tokenizers would produce, up to their limit of 512.
"""

import logging
import subprocess
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cyclopts
import numpy as np
import torch
from datasets import Dataset
from jaxtyping import Int64

from benchmarks.classifier import Classifier, Load

_LIMIT = 512
_WORD = 2_000  # any id of the vocabulary


@dataclass(frozen=True)
class Size:
    """The sizes of an encoder.

    Attributes:
        hidden: Width of its states.
        layers: Number of layers.
        heads: Attention heads of a layer.
        is_distilled: Whether it is a DistilBERT, whose embedding is simpler than BERT's.
    """

    hidden: int
    layers: int
    heads: int
    is_distilled: bool = False


SIZES = {
    "DistilBERT": Size(768, 6, 12, is_distilled=True),
    "MiniLM-L6": Size(384, 6, 12),
    "bert-tiny": Size(128, 2, 2),
}


def transformer(name: str, *, is_int8: bool) -> Load:
    """Return a function that makes a classifier of random weights.

    Args:
        name: Name of the encoder in `SIZES`.
        is_int8: Whether its matrices are 8-bit integers, by dynamic quantization.
    """

    def load(_train: Dataset, threads: int) -> Classifier:
        import onnxruntime as ort  # noqa: PLC0415

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        with TemporaryDirectory() as directory:
            file = Path(directory) / "model.onnx"
            # In a process of its own: the memory that exporting takes is not the classifier's.
            command = [sys.executable, "-m", __name__, name, str(file)]
            subprocess.run([*command, *(["--int8"] if is_int8 else [])], check=True)  # noqa: S603
            session = ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
            megabytes = file.stat().st_size / 2**20

        def classify(texts: Sequence[str]) -> Sequence[bool]:
            mask = _mask(texts)  # (B, T)
            logits = session.run(None, {"input_ids": mask * _WORD, "attention_mask": mask})[0]
            return (logits[:, 1] > logits[:, 0]).tolist()

        return Classifier(classify, megabytes, trained=False, share_of_reviews=0.1)

    return load


def _mask(texts: Sequence[str]) -> Int64[np.ndarray, "B T"]:
    """Mark the tokens of texts that are padded to the longest."""
    lengths = [min(_LIMIT, len(text.split())) for text in texts]
    mask = np.zeros((len(texts), max(lengths)), dtype=np.int64)  # (B, T)
    for row, length in enumerate(lengths):
        mask[row, :length] = 1
    return mask


def export(name: str, file: Path, *, int8: bool = False) -> None:
    """Write a network of random weights as ONNX.

    Args:
        name: Name of the encoder in `SIZES`.
        file: The file to write.
        int8: Whether its matrices are stored as 8-bit integers.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    model = _network(SIZES[name]).eval()
    example = torch.ones(2, 16, dtype=torch.long)  # (B, T)
    axes = {
        0: torch.export.Dim("B", min=1, max=_LIMIT),
        1: torch.export.Dim("T", min=2, max=_LIMIT),
    }
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts of PyTorch that its exporter itself uses
        program = torch.onnx.export(
            model,
            kwargs={"input_ids": example, "attention_mask": example},
            dynamic_shapes={"input_ids": axes, "attention_mask": axes},
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("PyTorch exported nothing.")
    program.save(file)
    if int8:
        quantize_dynamic(file, file, weight_type=QuantType.QInt8)


def _network(size: Size) -> Any:
    import transformers  # noqa: PLC0415

    if size.is_distilled:
        distilled = transformers.DistilBertConfig(
            dim=size.hidden,
            n_layers=size.layers,
            n_heads=size.heads,
            hidden_dim=4 * size.hidden,
        )
        return transformers.DistilBertForSequenceClassification(distilled)
    config = transformers.BertConfig(
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=4 * size.hidden,
    )
    return transformers.BertForSequenceClassification(config)


if __name__ == "__main__":
    cyclopts.run(export)
