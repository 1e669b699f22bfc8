"""Another distribution, HIPS autograd, installs a package of the same name: its files beside ours are noticed, not mixed up."""

import os

THEIRS = ("tracer.py", "core.py", "numpy", "differential_operators.py")


def refuse(folder: str) -> None:
    """Raise ImportError where files of HIPS autograd lie in ``folder``.

    >>> refuse(os.path.dirname(__file__))
    """
    found = [name for name in THEIRS if os.path.exists(os.path.join(folder, name))]
    if found:
        raise ImportError(
            f"{folder} holds files of another distribution that is also called autograd ({', '.join(found)}): gradlab and HIPS "
            f"autograd overwrite each other. Run: pip uninstall -y autograd gradlab && pip install gradlab, and keep the other "
            f"one in an environment of its own"
        )


refuse(os.path.dirname(__file__))
