"""``python -m autograd.ops``: the table of operations with formulas, as Markdown."""

import sys

from autograd.table import text

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text stream wherever this runs
    sys.stdout.write(text())
