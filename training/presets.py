"""The presets: which defaults each of them changes."""

from typing import Any, Literal

PresetName = Literal["quick", "standard", "best", "refine"]

# A fit that continues from a language model: its embedding is changed little, its new head much.
_AFTER_LANGUAGE_MODEL: dict[str, Any] = {
    "learning_rate": 1e-3,
    "embedding_rate": 0.3,
    "head_rate": 3.0,
    "warmup_share": 0.1,
    "running_loss": 0.3,
}

# What `--init-from` changes of the preset `quick`: a trained model learns a few hundred to some
# thousands of reviews of another domain.
AFTER_MODEL: dict[str, Any] = {
    **_AFTER_LANGUAGE_MODEL,
    "epochs": 6,
    "batch_size": 16,
    "learning_rate": 5e-4,
    "validation_fraction": 0.2,
}

PRESETS: dict[PresetName, dict[str, Any]] = {
    # The packaged reviews in minutes: word2vec, then the labels.
    "quick": {},
    # A language model of all text first, then the labels.
    "standard": {
        **_AFTER_LANGUAGE_MODEL,
        "epochs": 2,
        "learning_rate": 2e-3,
        "embedding_rate": 1.0,
        "precision": "bfloat16",
        "vocab_size": 32_768,
        "min_frequency": 3,
        "embedding_size": 256,
        "hidden_size": 256,
        "language_model": {"epochs": 2},
    },
    # The recipe from nothing that earlier versions of the shipped model began with.
    # Its teachers label the 50,000 unlabelled reviews of IMDb.
    "best": {
        **_AFTER_LANGUAGE_MODEL,
        "epochs": 1,
        "batch_size": 80,
        "source": "hub",
        "precision": "bfloat16",
        "vocab_size": 32_768,
        "min_frequency": 3,
        "validation_fraction": 0.2,
        "embedding_size": 256,
        "hidden_size": 512,
        "language_model": {"epochs": 3},
        "teachers": ("nb_svm", "gru", "backward_gru"),
        "teacher": {"epochs": 2, "batch_size": 64},
        "teaching_rounds": 2,
        "finetune": {"epochs": 2, "learning_rate": 5e-4, "gate_saturation_penalty": 0.3},
    },
    # From a model of whole reviews, such as one of `best`, to one that is right on short texts, on
    # revisions that turn the label and on negation; by default once more from the release.
    # Unlabelled reviews with the probabilities of the release keep what it knows.
    "refine": {
        "source": "hub",
        "init_from": "imdb-gru-512",
        "teacher_model": ("imdb-gru-512",),
        "add": ("cad", "sst", "augmented"),
        "mix": ("imdb=6000", "unlabelled=6000", "cad=3x", "sst=20000", "augmented=12000"),
        "epochs": 4,
        "batch_size": 32,
        "learning_rate": 3e-4,
        "embedding_rate": 1 / 3,
        "head_rate": 1.0,
        "warmup_share": 0.05,
        # The label of a text that turns is not yet known at its first tokens.
        "running_loss": 0.0,
        # Hold out what the release has held out.
        "split_key": "read",
        "validation_fraction": 0.2,
        "patience": 4,
    },
}
