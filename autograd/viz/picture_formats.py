"""DrawingFormats: the base of everything that holds a drawing. It writes the drawing in a format, and shows it in a notebook."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from autograd.viz.drawing import Drawing
from autograd.viz.file_writing import write_file
from autograd.viz.formats.browser_export import render_pdf, render_png
from autograd.viz.formats.dot import make_digraph, render_dot
from autograd.viz.formats.mermaid import render_mermaid
from autograd.viz.formats.svg import render_svg
from autograd.viz.formats.text import render_text

# Characters of a page in a notebook, which stores every output in its file. The page of a chain of 500 nodes, each in a box, has
# 0.9 million. With twice the limit, a notebook with ten of the largest pages is 40 MB.
MAX_NOTEBOOK_PAGE = 2_000_000

# Pixels of a page in a notebook: less than a screen, so that the notebook can still be scrolled next to it. Doubled, it fills most
# screens.
NOTEBOOK_HEIGHT = 640


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

        Raises
        ------
        SettingError
            If the file cannot be written.
        """
        return write_file(render_svg(self.drawing), path)

    def to_png(self, path: str | Path | None = None, *, scale: float = 2.0, dark: bool = False) -> bytes:
        """Write the picture as PNG, drawn by Chromium.

        Parameters
        ----------
        path : str or Path, optional
            A file to write it to as well.
        scale : float, default 2.0
            Pixels of the image for each pixel of the SVG. 2 is sharp on most screens.
        dark : bool, default False
            Whether to use the colours of the dark mode.

        Returns
        -------
        bytes
            The PNG.

        Raises
        ------
        SettingError
            If ``scale`` is not positive or the image would be too large, or without the package playwright (``pip install
            'gradlab[export]'``) or a browser: Chromium, Chrome, Edge, or the one of ``playwright install chromium``.
        """
        return write_file(render_png(render_svg(self.drawing), scale, dark), path)

    def to_pdf(self, path: str | Path | None = None, *, dark: bool = False) -> bytes:
        """Write the picture as PDF on one page of its size, with its text as text, by Chromium.

        Parameters
        ----------
        path : str or Path, optional
            A file to write it to as well.
        dark : bool, default False
            Whether to use the colours of the dark mode.

        Returns
        -------
        bytes
            The PDF.

        Raises
        ------
        SettingError
            Without the package playwright (``pip install 'gradlab[export]'``) or a browser: Chromium, Chrome, Edge, or the one of
            ``playwright install chromium``.
        """
        return write_file(render_pdf(render_svg(self.drawing), dark), path)

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

        Raises
        ------
        SettingError
            If the file cannot be written.
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

        Raises
        ------
        SettingError
            If the file cannot be written.
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
    <iframe title="one" sandbox="allow-scripts" width="100%" height="640" style="border:0" srcdoc="&lt;p&gt;1&lt;/p&gt;"></iframe>
    """
    attributes = f'title="{escape(title)}" sandbox="allow-scripts" width="100%" height="{NOTEBOOK_HEIGHT}" style="border:0"'
    return f'<iframe {attributes} srcdoc="{escape(page)}"></iframe>'


def _result_or_none(render: Callable[[], str | None]) -> str | None:
    """The result, or None if there is an error: a notebook that shows an object is no place for a traceback."""
    try:
        return render()
    except Exception:
        return None
