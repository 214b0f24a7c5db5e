"""What a command takes from its environment, looked at before anything is begun."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from gan_numpy.errors import UserError

LAYERS = ("default", "safe", "forksafe", "threadsafe", "tbb", "omp", "workqueue")
MOST_THREADS = 1024
LIGHT = (  # commands that compute with no kernels
    *("recipes", "data", "check", "exercises", "explain", "assign", "grade"),
    "playground",
)
NEED_NUMBA = ("bench",)
OWN_PLOTS = {"MPLBACKEND": "agg", "MATPLOTLIBRC": os.devnull}


@contextmanager
def own_plots() -> Iterator[None]:
    """Let matplotlib start with its own settings in the block, not with the user's.

    Jupyter hands on a backend that other programs do not have, and a ``matplotlibrc``
    may ask for one, or for TeX. Nothing changes if matplotlib is already there.
    """
    if "matplotlib" in sys.modules:
        yield
        return
    before = {name: os.environ.get(name) for name in OWN_PLOTS}
    os.environ.update(OWN_PLOTS)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def check_environment(command: str) -> None:
    """Refuse variables with which a command that computes cannot work.

    Raises
    ------
    UserError
        Names the variable, its value, and what is expected.
    """
    if command in LIGHT:
        return
    from gan_numpy.capabilities import need, why_not
    from gan_numpy.kernels import IMPLEMENTATIONS, active_kernels, implementation

    if command in NEED_NUMBA:
        need("numba", f"gan-numpy {command}")
    try:
        import_module("gan_numpy.progress")  # tqdm reads its variables when imported
    except ValueError as error:
        raise UserError(f"a variable TQDM_... cannot work: {error}") from None
    try:
        name = active_kernels()
    except ValueError:
        raise _refusal("GAN_NUMPY_KERNELS", f"one of {', '.join(IMPLEMENTATIONS)}")
    threads = os.environ.get("NUMBA_NUM_THREADS", "1")
    if not (threads.isascii() and threads.isdigit() and 0 < int(threads[:9]) <= 1024):
        raise _refusal("NUMBA_NUM_THREADS", f"a whole number from 1 to {MOST_THREADS}")
    if os.environ.get("NUMBA_THREADING_LAYER", "default").lower() not in LAYERS:
        raise _refusal("NUMBA_THREADING_LAYER", f"one of {', '.join(LAYERS)}")
    if name == "reference" and "NUMBA_THREADING_LAYER" not in os.environ:
        return
    if why_not("numba"):
        return
    if name != "reference" and os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        raise _refusal(
            "NUMBA_DISABLE_JIT", "0: without compiling GAN_NUMPY_KERNELS=reference runs"
        )
    try:
        import numba

        implementation(name)
        numba.get_num_threads()  # starts them
    except (ImportError, RuntimeError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"Numba cannot start: {reason}") from None


def _refusal(name: str, expected: str) -> UserError:
    value = os.environ.get(name, "")
    return UserError(f"{name}={value[:40]} cannot work, expected {expected}")
