r"""Who does not ask the clock is interrupted.

A changed line may run for minutes without a loop of the student's own, and so may a
solution of a large system or a forward that is slow as it stands. A second thread then
raises `OutOfTime` in the first, between two instructions, wherever that is. Whatever it
was about to put back (the code of a function, a name in its module, a profiler, a limit
of memory) is put back by `run_until`, from the `ledger`.
"""

from __future__ import annotations

import _thread
import sys
import threading
import time
from collections.abc import Callable

from gan_numpy.gradcheck.deadline import OutOfTime
from gan_numpy.gradcheck.repair.ledger import Ledger, closed, opened
from gan_numpy.gradcheck.repair.memory import limit_memory, memory_limits

try:
    import ctypes
except ImportError:  # a build of Python without it: only who asks is ended
    ctypes = None  # type: ignore[assignment]

SOON = 10_000  # instructions after which it has come, or was swallowed
AGAIN = 0.5  # seconds until it rings again: a bare ``except:`` has swallowed it


class Alarm:
    """Raises `OutOfTime` in the thread that made it, until it is stopped."""

    def __init__(self, end: float) -> None:
        self.end, self.thread = end, threading.get_ident()
        self.rang, self.stopped, self.ended = False, False, True
        self.stopping = threading.Lock()
        self.stopping.acquire()

    def start(self) -> None:
        """From now on; nothing where there are no threads."""
        if ctypes is not None:
            self.ended = False
            try:
                _thread.start_new_thread(self._wait, ())
            except RuntimeError:
                self.ended = True

    def _wait(self) -> None:
        left = self.end - time.monotonic()
        try:
            while not self.stopping.acquire(timeout=max(left, 0.0)):
                if self.stopped:
                    break
                self.rang = True
                self._ring()
                left = AGAIN
        finally:  # memory may be scarce
            self.ended = True

    def _ring(self) -> None:
        number, error = ctypes.c_ulong(self.thread), ctypes.py_object(OutOfTime)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(number, error)

    def stop(self) -> None:
        """From now on nothing is raised; also what is about to be is not."""
        while not self.ended:
            try:
                self.stopped = True
                if self.stopping.locked():
                    self.stopping.release()
                time.sleep(0.0002)
            except (OutOfTime, RuntimeError):
                pass
        if self.rang:
            # The last one may still be on its way. To clear it would leave the
            # interpreter asking for it; a new one takes its place, and comes here.
            try:
                self._ring()
                for _ in range(SOON):
                    pass
            except OutOfTime:
                pass


def run_until(end: float, run: Callable[[], object]) -> None:
    """At ``end``, by `time.monotonic`, the call is over; what it has changed is not.

    It ends as if it had returned. Without threads, or without ctypes, only `in_time`
    ends it.
    """
    book, profile, limits = Ledger(), sys.getprofile(), memory_limits()
    token, alarm = opened(book), Alarm(end)
    try:
        try:
            alarm.start()
            run()
        finally:
            alarm.stop()
    except OutOfTime:
        alarm.stop()
    finally:
        closed(token)
        if alarm.rang:
            book.put_back()
            sys.setprofile(profile)
            limit_memory(limits)
