"""The pages in Chromium: no error, no request, all by keyboard; light, dark, 390 px.

Needs Chromium and playwright, and is skipped without them. A few pages have their turn;
``GAN_NUMPY_PAGES=all`` opens every one, ``GAN_NUMPY_SCREENSHOTS`` keeps the pictures.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.turns import share

from gan_numpy import lesson
from gan_numpy.exercises import all_exercises
from gan_numpy.stepping import build_page, names
from gan_numpy.stepping.page import contents

BROWSE = Path(__file__).with_name("browse.py")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def wrong_pages(folder):
    """Pages of wrong functions that the checker has a line for; whose they are."""
    some = share(all_exercises(), 24, "GAN_NUMPY_PAGES", shift=7)
    written = []
    for name in {"batchnorm_backward", *some}:
        page = lesson.step_through(lesson.mistake(name, lesson.mistakes(name)[0]))
        (told,) = re.findall(r'id="story">(.*?)</script>', page.content)
        if any(block["wrong"] for block in json.loads(told)["blocks"]):
            page.save(folder / f"wrong-{name}.html")
            written.append(name)
    return written


def test_in_a_browser(tmp_path):
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    chosen = tuple(share(names(), 20, "GAN_NUMPY_PAGES"))
    for name in chosen:
        build_page(name).save(tmp_path / f"{name}.html")
    contents(chosen).save(tmp_path / "index.html")
    assert "batchnorm_backward" in wrong_pages(tmp_path)
    shots = os.environ.get("GAN_NUMPY_SCREENSHOTS")
    done = subprocess.run(
        [sys.executable, str(BROWSE), CHROMIUM, tmp_path, *([shots] if shots else [])],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
