"""A Python as it is in a browser: no Numba, no processes, no threads.

    python browser_python.py lesson FILE...    solved notebooks, cell by cell
    python browser_python.py cli ARGUMENTS     a command of gan-numpy
    python browser_python.py pytest ARGUMENTS

What it raises is what CPython raises on Emscripten: its own switch for processes, the
same exceptions for the rest. scikit-learn, which is there in a browser too, needs
joblib and may import it; nobody else may.
"""

from __future__ import annotations

import _thread
import contextlib
import errno
import io
import json
import os
import subprocess
import sys
import threading
import time
from importlib.abc import MetaPathFinder

ABSENT = {"numba", "llvmlite", "pooch", "requests", "tqdm", "joblib"}
ABSENT |= {"resource", "anywidget"}
# There is no multiprocessing in a browser either: joblib asks for it when it is loaded.
os.environ["JOBLIB_MULTIPROCESSING"] = "0"


class Absent(MetaPathFinder):
    """Finds that what is absent is not there."""

    def find_spec(self, fullname, path=None, target=None):
        name = fullname.partition(".")[0]
        if name not in ABSENT or (name == "joblib" and wanted_by("sklearn", "joblib")):
            return None
        raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def wanted_by(*packages):
    """Whether the import comes from a module of one of these packages."""
    frame = sys._getframe()
    while frame is not None:
        name = frame.f_globals.get("__name__", "").partition(".")[0]
        if name == "gan_numpy":
            return False
        if name in packages:
            return True
        frame = frame.f_back
    return False


def no_thread(*arguments, **options):
    raise RuntimeError("can't start new thread")


def no_process(*arguments, **options):
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


def block():
    """From now on nothing of it can be had."""
    assert not ABSENT & sys.modules.keys() - {"resource"}
    sys.modules.pop("resource", None)
    sys.meta_path.insert(0, Absent())
    subprocess._can_fork_exec = False
    for name in ("fork", "forkpty", "posix_spawn", "posix_spawnp", "system"):
        setattr(os, name, no_process)
    for name in ("start_new_thread", "start_joinable_thread"):
        for module, prefix in ((_thread, ""), (threading, "_")):
            if hasattr(module, prefix + name):
                setattr(module, prefix + name, no_thread)


def run_lessons(paths):
    """Run the code cells of notebooks in one IPython; a line of JSON for each."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    config = Config()
    config.HistoryManager.enabled = False  # it would keep it by a thread
    shell = InteractiveShell.instance(config=config)
    shown = []
    shell.display_pub.publish = lambda data, *a, **k: shown.append(data)
    shell.displayhook.write_format_data = lambda data, *a: shown.append(data)
    for path in paths:
        with open(path, encoding="utf-8") as file:
            cells = json.load(file)["cells"]
        shell.reset()
        shown.clear()
        begun, checks = time.perf_counter(), {}
        out, err = io.StringIO(), io.StringIO()
        for cell in cells:
            if cell["cell_type"] != "code":
                continue
            source = "".join(cell["source"])
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                done = shell.run_cell(source)
            if not done.success:
                raise SystemExit(f"{path}: {cell['id']}: {out.getvalue()[-3000:]}")
            if source.startswith("check("):
                checks[source[6:-1]] = bool(done.result)
        html = [data.get("text/html", "") for data in shown]
        result = {
            "path": path,
            "checks": checks,
            "stderr": err.getvalue(),
            "pictures": sum("data:image/png" in text for text in html),
            "seconds": time.perf_counter() - begun,
        }
        print(json.dumps(result), flush=True)


def main(what, *arguments):
    block()
    if what == "lesson":
        run_lessons(arguments)
        return 0
    if what == "cli":
        from gan_numpy.cli import main as command

        return command(list(arguments))
    import pytest

    return pytest.main(list(arguments))


if __name__ == "__main__":
    sys.path.pop(0)  # this folder
    sys.exit(main(*sys.argv[1:]))
