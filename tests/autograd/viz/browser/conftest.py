"""A real browser for pages. At the end of each test there must have been no errors and no requests to a network."""

import shutil

import pytest

# A text in both families of fonts. Where its widths are different, the fonts are, and no screenshots can be compared.
FONT_WIDTHS = {"sans-serif": 139, "monospace": 181}
MEASURE_FONTS = """
(families) => families.map((family) => {
  const brush = document.createElement("canvas").getContext("2d");
  brush.font = `20px ${family}`;
  return Math.round(brush.measureText("gradient 0.1250").width);
})
"""

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def browser():  # its event loop runs in this thread, where other modules may need one of their own
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright to run a browser")
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    with playwright.sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def window(browser):
    """A window without a network, and the errors and requests of its pages."""
    context = browser.new_context(viewport={"width": 1200, "height": 800}, offline=True)
    events = {"errors": [], "requests": []}
    context.on("console", lambda message: events["errors"].append(message.text))
    context.on("weberror", lambda error: events["errors"].append(str(error.error)))
    context.on("request", lambda request: events["requests"].append(request.url))
    yield context, events
    context.close()


@pytest.fixture
def open_page(window, tmp_path):
    """A function that opens the page of a picture in a tab of its own."""
    context, events = window

    def open_picture(picture, scheme="light", motion="reduce", size=(1200, 800)):
        page = context.new_page()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme, reduced_motion=motion)
        load(page, picture, tmp_path)
        return page

    yield open_picture
    for page in context.pages:
        page.close()
    check(events)


@pytest.fixture(scope="module")
def page_of(window, tmp_path_factory):
    """A function that opens the page of a picture in the same tab as the last one, which takes a third of the time."""
    context, events = window
    page, folder = context.new_page(), tmp_path_factory.mktemp("pages")

    def open_picture(picture, size=(1200, 800)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        load(page, picture, folder)
        check(events)
        return page

    yield open_picture
    page.close()
    check(events)


def load(page, picture, folder):
    picture.to_html(folder / "page.html")
    page.goto((folder / "page.html").as_uri())


def check(events):
    """No errors, and no requests to a network."""
    assert events["errors"] == []
    assert all(url.startswith(("file:", "data:")) for url in events["requests"])


@pytest.fixture(scope="module")
def has_same_fonts(window):
    """Whether this machine has the fonts of the screenshots that were kept."""
    page = window[0].new_page()
    widths = dict(zip(FONT_WIDTHS, page.evaluate(MEASURE_FONTS, list(FONT_WIDTHS)), strict=True))
    page.close()
    return widths == FONT_WIDTHS


@pytest.fixture(scope="session")
def wait_until():
    """A function that waits until an expression is true. The one of Playwright uses eval, which the pages' security policy refuses."""

    def wait(page, expression, argument=None, seconds=30):
        for _ in range(seconds * 20):
            if page.evaluate(expression, argument):
                return
            page.wait_for_timeout(50)
        raise TimeoutError(f"after {seconds} seconds this is not yet true: {expression}")

    return wait


@pytest.fixture
def assert_accessible():
    """A function that runs axe-core on a page."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python to check accessibility")

    def check(page):
        found = axe.Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    return check
