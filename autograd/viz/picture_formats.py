"""DrawingFormats: the base of everything that holds a drawing. It writes the drawing in a format, and shows it in a notebook."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from autograd.errors import SettingError
from autograd.viz.drawing import Drawing
from autograd.viz.formats.dot import make_digraph, render_dot
from autograd.viz.formats.mermaid import render_mermaid
from autograd.viz.formats.svg import render_svg
from autograd.viz.formats.text import render_text

# Characters of a file's name that the name of a temporary file next to it repeats. Systems allow 255 bytes; 50 characters are at
# most 200.
MAX_TEMPORARY_PREFIX = 50

# Characters of a page in a notebook, which stores every output in its file. The page of a chain of 500 nodes, each in a box, has
# 1.3 million. With twice the limit, a notebook with ten of the largest pages is 40 MB.
MAX_NOTEBOOK_PAGE = 2_000_000

NOTEBOOK_HEIGHT = 640  # pixels of a page in a notebook: less than a screen, so that the notebook can still be scrolled beside it


class DrawingFormats:
    """The base of every picture: print it, show it in a notebook, or write it in one of the formats.

    A file is written completely or not at all. All methods with ``path`` raise SettingError if it cannot be written.
    """

    drawing: Drawing

    def to_svg(self, path: str | Path | None = None) -> str:
        """Write the picture as SVG.

        Parameters
        ----------
        path : str or Path, optional
            A file to write it to as well.

        Returns
        -------
        str
            The SVG.
        """
        return write_file(render_svg(self.drawing), path)

    def to_mermaid(self, path: str | Path | None = None) -> str:
        """Write the picture as a Mermaid flowchart.

        Parameters
        ----------
        path : str or Path, optional
            A file to write it to as well.

        Returns
        -------
        str
            The flowchart.
        """
        return write_file(render_mermaid(self.drawing), path)

    def to_dot(self, path: str | Path | None = None) -> str:
        """Write the picture in the DOT language of Graphviz.

        Parameters
        ----------
        path : str or Path, optional
            A file to write it to as well.

        Returns
        -------
        str
            The graph in DOT.
        """
        return write_file(render_dot(self.drawing), path)

    def to_graphviz(self) -> Any:
        """Make a graph of the package graphviz, for those who have Graphviz.

        Returns
        -------
        graphviz.Digraph

        Raises
        ------
        SettingError
            If the package is not installed.
        """
        return make_digraph(self.drawing)

    def __str__(self) -> str:
        return render_text(self.drawing)

    def _repr_svg_(self) -> str | None:
        return _result_or_none(self.to_svg)

    def _notebook_page(self) -> str | None:
        """The HTML page that a notebook shows instead of the SVG; None if there is none."""
        return None

    def _repr_html_(self) -> str:
        page = _result_or_none(self._notebook_page)
        if page is not None and len(page) <= MAX_NOTEBOOK_PAGE:
            return notebook_frame(page, self.drawing.caption)
        return _result_or_none(self.to_svg) or "<pre>this picture could not be drawn; print() it</pre>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        text, svg = _result_or_none(self.__str__), self._repr_svg_()
        bundle = {"text/plain": text or "a picture that could not be drawn"}
        return bundle if svg is None else {**bundle, "text/html": self._repr_html_(), "image/svg+xml": svg}


def notebook_frame(page: str, title: str) -> str:
    """Put a page in a frame of a notebook.

    Parameters
    ----------
    page : str
        The page.
    title : str
        What it shows, for screen readers.

    Returns
    -------
    str
        A sandboxed iframe, which contains the page. Its script can run, but cannot reach the notebook or the network.

    Examples
    --------
    >>> print(notebook_frame("<p>1</p>", "one"))
    <iframe title="one" sandbox="allow-scripts" width="100%" height="640" srcdoc="&lt;p&gt;1&lt;/p&gt;"></iframe>
    """
    attributes = f'title="{escape(title)}" sandbox="allow-scripts" width="100%" height="{NOTEBOOK_HEIGHT}"'
    return f'<iframe {attributes} srcdoc="{escape(page)}"></iframe>'


def _result_or_none(render: Callable[[], str | None]) -> str | None:
    """The result, or None if there is an error: a notebook that shows an object is no place for a traceback."""
    try:
        return render()
    except Exception:
        return None


def write_file(content: str, path: str | Path | None) -> str:
    """Write a text to a file, completely or not at all.

    Parameters
    ----------
    content : str
        The text.
    path : str or Path, optional
        The file. It is replaced when the text is complete; a device or a pipe is written to directly.

    Returns
    -------
    str
        The text.

    Raises
    ------
    SettingError
        If the file cannot be written.
    """
    if path is not None:
        try:
            _write_whole_file(content, Path(path).resolve())
        except (OSError, ValueError, TypeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SettingError(f"the picture cannot be written to {str(path)!r}: {reason}") from None
    return content


def _write_whole_file(content: str, target: Path) -> None:
    """Write a temporary file next to the target and rename it."""
    is_device = target.exists() and not target.is_file() and not target.is_dir()
    if is_device:
        target.write_text(content, encoding="utf-8")
        return
    prefix = f".{target.name[:MAX_TEMPORARY_PREFIX]}-"
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=prefix)
    temporary = Path(name)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
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
