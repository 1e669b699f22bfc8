"""Live pages in notebooks: a widget whose leaves are those of Python."""
