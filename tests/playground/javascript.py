"""Runs the playground's engine where JavaScript runs: in Node, or else in Chromium."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gan_numpy.playground.page import engine

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NAMES = (
    "const { checked } = pieces.recipe, { toyPoints, trainingPart } = pieces.data;\n"
    "const { saveState, loadState } = pieces.saved, { Generator } = pieces.random;\n"
    "const { startState, train } = pieces.training;\n"
)
IN_CHROMIUM = """
import json, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    browser = p.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
    print(browser.new_page().evaluate("async () => {" + sys.stdin.read() + "}"))
    browser.close()
"""


def run_engine(body: str):
    """What the body of a function returns that may use the engine.

    The test is skipped where there is neither Node nor Chromium with playwright.
    """
    script = f"{engine()}{NAMES}const out = (() => {{ {body} }})();\n"
    if node := shutil.which("node"):
        command = [node, "--input-type=module", "-"]
        script += "console.log(JSON.stringify(out));"
    else:
        pytest.importorskip("playwright", reason="neither Node nor playwright here")
        if CHROMIUM is None:
            pytest.skip("neither Node nor Chromium here")
        command = [sys.executable, "-c", IN_CHROMIUM, CHROMIUM]
        script += "return JSON.stringify(out);"
    done = subprocess.run(
        command,
        input=script,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        cwd=Path(__file__).parent,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
