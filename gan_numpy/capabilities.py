r"""What this Python can do: compile, and start processes and threads.

A Python in a browser does none of these, and neither do some sandboxes. What can be
done without is done without, and said in one line; nobody else decides it.
"""

from __future__ import annotations

import sys
import threading
from functools import cache
from importlib import import_module

from gan_numpy.errors import UserError


@cache
def why_not(package: str) -> str:
    """Why a package cannot be imported; empty if it can, and then it is."""
    try:
        import_module(package)
    except ImportError as error:  # it is not there, or what it needs is not
        return " ".join(str(error).split())[:200] or "it cannot be imported"
    return ""


def need(package: str, what: str, otherwise: str = "") -> None:
    """Import a package that is optional everywhere else.

    Parameters
    ----------
    package : str
    what : str
        What needs it, for the message.
    otherwise : str, optional
        What else can be done.

    Raises
    ------
    UserError
        If it cannot be imported.
    """
    reason = why_not(package)
    if reason:
        other = f", or {otherwise}" if otherwise else ""
        raise UserError(
            f"{what} needs {package}, which cannot be imported ({reason}): "
            f"pip install {package}{other}"
        )


def version_of(package: str) -> str | None:
    """The version of an optional package; None if it cannot be imported."""
    if why_not(package):
        return None
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:  # it was not installed, but is found
        return "unknown"


@cache
def starts_threads() -> bool:
    """Whether a thread can be started."""
    try:
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
    except RuntimeError:  # can't start new thread
        return False
    return True


def need_processes(what: str) -> None:
    """See that a process can be started, by starting one that does nothing.

    Too many processes, or too little memory, are no reason: they may pass.

    Raises
    ------
    UserError
        If none ever can.
    """
    import errno
    import subprocess

    try:
        subprocess.run([sys.executable, "-I", "-S", "-c", ""], check=False)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.ENOMEM):
            reason = str(error.strerror or error).rstrip(".")
            raise UserError(
                f"{what} needs processes of its own, and this Python starts none "
                f"({reason}): run it elsewhere"
            ) from None
