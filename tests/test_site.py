"""The site builds without warnings, and its reference has every public function and class."""

import html
import importlib
import inspect
import re
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[1]
MODULES = [m for page in (ROOT / "docs/reference").glob("*.md") for m in re.findall(r"automodule:: (\S+)", page.read_text("utf-8"))]
PUBLIC = [
    "autograd",
    "autograd.interop",
    "autograd.testing",
    "autograd.viz",
    "nn",
    "nn.optim",
    "nn.losses",
    "nn.metrics",
    "nn.data",
    "nn.callbacks",
]


def test_every_public_module_has_a_place_in_the_reference():
    assert set(PUBLIC) <= set(MODULES)
    assert len(set(MODULES)) == len(MODULES)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the site."""
    pytest.importorskip("myst_nb", reason="the tools that build the site are an extra of their own")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", ROOT / "docs", folder]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def names(site):
    """The names in the inventory of the site."""
    header, _, body = (site / "objects.inv").read_bytes().partition(b"zlib.\n")
    assert header.startswith(b"# Sphinx inventory version 2")
    return {line.split(" ")[0] for line in zlib.decompress(body).decode().splitlines()}


@pytest.mark.parametrize("module", PUBLIC)
def test_the_reference_has_every_public_function_and_class(module, names):
    namespace = importlib.import_module(module)
    public = [
        name
        for name in namespace.__all__
        if inspect.isroutine(getattr(namespace, name)) or inspect.isclass(getattr(namespace, name))
    ]
    assert {f"{module}.{name}" for name in public} - names == set()


class Links(HTMLParser):
    """The targets of links and images of a page, and the anchors on it."""

    def __init__(self, page):
        super().__init__()
        self.targets, self.anchors = [], set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.add(attributes.get("id"))
        self.targets.extend(attributes[key] for key in ("href", "src") if attributes.get(key))


def broken_links(folder):
    """Pairs of a page and a target that is no file of the folder, or no anchor on its page; Sphinx writes those of sources itself."""
    pages = {page.resolve(): Links(page) for page in folder.rglob("*.html") if "_modules" not in page.parts}
    for page, links in pages.items():
        for target in links.targets:
            url = urlsplit(target)
            if url.scheme or url.netloc:
                continue
            there = (page.parent / unquote(url.path)).resolve() if url.path else page
            anchor = unquote(url.fragment)
            if not there.exists() or (anchor and there in pages and anchor not in pages[there].anchors):
                yield page.relative_to(folder.resolve()).as_posix(), target


def test_the_outputs_of_a_tutorial_are_made_by_its_programs(site):
    """They are what the page in the repository says, which another test compares with the programs."""
    tutorials = list((ROOT / "docs/tutorials").glob("*.md"))
    assert len(tutorials) >= 10
    for tutorial in tutorials:
        expected = re.findall(r"^```text\n(.*?)^```$", tutorial.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        page = (site / f"tutorials/{tutorial.stem}.html").read_text(encoding="utf-8")
        cells = re.findall(r'<div class="cell_output.*?<pre>(.*?)</pre>', page, flags=re.DOTALL)
        outputs = [html.unescape(re.sub("<[^>]*>", "", cell)) for cell in cells]
        assert [text.strip() for text in outputs] == [text.strip() for text in expected], tutorial


def test_links_inside_the_site_lead_somewhere(site):
    assert sorted(set(broken_links(site))) == []


def test_broken_links_are_found(tmp_path):
    (tmp_path / "a.html").write_text('<a href="b.html#here">x</a><a href="b.html#gone">x</a><a href="#top">x</a><img src="c.png">')
    (tmp_path / "b.html").write_text('<p id="here">x</p><a href="https://example.org">x</a><a href="a.html">x</a>')
    assert sorted(broken_links(tmp_path)) == [("a.html", "#top"), ("a.html", "b.html#gone"), ("a.html", "c.png")]
