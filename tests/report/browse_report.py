"""Opens all pages of a folder in Chromium and fails where one misbehaves.

python tests/report/browse_report.py CHROMIUM FOLDER [PICTURES]
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

LOOKS = [("light", 1250), ("dark", 1250), ("light", 390), ("dark", 390)]


def visit(browser, path, scheme, width, pictures):
    """No request but for the page, no word in the console; the slider moves."""
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    page, seen = context.new_page(), []
    page.on("console", lambda m: seen.append(m.text))
    page.on("pageerror", lambda e: seen.append(str(e)))
    page.on("request", lambda r: seen.append(r.url))
    page.goto(path.as_uri())
    name = f"{path.name}, {scheme}, {width}"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert page.locator("svg").count() >= 5, name
    slider = page.locator("input[type=range]").first
    before = page.locator(".samples img").first.get_attribute("src")
    slider.focus()
    page.keyboard.press("Home")
    assert page.locator(".samples img").first.get_attribute("src") != before, name
    page.keyboard.press("End")
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (color == "rgb(255, 255, 255)") == (scheme == "light"), color
    other = [url for url in seen if not url.startswith("data:")]
    assert other == [path.as_uri()], f"{name}: {other}"
    if pictures is not None:
        shot = pictures / f"{path.stem}-{scheme}-{width}.png"
        page.screenshot(path=shot, full_page=True)
    context.close()


def main(chromium, folder, pictures=None):
    pictures = Path(pictures) if pictures else None
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        paths = sorted(Path(folder).resolve().glob("*.html"))
        for path in paths:
            for scheme, width in LOOKS:
                visit(browser, path, scheme, width, pictures)
        browser.close()
    print(f"{len(paths)} pages")


if __name__ == "__main__":
    main(*sys.argv[1:])
