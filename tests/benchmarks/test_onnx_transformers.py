"""Transformers of random weights are exported and run as ONNX."""

import pytest
from datasets import Dataset

from benchmarks.onnx_transformers import transformer

TEXTS = ["A fine film.", "The plot is thin and the first half drags."]


@pytest.mark.slow
@pytest.mark.parametrize("is_int8", [False, True])
def test_an_exported_transformer_classifies_texts_of_any_length(is_int8: bool) -> None:
    for package in ("transformers", "onnxscript", "onnxruntime"):
        pytest.importorskip(package)
    classifier = transformer("bert-tiny", is_int8=is_int8)(Dataset.from_dict({}), 1)
    assert len(classifier.classify(TEXTS)) == 2
    assert len(classifier.classify(["word " * 600])) == 1
    assert classifier.megabytes_on_disk
    assert (classifier.megabytes_on_disk < 10) is is_int8
