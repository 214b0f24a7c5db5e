"""Where no process can be started a solution runs in this one, and leaves it alone."""

import errno
import sys

import numpy as np
import pytest

from gan_numpy.exercises import running
from gan_numpy.exercises.reading.submission import read_submission
from gan_numpy.exercises.running import Worker, check_submission, close_idle

SHARED = (
    "import shared\n\ndef relu_backward(dy, cache):\n    return shared.of(dy, cache)\n"
)


@pytest.fixture
def no_processes(monkeypatch):
    def popen(*arguments, **options):
        raise OSError(errno.ENOTSUP, "emscripten does not support processes.")

    close_idle()
    monkeypatch.setattr(running.subprocess, "Popen", popen)


def results(folder, text, shared=""):
    folder.mkdir()
    (folder / "solution.py").write_text(text)
    if shared:
        (folder / "shared.py").write_text(shared)
    return list(check_submission(read_submission(folder / "solution.py")))


def test_two_solutions_have_modules_of_their_own(no_processes, tmp_path):
    modules, path = set(sys.modules), list(sys.path)
    right = "def of(dy, cache):\n    return dy * (cache > 0)\n"
    (one,) = results(tmp_path / "one", SHARED, right)
    (two,) = results(tmp_path / "two", SHARED, right.replace(">", "<"))
    assert one["passed"] and not two["passed"]
    assert "shared" not in sys.modules and sys.path == path
    assert {name for name in set(sys.modules) - modules if "shared" in name} == set()


def test_what_it_prints_asks_and_sets_is_lost(no_processes, tmp_path, capsys):
    text = (
        "import numpy as np\nprint('noise')\nnp.seterr(all='raise')\n\n"
        "def relu_backward(dy, cache):\n"
        "    print('more noise')\n    return dy * (cache > 0)\n"
    )
    before = np.geterr()
    (found,) = results(tmp_path / "noisy", text)
    assert found["passed"] and np.geterr() == before
    assert "noise" not in capsys.readouterr().out
    (found,) = results(
        tmp_path / "asking",
        "def relu_backward(dy, cache):\n    input()\n    return dy * (cache > 0)\n",
    )
    assert not found["passed"] and "EOFError" in found["texts"][0]


def test_one_that_exits_is_no_end(no_processes, tmp_path):
    text = "def relu_backward(dy, cache):\n    raise SystemExit(3)\n"
    (found,) = results(tmp_path / "exits", text)
    assert not found["passed"]


def test_the_note_says_why_and_once(no_processes, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("gan_numpy.cache._said", set())
    text = "def relu_backward(dy, cache):\n    return dy * (cache > 0)\n"
    for name in ("first", "second"):
        results(tmp_path / name, text)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "(emscripten does not support processes)" in said
    assert "without limits of time and memory" in said


def test_without_a_thread_the_process_is_ended(tmp_path, monkeypatch):
    """It is a thread that listens: a process alone is of no use."""
    close_idle()
    started = []
    popen = running.subprocess.Popen

    def remembered(*arguments, **options):
        started.append(popen(*arguments, **options))
        return started[-1]

    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(running.subprocess, "Popen", remembered)
    monkeypatch.setattr(running.threading.Thread, "start", start)
    path = tmp_path / "solution.py"
    path.write_text("def relu_backward(dy, cache):\n    return dy * (cache > 0)\n")
    with Worker(read_submission(path)) as worker:
        assert worker.check("relu_backward")["passed"]
        assert "can't start new thread" in worker.note
    (process,) = started
    assert process.poll() is not None
