"""Submissions that break, cheat or attack: what each hands in, and what is said.

All are answers to ``relu_backward``; the forward that was given is above it.
"""

from __future__ import annotations

import json

from gan_numpy.exercises.base import source_of
from gan_numpy.exercises.dense import RELU
from gan_numpy.grading.sandbox import Limits

LIMITS = Limits(seconds=8, total=30, memory=256)
SHORT = Limits(seconds=1.5, total=6, memory=256)
HEAD = "import numpy as np\n\n\n" + source_of(RELU.given[0]) + "\n\n"
RIGHT = HEAD + source_of(RELU.reference)
WRONG = HEAD + "def relu_backward(dy, cache):\n    return dy\n"


def body(*lines: str, top: str = "") -> str:
    """A relu_backward with these lines, after some lines at top level."""
    inside = "\n".join(f"    {line}" for line in lines)
    return f"{HEAD}{top}\ndef relu_backward(dy, cache):\n{inside}\n"


FINE = "return dy * (cache > 0)"

# name: (file name, content, what the reason must say)
HOSTILE: dict[str, tuple[str, str | bytes, str]] = {
    "endless_loop": ("s.py", body("while True: pass"), "an endless loop"),
    "memory_bomb": (
        "s.py",
        body("a = []", "while True: a.append(np.empty(10**7))"),
        "MemoryError",
    ),
    "fork_bomb": ("s.py", body("import os", "while True: os.fork()"), "imports os"),
    "os_exit": ("s.py", body("import os", "os._exit(0)"), "imports os"),
    "sys_exit": ("s.py", body("raise SystemExit(0)"), "calls exit"),
    "deletes_files": (
        "s.py",
        body("import shutil", "shutil.rmtree('/')", FINE),
        "imports shutil",
    ),
    "overwrites_files": (
        "s.py",
        body("open('VICTIM', 'w').write('x')", FINE),
        "uses open",
    ),
    "overwrites_by_numpy": (
        "s.py",
        body("np.save('VICTIM', dy)", FINE),
        "writes a file",
    ),
    "patched_allclose": (
        "s.py",
        body(
            "np.allclose = np.isclose = lambda *a, **k: True",
            "np.array_equal = lambda *a, **k: True",
            "return dy",
        ),
        "mask-missing",
    ),
    "patched_testing": (
        "s.py",
        body(
            "np.testing.assert_allclose = lambda *a, **k: None",
            "np.linalg.norm = lambda *a, **k: 0.0",
            "return dy",
        ),
        "mask-missing",
    ),
    "patched_library": (
        "s.py",
        body(
            "import gan_numpy.gradcheck.result as r",
            "r.CheckResult.passed = True",
            "return dy",
        ),
        "uses this library",
    ),
    "patched_time": (
        "s.py",
        body(
            "import time",
            "time.monotonic = time.time = lambda: 0.0",
            "while True: pass",
        ),
        "imports time",
    ),
    "reads_the_reference": (
        "s.py",
        body(
            "source = np.memmap('REFERENCE', np.uint8, mode='r')",
            "return dy",
        ),
        "reads this library's files",
    ),
    "imports_the_reference": (
        "s.py",
        "from gan_numpy.exercises.dense import relu_backward as theirs\n"
        + body("return theirs(dy, cache)"),
        "uses this library",
    ),
    "hides_its_import": (
        "s.py",
        body("b = relu_backward.__globals__['__builtins__']", "return dy"),
        "__globals__",
    ),
    "autograd": ("s.py", body("import torch", "return dy"), "autograd package"),
    "huge_output": (
        "s.py",
        body("while True: print('x' * 10**6)"),
        "an endless loop",
    ),
    "huge_answer": ("s.py", body("return np.ones((10**4, 10**3))"), "more than"),
    "syntax_error": ("s.py", HEAD + "def relu_backward(dy, cache)\n", "SyntaxError"),
    "binary_file": ("s.py", bytes(range(256)) * 9, "null bytes"),
    "empty_file": ("s.py", "", "is empty"),
    "wrong_encoding": (
        "s.py",
        b"# \xe4\xf6\xfc\n" + RIGHT.encode(),
        "not a text file in UTF-8",
    ),
    "utf16": ("s.py", RIGHT.encode("utf-16"), "it is UTF-16"),
    "no_notebook": ("s.ipynb", '{"cells": 3}', "is not a notebook"),
    "notebook_of_nonsense": ("s.ipynb", "[" * 10**5, "is not a notebook"),
    "missing_function": ("s.py", HEAD, "missing"),
    "infinite_generator": (
        "s.py",
        body("while True: yield dy"),
        "generator, not an array",
    ),
    "hostile_eq": (
        "s.py",
        body(
            "return Yes()",
            top="class Yes:\n"
            "    def __eq__(self, other): return True\n"
            "    def __len__(self): return 7\n",
        ),
        "Yes, not an array",
    ),
    "hostile_array": (
        "s.py",
        body(
            "return Liar()",
            top="class Liar:\n"
            "    shape = (7, 5)\n"
            "    def __array__(self, *a, **k): raise SystemExit\n",
        ),
        "calls exit",
    ),
    "hostile_attributes": (
        "s.py",
        body(
            "return Anything()",
            top="class Anything:\n"
            "    def __getattr__(self, name): return lambda *a, **k: self\n",
        ),
        "ValueError",
    ),
    "recursion": ("s.py", body("return relu_backward(dy, cache)"), "RecursionError"),
    "hostile_exception": (
        "s.py",
        body(
            "raise Bad()",
            top="class Bad(Exception):\n"
            "    def __str__(self):\n        while True: pass\n",
        ),
        "an endless loop",
    ),
}


def notebook(source: str) -> str:
    """A notebook with one code cell."""
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4})
