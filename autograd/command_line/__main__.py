"""``python -m autograd.command_line`` is the command ``gradlab``."""

import sys

from autograd.command_line.main import main

if __name__ == "__main__":  # pragma: no branch - it is always run as a program
    sys.exit(main())
