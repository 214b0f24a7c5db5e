r"""Walls around a process: name spaces, another user, limits, the kernel's filters.

Two steps. `isolate` is done once, by the process from which the submissions are forked:
it gets name spaces of its own (Linux), in which there is no network, every file system
is read-only, and the home directories, the submissions, this library, terminals and
other processes are not there. `confine` is done by each submission's process: it gives
up every privilege, gets its limits, and lets the kernel refuse it all but computing
(`landlock`, `seccomp`). Nothing is written anywhere, so nothing is left to clean up.
What the system does not allow is left out, and its name is returned.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gan_numpy.gradcheck.repair.memory import address_space
from gan_numpy.grading import landlock, seccomp
from gan_numpy.grading import system as linux
from gan_numpy.grading.system import System

COVERED = ("/tmp", "/var/tmp", "/home", "/root", "/mnt", "/media", "/srv", "/run")
SYSTEM = ("/usr", "/lib", "/bin", "/etc", "/dev", "/proc", "/sys")
OWN_USERS = 0x60000000  # user ids from here on belong to nobody
NOBODY = 65534
DESCRIPTORS = 4096  # more than this process ever opens; it inherits none


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes
    ----------
    seconds : float
        Wall clock, for one exercise.
    total : float
        For all exercises of all files of a submission, also of the processor.
    memory : int
        MiB of address space beyond Python's own.
    files : int
        Open files.
    """

    seconds: float = 10.0
    total: float = 120.0
    memory: int = 1024
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
        What name spaces would have closed and the system does not allow.
    open : list of str
        Which of the kernel's filters there is not.
    processes : int or None
        An open descriptor of our process name space: each submission gets its own.
    memory : bool
        Each submission gets a name space for shared memory.
    address_space : int
        Bytes that this process uses before a submission has begun.
    rules : int or None
        A descriptor of the rules of Landlock.
    """

    missing: list[str]
    open: list[str] = field(default_factory=list)
    processes: int | None = None
    memory: bool = False
    address_space: int = 0
    rules: int | None = None


def isolate(hide: list[str], ours: str) -> Walls:
    """Leave the network, the users' files and other processes behind.

    The caller may return in another process: with name spaces for processes, the first
    one only waits for the second.

    Parameters
    ----------
    hide : list of str
        Folders that are not to be seen.
    ours : str
        The folder of this library, which is not to be read.
    """
    walls = Walls([], address_space=address_space())
    system = System()
    readable = landlock.needed_files(ours)
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
        if flag == linux.NEWIPC:
            walls.memory = True
        if flag == linux.NEWPID:
            _go_on_inside(system)
            walls.processes = _own_processes()
        if flag == linux.NEWNS:
            try:
                _rebuild_files(system, hide)
            except OSError:
                walls.missing.append(what)
    try:
        listed = filter(os.path.isdir, sys.path)
        walls.rules = landlock.make_rules(system, readable, listed)
    except OSError:
        walls.open.append("Landlock does not limit which files it opens")
    return walls


def _go_on_inside(system: System) -> None:
    """Fork; the child is the first process of the new name space, and goes on."""
    child = os.fork()
    if child:
        os.closerange(3, DESCRIPTORS)
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    system.prctl(linux.PR_SET_PDEATHSIG, linux.SIGKILL)


def _own_processes() -> int | None:
    try:
        return os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def _rebuild_files(system: System, hide: list[str]) -> None:
    """Cover what is nobody's business, then make all the rest read-only."""
    system.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    hidden = [os.path.realpath(place) for place in hide]
    python = {sys.prefix, sys.base_prefix, *filter(os.path.isdir, sys.path)}
    kept = {os.path.realpath(p) for p in python} - set(hidden)
    for place in [*map(os.path.realpath, COVERED), *hidden]:
        cover(system, place, sorted(kept))
    bare_devices(system)
    system.read_only("/")
    system.mount("none", "/proc", "tmpfs", linux.MS_RDONLY, "size=4k,mode=555")


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


def bare_devices(system: System) -> None:
    """No terminal, no disk, no shared memory in /dev: only nothing and noise."""
    shown = {d: os.open(d, os.O_PATH) for d in landlock.DEVICES if os.path.exists(d)}
    system.mount("none", "/dev", "tmpfs", linux.MS_NOSUID, "mode=755,size=64k")
    for path, fd in shown.items():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
        system.mount(f"/proc/self/fd/{fd}", path, None, linux.MS_BIND)
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


def become(user: int) -> bool:
    """Turn from root into a user who owns nothing."""
    try:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    except (OSError, AttributeError):
        return False
    return True


def confine(limits: Limits, walls: Walls, keep: int, user: int) -> list[str]:
    """Give up all that a submission does not need; returns what was not possible.

    Parameters
    ----------
    limits : Limits
    walls : Walls
    keep : int
        The one descriptor that stays open.
    user : int
        Who to become, if root.
    """
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    system, missing = System(), list[str]()
    if walls.memory:
        system.unshare(linux.NEWIPC)
    if os.getuid() == 0 and not any(become(u) for u in (user, NOBODY)):
        missing.append("it runs as root")
    for action in (
        lambda: system.drop_capabilities(),
        lambda: system.prctl(linux.PR_SET_NO_NEW_PRIVS, 1),
        lambda: system.prctl(linux.PR_SET_PDEATHSIG, linux.SIGKILL),
    ):
        with contextlib.suppress(OSError):
            action()
    os.chdir("/")
    os.umask(0o077)
    os.environ.clear()
    os.environ.update(HOME="/", PATH="/usr/bin:/bin", LANG="C.UTF-8")
    if walls.rules is not None:
        landlock.restrict(system, walls.rules)
    os.closerange(3, keep)
    os.closerange(keep + 1, DESCRIPTORS)
    missing += limit(limits, walls.address_space)
    try:
        seccomp.filter_calls(system)
    except OSError:
        missing.append("its system calls are not filtered")
    return missing


def limit(limits: Limits, space: int) -> list[str]:
    """Set the limits of this process; returns those that the system does not have."""
    missing = []
    for name, value in (
        ("RLIMIT_AS", space + (limits.memory << 20)),
        ("RLIMIT_CPU", int(limits.total) + 1),
        ("RLIMIT_FSIZE", 0),
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
