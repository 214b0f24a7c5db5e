r"""What goes between the grader and the student's process: numbers, as bytes.

A message is a JSON header and the raw bytes of the arrays. Nothing is unpickled, no
class is looked up by name, and every size is checked before memory is taken, so that
the reader may distrust the writer.

========  =====================================================
a         array: dtype, shape, offset into the bytes, whether strided
s         NumPy scalar: dtype, offset
t, l, d   tuple, list, dict with string keys
c         complex number
others    what a `Coder` of either side adds (handles, callbacks)
========  =====================================================
"""

from __future__ import annotations

import json
import math
import re
import socket
import struct
import time
from typing import Any

import numpy as np

HEADER = struct.Struct("<II")
LARGEST = 32 << 20  # bytes of arrays in one message
LONGEST = 4 << 20  # bytes of its header: what JSON makes of them is some 100 MB
NO_BOUND = (1 << 32, 1 << 32)  # between processes of ours
DIGITS = 400  # of one number; reading many takes the square of their number
DTYPE = re.compile(r"[<>|=]?[biufc][0-9]{1,2}")
MOST_AXES = 32
MOST_NODES = 100_000
DEEPEST = 12
KINDS = "biufc"
NOT_OURS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
PLAIN = (bool, int, float, str)


class ProtocolError(Exception):
    """The other side sent what no honest program sends."""


class Closed(Exception):
    """The other side has gone."""


class Coder:
    """Turns values into nodes of JSON and back; a side adds its own kinds of node."""

    def encode(self, value: Any) -> tuple[Any, bytes]:
        """A node and the bytes that it refers to."""
        self.bytes, self.nodes = bytearray(), 0
        return self.node(value, 0), bytes(self.bytes)

    def _store(self, array: np.ndarray) -> int:
        start = len(self.bytes)
        if start + array.nbytes > LARGEST:
            raise ValueError(f"more than {LARGEST >> 20} MB")
        self.bytes += array.tobytes()
        return start

    def node(self, value: Any, depth: int) -> Any:
        """One value; only exact types are plain, so nothing of a subclass is called."""
        self.nodes += 1
        if self.nodes > MOST_NODES or depth > DEEPEST:
            raise ValueError("too deeply nested, or too many parts")
        kind = type(value)
        if value is None or kind in PLAIN:
            return value
        if kind is np.ndarray and value.dtype.kind in KINDS and value.dtype.isnative:
            strided = value.ndim > 0 and not value.flags.c_contiguous
            shape = list(value.shape)
            return {"a": [value.dtype.str, shape, self._store(value), int(strided)]}
        if issubclass(kind, np.generic) and value.dtype.kind in KINDS:
            return {"s": [value.dtype.str, self._store(np.asarray(value))]}
        if kind is tuple or kind is list:
            parts = [self.node(v, depth + 1) for v in value]
            return {"t" if kind is tuple else "l": parts}
        if kind is dict and all(type(k) is str for k in value):
            return {"d": {k: self.node(v, depth + 1) for k, v in value.items()}}
        if kind is complex:
            return {"c": [value.real, value.imag]}
        return self.other(value, depth)

    def other(self, value: Any, depth: int) -> Any:
        """A value that is no plain data."""
        raise ValueError(f"{type(value).__name__} cannot be sent")

    def decode(self, node: Any, data: bytes) -> Any:
        """The value of a node.

        Raises
        ------
        ProtocolError
            If the node is none of ours or its numbers are wrong.
        """
        self.read, self.parts = 0, 0
        try:
            return self._value(node, data)
        except ProtocolError:
            raise
        except NOT_OURS as error:
            raise ProtocolError(f"{type(error).__name__}: {error}"[:200]) from None

    def _value(self, node: Any, data: bytes) -> Any:
        self.parts += 1
        if self.parts > MOST_NODES:
            raise ProtocolError("too many parts")
        if not isinstance(node, dict):
            if isinstance(node, list):
                raise ProtocolError("a list is no node")
            return node
        ((kind, content),) = node.items()
        if kind == "a":
            dtype, shape, start, strided = content
            array = self._array(dtype, shape, start, data)
            return _strided(array) if strided and shape else array
        if kind == "s":
            return self._array(content[0], [], content[1], data)[()]
        if kind == "t":
            return tuple(self._value(v, data) for v in content)
        if kind == "l":
            return [self._value(v, data) for v in content]
        if kind == "d":
            return {str(k): self._value(v, data) for k, v in content.items()}
        if kind == "c":
            return complex(*content)
        return self.special(kind, content, data)

    def _array(self, text: Any, shape: Any, start: Any, data: bytes) -> np.ndarray:
        """A writable copy of some of the bytes; together not more than there may be."""
        if type(text) is not str or not DTYPE.fullmatch(text):
            raise ProtocolError("no numbers")
        if type(shape) is not list or len(shape) > MOST_AXES or type(start) is not int:
            raise ProtocolError("no array")
        if not all(type(n) is int and 0 <= n <= LARGEST for n in [*shape, start]):
            raise ProtocolError("no array of this size")
        dtype, count = np.dtype(text), math.prod(shape)
        if start + count * dtype.itemsize > len(data):
            raise ProtocolError("an array beyond the end of the message")
        self.read += count * dtype.itemsize
        if self.read > LARGEST:
            raise ProtocolError("arrays that overlap")
        return np.frombuffer(data, dtype, count, start).reshape(shape).copy()

    def special(self, kind: str, content: Any, data: bytes) -> Any:
        """A node of a kind that only one side knows."""
        raise ProtocolError(f"unknown kind {kind[:20]!r}")


def _strided(array: np.ndarray) -> np.ndarray:
    """The same values, not contiguous in memory."""
    view: np.ndarray = np.repeat(array, 2, axis=-1)[..., ::2]
    return view


def send(
    sock: socket.socket,
    header: dict[str, Any],
    data: bytes = b"",
    deadline: float | None = None,
) -> None:
    """Send a message; nothing is said if the other side has gone.

    Raises
    ------
    TimeoutError
        If it is not taken by the deadline (of `time.monotonic`).
    """
    text = json.dumps(header).encode()
    try:
        if deadline is not None:
            sock.settimeout(max(deadline - time.monotonic(), 1e-3))
        sock.sendall(HEADER.pack(len(text), len(data)) + text + data)
    except TimeoutError:
        raise
    except OSError:
        pass  # the next `receive` says so


def receive(
    sock: socket.socket,
    deadline: float | None = None,
    bounds: tuple[int, int] = (LONGEST, LARGEST),
) -> tuple[dict[str, Any], bytes]:
    """Wait for a message whose header and bytes are within these bounds.

    Raises
    ------
    TimeoutError
        If it is not complete at the deadline (of `time.monotonic`).
    Closed
        If the other side ended.
    ProtocolError
        If it is no message, or too large.
    """
    sizes = HEADER.unpack(_read(sock, HEADER.size, deadline))
    if sizes[0] > bounds[0] or sizes[1] > bounds[1]:
        raise ProtocolError(f"an answer of {sum(sizes) >> 20} MB")
    text = _read(sock, sizes[0], deadline)
    try:
        header = json.loads(text, parse_int=_whole, parse_float=_real)
    except (ValueError, RecursionError):
        raise ProtocolError("no JSON") from None
    if not isinstance(header, dict):
        raise ProtocolError("no message")
    return header, _read(sock, sizes[1], deadline)


def _whole(text: str) -> int:
    if len(text) > DIGITS:
        raise ValueError("too many digits")
    return int(text)


def _real(text: str) -> float:
    if len(text) > DIGITS:
        raise ValueError("too many digits")
    return float(text)


def _read(sock: socket.socket, size: int, deadline: float | None) -> bytes:
    content = bytearray()
    while len(content) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            sock.settimeout(left)
        try:
            part = sock.recv(min(size - len(content), 1 << 20))
        except TimeoutError:
            raise
        except OSError:
            raise Closed from None
        if not part:
            raise Closed
        content += part
    return bytes(content)
