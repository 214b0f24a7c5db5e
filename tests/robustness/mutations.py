"""Ways to damage a file: of bytes, of JSON, of tables, of NumPy's arrays and archives.

Each mutation is a function of the content and a generator; the same seed damages in the
same way. They know what the formats are made of, since a parser refuses random bytes
at its first gate and what lies behind is never reached.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable

import numpy as np

Rng = np.random.Generator
Mutation = Callable[[bytes, Rng], bytes]

HTML = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>\n"
TEXTS = (
    *("", " ", "nan", "inf", "-inf", "-1", "0", "1e999", "-0.0", "1_0", "0x10", "٣"),
    *("1,2", "1e-400", "9" * 30, "9" * 5000, "true", "None", "x" * 5000, "\0", "é±한"),
    *(
        "\ud800",
        "../../etc",
        "/dev/null",
        "$(id)",
        "%s%n",
        "a\nb",
        '"',
        "'",
        "{",
        "[0]",
    ),
)
VALUES = (
    *(None, True, False, 0, -1, 1, 3, 2**31, 2**63, 10**400, 0.5, -0.0, 1e308),
    *(float("nan"), float("inf"), [], [1], [[]], [None], {}, {"a": 1}, {"": {}}),
    *([0] * 50, ["1"], [1.5], [2**40], [True]),
)


def pick(rng: Rng, items):
    """One of some items, none of which NumPy makes an array of."""
    return items[int(rng.integers(len(items)))]


# ------------------------------------------------------------------ bytes


def flip_bits(content: bytes, rng: Rng) -> bytes:
    data = bytearray(content)
    for _ in range(int(rng.integers(1, 5)) if data else 0):
        data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
    return bytes(data)


def truncate(content: bytes, rng: Rng) -> bytes:
    return content[: int(rng.integers(len(content) + 1))]


def cut_out(content: bytes, rng: Rng) -> bytes:
    at, n = int(rng.integers(len(content) + 1)), int(rng.integers(1, 200))
    return content[:at] + content[at + n :]


def double(content: bytes, rng: Rng) -> bytes:
    at, n = int(rng.integers(len(content) + 1)), int(rng.integers(1, 200))
    return content[: at + n] + content[at:]


def insert(content: bytes, rng: Rng) -> bytes:
    at = int(rng.integers(len(content) + 1))
    return content[:at] + rng.bytes(int(rng.integers(1, 50))) + content[at:]


def zero_out(content: bytes, rng: Rng) -> bytes:
    at, n = int(rng.integers(len(content) + 1)), int(rng.integers(1, 4096))
    return content[:at] + b"\0" * len(content[at : at + n]) + content[at + n :]


def swap_whole(content: bytes, rng: Rng) -> bytes:
    text = content.decode("latin-1")
    return pick(
        rng,
        (
            *(b"", b"\0", HTML, rng.bytes(1000), b"\n" * 1000, b"{" * 3000),
            *(b"[" * 200_000, b'{"a":' * 100_000, b"\xef\xbb\xbf" + content),
            *(text.encode("utf-16"), text.encode("utf-8") * 2, b"PK\x03\x04", b"PK"),
            *(b"\x93NUMPY\x01\x00", b"\x1f\x8b\x08", b"MATLAB 5.0 MAT-file"),
        ),
    )


BYTES = (flip_bits, truncate, cut_out, double, insert, zero_out, swap_whole)


# ------------------------------------------------------------------- JSON


def _places(node, path=()):
    """Paths to all values of a document."""
    yield path
    if isinstance(node, dict | list):
        for key in node if isinstance(node, dict) else range(len(node)):
            yield from _places(node[key], (*path, key))


def mutate_json(content: bytes, rng: Rng) -> bytes:
    """Some values replaced, removed, added or renamed."""
    document = json.loads(content)
    for _ in range(int(rng.integers(1, 3))):
        places = list(_places(document))
        *above, key = pick(rng, places[1:]) if len(places) > 1 else (None,)
        if key is None:
            break
        parent = document
        for step in above:
            parent = parent[step]
        what = int(rng.integers(8))
        if what == 0:
            del parent[key]
        elif what == 1 and isinstance(parent, dict):
            parent[pick(rng, TEXTS)] = parent.pop(key)
        elif what == 2:
            parent[key] = pick(rng, TEXTS)
        elif what == 3 and isinstance(parent[key], int | float):
            parent[key] = parent[key] * pick(rng, (-1, 0, 2, 1000, 1e300))
        elif what == 4:
            parent[key] = [parent[key]]
        else:
            parent[key] = pick(rng, VALUES)
    if rng.integers(20) == 0:
        document = pick(rng, VALUES)
    return json.dumps(document).encode()


# ------------------------------------------------------------------ tables


def mutate_csv(content: bytes, rng: Rng) -> bytes:
    """Cells, rows, columns and separators of a table."""
    rows = [line.split(",") for line in content.decode().splitlines()]
    for _ in range(int(rng.integers(1, 3))):
        i = int(rng.integers(len(rows)))
        j = int(rng.integers(len(rows[i]) or 1))
        what = int(rng.integers(9))
        if what <= 2 and rows[i]:
            rows[i][j] = pick(rng, TEXTS)
        elif what == 3:
            rows.insert(i, list(rows[i]))
        elif what == 4 and len(rows) > 1:
            del rows[i]
        elif what == 5:
            rows = [row[:j] + row[j + 1 :] for row in rows]
        elif what == 6:
            rows[i] = rows[i][:j]
        elif what == 7:
            rows[i] += ["1"] * int(rng.integers(1, 5))
        elif rows[i]:
            rows[i][j] = '"' + "1" * int(pick(rng, (1, 200_000)))
    separator = pick(rng, (",", ",", ",", ",", ";", "\t"))
    end = pick(rng, ("\n", "\n", "\n", "\r\n", "\r", "\n\n"))
    text = end.join(separator.join(row) for row in rows) + end
    return text.encode("utf-8", "surrogatepass")


# ------------------------------------------------------------ NumPy's files


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def with_header(content: bytes, rng: Rng) -> bytes:
    """A ``.npy`` file whose header says something else."""
    if content[:6] != b"\x93NUMPY" or len(content) < 128:
        return flip_bits(content, rng)
    start = 10 + struct.unpack("<H", content[8:10])[0]
    shape = pick(
        rng,
        (
            *("(4000000000,)", "(1000000, 1000000)", "(-1,)", "(-4, -8)", "()", "(0,)"),
            *("(0, 4)", "(2, 2)", "(3,)", "(1,)", "(2.5,)", "('a',)", "3", "None"),
            *("(9223372036854775807, 2)", "(True,)", "(40, 4, 1)", "(10**9,)"),
            *("(" + "1," * 65 + ")", "(" * 300, "(18446744073709551616,)"),
        ),
    )
    descr = pick(
        rng,
        (
            *(
                "'<f8'",
                "'<f4'",
                "'<f4'",
                "'>f4'",
                "'|u1'",
                "'|O'",
                "'|S0'",
                "'<U900000000'",
            ),
            *("'<c16'", "'|V8'", "'<M8[s]'", "[('a', '<f4')]", "'|b1'", "'nonsense'"),
            *("'<f2'", "'<f16'", "5", "None", "[]", "'<i8'", "('<f4', (1000000000,))"),
        ),
    )
    order = pick(rng, ("False", "True", "2", "'x'"))
    header = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"
    if rng.integers(8) == 0:
        header = pick(
            rng, ("{", "", "[]", "{'descr': 1}", "__import__('os')", "{}" * 99)
        )
    padded = header.encode() + b" " * (-(10 + len(header) + 1) % 64) + b"\n"
    if len(padded) > 65535:
        return content
    version = pick(
        rng, (b"\x01\x00", b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x00")
    )
    size = struct.pack("<H" if version[0] in (1, 9) else "<I", len(padded))
    return b"\x93NUMPY" + version + size + padded + content[start:]


def odd_array(rng: Rng) -> np.ndarray:
    """An array of a kind that nobody asked for."""
    return pick(
        rng,
        (
            *(np.array(5.0), np.zeros((0, 4)), np.zeros((40, 0)), np.zeros(40)),
            *(
                np.zeros((40, 4), bool),
                np.zeros((40, 4), complex),
                np.array(["a"] * 40),
            ),
            *(np.array([{}], dtype=object), np.zeros(3, [("a", "f4"), ("b", "u1")])),
            *(
                np.zeros((40, 4), "M8[s]"),
                np.full((40, 4), np.nan),
                np.full((40, 4), 2.0),
            ),
            *(np.zeros((40, 4), np.float16), np.zeros((40, 4), np.longdouble)),
            *(np.zeros((40, 2, 2, 1)), np.zeros((1,) * 20), np.zeros((40, 4), ">f4")),
            *(np.ones((40, 4), np.uint8), np.zeros((11, 1)), np.full((40, 4), 1e-320)),
            *(np.zeros((40, 4), np.int64), np.asfortranarray(rng.random((40, 4)))),
            *(np.array(b"\xff" * 9), np.array("\ud800"), np.zeros((40, 3, 3, 3))),
        ),
    )


def mutate_npy(content: bytes, rng: Rng) -> bytes:
    """Another header, or another array."""
    return npy(odd_array(rng)) if rng.integers(3) == 0 else with_header(content, rng)


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def mutate_npz(content: bytes, rng: Rng) -> bytes:
    """Members renamed, removed, replaced, added; compression that is not NumPy's."""
    parts = members(content)
    name = pick(rng, list(parts))
    other = pick(rng, list(parts))
    what = int(rng.integers(9))
    if what == 0:
        del parts[name]
    elif what == 1:
        parts[pick(rng, ("../x.npy", "a", "", "/abs.npy", "é.npy", "x" * 300))] = (
            parts.pop(name)
        )
    elif what == 2:
        parts[name], parts[other] = parts[other], parts[name]
    elif what == 3:
        parts[name] = npy(odd_array(rng))
    elif what <= 5:
        parts[name] = with_header(parts[name], rng)
    elif what == 6:
        parts[name] = pick(rng, BYTES)(parts[name], rng)
    elif what == 7 and "meta.npy" in parts:
        text = str(np.load(io.BytesIO(parts["meta.npy"])))
        parts["meta.npy"] = npy(np.array(mutate_json(text.encode(), rng).decode()))
    else:
        parts["extra.npy"] = npy(np.zeros(3))
    method = pick(
        rng,
        (
            *(zipfile.ZIP_STORED, zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED),
            *(zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA),
        ),
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for key, value in parts.items():
            archive.writestr(key or "nameless", value)  # zipfile writes no empty name
    packed = bytearray(file.getvalue())
    at = packed.find(b"PK\x01\x02")
    if rng.integers(6) == 0 and at >= 0:  # the directory lies
        field, width = pick(rng, ((8, 2), (10, 2), (20, 4), (24, 4), (28, 2), (42, 4)))
        packed[at + field : at + field + width] = rng.bytes(width)
    if rng.integers(12) == 0 and at >= 0:  # four gigabytes, it says
        packed[at + 20 : at + 28] = b"\xfe\xff\xff\xff" * 2
    return bytes(packed)


# ------------------------------------------------------------ data sets' files


def mutate_idx(content: bytes, rng: Rng) -> bytes:
    """Magic number, dimensions and sizes of an IDX file."""
    data = bytearray(content)
    what = int(rng.integers(5))
    if what == 0:
        data[2] = int(rng.integers(256))
    elif what == 1:
        data[3] = int(rng.integers(256))
    elif what <= 3:
        at = 4 + 4 * int(rng.integers(data[3] or 1))
        size = int(pick(rng, (0, 1, 2, 27, 29, 2**31, 2**32 - 1, 10**9)))
        data[at : at + 4] = struct.pack(">I", size)
    else:
        del data[16 + int(rng.integers(1000)) :]
    return bytes(data)


def mutate_records(content: bytes, rng: Rng) -> bytes:
    """Whole records of CIFAR-10 with labels out of range, or cut short."""
    data = bytearray(content)
    if rng.integers(2):
        data[3073 * int(rng.integers(len(data) // 3073))] = int(rng.integers(256))
        return bytes(data)
    return bytes(data[: int(rng.integers(5)) * 3073 + int(rng.integers(2))])


def mutate_matlab(content: bytes, rng: Rng) -> bytes:
    """Fields of a MATLAB file's header and of its first elements."""
    data = bytearray(content)
    at = int(
        pick(rng, (124, 126, 128, 132, 136, 140, 144, 148, 152, 156, 160, 168, 176))
    )
    data[at : at + 4] = pick(
        rng,
        (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\x80", rng.bytes(4), b"\x0e\0\0\0"),
    )
    return bytes(data)
