"""write_file: a file is written completely or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TypeVar

from autograd.errors import SettingError

Content = TypeVar("Content", str, bytes)

# Characters of a file's name that the name of a temporary file next to it repeats. Systems allow 255 bytes; 50 characters are at
# most 200. Doubled, names of 100 characters of four bytes are too long for the system.
MAX_TEMPORARY_PREFIX = 50


def write_file(content: Content, path: str | Path | None) -> Content:
    """Write a text or an image to a file, completely or not at all.

    Parameters
    ----------
    content : str or bytes
        The text, or the image.
    path : str or Path, optional
        The file. It is replaced when the content is complete; a device or a pipe is written to directly.

    Returns
    -------
    str or bytes
        The content.

    Raises
    ------
    SettingError
        If the file cannot be written.
    """
    if path is not None:
        try:
            _write_whole_file(content if isinstance(content, bytes) else content.encode(), Path(path).resolve())
        except (OSError, ValueError, TypeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SettingError(f"the picture cannot be written to {str(path)!r}: {reason}") from None
    return content


def _write_whole_file(content: bytes, target: Path) -> None:
    """Write a temporary file next to the target and rename it."""
    is_device = target.exists() and not target.is_file() and not target.is_dir()
    if is_device:
        target.write_bytes(content)
        return
    prefix = f".{target.name[:MAX_TEMPORARY_PREFIX]}-"
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=prefix)
    temporary = Path(name)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    """The permissions that new files lack."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
