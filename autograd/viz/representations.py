"""What a drawing can be written as, and how it shows itself in a notebook."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from autograd.errors import SettingError
from autograd.viz.folding import Drawing
from autograd.viz.formats.dot import digraph, dot
from autograd.viz.formats.mermaid import mermaid
from autograd.viz.formats.svg import svg
from autograd.viz.formats.text import text


class Shown:
    """The base of every picture: print it, show it in a notebook, or write it in one of the formats.

    What is given a path is written there whole or not at all, and returned; SettingError says why it could not be.
    """

    drawing: Drawing

    def to_svg(self, path: str | Path | None = None) -> str:
        """The picture as SVG; with ``path`` it is written there too."""
        return written(svg(self.drawing), path)

    def to_mermaid(self, path: str | Path | None = None) -> str:
        """The picture as a Mermaid flowchart."""
        return written(mermaid(self.drawing), path)

    def to_dot(self, path: str | Path | None = None) -> str:
        """The picture in Graphviz's language."""
        return written(dot(self.drawing), path)

    def to_graphviz(self) -> Any:
        """The picture as a ``graphviz.Digraph``, for those who have Graphviz; SettingError where the package is missing."""
        return digraph(self.drawing)

    def __str__(self) -> str:
        return text(self.drawing)

    def _repr_svg_(self) -> str | None:
        return _quietly(self.to_svg)

    def _repr_html_(self) -> str:
        return _quietly(self.to_svg) or "<pre>this picture could not be drawn; print() it</pre>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        made = {"text/plain": _quietly(self.__str__) or "a picture that could not be drawn", "image/svg+xml": self._repr_svg_()}
        return {kind: content for kind, content in made.items() if content is not None}


def _quietly(make: Any) -> str | None:
    """A notebook is told nothing rather than an error."""
    try:
        return str(make())
    except Exception:
        return None


def written(content: str, path: str | Path | None) -> str:
    """The content, put into a file whole or not at all; what is no ordinary file, such as a pipe, is written to as it is."""
    if path is not None:
        part = None
        try:
            target = Path(path).resolve()
            if target.exists() and not target.is_file() and not target.is_dir():
                target.write_text(content, encoding="utf-8")
                return content
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=target.parent, prefix=f".{target.name[:50]}-", delete=False
            ) as file:
                part = Path(file.name)
                file.write(content)
            part.chmod(0o666 & ~_umask())
            part.replace(target)
        except (OSError, ValueError, TypeError) as error:
            if part is not None:
                part.unlink(missing_ok=True)
            said = getattr(error, "strerror", None) or error
            raise SettingError(f"the picture cannot be written to {str(path)!r}: {said}") from None
    return content


def _umask() -> int:
    """Which permissions new files lack."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
