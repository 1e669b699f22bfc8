"""Compressed files: how to recognise them, and their contents."""

from __future__ import annotations

import bz2
import gzip
import lzma

from autograd import DataError

# The first bytes of a file: RFC 1952 for gzip, the documentations of bzip2 and of the .xz format, and APPNOTE.TXT for zip.
GZIP_MAGIC = b"\x1f\x8b"
BZ2_MAGIC = b"BZh"
XZ_MAGIC = b"\xfd7zXZ\x00"
ZIP_MAGIC = b"PK\x03\x04"


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


def decompress(content: bytes, call: str, path: object) -> bytes:
    """Return the contents of a file, decompressed if it was compressed by gzip, bzip2 or xz.

    Parameters
    ----------
    content : bytes
        What is in the file.
    call : str
        The name of the caller, for the error message.
    path : str or Path
        The file, for the error message.

    Returns
    -------
    bytes
        The contents.

    Raises
    ------
    DataError
        If the file is damaged, or a zip archive, which may hold several files.

    Examples
    --------
    >>> decompress(bz2.compress(b"1,2"), "read()", "a.csv.bz2"), decompress(b"1,2", "read()", "a.csv")
    (b'1,2', b'1,2')
    """
    if content.startswith(ZIP_MAGIC):
        raise DataError(f"{call}: {path} is a zip archive: unpack it, as with zipfile.ZipFile({str(path)!r}).extractall()")
    for magic, unpack in ((GZIP_MAGIC, gzip.decompress), (BZ2_MAGIC, bz2.decompress), (XZ_MAGIC, lzma.decompress)):
        if content.startswith(magic):
            try:
                return unpack(content)
            except Exception as error:  # each of the modules has exceptions of its own for damaged files
                raise DataError(f"{call}: {path} is damaged, or cut short: {error}; get the file again") from None
    return content
