"""`python -m service`, or `python -m gatewise.service`: the command `gatewise serve`."""

import sys

from gatewise.cli.app import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
