"""The playground in Chromium: no error, no request, by keys and by mouse; 390 px, dark.

Needs Chromium and playwright, and is skipped without them; ``GAN_NUMPY_SCREENSHOTS``
keeps the pictures.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.playground.javascript import CHROMIUM

BROWSE = Path(__file__).with_name("browse_playground.py")


def test_in_a_browser():
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    shots = os.environ.get("GAN_NUMPY_SCREENSHOTS")
    done = subprocess.run(
        [sys.executable, str(BROWSE), CHROMIUM, *([shots] if shots else [])],
        capture_output=True,
        encoding="utf-8",
        timeout=500,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
