"""What a release promises: one version, types, all files, one list of needs.

The distributions are built where `build` is installed, as in ``.ci/run``; set
``GAN_NUMPY_DIST`` to a folder that holds them, and they are not built again.
"""

import configparser
import email
import importlib.util
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import gan_numpy
from tests.programs import finished

ROOT = Path(__file__).parents[2]
SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
JUNK = re.compile(
    r"__pycache__|\.pyc$|\.ipynb_checkpoints|/\.venv/|^runs/|\.egg-info/.*~"
)


def listed(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def tracked(*folders):
    """The files of the checkout that git knows, or what lies there without git."""
    done = subprocess.run(
        ["git", "ls-files", "--", *folders], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode == 0 and done.stdout:
        return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]
    found = [p for f in folders for p in (ROOT / f).rglob("*") if p.is_file()]
    names = [p.relative_to(ROOT).as_posix() for p in found]
    return [name for name in names if not JUNK.search(name)]


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    """The sdist, and the wheel, which is built from the unpacked sdist."""
    folder = os.environ.get("GAN_NUMPY_DIST")
    if folder is None:
        pytest.importorskip("build")
        if importlib.util.find_spec("wheel") is None:
            pytest.skip("the package wheel is not here")
        folder = tmp_path_factory.mktemp("dist")
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder]
        done = finished([*command, ROOT], cwd=folder)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (sdist,) = Path(folder).glob("*.tar.gz")
    (wheel,) = Path(folder).glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def in_sdist(distributions):
    with tarfile.open(distributions[0]) as archive:
        names = [m.name for m in archive.getmembers() if m.isfile()]
    return {name.partition("/")[2] for name in names}


@pytest.fixture(scope="module")
def wheel(distributions):
    with zipfile.ZipFile(distributions[1]) as archive:
        (about,) = [n for n in archive.namelist() if n.endswith("/METADATA")]
        text = archive.read(about).decode()
        return set(archive.namelist()), email.message_from_string(text)


def test_the_sdist_is_complete(in_sdist):
    kinds = ("gan_numpy", "lessons", "tests", ".ci", ".binder")
    others = ("README.md", "LICENSE", "setup.cfg", "pyproject.toml", "requirements.txt")
    wanted = {*tracked(*kinds), *others, "MANIFEST.in", "data/README.md"}
    assert len(wanted) > 500
    assert wanted - in_sdist == set()
    assert [name for name in in_sdist if JUNK.search(name)] == []


def test_the_wheel_is_complete(wheel):
    names, _ = wheel
    package = set(tracked("gan_numpy"))
    assert {"gan_numpy/py.typed", "gan_numpy/__init__.pyi"} <= package
    assert any(name.endswith(".mjs") for name in package)  # the playground
    assert package - names == set()
    notebooks = {Path(n).name for n in names if "/share/gan_numpy/lessons/" in n}
    assert notebooks == {p.name for p in (ROOT / "lessons").glob("*.ipynb")}
    foreign = {name.partition("/")[0] for name in names}
    assert len(foreign) == 3, foreign  # the package, its data, its dist-info
    assert [name for name in names if JUNK.search(name)] == []


def test_the_wheel_says_what_it_is(wheel):
    _, about = wheel
    assert about["Version"] == gan_numpy.__version__
    assert about["License-Expression"] == "MIT"
    assert "Typing :: Typed" in about.get_all("Classifier")
    required = about.get_all("Requires-Dist")
    (numba,) = [r for r in required if r.startswith("numba")]
    assert 'sys_platform != "emscripten"' in numba
    places = about.get_all("Project-URL", []) + about.get_all("Home-page", [])
    assert bool(places) == SETUP.has_option("metadata", "url")


def test_there_is_one_version():
    assert SETUP["metadata"]["version"] == "attr: gan_numpy.__version__"
    pattern = re.compile(rf"\b{re.escape(gan_numpy.__version__)}\b")
    source = (ROOT / "gan_numpy" / "__init__.py").read_text("utf-8")
    assert len(pattern.findall(source)) == 1
    changes = (ROOT / "lessons/book/pages/changelog.md").read_text("utf-8")
    newest = re.findall(r"^## (\S+)$", changes, re.M)[0]
    assert newest == gan_numpy.__version__


def test_the_pythons_that_are_named_are_those_that_are_allowed():
    allowed = SETUP["options"]["python_requires"]
    named = re.findall(r"Python :: 3\.(\d+)", SETUP["metadata"]["classifiers"])
    assert allowed == f">=3.{min(map(int, named))}"
    changes = (ROOT / "lessons/book/pages/changelog.md").read_text("utf-8")
    assert f"Python 3.{named[0]} to 3.{named[-1]} on" in changes


def test_the_stub_holds_the_public_names_and_their_homes():
    """`__init__.py` imports them when they are used, which no type checker follows."""
    text = (ROOT / "gan_numpy" / "__init__.pyi").read_text("utf-8")
    found = re.findall(r"^from gan_numpy\.([\w.]+) import (\w+) as (\w+)$", text, re.M)
    assert all(name == shown for _, name, shown in found)
    assert {name: home for home, name, _ in found} == gan_numpy._HOME


def test_a_consumers_program_runs():
    """Its types are checked by mypy in ``.ci/run``, with the package's own."""
    assert "tests/release/consumer.py" in SETUP["mypy"]["files"]
    path = ROOT / "tests" / "release" / "consumer.py"
    spec = importlib.util.spec_from_file_location("consumer", path)
    consumer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(consumer)
    import numpy as np

    assert consumer.network(7).forward(np.zeros((2, 64), np.float32))[0].shape == (2, 7)
    assert consumer.step(np.ones((4, 5), np.float32))["W"].shape == (5, 3)
    state, score = consumer.train()
    assert state.epoch == 1 and np.isfinite(score)


def test_the_conda_recipe_requires_what_setup_cfg_requires():
    recipe = (ROOT / ".ci" / "conda" / "meta.yaml").read_text("utf-8")
    _, _, run = recipe.partition("  run:\n")
    theirs = re.findall(r"^    - (\S+) (>=\S+)$", run.partition("\ntest:")[0], re.M)
    renamed = {"matplotlib-base": "matplotlib"}  # without a window system
    theirs = {renamed.get(name, name): bound for name, bound in theirs}
    ours = {"python": SETUP["options"]["python_requires"]}
    for line in listed(SETUP["options"]["install_requires"]):
        if not line.startswith("#"):
            name, bound = re.fullmatch(r"([\w-]+)(>=[\d.]+)(?:; .*)?", line).groups()
            ours[name] = bound
    assert theirs == ours
    build = (ROOT / "pyproject.toml").read_text("utf-8")
    (backend,) = re.findall(r'"setuptools(>=\d+)"', build)
    assert f"    - setuptools {backend}\n" in recipe
    assert f"summary: \"{SETUP['metadata']['description']}\"" in recipe
    (script,) = listed(SETUP["options.entry_points"]["console_scripts"])
    assert f"    - {script}\n" in recipe


def test_what_binder_installs_is_the_package():
    text = (ROOT / ".binder" / "requirements.txt").read_text("utf-8")
    (extras,) = re.findall(r"^\.\[(.*)\]$", text, re.M)
    assert set(extras.split(",")) <= set(SETUP["options.extras_require"])
