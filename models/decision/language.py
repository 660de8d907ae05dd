"""Identifies the language of a text, with py3langid: offline, and only where it is in doubt.

The identification takes longer than reading a text, and its model has to be loaded first. Short
English texts are sometimes taken for other languages, but rarely with high confidence. So
`decision` requests it only of texts that are little like the training texts, and uses it only above
a calibrated confidence.
"""

from functools import cache
from typing import Any

from gatewise.models.subject import LANGUAGES
from gatewise.models.tokenizer import Encoding

# More words change little.
_MOST_TOKENS = 60
# Fewer letters are too few to identify a language by.
_LEAST_LETTERS = 8


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def identify_language(encoding: Encoding) -> tuple[str | None, float]:
    """Identify the language of a text from its first words, as they are written.

    Case and white space make no difference.

    Args:
        encoding: The text.

    Returns:
        ISO 639-1 code of the language, or None if there are too few letters, and the confidence,
        0 to 1.
    """
    tokens = range(min(len(encoding), _MOST_TOKENS))
    text = " ".join(map(encoding.word, tokens)).upper().lower()
    if sum(map(str.isalpha, text)) < _LEAST_LETTERS:
        return None, 0.0
    language, confidence = _identifier().classify(text)
    return language, float(confidence)


def foreign_confidence(encoding: Encoding, language: str) -> float:
    """Return the confidence that a text is not in a language; 0 if it seems to be in it.

    Args:
        encoding: The text.
        language: ISO 639-1 code of the language. It is 0 also for one that cannot be identified.
    """
    if language not in LANGUAGES:
        return 0.0
    found, confidence = identify_language(encoding)
    return 0.0 if found in {None, language} else confidence
