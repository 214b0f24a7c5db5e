"""The lessons in JupyterLab, started as their README says, in a real browser.

Needs Chromium and playwright, and is skipped without them. ``GAN_NUMPY_BROWSER`` says
how much: ``all`` runs every lesson, numbers (``06,09``) those; else it is one, and each
has its turn. Screenshots go to ``GAN_NUMPY_SCREENSHOTS``, a folder, if it is set; how
long each control takes to answer is printed (``-s``).
"""

from __future__ import annotations

import json
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
from tests.turns import share

ROOT = Path(__file__).parents[2]
FOUND = [
    shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")
]
BROWSER = next((path for path in FOUND if path), None)
FLAGS = [  # no sandbox, no GPU, nothing of its own over the network
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
]  # fmt: skip
SOURCES = sorted((ROOT / "lessons" / "source").glob("*.py"))
WANTED = os.environ.get("GAN_NUMPY_BROWSER", "")
CHOSEN = [source for source in SOURCES if source.stem[:2] in WANTED.split(",")]
CHOSEN = CHOSEN or share(SOURCES, len(SOURCES), "GAN_NUMPY_BROWSER")
SHOTS = os.environ.get("GAN_NUMPY_SCREENSHOTS")
PATIENCE = 280_000  # milliseconds that all cells of a lesson may take
# The notebook as JupyterLab holds it: what is on the page is only what was scrolled to.
NOTEBOOK = "const panel = window.jupyterapp?.shell?.currentWidget"
READY = f"""() => {{ {NOTEBOOK}; return panel?.context?.isReady
    && panel.sessionContext?.isReady
    && panel.sessionContext.session?.kernel?.status === 'idle' }}"""
FINISHED = f"""() => {{ {NOTEBOOK};
    const codes = [...panel.content.model.cells].filter(c => c.type === 'code');
    return panel.sessionContext.session.kernel.status === 'idle' && codes.every(
        c => c.executionCount !== null || !c.sharedModel.source.trim()) }}"""
OUTPUTS = f"""() => {{ {NOTEBOOK}; const said = [];
    for (const cell of panel.content.model.cells)
        for (const o of cell.type === 'code' ? cell.sharedModel.getOutputs() : [])
            if (o.output_type === 'error') said.push(o.ename + ': ' + o.evalue);
            else if (o.name === 'stderr') said.push(String(o.text));
    return said }}"""
MATH_ERRORS = "mjx-merror, .MathJax_Error"
TOO_WIDE = """() => [...document.querySelectorAll('.jp-RenderedMarkdown mjx-math')]
    .filter(m => m.getBoundingClientRect().right
        > m.closest('.jp-RenderedMarkdown').getBoundingClientRect().right + 1)
    .map(m => m.closest('.jp-RenderedMarkdown').innerText.slice(0, 80))"""
# Not of our making: what JupyterLab itself says where there is no network.
FOREIGN = re.compile(r"api/news|favicon|ERR_INTERNET|ERR_NAME|jupyterlab-lsp|/lsp/")
QUIET = {"fetchNews": "false", "checkForUpdates": False}


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
    running = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
    yield running
    running.close()


@pytest.fixture(scope="module")
def lab(playwright, tmp_path_factory):
    """JupyterLab over a copy of the project's folder, with the lessons solved."""
    folder, config = (tmp_path_factory.mktemp(name) for name in ("lab", "config"))
    leave = shutil.ignore_patterns("__pycache__", "*.ipynb")
    for name in ("gan_numpy", "lessons"):
        shutil.copytree(ROOT / name, folder / name, ignore=leave)
    shutil.copy(ROOT / "README.md", folder)
    for notebook in (ROOT / "lessons").glob("*.ipynb"):
        shutil.copy(notebook, folder / "lessons")
    build = [sys.executable, str(ROOT / "lessons" / "build.py"), "--solutions"]
    only = [source.stem[:2] for source in CHOSEN]
    for number in [""] if len(only) == len(SOURCES) else only:
        command = [*build, str(folder / "lessons"), "--only", number]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    notes = config / "settings" / "@jupyterlab" / "apputils-extension"
    notes.mkdir(parents=True)
    (notes / "notification.jupyterlab-settings").write_text(json.dumps(QUIET), "utf-8")
    text = (ROOT / "lessons" / "README.md").read_text("utf-8")
    (command,) = re.findall(r"^\.venv/bin/jupyter (lab.*)$", text, re.MULTILINE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    jupyter = [sys.executable, "-m", "jupyter", *command.split()]
    options = ["--no-browser", f"--port={port}", "--ServerApp.token=", "--allow-root"]
    env = {
        **os.environ, "JUPYTER_CONFIG_DIR": str(config), "GAN_NUMPY_FAST": "1",
        "JUPYTERLAB_SETTINGS_DIR": str(config / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(config / "workspaces"),
    }  # fmt: skip
    with open(config / "log", "wb") as log:
        server = subprocess.Popen(
            [*jupyter, *options, "--expose-app-in-browser"],
            cwd=folder,
            env=env,
            stdout=log,
            stderr=log,
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
    page.wait_for_function(READY, timeout=120_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).first.click()
    page.wait_for_function(FINISHED, timeout=PATIENCE, polling=300)
    return [error for error in errors if not FOREIGN.search(error)]


def scroll(page, stem=""):
    """Bring every part on the page, and keep a picture of each."""
    area = page.locator(".jp-WindowedPanel-outer").first
    page.wait_for_timeout(1000)
    part = 0
    area.evaluate("e => e.scrollTo(0, 0)")
    while True:
        page.wait_for_timeout(400)
        if SHOTS and stem:
            area.screenshot(path=f"{SHOTS}/{stem}-{part:02d}.png")
        moved = area.evaluate(
            "e => { const old = e.scrollTop; e.scrollBy(0, 0.9 * e.clientHeight);"
            " return e.scrollTop > old + 1 }"
        )
        part += 1
        if not moved:
            return


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
        assert page.evaluate(OUTPUTS) == []
        scroll(page, source.stem)
        assert page.locator(MATH_ERRORS).count() == 0
        assert page.locator(".jp-RenderedMarkdown mjx-container").count() > 10
        assert page.evaluate(TOO_WIDE) == []
        assert dead_links(page) == []
        films = films_play(page)
        answers = widgets_answer(page)
        print(f"\n{source.stem}: {films} films;", "; ".join(answers) or "no controls")
        assert errors == []
    finally:
        page.close()


PICTURES = """film => {
    film.seen = [];
    const note = () => film.seen.push(film.querySelector('input').value);
    for (const image of film.querySelectorAll('img'))
        new MutationObserver(note).observe(image, {attributeFilter: ['style']});
}"""


def films_play(page):
    """Every film has a height, and moves at the first click; how many there are."""
    films = page.locator(".gan-film:visible")
    for k in range(films.count()):
        film = films.nth(k)
        film.scroll_into_view_if_needed()
        shown = film.locator("img:visible")
        assert shown.count() == 1 and shown.bounding_box()["height"] > 100
        film.evaluate(PICTURES)
        film.locator("button").click()
        page.wait_for_function(
            "film => new Set(film.seen).size > 1", arg=film.element_handle()
        )  # the first click plays
        assert shown.count() == 1 and shown.bounding_box()["height"] > 100
    return films.count()


WATCH = """panel => {
    const image = panel.querySelector('img');
    window.answered = null;
    for (const kind of ['keydown', 'click'])
        panel.addEventListener(kind, () => { window.asked = performance.now() }, true);
    new MutationObserver(() => { window.answered = performance.now() - window.asked })
        .observe(image, {attributes: true, attributeFilter: ['src']});
}"""


def widgets_answer(page):
    """Each slider and button changes the picture; in how many milliseconds."""
    panels = page.locator(".jp-OutputArea .widget-vbox:has(.widget-image)")
    answers = []
    for k in range(panels.count()):
        panel = panels.nth(k)
        panel.scroll_into_view_if_needed()
        assert panel.locator("img").bounding_box()["height"] > 100
        panel.evaluate(WATCH)
        sliders, buttons = panel.locator(".widget-slider"), panel.locator("button")
        for s in range(sliders.count()):
            read = sliders.nth(s).locator(".widget-readout")
            before = read.inner_text()
            sliders.nth(s).locator(".noUi-handle").focus()
            page.keyboard.press("ArrowLeft")
            page.wait_for_function(
                "([element, before]) => element.innerText !== before",
                arg=[read.element_handle(), before],
            )
            if not buttons.count():  # where there are some they change the picture
                answers.append(answer_of(page, sliders.nth(s)))
        for b in reversed(range(buttons.count())):  # the first one starts anew
            buttons.nth(b).click()
            answers.append(answer_of(page, buttons.nth(b)))
    return answers


def answer_of(page, control):
    """What a control is called, and the time until its picture came."""
    page.wait_for_function(
        "() => window.answered !== null || document.querySelector('.widget-html b')",
        timeout=20_000,
    )
    assert page.locator(".widget-vbox:has(.widget-image) .widget-html b").count() == 0
    took = page.evaluate("() => { const t = answered; answered = null; return t }")
    return f"{control.inner_text().splitlines()[0]} {took:.0f} ms"
