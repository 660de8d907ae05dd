"""The command line as a whole: its subcommands, its exit statuses, and the entry point `main`."""

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Group, Parameter

from gatewise.cli.console import print_error, use_replacement_characters
from gatewise.cli.errors import (
    UsageError,
    describe_interrupt,
    describe_missing,
    describe_usage,
)
from gatewise.cli.help import ScreenFormatter

# Modules are imported when their command runs or its help is shown, not before.
COMMANDS = {
    "serve": "Serve a model over HTTP: the API and the page.",
    "predict": "Classify texts, one line of output for each.",
    "score": "Score files of texts into files of results.",
    "explain": "Explain the prediction of one text, token by token.",
    "train": "Train a model and export it.",
    "export": "Write a model as an ONNX file, for other runtimes.",
    "evaluate": "Measure a model on labelled texts.",
    "compare": "Compare our explanations with those of Captum, LIME and SHAP, on held-out texts.",
    "search": "Find where units reset, update or change the prediction in a data set.",
    "lab": "Test claims about GRU gates by experiments, and write a report.",
}
_USAGE = {
    "predict": "gatewise predict [OPTIONS] [TEXT...]",
    "score": "gatewise score [OPTIONS] [INPUT...]",
    "explain": "gatewise explain [OPTIONS] [TEXT]",
}
_INTERRUPTED = 130  # 128 + SIGINT
_PIPE_CLOSED = 141  # 128 + SIGPIPE
_HELP_ALL = "--help-all"


def build_app(*, command: str | None = None, full_help: bool = False) -> App:
    """Return the command line.

    Args:
        command: The command that will run; its help begins with its whole docstring.
        full_help: Whether `--help` describes every option in full.
    """
    app = App(
        name="gatewise",
        help="Sentiment analysis with a GRU whose every gate can be read.",
        version=_version,
        version_flags=["--version"],
        help_format="plaintext",
        default_parameter=Parameter(allow_repeating=True),  # the last one counts, as elsewhere
        help_formatter=ScreenFormatter(full=full_help),
        help_epilogue="gatewise COMMAND --help describes a command." if not full_help else None,
        group_commands=Group("Options", sort_key=1),
        suppress_keyboard_interrupt=False,
    )
    commands = Group("Commands", sort_key=0)
    for position, (name, text) in enumerate(COMMANDS.items()):
        app.command(
            f"gatewise.cli.{name}:{name}",
            name=name,
            help=text if name != command else None,
            usage=_USAGE.get(name),
            group=commands,
            sort_key=position,
            help_epilogue="",
        )
    app.register_install_completion_command(
        help="Install completion for this shell (bash, zsh, fish or PowerShell)."
    )
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: The words after `gatewise`; by default those of the process.

    Returns:
        The exit status: 0; 1 if the work failed; 2 for a usage mistake; 130 after Ctrl-C; 141 if
        the reader of the output closed it.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = words[0] if words and words[0] in COMMANDS else None
    use_replacement_characters()
    try:
        status = _run(words, command)
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes stdout at exit, which must not fail a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except KeyboardInterrupt:
        print_error(describe_interrupt(command), prefix="")
        return _INTERRUPTED
    except SystemExit as stop:
        if isinstance(stop.code, str):
            return _report(1, *stop.code.splitlines())
        raise
    except Exception as error:
        return _report_expected(error, command)
    return status


def _run(words: list[str], command: str | None) -> int:
    """Run a command and return its exit status."""
    app = build_app(command=command, full_help=_HELP_ALL in words)
    tokens = ["--help" if word == _HELP_ALL else word for word in words]
    result = app(tokens, exit_on_error=False, print_error=False, result_action="return_value")
    return result if isinstance(result, int) else 0


def _report_expected(error: Exception, command: str | None) -> int:
    """Report an error that a user can do something about, and return the exit status.

    Raises:
        Exception: The error, if it is none of these but a mistake of ours.
    """
    if isinstance(error, CycloptsError):
        return _report(2, describe_usage(error))
    if isinstance(error, UsageError):
        return _report(2, *error.messages)
    if isinstance(error, ModuleNotFoundError) and error.name and not _is_ours(error.name):
        return _report(1, describe_missing(error, command))
    if _is_gatewise_error(error):
        return _report(1, str(error))
    if isinstance(error, OSError) and error.filename is not None:
        return _report(1, f"{error.filename}: {error.strerror}")
    raise error


def _report(status: int, *messages: str) -> int:
    for message in messages:
        print_error(message)
    return status


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == "gatewise"


def _is_gatewise_error(error: Exception) -> bool:
    # Not at the top: the package `gatewise.models` imports NumPy and Numba.
    from gatewise.models.errors import GatewiseError

    return isinstance(error, GatewiseError)


def _version() -> str:
    from gatewise import __version__

    return f"gatewise {__version__}"
