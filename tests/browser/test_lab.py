"""The lessons in JupyterLab, started as their README says, in a real browser.

Needs Chromium and playwright, and is skipped without them. ``GAN_NUMPY_BROWSER`` says
how much: ``all`` runs every lesson, numbers (``06,09``) those; else there is one.
Screenshots go to ``GAN_NUMPY_SCREENSHOTS``, a folder, if it is set.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOUND = [
    shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")
]
BROWSER = next((path for path in FOUND if path), None)
IDLE = """() => ![...document.querySelectorAll('.jp-InputPrompt')]
    .some(prompt => prompt.textContent.includes('[*]'))"""
# A formula that cannot be read, a traceback, what goes to the standard error.
COMPLAINTS = (
    "mjx-merror, .MathJax_Error, .jp-RenderedText[data-mime-type*=stderr],"
    " .jp-RenderedText[data-mime-type*=error]"
)
PATIENCE = 280_000  # milliseconds that all cells of a lesson may take
WANTED = os.environ.get("GAN_NUMPY_BROWSER", "07")
SOURCES = sorted((ROOT / "lessons" / "source").glob("*.py"))
CHOSEN = [s for s in SOURCES if WANTED == "all" or s.stem[:2] in WANTED.split(",")]
# Not of our making: what JupyterLab itself says where there is no network.
FOREIGN = re.compile(r"api/news|favicon|ERR_INTERNET|ERR_NAME|jupyterlab-lsp|/lsp/")


@pytest.fixture(scope="module")
def playwright():
    if BROWSER is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    pytest.importorskip("jupyterlab", reason="jupyterlab is not installed")
    pytest.importorskip("ipywidgets", reason="ipywidgets is not installed")
    api = pytest.importorskip(
        "playwright.sync_api",
        reason="playwright is not installed: pip install playwright",
    )
    with api.sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright):
    running = playwright.chromium.launch(
        executable_path=BROWSER, args=["--no-sandbox", "--disable-dev-shm-usage"]
    )
    yield running
    running.close()


@pytest.fixture(scope="module")
def lab(playwright, tmp_path_factory):
    """JupyterLab over a copy of the project's folder, with the lessons solved."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("gan_numpy", "lessons", "README.md"):
        (
            (folder / name).symlink_to(ROOT / name)
            if name != "lessons"
            else shutil.copytree(ROOT / name, folder / name)
        )
    build = [sys.executable, str(ROOT / "lessons" / "build.py"), "--solutions"]
    for source in CHOSEN:
        command = [*build, str(folder / "lessons"), "--only", source.stem[:2]]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    text = (ROOT / "lessons" / "README.md").read_text("utf-8")
    (command,) = re.findall(r"^\.venv/bin/jupyter (lab.*)$", text, re.MULTILINE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = tmp_path_factory.mktemp("config")
    jupyter = [sys.executable, "-m", "jupyter", *command.split()]
    options = ["--no-browser", f"--port={port}", "--ServerApp.token=", "--allow-root"]
    env = {
        **os.environ, "JUPYTER_CONFIG_DIR": str(config), "GAN_NUMPY_FAST": "1",
        "JUPYTERLAB_SETTINGS_DIR": str(config / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(config / "workspaces"),
    }  # fmt: skip
    with open(config / "log", "wb") as log:
        server = subprocess.Popen(
            [*jupyter, *options], cwd=folder, env=env, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(address + "/api", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail((config / "log").read_text("utf-8", "replace")[-2000:])
        yield address
    finally:
        server.terminate()
        server.wait(30)


def run_all(page, address, stem):
    """Open a lesson and run its cells; the console's errors."""
    errors = []
    page.on(
        "console",
        lambda said: errors.append(said.text) if said.type == "error" else None,
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/lab/tree/lessons/{stem}.ipynb?reset", timeout=120_000)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
    page.wait_for_selector(
        ".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=120_000
    )
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).first.click()
    page.wait_for_timeout(2000)
    page.wait_for_function(IDLE, timeout=PATIENCE)
    page.wait_for_timeout(1500)
    return [error for error in errors if not FOREIGN.search(error)]


def scroll(page):
    """Bring every cell on the page: what is not near it is not drawn."""
    cells = page.locator(".jp-Notebook .jp-Cell")
    for k in range(cells.count()):
        cells.nth(k).scroll_into_view_if_needed()
    page.wait_for_timeout(500)


def dead_links(page):
    """Links within the project that lead nowhere."""
    found = page.eval_on_selector_all(
        ".jp-RenderedMarkdown a[href]",
        "links => links.map(a => [a.textContent, a.getAttribute('href'), a.href])",
    )
    dead = []
    for text, href, whole in found:
        if "127.0.0.1" not in whole or "#" in href[:1]:
            continue
        answer = page.request.get(whole)
        if not answer.ok:
            dead.append((text, href, answer.status))
    return dead


@pytest.mark.parametrize("source", CHOSEN, ids=[s.stem for s in CHOSEN])
def test_a_lesson_in_the_browser(browser, lab, source):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    try:
        errors = run_all(page, lab, source.stem)
        scroll(page)
        shots = os.environ.get("GAN_NUMPY_SCREENSHOTS")
        if shots:
            page.screenshot(path=f"{shots}/{source.stem}.png")
        assert errors == []
        assert page.locator(COMPLAINTS).count() == 0
        assert dead_links(page) == []
        films_play(page, shots, source.stem)
        widgets_answer(page)
    finally:
        page.close()


def films_play(page, shots, stem):
    """Every film has a height, and moves at the first click."""
    films = page.locator(".gan-film")
    for k in range(films.count()):
        film = films.nth(k)
        film.scroll_into_view_if_needed()
        assert film.bounding_box()["height"] > 100
        slider = film.locator("input")
        slider.evaluate("s => { s.value = 0; s.oninput() }")
        film.locator("button").click()
        page.wait_for_timeout(1200)
        assert int(slider.input_value()) > 0, "the first click does not play"
        if shots:
            film.screenshot(path=f"{shots}/{stem}-film{k}.png")


def widgets_answer(page):
    """A key on each slider changes the picture beside it."""
    sliders = page.locator(".jp-OutputArea .widget-slider .noUi-handle")
    for k in range(sliders.count()):
        handle = sliders.nth(k)
        handle.scroll_into_view_if_needed()
        read = handle.locator("xpath=ancestor::*[contains(@class, 'widget-slider')][1]")
        before = read.locator(".widget-readout").inner_text()
        handle.focus()
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(400)
        assert read.locator(".widget-readout").inner_text() != before
