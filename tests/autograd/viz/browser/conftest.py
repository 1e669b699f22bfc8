"""A real browser for pages. At the end of each test there must have been no errors and no requests to a network."""

import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright to run a browser")
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    with playwright.sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, tmp_path):
    """A function that opens the page of a picture."""
    context = browser.new_context(viewport={"width": 1200, "height": 800}, offline=True)
    events = {"errors": [], "requests": []}

    def open_picture(picture, scheme="light", motion="reduce"):
        path = tmp_path / "page.html"
        picture.to_html(path)
        page = context.new_page()
        page.emulate_media(color_scheme=scheme, reduced_motion=motion)
        page.on("console", lambda message: events["errors"].append(message.text))
        page.on("pageerror", lambda error: events["errors"].append(str(error)))
        page.on("request", lambda request: events["requests"].append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_picture
    context.close()
    assert events["errors"] == []
    assert all(url.startswith(("file:", "data:")) for url in events["requests"])


@pytest.fixture
def assert_accessible():
    """A function that runs axe-core on a page."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python to check accessibility")

    def check(page):
        found = axe.Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    return check
