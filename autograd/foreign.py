"""Another distribution, HIPS autograd, installs a package of the same name: its files beside ours are noticed, not mixed up."""

from pathlib import Path

THEIRS = ("tracer.py", "core.py", "numpy", "differential_operators.py")


def refuse(folder: Path) -> None:
    """Raise ImportError where files of HIPS autograd lie in ``folder``.

    >>> refuse(Path(__file__).parent)
    """
    found = [name for name in THEIRS if (folder / name).exists()]
    if found:
        raise ImportError(
            f"{folder} holds files of another distribution that is also called autograd ({', '.join(found)}): gradlab and HIPS "
            f"autograd overwrite each other. Run: pip uninstall -y autograd gradlab && pip install gradlab, and keep the other "
            f"one in an environment of its own"
        )


refuse(Path(__file__).parent)
