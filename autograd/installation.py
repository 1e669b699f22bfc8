"""Another distribution, HIPS autograd, installs a package of the same name: its files beside ours are noticed, not mixed up."""

import os

HIPS_AUTOGRAD_FILES = ("tracer.py", "core.py", "numpy", "differential_operators.py")


def check_no_foreign_files(folder: str) -> None:
    """Raise ImportError if files of HIPS autograd, which installs a package of the same name, are in ``folder``.

    >>> check_no_foreign_files(os.path.dirname(__file__))
    """
    found = [name for name in HIPS_AUTOGRAD_FILES if os.path.exists(os.path.join(folder, name))]
    if found:
        raise ImportError(
            f"{folder} holds files of another distribution that is also called autograd ({', '.join(found)}): gradlab and HIPS "
            f"autograd overwrite each other. Run: pip uninstall -y autograd gradlab && pip install gradlab, and keep the other "
            f"one in an environment of its own"
        )


check_no_foreign_files(os.path.dirname(__file__))
