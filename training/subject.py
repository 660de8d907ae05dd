"""What a model was trained on, as the options --language, --domain and --description state it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LANGUAGES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pt": "Portuguese",
}


@dataclass(frozen=True)
class Subject:
    """What a model was trained on, as far as it is stated.

    Attributes:
        language: ISO 639-1 code of the language, or None.
        domain: What the texts are, such as "movie reviews", or None.
        description: A sentence about the model, or None.
    """

    language: str | None
    domain: str | None
    description: str | None

    @property
    def texts(self) -> str:
        """The texts in words: "English movie reviews", "movie reviews (cs)", "texts"."""
        domain = self.domain or "texts"
        if self.language is None:
            return domain
        name = _LANGUAGES.get(self.language)
        return f"{name} {domain}" if name else f"{domain} ({self.language})"


def stated_subject(training: Mapping[str, Any]) -> Subject:
    """Read what a model was trained on.

    Args:
        training: The block `training` of an artifact. Versions before 1.0 could not state it; their
            models are of English movie reviews.
    """
    return Subject(
        training.get("language", "en"),
        training.get("domain", "movie reviews"),
        training.get("description"),
    )
