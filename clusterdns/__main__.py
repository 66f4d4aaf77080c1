"""`python -m clusterdns`: the same as the command `clusterdns`."""

import sys

from clusterdns.cli import main

if __name__ == "__main__":
    sys.exit(main())
