r"""System calls of Linux that Python does not have; an `OSError` if one is refused."""

from __future__ import annotations

import ctypes
import os
from typing import Any

NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x00020000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 0x1000, 0x4000, 0x40000, 2
MOUNT_SETATTR, AT_RECURSIVE, AT_FDCWD = 442, 0x8000, -100
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SIGKILL = 1, 22, 38, 9
SECCOMP_FILTER = 2


class _Attributes(ctypes.Structure):
    """struct mount_attr of mount_setattr(2)."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "prop", "fd")]


class System:
    """The system calls that Python does not have; an OSError if one is refused."""

    def __init__(self) -> None:
        self.libc = ctypes.CDLL(None, use_errno=True)

    def _call(self, name: str, *arguments: Any) -> None:
        try:
            function = getattr(self.libc, name)
        except AttributeError:
            raise OSError(f"this system has no {name}") from None
        if function(*arguments) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    def unshare(self, flags: int) -> None:
        """Leave name spaces for new ones."""
        self._call("unshare", flags)

    def setns(self, fd: int, kind: int) -> None:
        """Enter a name space."""
        self._call("setns", fd, kind)

    def prctl(self, option: int, value: int, more: int = 0) -> None:
        """Set an attribute of this process."""
        zero = ctypes.c_ulong(0)
        values = ctypes.c_ulong(value), ctypes.c_ulong(more)
        self._call("prctl", option, *values, zero, zero)

    def mount(
        self, source: str, target: str, kind: str | None, flags: int, data: str = ""
    ) -> None:
        """Mount a file system."""
        self._call(
            "mount",
            source.encode(),
            target.encode(),
            kind and kind.encode(),
            ctypes.c_ulong(flags),
            data.encode() or None,
        )

    def unmount(self, target: str) -> None:
        """Take a file system away, whoever uses it."""
        self._call("umount2", target.encode(), MNT_DETACH)

    def read_only(self, target: str) -> None:
        """Make a mount and all below it read-only."""
        wanted = _Attributes(MS_RDONLY | MS_NOSUID, 0, 0, 0)
        self._call(
            "syscall",
            ctypes.c_long(MOUNT_SETATTR),
            ctypes.c_long(AT_FDCWD),
            target.encode(),
            ctypes.c_long(AT_RECURSIVE),
            ctypes.byref(wanted),
            ctypes.c_long(ctypes.sizeof(wanted)),
        )

    def drop_capabilities(self) -> None:
        """Give up every privilege for good."""
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this process
        self._call("capset", header, (ctypes.c_uint32 * 6)())
