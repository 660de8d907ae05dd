"""The named recipes: what each changes of the defaults. Their times and figures: README."""

from typing import Any, Literal

PresetName = Literal["quick", "standard", "best"]

_LANGUAGE_MODEL_FIT: dict[str, Any] = {
    "learning_rate": 1e-3,
    "embedding_rate": 0.3,
    "head_rate": 3.0,
    "warmup_share": 0.1,
    "running_loss": 0.3,
    "epochs": 2,
}

PRESETS: dict[PresetName, dict[str, Any]] = {
    # Packaged reviews in minutes: word2vec, then the labels.
    "quick": {},
    # A language model of all text first, then the labels.
    "standard": {
        **_LANGUAGE_MODEL_FIT,
        "learning_rate": 2e-3,
        "embedding_rate": 1.0,
        "precision": "bfloat16",
        "vocab_size": 32_768,
        "min_frequency": 3,
        "embedding_size": 256,
        "hidden_size": 256,
        "language_model": {"epochs": 2},
    },
    # What the shipped model began with. Its teachers judge the 50,000 unlabelled reviews.
    "best": {
        **_LANGUAGE_MODEL_FIT,
        "epochs": 1,
        "source": "hub",
        "precision": "bfloat16",
        "vocab_size": 32_768,
        "min_frequency": 3,
        "validation_fraction": 0.2,
        "embedding_size": 256,
        "hidden_size": 512,
        "batch_size": 80,
        "language_model": {"epochs": 3},
        "teachers": ("nb_svm", "gru", "backward_gru"),
        "teacher": _LANGUAGE_MODEL_FIT,
        "teaching_rounds": 2,
        "finish": {
            **_LANGUAGE_MODEL_FIT,
            "batch_size": 80,
            "learning_rate": 5e-4,
            "crisp_gates": 0.3,
        },
    },
}
