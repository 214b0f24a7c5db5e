"""Opens all pages of a folder in Chromium and fails where one misbehaves.

python tests/stepping/browse.py CHROMIUM FOLDER [PICTURES]
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def visit(browser, path, scheme, width, pictures):
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    seen = []
    page.on("console", lambda m: seen.append(m.text))
    page.on("pageerror", lambda e: seen.append(str(e)))
    page.on("request", lambda r: seen.append(r.url))
    page.goto(path.as_uri())
    count = page.evaluate("S.steps.length")
    page.keyboard.press("Home")
    for k in range(count + 2):
        assert page.evaluate("at") == min(k, count - 1), f"{path.name}: right arrow {k}"
        assert page.locator(".line.here").count() == 1, f"{path.name}: step {k}"
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("at") == max(count - 2, 0)
    page.keyboard.press("End")
    assert page.evaluate("at") == count - 1
    if page.evaluate("two"):
        before = page.evaluate("S.blocks[S.steps[at].block].side")
        page.keyboard.press("b")
        after = page.evaluate("S.blocks[S.steps[at].block].side")
        assert before != after, f"{path.name}: b changes the side"
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    assert page.evaluate("timer !== null")
    page.keyboard.press(" ")
    assert page.evaluate("timer === null")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (color == "rgb(255, 255, 255)") == (scheme == "light"), color
    assert seen == [path.as_uri()], seen
    if pictures is not None:
        page.evaluate("go(Math.floor(S.steps.length * 0.8))")
        page.screenshot(path=pictures / f"{path.stem}-{scheme}-{width}.png")
    context.close()


def main(chromium, folder, pictures=None):
    pictures = Path(pictures) if pictures else None
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in sorted(Path(folder).resolve().glob("*.html")):
            if path.stem == "index":
                continue
            visit(browser, path, "light", 1250, pictures)
            visit(browser, path, "dark", 390, pictures)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
