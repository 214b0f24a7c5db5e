"""Opens all pages of a folder in Chromium and fails where one misbehaves.

python tests/stepping/browse.py CHROMIUM FOLDER [PICTURES]
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

LOOKS = [("light", 1250), ("dark", 1250), ("light", 390), ("dark", 390)]
HEIGHT = 800
WITHIN = """selector => {
    const row = document.querySelector(selector).getBoundingClientRect();
    const box = document.querySelector(selector).closest(".scroll");
    const seen = box.getBoundingClientRect();
    return row.top >= seen.top - 1 && row.bottom <= seen.bottom + 1;
}"""
PLAYING = "timer !== null"


def opened(browser, path, scheme, width):
    """A page, and what it has said or asked for."""
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": HEIGHT}
    )
    page, seen = context.new_page(), []
    page.on("console", lambda m: seen.append(m.text))
    page.on("pageerror", lambda e: seen.append(str(e)))
    page.on("request", lambda r: seen.append(r.url))
    page.goto(path.as_uri())
    return context, page, seen


def by_keyboard(page, name):
    """Every step is reached, shown, and left; the rest of the keys do what they say."""
    count = page.evaluate("S.steps.length")
    page.keyboard.press("Home")
    for k in range(count + 2):
        assert page.evaluate("at") == min(k, count - 1), f"{name}: right arrow {k}"
        assert page.locator(".line.here").count() == 1, f"{name}: step {k}"
        assert page.evaluate(WITHIN, ".line.here"), f"{name}: step {k} is out of sight"
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("at") == max(count - 2, 0)
    page.keyboard.press("End")
    assert page.evaluate("at") == count - 1
    if page.evaluate("two"):
        side = "S.blocks[S.steps[at].block].side"
        before = page.evaluate(side)
        page.keyboard.press("b")
        assert before != page.evaluate(side), f"{name}: b changes the side"
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    assert page.evaluate(PLAYING) or count == 1, f"{name}: space plays"
    page.keyboard.press(" ")
    assert not page.evaluate(PLAYING)


def visit(browser, path, scheme, width, pictures):
    context, page, seen = opened(browser, path, scheme, width)
    name = f"{path.name}, {scheme}, {width}"
    if page.evaluate("S.verdict"):
        assert page.locator(".line.here.wrong").count() == 1, f"{name}: starts there"
    by_keyboard(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.evaluate("go(S.verdict ? S.start : Math.floor(S.steps.length * 0.8))")
    page.evaluate("window.scrollTo(0, 0)")
    made = page.locator("h2", has_text="this line makes").bounding_box()
    assert made["y"] + 60 < HEIGHT, f"{name}: what a line makes is out of sight"
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (color == "rgb(255, 255, 255)") == (scheme == "light"), color
    assert seen == [path.as_uri()], seen
    if pictures is not None:
        page.screenshot(path=pictures / f"{path.stem}-{scheme}-{width}.png")
    context.close()


def follow(browser, folder):
    """The list of pages: each link leads to one, by keyboard too."""
    context, page, seen = opened(browser, folder / "index.html", "light", 390)
    links = page.eval_on_selector_all("a", "all => all.map(a => a.href)")
    own = [q for q in folder.glob("*.html") if not q.stem.startswith("wrong-")]
    assert {*links, seen[0]} == {path.as_uri() for path in own}
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.evaluate("S.name")
    context.close()


def main(chromium, folder, pictures=None):
    pictures, folder = Path(pictures) if pictures else None, Path(folder).resolve()
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        paths = [q for q in sorted(folder.glob("*.html")) if q.stem != "index"]
        for k, path in enumerate(paths):
            for scheme, width in (LOOKS[k % 2], LOOKS[3 - k % 2]):
                visit(browser, path, scheme, width, pictures)
        if (folder / "index.html").exists():
            follow(browser, folder)
        browser.close()
    print(f"{len(paths)} pages")


if __name__ == "__main__":
    main(*sys.argv[1:])
