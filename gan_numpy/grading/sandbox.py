r"""Walls around a process: namespaces, another user, limits.

Two steps. `isolate` is done once, by the process from which the submissions are forked:
it gets name spaces of its own (Linux), in which there is no network, every file system
is read-only, and the home directories, the submissions and this library are not there.
`confine` is done by each submission's process: it gives up every privilege and gets its
limits. What the system does not allow is left out, and its name is returned.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gan_numpy.grading import system as linux
from gan_numpy.grading.system import System

COVERED = ("/tmp", "/var/tmp", "/home", "/root", "/mnt", "/media", "/srv", "/run")
SYSTEM = ("/usr", "/lib", "/bin", "/etc", "/dev", "/proc", "/sys")
SCRATCH = "/tmp/scratch"
OWN_USERS = 0x60000000  # user ids from here on belong to nobody
NOBODY = 65534


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes
    ----------
    seconds : float
        Wall clock, for one exercise.
    total : float
        For all exercises of one file, also of the processor.
    memory, disk, answer : int
        MiB of address space beyond Python's own, of files, of one answer.
    files : int
        Open files.
    """

    seconds: float = 10.0
    total: float = 120.0
    memory: int = 1024
    disk: int = 16
    files: int = 32

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass
class Walls:
    """What `isolate` has built.

    Attributes
    ----------
    missing : list of str
        What the system did not allow, for people to read.
    own_files : bool
        Every submission gets a file system of its own, at `SCRATCH`.
    processes : int or None
        An open descriptor of our process name space: each submission gets its own.
    address_space : int
        Bytes that this process uses before a submission has begun.
    """

    missing: list[str]
    own_files: bool = False
    processes: int | None = None
    address_space: int = 0


def isolate(hide: list[str]) -> Walls:
    """Leave the network, the users' files and other processes behind.

    The caller may return in another process: with name spaces for processes, the first
    one only waits for the second.
    """
    walls = Walls([], address_space=_address_space())
    system = System()
    if os.geteuid() != 0:
        user, group = os.getuid(), os.getgid()
        try:
            system.unshare(linux.NEWUSER)
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        except OSError:
            walls.missing.append("no other user: it runs as yourself")
    for flag, what in (
        (linux.NEWNET, "the network is not cut off"),
        (linux.NEWIPC, "shared memory is not private"),
        (linux.NEWPID, "it could signal other processes of its user"),
        (linux.NEWNS, "files that everybody may read are not hidden"),
    ):
        try:
            system.unshare(flag)
        except OSError:
            walls.missing.append(what)
            continue
        if flag == linux.NEWPID:
            _go_on_inside(system)
            walls.processes = _own_processes()
        if flag == linux.NEWNS:
            _rebuild_files(system, hide, walls)
    return walls


def _go_on_inside(system: System) -> None:
    """Fork; the child is the first process of the new name space, and goes on."""
    child = os.fork()
    if child:
        os.closerange(3, 256)
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    system.prctl(linux.PR_SET_PDEATHSIG, linux.SIGKILL)


def _own_processes() -> int | None:
    try:
        return os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def _address_space() -> int:
    """Bytes mapped by this process, or a generous guess."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 1 << 32
    return pages * resource.getpagesize()


def _rebuild_files(system: System, hide: list[str], walls: Walls) -> None:
    """Cover what is nobody's business, then make all the rest read-only."""
    try:
        system.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
        hidden = [os.path.realpath(place) for place in hide]
        python = {sys.prefix, sys.base_prefix, *filter(os.path.isdir, sys.path)}
        kept = {os.path.realpath(p) for p in python} - set(hidden)
        for place in [*map(os.path.realpath, COVERED), *hidden]:
            cover(system, place, sorted(kept))
        os.makedirs(SCRATCH, exist_ok=True)
        system.read_only("/")
        system.mount("none", "/proc", "tmpfs", linux.MS_RDONLY, "size=4k,mode=555")
        walls.own_files = True
    except OSError:
        walls.missing.append("files that everybody may read are not hidden")


def cover(system: System, place: str, kept: list[str]) -> None:
    """Mount an empty file system on a folder, and show Python's own folders in it."""
    if not os.path.isdir(place) or any(is_within(s, place) for s in SYSTEM):
        return
    shown = {k: os.open(k, os.O_PATH) for k in kept if is_within(k, place)}
    if place in shown:
        return
    system.mount(
        "none", place, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=755,size=1m"
    )
    for path, fd in shown.items():
        os.makedirs(path, exist_ok=True)
        system.mount(f"/proc/self/fd/{fd}", path, None, linux.MS_BIND | linux.MS_REC)
        os.close(fd)


def is_within(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def new_processes(walls: Walls, inside: bool) -> None:
    """The next child is the first of a name space of processes; or no longer so."""
    if walls.processes is None:
        return
    try:
        if inside:
            System().unshare(linux.NEWPID)
        else:
            System().setns(walls.processes, linux.NEWPID)
    except OSError:
        os.close(walls.processes)
        walls.processes = None


def new_folder(walls: Walls, disk: int) -> str:
    """An empty folder for one submission, of ``disk`` MiB where that can be limited."""
    if walls.own_files:
        options = f"size={disk}m,mode=711,nr_inodes=1000"
        System().mount(
            "none", SCRATCH, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options
        )
        return SCRATCH
    import tempfile

    return tempfile.mkdtemp(prefix="gan-numpy-grade-")


def remove_folder(walls: Walls, folder: str) -> None:
    """Remove what `new_folder` made, whatever is in it."""
    if walls.own_files:
        System().unmount(folder)
        return
    import shutil

    def unlock(function: Any, path: str, _: Any) -> None:
        with contextlib.suppress(OSError):
            os.chmod(os.path.dirname(path), 0o700)
            function(path)

    shutil.rmtree(folder, onerror=unlock)


def become(user: int, folder: str) -> bool:
    """Turn from root into a user who owns this folder and nothing else."""
    try:
        os.chown(folder, user, user)
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    except (OSError, AttributeError):
        return False
    return True


def confine(limits: Limits, folder: str, space: int, keep: int, user: int) -> list[str]:
    """Give up all that a submission does not need; returns what was not possible.

    Parameters
    ----------
    folder : str
        The only place where it may write.
    space : int
        Bytes of address space in use before.
    keep : int
        The one descriptor that stays open.
    user : int
        Who to become, if root.
    """
    os.setsid()
    os.chmod(folder, 0o700)
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.closerange(3, keep)
    os.closerange(keep + 1, 4096)
    missing = []
    if os.getuid() == 0 and not any(become(u, folder) for u in (user, NOBODY)):
        missing.append("it runs as root")
    system = System()
    for action in (
        lambda: system.drop_capabilities(),
        lambda: system.prctl(linux.PR_SET_NO_NEW_PRIVS, 1),
        lambda: system.prctl(linux.PR_SET_PDEATHSIG, linux.SIGKILL),
    ):
        with contextlib.suppress(OSError):
            action()
    os.chdir(folder)
    os.umask(0o077)
    os.environ.clear()
    os.environ.update(HOME=folder, TMPDIR=folder, PATH="/usr/bin:/bin", LANG="C.UTF-8")
    seconds = int(limits.total) + 1
    for name, value in (
        ("RLIMIT_AS", space + (limits.memory << 20)),
        ("RLIMIT_CPU", seconds),
        ("RLIMIT_FSIZE", limits.disk << 20),
        ("RLIMIT_NOFILE", limits.files),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_MEMLOCK", 0),
        ("RLIMIT_MSGQUEUE", 0),
        # its user has one process already, itself: no fork succeeds, nor a thread
        ("RLIMIT_NPROC", 1),
    ):
        number = getattr(resource, name, None)
        if number is None:
            continue
        try:
            resource.setrlimit(number, (value, value))
        except (OSError, ValueError):
            missing.append(f"no limit {name}")
    return missing
