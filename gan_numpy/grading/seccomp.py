r"""Which system calls a submission may make: those of a program that computes.

The kernel keeps this list, outside of the process: whoever takes the process over,
switches the watchman off or calls the C library directly still cannot make a file or a
socket, start a program, signal anybody or share memory. It needs no privilege and no
name space. Everything that is not listed fails with an error; opening a file fails if
it is to be written.

The filter is a program in the language of the Berkeley packet filter (seccomp(2)), one
comparison a line. There is no maintained binding in Python (pyseccomp: 2021), and
libseccomp is not on every system.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from gan_numpy.grading import system as linux

# Name: number on x86_64, on aarch64 (None: that machine does not have it).
ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # the connection to the grader, files that are read
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "lseek": (8, 62),
    "pread64": (17, 67), "readv": (19, 65), "writev": (20, 66), "preadv": (295, 69),
    "sendto": (44, 206), "recvfrom": (45, 207), "shutdown": (48, 210),
    "getsockname": (51, 204), "getpeername": (52, 205), "getsockopt": (55, 209),
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    "dup": (32, 23), "stat": (4, None), "fstat": (5, 80), "lstat": (6, None),
    "newfstatat": (262, 79), "statx": (332, 291), "statfs": (137, 43),
    "fstatfs": (138, 44), "access": (21, None), "faccessat": (269, 48),
    "faccessat2": (439, 439), "readlink": (89, None), "readlinkat": (267, 78),
    "getcwd": (79, 17), "getdents": (78, None), "getdents64": (217, 61),
    "fadvise64": (221, 223),
    # memory
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214),
    "mremap": (25, 216), "mincore": (27, 232), "madvise": (28, 233),
    "get_mempolicy": (239, 236), "membarrier": (324, 283),
    # time, and signals to oneself
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "time": (201, None),
    "clock_nanosleep": (230, 115), "nanosleep": (35, 101), "gettimeofday": (96, 169),
    "getitimer": (36, 102), "setitimer": (38, 103), "alarm": (37, None),
    "times": (100, 153), "pause": (34, None), "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136),
    "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133),
    "sigaltstack": (131, 132), "restart_syscall": (219, 128),
    # what a process asks about itself
    "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173),
    "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176),
    "getegid": (108, 177), "getgroups": (115, 158), "getresuid": (118, 148),
    "getresgid": (120, 150), "getpgrp": (111, None), "getpgid": (121, 155),
    "getsid": (124, 156), "getpriority": (140, 141), "getrlimit": (97, 163),
    "getrusage": (98, 165), "sysinfo": (99, 179), "uname": (63, 160),
    "getcpu": (309, 168), "sched_getaffinity": (204, 123), "sched_yield": (24, 124),
    "sched_getparam": (143, 121), "sched_getscheduler": (145, 120),
    "getrandom": (318, 278), "wait4": (61, 260),
    # the thread and its end
    "futex": (202, 98), "set_robust_list": (273, 99), "set_tid_address": (218, 96),
    "rseq": (334, 293), "arch_prctl": (158, None), "exit": (60, 93),
    "exit_group": (231, 94),
}  # fmt: skip
OPEN, OPENAT, FCNTL, IOCTL = (2, None), (257, 56), (72, 25), (16, 29)
CLONES = ((56, 220), (57, None), (58, None))  # clone, fork, vfork
NEWER = ((435, 435), (437, 437))  # clone3, openat2: the C library has others instead
PRLIMIT = (302, 261)
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

LOAD, EQUAL, ABOVE, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
PERMIT, REFUSE = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO
NUMBER, MACHINE, ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
HARMLESS_FCNTL = (0, 1, 2, 3, 4, 1030)  # F_DUPFD to F_SETFL, F_DUPFD_CLOEXEC
OTHER_ABI = 0x40000000  # x32: other numbers for the same calls


def step(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
    """One instruction (struct sock_filter)."""
    return struct.pack("HBBI", code, true, false, value)


def argument(index: int) -> bytes:
    """Load the lower half of an argument."""
    return step(LOAD, ARGUMENTS + 8 * index)


def refuse(number: int) -> bytes:
    """The call fails with this error."""
    return step(RETURN, REFUSE | number)


def program(machine: str) -> bytes:
    """The filter for a kind of processor.

    Raises
    ------
    OSError
        If its numbers of system calls are not known here.
    """
    if machine not in MACHINES:
        raise OSError(f"the system calls of {machine} are not known")
    column, known = MACHINES[machine]
    permit = step(RETURN, PERMIT)
    steps = [step(LOAD, MACHINE), step(EQUAL, known, 1, 0), refuse(errno.ENOSYS)]
    steps += [step(LOAD, NUMBER), step(ABOVE, OTHER_ABI, 0, 1), refuse(errno.ENOSYS)]

    def when(numbers: tuple[int | None, int | None], then: list[bytes]) -> None:
        """For this call do that, which ends with a verdict."""
        number = numbers[column]
        if number is not None:
            steps.extend([step(EQUAL, number, 0, len(then)), *then])

    for numbers in ALLOWED.values():
        when(numbers, [permit])
    for numbers, index in ((OPEN, 1), (OPENAT, 2)):
        asks = [argument(index), step(ANY_BIT, WRITING, 0, 1), refuse(errno.EACCES)]
        when(numbers, [*asks, permit])
    asks = [argument(1)]
    for value in HARMLESS_FCNTL:
        asks += [step(EQUAL, value, 0, 1), permit]
    when(FCNTL, [*asks, refuse(errno.EPERM)])
    when(IOCTL, [refuse(errno.ENOTTY)])
    for numbers in CLONES:
        when(numbers, [refuse(errno.EAGAIN)])
    for numbers in NEWER:
        when(numbers, [refuse(errno.ENOSYS)])
    ours = [argument(0), step(EQUAL, 0, 1, 0), refuse(errno.EPERM)]  # its own limits
    new = [argument(2), step(EQUAL, 0, 0, 3), step(LOAD, ARGUMENTS + 20)]
    when(PRLIMIT, [*ours, *new, step(EQUAL, 0, 0, 1), permit, refuse(errno.EPERM)])
    steps.append(refuse(errno.EPERM))
    return b"".join(steps)


class Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = [("count", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def filter_calls(system: linux.System) -> None:
    """Let this process make no other system calls, for good.

    Raises
    ------
    OSError
        If the kernel does not take the filter, or the machine is not known.
    """
    if os.uname().sysname != "Linux":
        raise OSError("no system calls are filtered here")
    content = program(platform.machine())
    made = Program(len(content) // 8, content)
    system.prctl(linux.PR_SET_SECCOMP, linux.SECCOMP_FILTER, ctypes.addressof(made))
