"""Text files as characters: decompression, and the encoding, which is detected and logged."""

import codecs
import gzip
import logging
import re
import zlib
from pathlib import Path

from charset_normalizer import from_bytes

from gatewise.models.errors import DataError
from gatewise.models.files.raw_table import cannot_be_read

log = logging.getLogger(__name__)

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DETECTION_BYTES = 1_000_000
# Few accented letters fit many encodings. Among those that fit about equally well (by the measure
# of charset-normalizer, 0 to 1), the one of Western European Windows is by far the most frequent.
_WESTERN, _TIE = "cp1252", 0.1
# Of the characters beyond ASCII. With fewer errors, a file is UTF-8 with damaged rows.
_LARGEST_SHARE_OF_ERRORS = 0.1


def read_text_file(path: Path, *, encoding: str | None = None) -> str:
    """Read a text file, decompressed if its name ends in .gz.

    Args:
        path: The file.
        encoding: Its encoding. By default that of its byte order mark; else UTF-8 if the bytes are
            valid; else the detected one, which is logged.

    Returns:
        The characters. Bytes that are invalid in UTF-8, or in the given encoding, are lone
        surrogates, which no readable text contains, so that the row of each can be reported.

    Raises:
        DataError: The file cannot be decompressed, or its encoding cannot be detected.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise cannot_be_read(path.name, error) from error
    return _decode(content, encoding or _mark_of(content), path.name)


def _mark_of(content: bytes) -> str | None:
    return next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)


def _decode(content: bytes, encoding: str | None, name: str) -> str:
    if encoding is None:
        text = content.decode("utf-8", errors="surrogateescape")
        if _is_mostly_valid(text):
            return text
        encoding = _detect(content, name)
        log.info("%s is not UTF-8; it is read as %s. Another: --encoding", name, encoding)
    elif codecs.lookup(encoding).name == "utf-8" and content.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding, errors="surrogateescape")
    except UnicodeError as error:  # multi-byte encodings cannot mark single bytes
        raise DataError(f"{name} is not valid {encoding}: {error}. Pass its --encoding.") from error


def _is_mostly_valid(text: str) -> bool:
    invalid = len(re.findall("[\udc80-\udcff]", text))
    beyond_ascii = len(re.findall("[^\x00-\x7f]", text))
    return invalid <= _LARGEST_SHARE_OF_ERRORS * beyond_ascii


def _detect(content: bytes, name: str) -> str:
    """Detect the encoding from the lines that are not ASCII."""
    lines = b"\n".join(line for line in content.split(b"\n") if not line.isascii())
    matches = from_bytes(lines[:_DETECTION_BYTES])
    best = matches.best()
    if best is None:
        raise DataError(
            f"The encoding of {name} cannot be detected: it is not UTF-8. Pass its --encoding."
        )
    western = any(
        _WESTERN in match.could_be_from_charset and match.chaos <= best.chaos + _TIE
        for match in matches
    )
    return _WESTERN if western else str(best.encoding)
