"""The documentation as a site: ``sphinx-build -W -b html docs docs/_build``, or ``nox -s site``."""

import re
import runpy
from importlib.metadata import version as installed_version
from pathlib import Path

project = "gradlab"
author = "the gradlab authors"
copyright = author
release = version = installed_version("gradlab")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_in_temp = True  # what a tutorial writes does not stay
nb_execution_timeout = 300  # seconds for one program. The slowest takes five, and a machine under load twenty times as long.
nb_merge_streams = True
exclude_patterns = ["_build"]
# Pages in plain Markdown link to files of the repository, which are no pages of the site.
# "shape" in a docstring is a word, and no link to Tensor.shape.
suppress_warnings = ["myst.xref_missing", "ref.python"]

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say more than the signatures
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_use_param = False

html_theme = "furo"
html_title = "gradlab"
html_theme_options = {"navigation_with_keys": True}
html_static_path = ["static"]
html_css_files = ["site.css"]
pygments_style = "friendly"


def adapt_docstring(app, what, name, obj, options, lines):
    """Write what reads well as plain text in the words of reStructuredText: |x| is no substitution, and [1] no target of a link."""
    for i, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "... ")):
            parts = re.split("(``.*?``)", re.sub(r"(^\s*)\.\. \[(\d)\]", r"\1[\2]", re.sub(r"\[(\d)\]_", r"[\1]", line)))
            lines[i] = "".join(part if part.startswith("``") else part.replace("|", "\\|") for part in parts)


def keep_colons_of_properties(app, what, name, obj, options, lines):
    """Replace the colon in the first sentence of a property, before which the next step would look for its type."""
    if what == "property" and lines:
        lines[0] = lines[0].replace(": ", " – ", 1)


def skip_methods_of_scikit_learn(app, what, name, obj, skip, options):
    """Leave out what scikit-learn adds to each estimator; its pages describe it."""
    return True if re.fullmatch("set_.*_request", name) else None


NOTEBOOK = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n"
# Otherwise a kernel that is slow sends half a line, which is shown as a line.
SEND_WHOLE_OUTPUTS = """```{code-cell} ipython3
:tags: [remove-cell]
import sys
sys.stdout.flush_interval = 3600.0
```

"""


def make_notebook(app, docname, source):
    """Turn a tutorial into a notebook. In the repository it is a plain page with outputs, which a test compares; here its programs
    run, and the outputs are theirs."""
    if docname.startswith("tutorials/"):
        programs = re.sub(r"^```text\n.*?^```\n", "", source[0], flags=re.MULTILINE | re.DOTALL)
        text, first, rest = programs.partition("```python\n")
        cells = text + SEND_WHOLE_OUTPUTS + first + rest
        source[0] = NOTEBOOK + cells.replace("```python\n", "```{code-cell} ipython3\n")


def draw_thumbnails(app):
    """Draw the pictures of the gallery into the folder of the pages."""
    runpy.run_path(str(Path(app.srcdir) / "thumbnails.py"), run_name="__main__")


def setup(app):
    app.connect("builder-inited", draw_thumbnails)
    app.connect("source-read", make_notebook)
    app.connect("autodoc-process-docstring", keep_colons_of_properties, priority=100)
    app.connect("autodoc-process-docstring", adapt_docstring, priority=900)
    app.connect("autodoc-skip-member", skip_methods_of_scikit_learn)
