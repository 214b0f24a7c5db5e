"""The site, where one has been built: ``GAN_NUMPY_BOOK=DIR`` names its folder.

In Chromium its pages are opened from their files, without a server: no error, no
request to anywhere, no page wider than a telephone, formulas set, the search finds.
"""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest
from book.check import content_of, problems_of
from tests.playground.javascript import CHROMIUM

from gan_numpy.exercises import all_exercises
from gan_numpy.stepping import names

SITE = os.environ.get("GAN_NUMPY_BOOK")
pytestmark = pytest.mark.skipif(SITE is None, reason="GAN_NUMPY_BOOK=DIR names a site")
OPENED = (
    "index",
    "lessons/03_maxout_dropout",
    "solutions/01_bce_logits",
    "exercises/dense_backward",
    "playground",
    "reference/gan_numpy.layers",
    "gallery",
    "measures",
)


@pytest.fixture(scope="module")
def site():
    return Path(str(SITE)).resolve()


def test_links_texts_and_sources(site):
    assert problems_of(site) == []


def test_its_pages_are_there_and_lead_on(site, builder):
    for source in builder.sources():
        for folder in ("lessons", "solutions"):
            text = (site / folder / f"{source.stem}.html").read_text("utf-8")
            assert 'class="prev-page"' in text and 'class="next-page"' in text
    for name in all_exercises():
        assert (site / "exercises" / f"{name}.html").is_file()
    for name in (*names(), "playground"):
        assert (site / "live" / f"{name}.html").is_file()


def test_every_lesson_that_was_run_shows_pictures_with_a_text(site, builder):
    for source in builder.sources():
        text = (site / "solutions" / f"{source.stem}.html").read_text("utf-8")
        if "made without running this lesson" not in text:
            assert "data:image/png" in text and not content_of(text).faults


@contextmanager
def chromium(**context):
    """A page that notes what goes wrong and what it asks for."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(**context).new_page()
        page.said, page.asked = [], []
        page.on("console", lambda m: m.type == "error" and page.said.append(m.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        yield page
        elsewhere = [u for u in page.asked if u.split(":")[0] not in LOCAL]
        assert page.said == [] and elsewhere == []
        browser.close()


LOCAL = {"file", "data", "blob", "about"}


def test_in_a_browser_without_a_server(site):
    with chromium(viewport={"width": 390, "height": 800}, color_scheme="dark") as page:
        for name in OPENED:
            page.goto((site / f"{name}.html").as_uri())
            page.wait_for_function("document.readyState === 'complete'")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 390, name
            dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert sum(map(int, dark[4:-1].split(", "))) < 3 * 64, name
        page.goto((site / "lessons/03_maxout_dropout.html").as_uri())
        page.wait_for_selector("mjx-container svg", state="attached")
        assert page.locator("mjx-merror").count() == 0
        assert page.locator("button.copybtn").count() > 5


def test_the_search_finds(site):
    with chromium(viewport={"width": 1200, "height": 800}) as page:
        page.goto((site / "search.html").as_uri() + "?q=maxout")
        page.wait_for_selector("#search-results li a")
        found = page.locator("#search-results li a").all_inner_texts()
        assert any("Maxout and dropout" in title for title in found), found


def test_the_live_pages_live_in_their_frames(site):
    with chromium(viewport={"width": 1200, "height": 900}) as page:
        page.goto((site / "exercises/dense_backward.html").as_uri())
        page.locator("iframe.live").scroll_into_view_if_needed()
        frame = page.frame_locator("iframe.live")
        frame.get_by_text("dense_backward").first.wait_for()
        page.goto((site / "playground.html").as_uri())
        page.locator("iframe.live").scroll_into_view_if_needed()
        game = page.frame_locator("iframe.live")
        game.get_by_role("button", name="Step", exact=True).click()
        game.get_by_role("button", name="Step D").wait_for()
        assert game.locator("canvas, svg").count() > 0
