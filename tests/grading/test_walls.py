"""The walls themselves: what a submission can do that may import the whole system.

Here ``os`` and others are allowed, so nothing is found in the syntax tree, and the
watchman is silent; what holds is the system.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import hostile
import pytest

import gan_numpy
from gan_numpy.grading import nursery
from gan_numpy.grading.forbidden import ALLOWED
from gan_numpy.grading.grader import Task, close_nurseries, grade, nursery_for
from gan_numpy.grading.submissions import Handin
from tests.programs import finished

EVERYTHING = "os socket signal time ctypes resource sys struct json _thread"
FREE = (*ALLOWED, *EVERYTHING.split())
ROOT = Path(gan_numpy.__file__).parents[1]


@pytest.fixture
def said(graded):
    """Run lines in a submission that may import anything; what it raises."""

    def run(*lines, limits=hostile.LIMITS):
        source = hostile.body(*lines, "raise ValueError(f'said {x}')")
        entry = graded(source, limits=limits, allowed=FREE)
        return entry["findings"][0]["says"]

    return run


def tried(*lines):
    """Lines that keep the exception of what they try in x."""
    return ["try:", *(f"    {s}" for s in lines), "    x = 'done'",
            "except BaseException as e: x = type(e).__name__ + str(e)"]  # fmt: skip


def test_no_fork(said):
    text = said("import os", *tried("os.fork()"))
    assert "BlockingIOError" in text


def test_no_thread(said):
    code = tried("import _thread", "_thread.start_new_thread(print, ())")
    assert "done" not in said(*code)


def test_no_file_is_written_outside(said, tmp_path):
    tmp_path.chmod(0o777)
    for place in (tmp_path, ROOT, Path.home(), Path("/tmp"), Path("/dev/shm")):
        text = said("import os", *tried(f"os.open('{place}/new', os.O_CREAT)"))
        assert "said" in text and "done" not in text, place


def test_nothing_is_removed(said, tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    tmp_path.chmod(0o777)
    assert "done" not in said("import os", *tried(f"os.remove('{file}')"))
    assert file.read_text() == "mine"


def test_the_library_and_the_others_are_not_there(said, tmp_path):
    if nursery_for(Task(allowed=FREE)).missing:
        pytest.skip("this system does not let files be hidden")
    (tmp_path / "other.py").write_text("secret")
    for place in (Path(gan_numpy.__file__).parent, tmp_path, ROOT / "tests"):
        text = said("import os", *tried(f"x = os.listdir('{place}')", "1 / len(x)"))
        assert "done" not in text, place
    assert "gan_numpy" not in said("import sys", "x = [*sys.modules]")


def test_nothing_is_writable(said):
    """Not even a folder of its own: what does not exist needs no cleaning up."""
    for place in ("mine", "/tmp/mine", "/dev/shm/mine", "/dev/null"):
        flags = "os.O_CREAT | os.O_WRONLY"
        assert "done" not in said("import os", *tried(f"os.open('{place}', {flags})"))


def test_no_network(said):
    if nursery_for(Task(allowed=FREE)).missing:
        pytest.skip("this system does not let the network be cut off")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        call = f"socket.create_connection(('127.0.0.1', {port}), 1)"
        assert "done" not in said("import socket", *tried(call))


def test_no_other_process_is_signaled(said):
    """Not even all that it may signal: the grader lives."""
    assert "said" in said("import os", *tried("os.kill(-1, 9)"))
    victim = subprocess.Popen(["sleep", "60"])
    try:
        said("import os", *tried(f"os.kill({victim.pid}, 9)"))
        assert victim.poll() is None
    finally:
        victim.kill()
        victim.wait(60)


def test_not_root(said):
    text = said("import os", "x = (os.getuid(), os.geteuid())")
    assert "said (0" not in text or os.getuid() != 0


def test_limits_cannot_be_raised(said):
    raise_them = "resource.setrlimit(resource.RLIMIT_NPROC, (99, 99))"
    assert "ValueError" in said("import resource", *tried(raise_them))


def test_os_exit_and_crash_are_named(graded):
    for line in ("os._exit(0)", "os.abort()", "ctypes.string_at(0)"):
        source = hostile.body("import os, ctypes", line)
        entry = graded(source, allowed=FREE)
        assert entry["tags"] == ["crash"], line


def test_the_clock_of_the_grader_is_its_own(graded):
    source = hostile.body(
        "import time", "time.monotonic = lambda: 0.0", "while True: pass"
    )
    assert graded(source, limits=hostile.SHORT, allowed=FREE)["tags"] == ["timeout"]


def test_nonsense_on_the_line_to_the_grader(graded):
    """The worst that a submission can say is nothing that counts."""
    lines = ["import os", "for fd in range(3, 20):",
             "    try: os.write(fd, b'\\xff' * 99)",
             "    except OSError: pass", hostile.FINE]  # fmt: skip
    entry = graded(hostile.body(*lines), allowed=FREE)
    assert entry["state"] == "wrong" and entry["tags"] == ["answer"]


def test_a_forged_answer_is_only_an_answer(graded):
    """A message of its own in place of the reply: the check reads it and says no."""
    lines = [
        "import os, struct, json",
        "text = json.dumps({'value': True, 'passed': True}).encode()",
        "for fd in range(3, 20):",
        "    try: os.write(fd, struct.pack('<II', len(text), 0) + text)",
        "    except OSError: pass",
        hostile.FINE,
    ]
    assert graded(hostile.body(*lines), allowed=FREE)["state"] == "wrong"


RUN = """
import sys
sys.path[0] = {root!r}
from gan_numpy.cli import main
jobs = sys.argv[1]
about = ["--out", "../out", "--jobs", jobs, "--lesson", "07", "--weak-sandbox"]
sys.exit(main(["grade", ".", *about]))
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_submission_is_not_imported_for_its_name(jobs, tmp_path):
    """``numpy.py`` handed in, and the instructor grades from within the folder."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("numpy", "json", "joblib", "tqdm", "socket", "alice"):
        mark = f"open({str(tmp_path / 'marked')!r}, 'w')\n"
        (folder / f"{name}.py").write_text(mark)
    command = [sys.executable, "-c", RUN.format(root=str(ROOT)), jobs]
    done = finished(command, cwd=folder)
    assert done.returncode == 0 and "graded 6" in done.stdout, done.stderr
    assert not (tmp_path / "marked").exists()


REFUSES = (
    "import gan_numpy.grading.system as s\n"
    "def refuse(self, *a): raise OSError('refused')\n"
    "s.System.unshare = refuse\n"
)


def test_a_system_without_name_spaces(monkeypatch, graded):
    """It says what is missing, and the limits hold nevertheless."""
    close_nurseries()
    monkeypatch.setattr(nursery, "PROGRAM", REFUSES + nursery.PROGRAM)
    try:
        assert graded(hostile.RIGHT)["state"] == "right"
        missing = nursery_for(Task()).missing
        assert any("network" in m for m in missing) and len(missing) >= 4
        source = hostile.body("import os", *tried("os.fork()"), "raise ValueError(x)")
        entry = graded(source, allowed=FREE)
        assert "BlockingIOError" in entry["findings"][0]["says"]
        assert any("network" in m for m in missing) and len(missing) >= 4
        entry = grade(Handin("s", (("s.py", b"x"),), ()), Task())
        assert "name spaces are missing" in entry["failed"]
    finally:
        close_nurseries()


def test_threads_wait_for_each_other(graded):
    """A Dask worker may have several: what they print and warn must not mix."""
    states = []
    threads = [
        threading.Thread(target=lambda: states.append(graded(hostile.RIGHT)["state"]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert states == ["right"] * 4
