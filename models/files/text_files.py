"""Text files as characters, read in pieces: decompression, and the encoding, which is detected."""

import codecs
import gzip
import io
import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, TextIO, cast

from charset_normalizer import from_bytes

from gatewise.models.errors import DataError
from gatewise.models.files.data_file import DataFile
from gatewise.models.files.raw_table import cannot_be_read

log = logging.getLogger(__name__)

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_LONGEST_MARK = 4
_BLOCK = 1 << 20  # bytes
_DETECTION_BYTES = 1_000_000
# Few accented letters fit many encodings. Among those that fit about equally well (by the measure
# of charset-normalizer, 0 to 1), the one of Western European Windows is by far the most frequent.
_WESTERN, _TIE = "cp1252", 0.1
# Of the characters beyond ASCII. With fewer errors, a file is UTF-8 with damaged rows.
_LARGEST_SHARE_OF_ERRORS = 0.1
_INVALID = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True)
class TextFile:
    """A text file whose encoding is known.

    Attributes:
        file: The file, decompressed when it is read if its name ends in .gz.
        encoding: Name of the encoding.
    """

    file: DataFile
    encoding: str

    @property
    def name(self) -> str:
        """Name of the file, for messages."""
        return self.file.name

    @contextmanager
    def open(self) -> Iterator[TextIO]:
        """Open the file as characters; line ends are left as they are.

        Bytes that are invalid in the encoding are lone surrogates, which no readable text contains,
        so that the row of each can be reported.

        Raises:
            DataError: The file cannot be read or decompressed.
        """
        with _open_bytes(self.file) as content:
            yield io.TextIOWrapper(
                content, encoding=self.encoding, errors="surrogateescape", newline=""
            )

    def read(self) -> str:
        """Read all characters.

        Raises:
            DataError: The file cannot be read or decompressed.
        """
        with self.open() as characters:
            return characters.read()


def open_text_file(file: DataFile, *, encoding: str | None = None) -> TextFile:
    """Find the encoding of a text file. The file is read once, a piece at a time.

    Args:
        file: The file.
        encoding: Its encoding. By default that of its byte order mark; else UTF-8 if the bytes are
            valid; else the detected one, which is logged.

    Raises:
        DataError: The file cannot be decompressed, is not in the given encoding, or its encoding
            cannot be detected.
    """
    with _open_bytes(file) as content:
        mark = content.read(_LONGEST_MARK)
    given = encoding or next(
        (name for start, name in _MARKS.items() if mark.startswith(start)), None
    )
    if given is None:
        if _is_mostly_utf8(file):
            return TextFile(file, "utf-8")
        detected = _detect(file)
        log.info("%s is not UTF-8; it is read as %s. Another: --encoding", file.name, detected)
        return TextFile(file, detected)
    if codecs.lookup(given).name == "utf-8" and mark.startswith(codecs.BOM_UTF8):
        given = "utf-8-sig"
    _check_encoding(file, given)
    return TextFile(file, given)


@contextmanager
def _open_bytes(file: DataFile) -> Iterator[BinaryIO]:
    try:
        with file.open() as raw:
            if file.suffix == ".gz":
                with gzip.open(raw) as content:
                    yield cast("BinaryIO", content)
            else:
                yield raw
    except (OSError, EOFError, zlib.error) as error:
        raise cannot_be_read(file.name, error) from error


def _blocks(file: DataFile) -> Iterator[bytes]:
    with _open_bytes(file) as content:
        while block := content.read(_BLOCK):
            yield block


def _is_mostly_utf8(file: DataFile) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    invalid = beyond_ascii = 0
    for block in _blocks(file):
        if block.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(block)
        invalid += len(_INVALID.findall(text))
        beyond_ascii += len(_BEYOND_ASCII.findall(text))
    rest = len(decoder.decode(b"", final=True))  # the file ends within a character
    return invalid + rest <= _LARGEST_SHARE_OF_ERRORS * (beyond_ascii + rest)


def _check_encoding(file: DataFile, encoding: str) -> None:
    """Raise an error if a file is not in an encoding that cannot mark single invalid bytes."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="surrogateescape")
    try:
        for block in _blocks(file):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise DataError(
            f"{file.name} is not valid {encoding}: {error}. Pass its --encoding."
        ) from error


def _detect(file: DataFile) -> str:
    """Detect the encoding from the lines that are not ASCII."""
    found, size = [], 0
    with _open_bytes(file) as content:
        for line in content:
            if not line.isascii():
                found.append(line)
                size += len(line)
            if size > _DETECTION_BYTES:
                break
    matches = from_bytes(b"".join(found)[:_DETECTION_BYTES])
    best = matches.best()
    if best is None:
        raise DataError(
            f"The encoding of {file.name} cannot be detected: it is not UTF-8. Pass its --encoding."
        )
    western = any(
        _WESTERN in match.could_be_from_charset and match.chaos <= best.chaos + _TIE
        for match in matches
    )
    return _WESTERN if western else str(best.encoding)
