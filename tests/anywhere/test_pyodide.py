"""Pyodide itself, in Node: what the package finds there. And the site that is built.

``GAN_NUMPY_PYODIDE`` names the folder of npm's package ``pyodide``, and
``GAN_NUMPY_LITE`` a site that ``lessons/lite/build.py`` has built.
"""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

import gan_numpy
from tests.programs import finished

ROOT = Path(__file__).parents[2]
ASKED = """
import json, sys
sys.path.insert(0, "/checkout")
import gan_numpy
from gan_numpy import kernels
from gan_numpy.capabilities import need_processes, starts_threads, why_not
from gan_numpy.errors import UserError
try:
    need_processes("this")
    processes = ""
except UserError as error:
    processes = str(error)
json.dumps({
    "platform": sys.platform,
    "version": gan_numpy.__version__,
    "kernels": kernels.active_kernels(),
    "threads": starts_threads(),
    "processes": processes,
    "absent": [p for p in ("numba", "pooch", "joblib", "tqdm") if why_not(p)],
})
"""
PROGRAM = """
import {{ loadPyodide }} from {module};
const python = await loadPyodide();
python.FS.mkdirTree("/checkout");
const folder = {{ root: {root} }};
python.FS.mount(python.FS.filesystems.NODEFS, folder, "/checkout");
console.log(python.runPython({code}));
"""


def test_what_the_package_finds_in_pyodide(tmp_path):
    folder = os.environ.get("GAN_NUMPY_PYODIDE")
    if not folder or shutil.which("node") is None:
        pytest.skip("no GAN_NUMPY_PYODIDE, or no node")
    module = (Path(folder).resolve() / "pyodide.mjs").as_uri()
    texts = {"module": module, "root": str(ROOT), "code": ASKED}
    program = tmp_path / "ask.mjs"
    program.write_text(PROGRAM.format(**{k: json.dumps(v) for k, v in texts.items()}))
    done = finished(["node", program])
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found.pop("processes").startswith("this needs processes of its own")
    assert found == {
        "platform": "emscripten",
        "version": gan_numpy.__version__,
        "kernels": "reference",
        "threads": False,
        "absent": ["numba", "pooch", "joblib", "tqdm"],
    }


def test_the_site_holds_the_notebooks_and_the_wheels():
    folder = os.environ.get("GAN_NUMPY_LITE")
    if not folder:
        pytest.skip("no GAN_NUMPY_LITE")
    site = Path(folder)
    for path in (ROOT / "lessons").glob("*.ipynb"):
        assert (site / "files" / path.name).read_bytes() == path.read_bytes()
    index = json.loads((site / "pypi" / "all.json").read_text("utf-8"))
    assert {"gan-numpy", "lark", "comm"} <= {name.replace("_", "-") for name in index}
    (wheel,) = (site / "pypi").glob("gan_numpy-*.whl")
    assert gan_numpy.__version__ in wheel.name
    settings = json.loads((site / "jupyter-lite.json").read_text("utf-8"))
    plugins = settings["jupyter-config-data"]["litePluginSettings"]
    (kernel,) = [v for k, v in plugins.items() if "pyodide-kernel" in k]
    assert any(url.startswith("./pypi/all.json") for url in kernel["pipliteUrls"])


def test_the_first_cell_installs_the_package_from_the_site():
    """Up to NumPy: with Pyodide's core alone what is compiled is asked for in vain."""
    folder, chromium = os.environ.get("GAN_NUMPY_LITE"), shutil.which("chromium")
    if not folder or chromium is None:
        pytest.skip("no GAN_NUMPY_LITE, or no chromium")
    pytest.importorskip("playwright")
    program = Path(__file__).parent / "browse_lite.py"
    done = finished([sys.executable, program, chromium, folder], seconds=600)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["prompt"] == "[1]:" and "Traceback" not in found["text"]
    packages = {name.partition("-")[0] for name in found["wheels"]}
    assert {"gan_numpy", "lark", "numpy", "scipy", "matplotlib"} <= packages
    # What setup.cfg leaves out in a browser.
    assert not packages & {"numba", "llvmlite", "pooch", "requests"}
