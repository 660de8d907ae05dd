"""`python -m gatewise`: the command `gatewise`."""

import sys

from gatewise.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
