"""Refuses texts that are blank, or that have code points which are not characters."""

from gatewise.models.errors import InvalidTextError


def check_readable(text: str) -> None:
    """Check that a text can be tokenized.

    Raises:
        InvalidTextError: The text is blank or has a NUL or a lone surrogate; the message has its
            position.
    """
    if not text.strip():
        raise InvalidTextError("The text is empty or blank. Pass at least one word.")
    position = text.find("\0")
    if position >= 0:
        raise InvalidTextError(f"The text has a NUL character at position {position}. Remove it.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidTextError(
            f"The text has a lone surrogate (U+{ord(text[error.start]):04X}) at position "
            f"{error.start}, which is not a character. Pass valid Unicode."
        ) from error
