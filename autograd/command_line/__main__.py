"""``python -m autograd.command_line`` is the command ``gradlab``."""

import sys

from autograd.command_line.main import main

if __name__ == "__main__":
    sys.exit(main())
