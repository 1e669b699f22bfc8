"""The command ``gradlab``: check, draw and time functions of a file from a shell.

It knows the public functions of every other folder, and nothing imports it.
"""

from autograd import installation as _installation  # noqa: F401 - the command works without autograd/__init__.py otherwise
