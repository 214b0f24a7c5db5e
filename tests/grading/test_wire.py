"""Numbers survive the way to another process; nothing but numbers makes it."""

from __future__ import annotations

import socket
import time

import numpy as np
import pytest

from gan_numpy.grading import wire

VALUES = [
    None,
    True,
    -3,
    2**100,
    0.1,
    float("inf"),
    "text",
    1 + 2j,
    (1, [2.5, None], {"a": (1,)}),
    np.float32(0.1),
    np.int8(-3),
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_plain_values_come_back(value):
    coder = wire.Coder()
    again = coder.decode(*coder.encode(value))
    assert again == value and type(again) is type(value)


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "u1", "?", "c16"])
@pytest.mark.parametrize("shape", [(), (0,), (7,), (7, 5), (2, 3, 4)])
def test_arrays_come_back(dtype, shape, rng):
    coder = wire.Coder()
    a = np.asarray(9 * rng.standard_normal(shape)).astype(dtype)
    again = coder.decode(*coder.encode({"a": a}))["a"]
    assert again.dtype == a.dtype and np.array_equal(again, a)
    assert again.flags.writeable and again.flags.c_contiguous


def test_what_was_not_contiguous_is_not(rng):
    coder = wire.Coder()
    a = rng.standard_normal((7, 10))[:, ::2]
    again = coder.decode(*coder.encode(a))
    assert np.array_equal(again, a) and not again.flags.c_contiguous


@pytest.mark.parametrize(
    "value",
    [
        object(),
        np.array([object()]),
        np.array(["text"]),
        {1: 2},
        iter([]),
        type("Tuple", (tuple,), {})(),
        np.ma.masked_array([1.0]),
    ],
    ids=lambda v: type(v).__name__,
)
def test_nothing_else_can_be_sent(value):
    with pytest.raises(ValueError, match="cannot be sent"):
        wire.Coder().encode(value)


def test_too_deep_or_too_large():
    deep: list = []
    deep.append(deep)
    with pytest.raises(ValueError, match="nested"):
        wire.Coder().encode(deep)
    with pytest.raises(ValueError, match="MB"):
        wire.Coder().encode(np.zeros(wire.LARGEST, dtype="u1")[None].repeat(2, 0))


@pytest.mark.parametrize(
    "node",
    [
        [],
        {},
        {"a": 1, "b": 2},
        {"x": 1},
        {"a": []},
        {"a": ["<f8", [9], 0, 0]},
        {"a": ["<f8", [-1], 0, 0]},
        {"a": ["<f8", [2**62, 2**62], 0, 0]},
        {"a": ["<f8", [1], -8, 0]},
        {"a": ["|O", [1], 0, 0]},
        {"a": ["|V8", [1], 0, 0]},
        {"a": ["nonsense", [1], 0, 0]},
        {"a": ["<f8", [1], 1e3, 0]},
        {"a": ["<f8", [1] * 99, 0, 0]},
        {"s": ["|O", 0]},
        {"c": ["1", 2]},
        {"t": 3},
        {"d": []},
    ],
    ids=str,
)
def test_a_node_that_lies_is_refused(node):
    with pytest.raises(wire.ProtocolError):
        wire.Coder().decode(node, b"12345678")


def pair():
    return socket.socketpair()


def test_a_message_of_any_size():
    a, b = pair()
    with a, b:
        wire.send(a, {"n": 1}, b"x" * 999)
        assert wire.receive(b, time.monotonic() + 5) == ({"n": 1}, b"x" * 999)


@pytest.mark.parametrize(
    "raw, error",
    [
        (wire.HEADER.pack(3, 0) + b"nan" + b"!", wire.ProtocolError),
        (wire.HEADER.pack(2, 0) + b"{]", wire.ProtocolError),
        (wire.HEADER.pack(99999, 0) + b"[" * 99999, wire.ProtocolError),
        (wire.HEADER.pack(2**32 - 1, 2**32 - 1), wire.ProtocolError),
        (wire.HEADER.pack(9, 0) + b"{", TimeoutError),
    ],
    ids=["no JSON", "broken", "nested", "huge", "never complete"],
)
def test_what_is_no_message(raw, error):
    a, b = pair()
    with a, b:
        a.sendall(raw)
        with pytest.raises(error):
            wire.receive(b, time.monotonic() + 0.2)


def test_the_other_side_has_gone():
    a, b = pair()
    with b:
        a.close()
        wire.send(b, {})
        with pytest.raises(wire.Closed):
            wire.receive(b)
