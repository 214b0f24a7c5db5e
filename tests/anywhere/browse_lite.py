"""Opens a notebook of a built site in Chromium and runs its first cell.

python tests/anywhere/browse_lite.py CHROMIUM SITE [PICTURE]

Prints one JSON object: the cell's text and number, and the wheels that were asked for.
"""

import json
import re
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

NOTEBOOK = "03_maxout_dropout.ipynb"
CELL = ".jp-Notebook .jp-CodeCell"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, *what):
        pass


def main(chromium, site, picture=""):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        asked = []
        page.context.on("request", lambda request: asked.append(request.url))
        place = f"http://127.0.0.1:{server.server_port}/lab/index.html"
        page.goto(f"{place}?path={NOTEBOOK}", timeout=300_000)
        first = page.locator(CELL).first
        first.wait_for(timeout=300_000)
        page.get_by_text("Python (Pyodide) | Idle").wait_for(timeout=300_000)
        first.click()
        page.keyboard.press("Shift+Enter")
        number = first.locator(".jp-InputPrompt", has_text=re.compile(r"\[\d+\]"))
        number.wait_for(timeout=300_000)
        text, prompt = first.inner_text(), number.inner_text()
        if picture:
            page.screenshot(path=picture)
        browser.close()
    server.shutdown()
    names = {urlsplit(url).path.rpartition("/")[2] for url in asked}
    wheels = {name for name in names if name.endswith(".whl")}
    print(json.dumps({"text": text, "prompt": prompt, "wheels": sorted(wheels)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
