"""Print the table of operations with its formulas as Markdown: ``python -m autograd.ops > docs/operations.md``."""

import sys

from autograd.numpy_api.operation_table import make_page

if __name__ == "__main__":  # pragma: no branch - it is always run as a program
    sys.stdout.buffer.write(make_page().encode("utf-8"))
