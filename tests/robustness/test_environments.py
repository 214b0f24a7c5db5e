"""Each command in each environment: exit code, at most one line, nothing lost.

``GAN_NUMPY_ENVIRONMENTS=all`` runs every command in every environment; without it a
third of the environments, taking turns, run those that each could break.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from unittest import mock

import pytest

from tests.robustness.environments import COMMANDS, TABLE, Environment, drop_privileges
from tests.programs import finished
from tests.robustness.ground import contents, make_ground
from tests.turns import share

ROOT = Path(__file__).parents[2]
ALL = os.environ.get("GAN_NUMPY_ENVIRONMENTS") == "all"
CASES = [
    (name, command)
    for name in ["plain", *share([*TABLE][1:], 3, "GAN_NUMPY_ENVIRONMENTS")]
    for command in (COMMANDS if ALL else TABLE[name].commands)
]


@pytest.fixture(scope="module")
def pristine():
    """The ground, at a short path."""
    with tempfile.TemporaryDirectory() as place:
        with mock.patch.dict(os.environ, GAN_NUMPY_KERNELS="reference"):
            make_ground(Path(place))
        yield Path(place)


@pytest.fixture(scope="module")
def fonts(tmp_path_factory):
    """Matplotlib's list of fonts, which takes a second to make."""
    return tmp_path_factory.mktemp("fonts")


@pytest.fixture
def folder(pristine):
    """A copy of the ground that goes away whatever was forbidden in it."""
    place = Path(tempfile.mkdtemp(prefix="env-"))
    yield place
    for path in (place, *place.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(place, ignore_errors=True)


def run(environment: Environment, words: tuple[str, ...], work: Path, fonts: Path):
    """The command in its environment: exit code, stdout, stderr."""

    def filled(text: str) -> str:
        return str(work / text[1:]) if text.startswith("@") else text

    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {
        "GAN_NUMPY_KERNELS": "reference",
        "GAN_NUMPY_CACHE": str(work.parent / "cache"),
        "MPLCONFIGDIR": str(fonts),
        "HOME": str(work.parent / "home"),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for name, value in environment.env.items():
        env.pop(name, None)
        if value is not None:
            env[name] = filled(value)
    words = tuple(filled(word) for word in words)
    line = shlex.join([sys.executable, *environment.flags, "-m", "gan_numpy", *words])
    if environment.redirect.startswith("umask"):
        line = f"{environment.redirect}; {line}"
    else:
        line = f"{line} {environment.redirect}"
    options = {"cwd": work, "env": env, "preexec_fn": drop_privileges}
    done = finished(["bash", "-c", line], text=False, encoding=None, **options)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name, command", CASES, ids=[f"{a}: {b}" for a, b in CASES])
def test_environment(name, command, pristine, folder, fonts):
    environment = TABLE[name]
    words, word, file = COMMANDS[command]
    work = folder / environment.rename
    work.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(pristine, work, symlinks=True)
    if "result.json" in file:
        (work / file).unlink()
    environment.prepare(work)
    before = contents(work)
    code, raw, complaints = run(environment, words, work, fonts)
    encoding = (environment.env.get("PYTHONIOENCODING") or "utf-8").split(":")[0]
    out, err = (said.decode(encoding, "replace") for said in (raw, complaints))
    lines = [
        line
        for line in err.splitlines()
        if "%|" not in line and line.strip()  # the progress bar
    ]
    assert "Traceback" not in out + err and "Exception ignored" not in err, err
    if command in environment.refused:
        assert code == 2, (code, out, err)
        assert len(lines) == 1 and "error: " in lines[0], err
        assert environment.refused[command] in lines[0], err
        if "out" not in environment.lost:
            assert contents(work) == before
        return
    assert code == 0, (code, out, err)
    assert len(lines) <= 1, err
    if "out" not in environment.lost:
        assert word in out, (out, err)
    if environment.says and command in environment.commands:
        if environment.says != "cannot write" or command == "evaluate":
            assert environment.says in err, err
    if file and not environment.says:
        assert (work / file).is_file()
        kept = contents(work)
        unchanged = {k: v for k, v in before.items() if k in kept and kept[k] == v}
        assert len(unchanged) >= len(before) - 7
    if name == "umask 077" and file:
        assert (work / file).stat().st_mode & 0o777 == 0o600
