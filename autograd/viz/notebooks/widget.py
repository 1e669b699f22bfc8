"""LiveWidget: a live page in a notebook, whose leaves are the leaves of the graph in Python."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from autograd.core.node import Node
from autograd.errors import SettingError


def make_widget(page: str, title: str, leaves: list[Node], height: int) -> Any:
    """Make a widget of a live page.

    The class is made here, in a long function, because its base class is in an optional package.

    Parameters
    ----------
    page : str
        The page.
    title : str
        What it shows, for screen readers.
    leaves : list of Node
        The leaves of the graph, in the order of the page.
    height : int
        The height of the frame, in pixels.

    Returns
    -------
    anywidget.AnyWidget

    Raises
    ------
    SettingError
        If the package anywidget is not installed.
    """
    try:
        import anywidget
        import traitlets
    except ImportError:
        raise SettingError("widget() needs the package anywidget: pip install 'gradlab[widget]', or use to_html()") from None

    class LiveWidget(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget may be missing, and is Any then
        """A live page. What is dragged in it is assigned to the leaves in Python; ``refresh`` shows what Python has assigned.

        ``leaves``, ``gradients`` and ``root`` are the numbers of the page, as texts.
        """

        _esm = files("autograd.viz.notebooks").joinpath("widget.js").read_text("utf-8")
        page = traitlets.Unicode().tag(sync=True)
        title = traitlets.Unicode().tag(sync=True)
        height = traitlets.Int().tag(sync=True)
        leaves = traitlets.List(traitlets.Unicode()).tag(sync=True)
        gradients = traitlets.List(traitlets.Unicode()).tag(sync=True)
        root = traitlets.Unicode().tag(sync=True)

        def refresh(self) -> None:
            """Show the data that the leaves have now."""
            self.leaves = [repr(float(leaf.data)) for leaf in leaves]

        @traitlets.validate("leaves")  # type: ignore[untyped-decorator]
        def _check_leaves(self, proposal: Any) -> list[str]:
            """The texts, if there is a number for each leaf."""
            texts: list[str] = proposal["value"]
            if len(texts) != len(leaves):
                raise traitlets.TraitError(f"this widget takes a number for each of its {len(leaves)} leaves, not {len(texts)}")
            try:
                list(map(float, texts))
            except ValueError as error:
                raise traitlets.TraitError(f"this widget takes numbers as texts, such as '0.5': {error}") from None
            return texts

        @traitlets.observe("leaves")  # type: ignore[untyped-decorator]
        def _assign(self, change: Any) -> None:
            """Assign what has changed to the leaves in Python."""
            for leaf, text in zip(leaves, change["new"], strict=True):
                if repr(float(leaf.data)) != repr(float(text)):
                    leaf.data = float(text)

    widget = LiveWidget(page=page, title=title, height=height)
    widget.refresh()
    return widget
