"""Compiled code, kept in the user's cache and nowhere else.

Numba's own cache lies beside the source, where an installer does not find it again, and
watches only the file that holds a function: not the intrinsics and constants of other
files that went into its code. Here all code that follows from the same *origin* (the
text of every kernel, the versions, the processor, Numba's settings) lies in one folder
that is named by the origin's hash. Another origin means another folder, so that nothing
outdated can be loaded, whatever the clock says.

A file holds one function for one signature, its SHA-256 in front. There is no index,
and a file appears complete, by being renamed: processes that compile the same kernels
at once write the same files. Whatever is missing or damaged is compiled anew.

Numba writes compiled code as a pickle: object code, types and environment, in a form
that changes from version to version. This is the one pickle that the project loads. It
holds machine code, to be run, so a form of our own would ask for the same trust: in
whoever can write into the folder. That is the user alone, or root (`trust`); a folder
that others can write into, also one that ``NUMBA_CACHE_DIR`` names, is not used.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
from numba import cloudpickle
from numba.core import config
from numba.core.caching import _Cache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from gan_numpy.cache import Storage, storage
from gan_numpy.errors import UserError
from gan_numpy.files import write_atomically
from gan_numpy.kernels.native.trust import distrust, is_own

#: Days after which the code of another origin, unused since then, is deleted.
KEPT_DAYS = 14

_DIGEST_BYTES = hashlib.sha256().digest_size
# Settings of Numba that leave the code as it is.
_ELSEWHERE = {"NUMBA_NUM_THREADS", "NUMBA_CACHE_DIR", "NUMBA_THREADING_LAYER"}


def _texts(folder: Any) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the sources below a folder, also one in a zip file."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _texts(entry)
        elif entry.name.endswith(".py"):
            yield f"{folder.name}/{entry.name}", entry.read_bytes()


def origin(sources: Any) -> str:
    """Hash of everything that the compiled code of some sources follows from.

    Parameters
    ----------
    sources : Path or Traversable
        The folder of the kernels.
    """
    settings = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("NUMBA_") and name not in _ELSEWHERE
    }
    about = [
        *((name, hashlib.sha256(text).hexdigest()) for name, text in _texts(sources)),
        *((package, version(package)) for package in ("numba", "llvmlite", "numpy")),
        (sys.version, sys.platform, platform.machine()),
        (llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()),
        (getattr(config, "USING_SVML", None), sorted(settings.items())),
    ]
    return hashlib.sha256(repr(about).encode()).hexdigest()[:32]


def _place() -> Storage:
    """Where this process looks for compiled code, and keeps it."""
    below = Path("gan_numpy-kernels", origin(files("gan_numpy.kernels")))
    folders, folder, note = storage(
        os.environ.get("NUMBA_CACHE_DIR"), lambda each: distrust(each / below)
    )

    def resolved(each: Path) -> Path:
        """What was looked at, whatever becomes of a link that leads there."""
        return Path(os.path.realpath(each / below))

    folder = None if folder is None else resolved(folder)
    return Storage([resolved(each) for each in folders], folder, note)


#: Settled when the process starts, like the code that it runs.
PLACE = _place()


@cache
def _tidy_beside(folder: Path) -> None:
    """Once in a process that compiles."""
    prune(folder.parent, keep=folder.name)


def prune(folder: Path, keep: str) -> None:
    """Delete the code of other origins that no process has used for a while.

    Parameters
    ----------
    folder : Path
        It holds one folder for each origin; nothing else in it is touched.
    keep : str
        Name of the folder that is in use.
    """
    before = time.time() - KEPT_DAYS * 24 * 3600
    with suppress(OSError):
        for other in list(folder.iterdir()):
            ours = re.fullmatch("[0-9a-f]{32}", other.name) and other.name != keep
            if ours and other.lstat().st_mtime < before:
                # A process that still needs it compiles anew, and makes it anew.
                shutil.rmtree(other, ignore_errors=True)


@cache
def _mark_as_used(folder: Path) -> None:
    """For `prune`."""
    with suppress(OSError):
        os.utime(folder)


class KernelCache(_Cache):
    """Numba's interface to what is kept of one function."""

    def __init__(self, function: Callable, way: str = "") -> None:
        self._function, self._way = function, way  # in which of several ways compiled

    @property
    def cache_path(self) -> str:
        """The folder, as Numba's statistics show it."""
        return str(PLACE.folder or "")

    def _name(self, signature: Any, codegen: Any) -> str:
        """The file of a signature: types, processor, and the function's own code."""
        function = self._function
        code = function.__code__.co_code
        key = (signature, codegen.magic_tuple(), code, self._way)
        digest = hashlib.sha256(repr(key).encode()).hexdigest()[:16]
        module = function.__module__.split(".")[-1]
        return f"{module}.{function.__qualname__}-{digest}"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The code for a signature; None if there is none, or it is damaged."""
        target_context.refresh()
        name = self._name(sig, target_context.codegen())
        for folder in PLACE.folders:
            payload = _read(folder / name)
            if payload is not None:
                _mark_as_used(folder)
                # Whatever is wrong with it: it can be compiled anew.
                with suppress(Exception):
                    parts = cloudpickle.loads(payload)
                    return CompileResult._rebuild(target_context, *parts)
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the code for a signature, if it can be kept."""
        if data.lifted or data.library.has_dynamic_globals:
            return  # it holds addresses of this process
        if PLACE.folder is not None:
            payload = dumps(data._reduce())
            _write(PLACE.folder / self._name(sig, data.codegen), payload)
            _tidy_beside(PLACE.folder)

    def enable(self) -> None:
        """Always so."""

    def disable(self) -> None:
        """Never so."""

    def flush(self) -> None:
        """What is outdated is never looked at."""


def _read(path: Path) -> bytes | None:
    """The content of a file that is whole, and this user's or root's."""
    content = b""
    try:
        if path.is_file():
            with path.open("rb") as file:
                if is_own(os.fstat(file.fileno())):
                    content = file.read()
    except OSError:
        return None
    digest, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    return payload if hashlib.sha256(payload).digest() == digest else None


def _write(path: Path, payload: bytes) -> None:
    """Write a file, or leave it: a full disk costs a compilation, later."""
    content = hashlib.sha256(payload).digest() + payload
    with suppress(UserError, OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(path, lambda file: file.write(content), durable=False)
