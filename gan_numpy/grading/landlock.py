r"""Which files a submission may open: Python's, NumPy's, those of allowed modules.

Landlock (Linux 5.13) lets a process give up, without any privilege and for good, every
access to files that it does not name. Nothing may be written anywhere, and what is read
is the standard library and the packages that may be imported: an autograd package, this
library, the home directories and the submissions of others do not open, whether name
spaces hide them or not. Newer kernels also close the network (6.7), abstract sockets
and signals to others (6.12).
"""

from __future__ import annotations

import ctypes
import glob
import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator

from gan_numpy.grading.system import System

CREATE, ADD, RESTRICT = 444, 445, 446  # the same numbers on every processor
EXECUTE, READ_FILE, READ_FOLDER = 1, 4, 8
FILES = [0, 0x1FFF, 0x3FFF, 0x7FFF, 0x7FFF, 0xFFFF]  # rights by version; then the last
NETWORK, SCOPES = 3, 3
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
LIBRARIES = ("/lib/*-linux-*", "/usr/lib/*-linux-*", "/etc/ld.so.cache")


class Ruleset(ctypes.Structure):
    """struct landlock_ruleset_attr."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "network", "scopes")]


class Beneath(ctypes.Structure):
    """struct landlock_path_beneath_attr."""

    _pack_ = 1
    _fields_ = [("rights", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def call(system: System, *arguments: object) -> int:
    """A system call without a name in the C library."""
    system.libc.syscall.restype = ctypes.c_long
    returned = int(system.libc.syscall(*arguments))
    if returned < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return returned


def make_rules(system: System, readable: Iterable[str], listed: Iterable[str]) -> int:
    """A descriptor of the rules; `restrict` applies them.

    Parameters
    ----------
    readable : iterable of str
        Files and folders that may be read, with all that is in them.
    listed : iterable of str
        Folders of which the names may be read.

    Raises
    ------
    OSError
        If the kernel has no Landlock.
    """
    number, zero = ctypes.c_long(CREATE), ctypes.c_size_t(0)
    version = call(system, number, None, zero, ctypes.c_uint32(1))
    made = Ruleset(FILES[min(version, len(FILES) - 1)])
    size = 8
    if version >= 4:
        made.network, size = NETWORK, 16
    if version >= 6:
        made.scopes, size = SCOPES, 24
    rules = call(system, number, ctypes.byref(made), ctypes.c_size_t(size), 0)
    for path in readable:
        _add(system, rules, path, READ_FILE | READ_FOLDER | EXECUTE)
    for path in listed:
        _add(system, rules, path, READ_FOLDER)
    return rules


def _add(system: System, rules: int, path: str, rights: int) -> None:
    """Allow a path; one that is not there needs no rule."""
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        rights &= ~READ_FOLDER
    rule = Beneath(rights, fd)
    try:
        number = ctypes.c_long(ADD)
        call(system, number, rules, ctypes.c_int(1), ctypes.byref(rule), 0)
    finally:
        os.close(fd)


def restrict(system: System, rules: int) -> None:
    """Give up everything that the rules do not allow; it needs "no new privileges"."""
    call(system, ctypes.c_long(RESTRICT), rules, 0)


def needed_files(ours: str) -> set[str]:
    """What this process reads by itself: all that it has imported, but not ``ours``.

    The standard library is taken entry by entry, since installed packages lie in it.
    """
    found = {*DEVICES, *(p for pattern in LIBRARIES for p in glob.glob(pattern))}
    installed = set(_installed())
    for name in ("stdlib", "platstdlib"):
        folder = sysconfig.get_path(name)
        entries = {os.path.join(folder, e) for e in os.listdir(folder)}
        found |= {e for e in entries if not e.endswith("-packages")}
    found |= {e for e in sys.path if e.endswith(".zip")}
    for module in [*sys.modules.values()]:
        path = getattr(module, "__file__", None)
        if not isinstance(path, str) or path.startswith(ours):
            continue
        home = next((f for f in installed if path.startswith(f + os.sep)), None)
        if home is not None:
            root = os.path.join(home, path[len(home) + 1 :].split(os.sep)[0])
            found |= {root, f"{root}.libs"}
        elif hasattr(module, "__path__"):  # a package that lies elsewhere
            found.add(os.path.dirname(path))
    found |= set(_mapped())
    return {os.path.realpath(path) for path in found}


def _installed() -> Iterator[str]:
    """Folders in which packages are installed."""
    for entry in {*sys.path, *site.getsitepackages(), sysconfig.get_path("purelib")}:
        if entry.endswith("-packages"):
            yield entry


def _mapped() -> Iterator[str]:
    """Shared libraries in use."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return
    for line in lines:
        path = line[line.find("/") :] if "/" in line else ""
        if ".so" in path:
            yield path
