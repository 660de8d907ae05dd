"""Errors as one line for the user: what was wrong, with the option as it is written.

The exit status is 2 for a usage mistake; 1 for a `GatewiseError`, a missing package or an unusable
file; 130 after Ctrl-C.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from cyclopts import (
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    UnknownCommandError,
    ValidationError,
)

if TYPE_CHECKING:
    import pydantic

# The extra that a command needs; all others need only the core.
EXTRAS = {
    "score": "files",
    "train": "train",
    "evaluate": "train",
    "search": "train",
    "lab": "train",
    "compare": "compare",
    "export": "onnx",
}
# Packages that only an option of a command needs, and their extra.
_EXTRAS_OF_OPTIONS = {"ray": "ray"}
_RESUME = {
    "score": "To resume, run the same command again.",
    "train": "To resume the run, run the same command again with --resume.",
    "lab": "To resume, run the same command again.",
    "search": "To resume, run the same command again.",
    "compare": "To resume, run the same command again, if it has --out.",
}
_ROOT_OPTIONS = ("--help", "--version", "--install-completion")
_TYPE_NAMES = {int: "an integer", float: "a number"}


class UsageError(Exception):
    """Options that a command does not accept.

    Attributes:
        messages: One line for each mistake, which begins with the option.
    """

    def __init__(self, *messages: str) -> None:
        """Store the lines."""
        self.messages = messages
        super().__init__("\n".join(messages))


def option_name(path: Sequence[str | int]) -> str:
    """Return the option of a field: `--finetune.batch-size` for `("finetune", "batch_size")`."""
    return "--" + ".".join(part.replace("_", "-") for part in path if isinstance(part, str))


def describe_usage(error: CycloptsError) -> str:
    """Describe a mistake in the command line."""
    if isinstance(error, ValidationError) and error.argument:
        return f"{_name(error)}: {error.exception_message}"
    if isinstance(error, MissingArgumentError) and error.argument:
        if error.keyword or error.argument.tokens:
            return f"{error.keyword or _name(error)}: requires a value"
        return f"{error.argument.name}: is required"
    if isinstance(error, CoercionError) and error.token and error.msg is None:
        return f"{_name(error)}: must be {_expected(error.target_type)}, got {error.token.value!r}"
    if isinstance(error, UnknownCommandError) and error.unused_tokens:
        word = error.unused_tokens[0]
        if word.startswith("-"):
            return f"Unknown option: {word}.{_suggestion(word, _ROOT_OPTIONS)}"
    return str(error).strip()


def describe_invalid(error: "pydantic.ValidationError") -> list[str]:
    """Describe each invalid field of a pydantic model by the option that sets it."""
    return [
        _describe_field(entry["loc"], entry)
        for entry in error.errors(include_url=False)
        if entry["type"] != "default_factory_not_called"  # it only follows from another error
    ]


def describe_missing(error: ModuleNotFoundError, command: str | None) -> str:
    """Describe what to install for a package that a command does not find."""
    from gatewise.models.extras import install_command

    module = (error.name or "a package").partition(".")[0]
    extra = _EXTRAS_OF_OPTIONS.get(module) or EXTRAS.get(command or "")
    name = f"gatewise {command}" if command else "gatewise"
    return f"{name} needs {module}, which is not installed: {install_command(extra)}"


def describe_interrupt(command: str | None) -> str:
    """Describe how to resume a command after Ctrl-C."""
    return f"Stopped. {_RESUME.get(command or '', '')}".rstrip()


def _name(error: CycloptsError) -> str:
    """Return the option as the user wrote it, or the name of a positional argument."""
    token = getattr(error, "token", None)
    tokens = [token] if token else error.argument.tokens if error.argument else []
    written = [entry.keyword for entry in tokens if entry.keyword]
    if written:
        return written[0]
    return error.argument.name.lstrip("-").upper() if error.argument else "argument"


def _expected(target: Any) -> str:
    if get_origin(target) is Literal:
        return f"one of {', '.join(map(str, get_args(target)))}"
    return _TYPE_NAMES.get(target, f"a {getattr(target, '__name__', target)}")


def _suggestion(word: str, known: Sequence[str]) -> str:
    matches = get_close_matches(word, known, n=1)
    return f" Did you mean {matches[0]}?" if matches else ""


def _describe_field(path: Sequence[str | int], entry: Any) -> str:
    message = entry["msg"].removeprefix("Value error, ")
    if not path:
        return str(message)
    if message.startswith("Input should be "):
        expected = message.removeprefix("Input should be ")
        message = f"must be {expected}, got {_written(entry['input'])}"
    return f"{option_name(path)}: {message}"


def _written(value: Any) -> str:
    """Return a value much as it is written on the command line: −1 and not −1.0."""
    return f"{value:g}" if isinstance(value, float) else repr(value)
