"""Starts the service: `python -m service [--host H] [--port N] [--model M] [--workers N]`."""

import argparse
from collections.abc import Sequence

from gatewise.service.run import serve
from gatewise.service.settings import ENV_PREFIX, Settings

_OPTIONS = ("host", "port", "model", "workers")


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the arguments and serve until SIGTERM or SIGINT.

    Args:
        arguments: The arguments; by default those of the process.

    Raises:
        SystemExit: The service cannot be started; its message states why.
    """
    parser = argparse.ArgumentParser(
        prog="python -m service",
        description="Serve the model over HTTP.",
        epilog=f"These and all other settings are also environment variables: {ENV_PREFIX}HOST …",
    )
    for name in _OPTIONS:
        parser.add_argument(f"--{name}", help=Settings.model_fields[name].description)
    serve(**vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
