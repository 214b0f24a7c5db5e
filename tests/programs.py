"""Programs that tests start: none is waited for without end."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest

SECONDS = 300.0  # on a slow and busy machine; what takes longer hangs


def end(process: subprocess.Popen) -> None:
    """Kill a program that `start` started, with all that it has started."""
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def start(command: Sequence[Any], **options: Any) -> subprocess.Popen:
    """Start a program in a session of its own, its output collected."""
    options = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "start_new_session": True,
        **options,
    }
    return subprocess.Popen([*map(_word, command)], **options)


def _word(word: Any) -> str | bytes:
    return word if isinstance(word, bytes) else str(word)


def finish(process: subprocess.Popen, seconds: float = SECONDS) -> tuple[Any, Any]:
    """What a program has written when it ends; the test fails if it does not end.

    `subprocess.run` with a time limit waits without end for the output of what the
    killed program had started, so the whole session is killed here.
    """
    try:
        return process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        end(process)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=5)
        name = " ".join(map(os.fsdecode, process.args))[-300:]
        pytest.fail(f"still running after {seconds:g} s, and killed: {name}")


def finished(
    command: Sequence[Any], seconds: float = SECONDS, **options: Any
) -> subprocess.CompletedProcess:
    """As `subprocess.run` with the output as text, but it always ends."""
    process = start(command, **{"text": True, "encoding": "utf-8", **options})
    out, err = finish(process, seconds)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)
