"""No Numba, no processes, no threads, as in a browser: what can be done is done.

The solved lessons run in one IPython without a kernel process, a part of them in turn;
``GAN_NUMPY_ANYWHERE=all`` takes all.
"""

import json
import os
import sys
from pathlib import Path

import pytest
from tests.programs import finished
from tests.turns import share

HERE = Path(__file__).parent
LESSONS = Path(__file__).parents[2] / "lessons"
NUMBERS = sorted(path.name[:2] for path in (LESSONS / "source").glob("*.py"))
IN_TURN = share(NUMBERS, 10, "GAN_NUMPY_ANYWHERE")
TINY = ("--epochs", "1", "--set", "batch_size=200", "--quiet")
NO_NUMBA = "note: no Numba (No module named 'numba'): the kernels are NumPy's alone"
NO_PROCESS = "note: this Python starts no processes"

RIGHT = "def relu_backward(dy, cache):\n    return dy * (cache > 0)\n"
WRONG = "import numpy\n\ndef relu_backward(dy, cache):\n    return dy * (dy > 0)\n"


def in_a_browser(*arguments, cwd=None, **environment):
    """What a Python that can do as little as one in a browser says."""
    return finished(
        [sys.executable, "-W", "error", HERE / "browser_python.py", *arguments],
        cwd=cwd,
        env={**os.environ, "GAN_NUMPY_FAST": "1", "COLUMNS": "200", **environment},
        seconds=600,
    )


def command(*arguments, **options):
    return in_a_browser("cli", *arguments, **options)


def one_line(done, code=2):
    """The one line of a command that cannot be carried out."""
    assert done.returncode == code, done.stderr
    assert done.stdout == "" and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_it_is_as_poor_as_a_browsers_python():
    code = (
        "import os, subprocess, threading, importlib, runpy, sys\n"
        "space = runpy.run_path(sys.argv[1])\n"
        "space['block']()\n"
        "def fails(what, *arguments):\n"
        "    try: what(*arguments)\n"
        "    except Exception as error: return type(error).__name__\n"
        "for name in space['ABSENT']: print(fails(importlib.import_module, name))\n"
        "print(fails(subprocess.run, [sys.executable, '-c', '']), fails(os.fork))\n"
        "print(fails(threading.Thread(target=print).start))\n"
    )
    done = finished([sys.executable, "-c", code, HERE / "browser_python.py"])
    *absent, processes, threads = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert set(absent) == {"ModuleNotFoundError"} and len(absent) == 8
    assert (processes, threads) == ("OSError OSError", "RuntimeError")


def test_the_solved_lessons_pass(builder, tmp_path):
    for number in IN_TURN:
        builder.write(tmp_path, number, solutions=True)
    paths = sorted(tmp_path.glob("*.ipynb"))
    assert len(paths) == len(IN_TURN) >= 1
    done = in_a_browser("lesson", *paths)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(result["path"]) for result in results] == paths
    for path, result in zip(paths, results):
        (source,) = builder.sources(path.name[:2])
        wanted = builder.exercises_of(source)
        assert all(result["checks"][name] is True for name in wanted), result
        assert result["pictures"] >= 1, path
        assert result["stderr"] == ""


def test_a_training_goes_on_in_numpy_and_says_so_once(tmp_path):
    done = command("train", *TINY, "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr.startswith(NO_NUMBA)
    about = json.loads((tmp_path / "run" / "config.json").read_text())["environment"]
    assert about["kernels"] == "reference"
    assert about["numba"] is None and about["numba_threads"] is None
    assert (tmp_path / "run" / "samples" / "epoch-0001.png").is_file()


def test_compiled_kernels_that_were_asked_for_are_refused_in_one_line():
    refused = command("sample", "run", GAN_NUMPY_KERNELS="native")
    assert "GAN_NUMPY_KERNELS=native needs numba" in one_line(refused)


def test_a_file_is_checked_in_process_with_one_note(tmp_path):
    for name, text in (("right.py", RIGHT), ("wrong.py", WRONG)):
        (tmp_path / name).write_text(text)
    done = command("check", "right.py", "wrong.py", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "1 right, 1 wrong" in done.stdout and "mask-from-dy" in done.stdout
    assert done.stderr.count("\n") == 1 and done.stderr.startswith(NO_PROCESS)
    assert "without limits of time and memory" in done.stderr


def test_pytest_checks_in_process_with_one_note(tmp_path):
    (tmp_path / "mine.py").write_text(WRONG)
    options = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "mine.py")
    done = in_a_browser("pytest", *options, cwd=tmp_path)
    assert "mask-from-dy" in done.stdout and "1 failed" in done.stdout, done.stdout
    assert done.stdout.count(NO_PROCESS) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("bench",), "gan-numpy bench needs numba"),
        (("grade", "."), "gan-numpy grade needs processes of its own"),
        (("data", "fetch", "mnist", "--data-dir", "."), "a download needs pooch"),
    ],
)
def test_what_truly_needs_them_says_so_in_one_line(arguments, says, tmp_path):
    assert says in one_line(command(*arguments, cwd=tmp_path))
