"""How to recognise a gzip file."""

from __future__ import annotations

GZIP_MAGIC = b"\x1f\x8b"  # the first two bytes of every gzip file (RFC 1952)


def is_gzipped(head: bytes) -> bool:
    """Whether a file is a gzip file.

    Parameters
    ----------
    head : bytes
        The first two bytes of the file, or more.

    Returns
    -------
    bool
        The answer.

    Examples
    --------
    >>> is_gzipped(bytes([0x1F, 0x8B, 8])), is_gzipped(b"1,2,3")
    (True, False)
    """
    return head.startswith(GZIP_MAGIC)
