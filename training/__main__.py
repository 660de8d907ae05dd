"""`python -m training` in a checkout: the command `gatewise`, for example `… train --out DIR`."""

import sys

from gatewise.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
