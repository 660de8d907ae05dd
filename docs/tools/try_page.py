"""The page `try/` of the site, which runs a model in the browser: its files that are built.

`docs/try/` has the page itself. Beside it belong

    model.onnx    the model, with all traces
    reading.json  vocabulary, spellings and the rule of undecided texts, from the Python package
    ort/          ONNX Runtime for browsers, from the npm package onnxruntime-web

Node.js is needed for the last of them. Where it is missing, the site is built without the page.
"""

import json
import unicodedata
from pathlib import Path
from shutil import copy2
from typing import Any

import numpy as np

from docs.tools.figures import RELEASES, ROOT
from gatewise.models.artifact.artifact import Artifact, load_artifact
from gatewise.models.artifact.decision_rule import DecisionRule
from gatewise.models.decision.word_measures import word_measures
from gatewise.models.onnx_export import export_onnx
from gatewise.models.text.alignment import AlignedText
from gatewise.models.text.characters import fold_characters
from gatewise.models.text.signs import RATING_SIGNS
from gatewise.models.text.spelling import COMMON, CONTRACTIONS, DIGITS, SOUNDS, english_words
from gatewise.models.tokenizer import UNKNOWN_ID

FOLDER = "try"
MODEL = "imdb-gru-96"
NODE_PACKAGE = ROOT / "node_modules" / "onnxruntime-web"
# The runtime for the processor alone, in one thread: the only one that needs no HTTP headers.
_RUNTIME = (
    "ort.wasm.min.mjs",
    "ort-wasm-simd-threaded.mjs",
    "ort-wasm-simd-threaded.wasm",
)
# Characters beyond ASCII that the page reads: Latin letters, punctuation and currencies.
_RANGES = ((0xA0, 0x180), (0x1E00, 0x1F00), (0x2010, 0x2060), (0x20A0, 0x20C1), (0x2122, 0x2123))
# Python's IGNORECASE takes it for an i, JavaScript's does not.
_DOTLESS_I = "\u0131"


def can_be_built() -> bool:
    """Return whether the npm package that the page needs is installed."""
    return (NODE_PACKAGE / "dist" / _RUNTIME[0]).is_file()


def build(folder: Path) -> None:
    """Write the model, the data of its reader, and the runtime beside the page.

    Args:
        folder: Where the site has the page.
    """
    directory = RELEASES / MODEL
    export_onnx(directory, folder / "model.onnx", traces=True)
    data = reading_data(load_artifact(directory))
    (folder / "reading.json").write_text(
        json.dumps(data, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
    )
    (folder / "ort").mkdir(exist_ok=True)
    for name in _RUNTIME:
        copy2(NODE_PACKAGE / "dist" / name, folder / "ort" / name)


def reading_data(artifact: Artifact) -> dict[str, Any]:
    """Return what the page reads texts by.

    Args:
        artifact: The model.
    """
    words = artifact.tokenizer.words
    table = word_measures(words, unknown=UNKNOWN_ID, english=True)  # (4, V)
    is_word, _, is_common, domain = table
    return {
        "model": {"name": artifact.name, "version": artifact.version},
        "unknown": UNKNOWN_ID,
        "words": words,
        "common": COMMON,
        "english": sorted(english_words().difference(words)),
        "contractions": CONTRACTIONS,
        "sounds": SOUNDS,
        "digits": {chr(code): letter for code, letter in DIGITS.items()},
        "folded": folded_characters(),
        "decision": {
            "rule": _rule(artifact.decision) if artifact.decision else None,
            "kinds": "".join(str(int(kind)) for kind in is_word + is_common),
            "domain": [float(np.format_float_positional(value)) for value in domain],
        },
    }


def folded_characters() -> dict[str, str]:
    """Return the characters beyond ASCII that the page reads, and what each is read as.

    Only those that the package reads alike wherever they stand: no accents that combine with a
    letter, no numbers, no stars.
    """
    candidates = [chr(code) for first, last in _RANGES for code in range(first, last)]
    forms = {c: fold_characters(AlignedText(c)).text for c in candidates if _stands_alone(c)}
    plain = {c for c, form in forms.items() if form == c and unicodedata.category(c)[0] in "LPS"}
    return {
        character: form
        for character, form in forms.items()
        if form and all(part in plain or " " <= part <= "~" for part in form)
    }


def _stands_alone(character: str) -> bool:
    kind = unicodedata.category(character)[0]
    return kind not in "CM" and character not in RATING_SIGNS and character != _DOTLESS_I


def _rule(rule: DecisionRule) -> dict[str, Any]:
    """Return a rule as JSON, with the names of its numbers of a likeness, which pydantic drops."""
    likenesses = {name: getattr(rule, name)._asdict() for name in ("weights", "typical")}
    return {**rule.model_dump(), **likenesses}
