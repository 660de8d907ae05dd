"""What a model was trained on, as the options --language, --domain and --description state it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Languages that are named in words and that `language` can identify, by their ISO 639-1 codes.
LANGUAGES = {
    "af": "Afrikaans",
    "ar": "Arabic",
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "ms": "Malay",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sr": "Serbian",
    "sv": "Swedish",
    "sw": "Swahili",
    "th": "Thai",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
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
        name = LANGUAGES.get(self.language)
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
