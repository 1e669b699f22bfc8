"""``python -m autograd.ops``: the table of operations with formulas, as Markdown."""

import sys

from autograd.numpy_api.operation_table import text

if __name__ == "__main__":
    sys.stdout.buffer.write(text().encode("utf-8"))
