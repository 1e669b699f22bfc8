"""Another distribution, HIPS autograd, installs a package of the same name: files mixed with ours are noticed at the import."""

import os

HIPS_AUTOGRAD_FILES = ("tracer.py", "core.py", "numpy", "differential_operators.py")
REINSTALL = "pip uninstall -y autograd gradlab && pip install gradlab"


def check_no_foreign_files(folder: str) -> None:
    """Raise ImportError if the package in ``folder`` is mixed with HIPS autograd, or if an uninstallation of that left it broken.

    >>> check_no_foreign_files(os.path.dirname(__file__))
    """
    found = [name for name in HIPS_AUTOGRAD_FILES if os.path.exists(os.path.join(folder, name))]
    if found:
        raise ImportError(
            f"{folder} holds files of another distribution that is also called autograd ({', '.join(found)}): gradlab and HIPS "
            f"autograd overwrite each other. Run: {REINSTALL}, and keep the other one in an environment of its own"
        )
    if not os.path.exists(os.path.join(folder, "__init__.py")):
        raise ImportError(
            f"{folder} has no __init__.py: an uninstallation of another distribution that is also called autograd removed files of "
            f"gradlab. Run: {REINSTALL}"
        )


check_no_foreign_files(os.path.dirname(__file__))
