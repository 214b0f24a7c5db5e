r"""The process from which submissions are forked: ``python -m ...zygote FD``.

Python and NumPy are imported once; each submission then starts in a few milliseconds,
from a process that has never seen a solution (one that only explains mistakes has). It
hears one JSON object a line:

``{"spawn": limits}`` and a socket
    fork; answers ``{"pid": ...}``
``{"end": true}``
    kill what was forked; answers how it ended and the memory it took
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
from typing import Any

import numpy as np

from gan_numpy.grading import sandbox
from gan_numpy.grading.inside import Explain, Service, import_all

OURS = "gan_numpy"
CLOSED = (
    "the user that submissions run as may not read {}: modules that are imported later"
    " are not found (use a Python that everybody may read)"
)


class Zygote:
    """Forks submissions, one at a time.

    Parameters
    ----------
    control : socket
        To the grader.
    config : dict
        ``allowed`` modules, folders to ``hide``, number of a ``user`` to become,
        whether it ``explains``.
    """

    def __init__(self, control: socket.socket, config: dict[str, Any]) -> None:
        self.control, self.config = control, config
        self.allowed: list[str] = config["allowed"]
        import_all(self.allowed)
        self.explain: Explain | None = None
        if config["explains"]:  # nothing is graded here, so solutions may be seen
            explaining = importlib.import_module("gan_numpy.grading.explaining")
            explaining.prepare()
            self.explain = explaining.explanation
        package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self.walls = sandbox.isolate(config["hide"], package)
        self.child = 0
        unseen = ("ctypes",) if config["explains"] else (OURS, "ctypes")
        for name in [m for m in sys.modules if m.split(".")[0] in unseen]:
            del sys.modules[name]

    def run(self) -> None:
        """Serve until the grader goes."""
        closed = closed_to(self.config["user"]) if os.getuid() == 0 else ""
        also = [CLOSED.format(closed)] if closed else []
        self.answer({"missing": self.walls.missing, "open": self.walls.open + also})
        while True:
            line, fds, _, _ = socket.recv_fds(self.control, 1 << 16, 1)
            if not line:
                break
            request = json.loads(line)
            if "spawn" in request:
                try:
                    self.spawn(sandbox.Limits(**request["spawn"]), fds[0])
                except OSError as error:  # too few processes: nobody's fault but ours
                    self.answer({"failed": str(error)})
            else:
                self.answer(self.end())
        self.end()

    def answer(self, content: dict[str, Any]) -> None:
        """Send one line."""
        self.control.sendall(json.dumps(content).encode() + b"\n")

    def spawn(self, limits: sandbox.Limits, fd: int) -> None:
        """Fork the process of a submission."""
        self.end()
        sandbox.new_processes(self.walls, inside=True)
        try:
            self.child = os.fork()
            if self.child == 0:
                self._become_the_submission(limits, fd)
        finally:
            sandbox.new_processes(self.walls, inside=False)
            os.close(fd)
        self.answer({"pid": self.child})

    def _become_the_submission(self, limits: sandbox.Limits, fd: int) -> None:
        status = 1
        try:
            user = self.config["user"]
            self.config.clear()  # it names folders of the instructor's
            missing = sandbox.confine(limits, self.walls, fd, user)
            gc.freeze()
            sock = socket.socket(fileno=fd)
            service = Service(sock, self.allowed, self.explain)
            service.hello(missing)
            service.run()
            status = 0
        finally:
            os._exit(status)

    def end(self) -> dict[str, Any]:
        """Kill the submission's process."""
        if not self.child:
            return {"status": None}
        os.kill(self.child, signal.SIGKILL)
        _, status, usage = os.wait4(self.child, 0)
        self.child = 0
        return {"status": os.waitstatus_to_exitcode(status), "kib": usage.ru_maxrss}


def closed_to(user: int) -> str:
    """The first folder of Python's that a user may not read; empty if there is none."""
    ours = os.path.abspath(__file__).rsplit(os.sep, 3)[0]  # what is in there is loaded
    folders = [f for f in dict.fromkeys(sys.path) if f != ours and os.path.isdir(f)]
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if sandbox.become(user) or sandbox.become(sandbox.NOBODY):
                closed = [f for f in folders if not os.access(f, os.R_OK | os.X_OK)]
                os.write(writer, os.fsencode("".join(closed[:1])))
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        said = os.fsdecode(file.read())
    os.waitpid(child, 0)
    return said


def main() -> None:
    """Read the configuration, then serve."""
    control = socket.socket(fileno=int(sys.argv[1]))
    config = json.loads(control.recv(1 << 16))
    np.linalg.norm(np.eye(2) @ np.eye(2))  # the BLAS is loaded and has its memory
    Zygote(control, config).run()


if __name__ == "__main__":
    main()
