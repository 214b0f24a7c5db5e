"""What is handed in: files that are none, sources that choke a parser, plugins."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from pathlib import Path

from hostile_case import HEAD, Build, Case, body

RIGHT_ABOVE = HEAD + "def relu_backward(dy, cache):\n    return dy\n"
STUB = HEAD + "def relu_backward(dy, cache):\n    raise NotImplementedError\n"
PLANT = "open({!r}, 'w').write('ran')\n"


def handed(build: Build, free: bool = False) -> Case:
    """Something else than a file."""
    return Case("intake", build=build, free=free)


def source(text: str | bytes) -> Case:
    """A source."""
    return Case("intake", text)


def devices(folder: Path) -> None:
    """A pipe, a socket, devices and folders with names of files."""
    os.mkfifo(folder / "a_pipe.py")
    with contextlib.suppress(OSError):
        made = socket.socket(socket.AF_UNIX)
        made.bind(os.path.relpath(folder / "a_socket.py"))
        made.close()
    for name, number in (("a_null.py", 3), ("a_zero.py", 5), ("a_full.ipynb", 7)):
        with contextlib.suppress(OSError):
            os.mknod(folder / name, 0o20666, os.makedev(1, number))
    (folder / "a_folder.py").mkdir()
    (folder / "a_folder.py" / "s.py").write_text(RIGHT_ABOVE)


def unreadable(folder: Path) -> None:
    """A file, a folder and a folder in a folder that nobody may read."""
    (folder / "file.py").write_text(RIGHT_ABOVE)
    (folder / "file.py").chmod(0)
    (folder / "closed").mkdir()
    (folder / "closed" / "s.py").write_text(RIGHT_ABOVE)
    (folder / "closed").chmod(0)
    (folder / "half" / "in").mkdir(parents=True)
    (folder / "half" / "in" / "s.py").write_text(RIGHT_ABOVE)
    (folder / "half" / "in").chmod(0)
    (folder / "listed").mkdir()
    (folder / "listed" / "s.py").write_text(RIGHT_ABOVE)
    (folder / "listed").chmod(0o444)


def links(folder: Path) -> None:
    """Links to themselves, to the neighbor, to everything."""
    os.symlink("a_loop.py", folder / "a_loop.py")
    os.symlink("aaa.py", folder / "a_copy.py")
    os.symlink("/", folder / "root")
    os.symlink("/dev/zero", folder / "endless.py")
    (folder / "inside").mkdir()
    os.symlink("..", folder / "inside" / "up")
    os.symlink("../aaa.py", folder / "inside" / "s.py")


def deep(folder: Path) -> None:
    """Three thousand folders in each other."""
    here = os.open(folder, os.O_RDONLY)
    for name in ["deep", *["d"] * 3000]:
        os.mkdir(name, dir_fd=here)
        there = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    os.close(here)


def wide(folder: Path) -> None:
    """Many files, many folders."""
    for k in range(3000):
        (folder / "wide" / f"{k}").mkdir(parents=True)
    for k in range(400):
        (folder / "wide" / f"{k}.py").write_text(STUB)


def many_stubs(folder: Path) -> None:
    """Eight files, each as long as it may."""
    (folder / "slow").mkdir()
    for k in range(8):
        text = STUB.replace("    raise", "    for _ in range(10**10): pass\n    raise")
        (folder / "slow" / f"s{k}.py").write_text(text)


def plugins(folder: Path) -> None:
    """What Python and pytest load because it lies there."""
    plant = PLANT.format(str(folder.parent / "hostile-mark-plugin"))
    for name in (
        "conftest", "sitecustomize", "usercustomize", "numpy", "json", "random",
        "gan_numpy", "joblib", "typing", "copy", "tqdm", "matplotlib", "socket",
    ):  # fmt: skip
        (folder / f"{name}.py").write_text(plant + RIGHT_ABOVE)
    (folder / "x.pth").write_text(f"import os; {plant}")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p conftest\n")
    (folder / "setup.cfg").write_text("[tool:pytest]\naddopts = -p conftest\n")
    (folder / "pyvenv.cfg").write_text("home = .\n")
    (folder / "matplotlibrc").write_text("backend: module://conftest\n")
    (folder / "matplotlib_").mkdir()
    (folder / "encodings").mkdir()
    (folder / "encodings" / "__init__.py").write_text(plant)


def notebook(cells: list[object], **more: object) -> bytes:
    """A notebook of anything."""
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, **more}
    return json.dumps(whole).encode()


def notebooks(folder: Path) -> None:
    """Notebooks that are none."""
    code = {"cell_type": "code", "source": RIGHT_ABOVE, "metadata": {}, "outputs": []}
    made: dict[str, bytes] = {
        "cell_of_numbers": notebook([{"cell_type": "code", "source": [1, None]}]),
        "cell_of_cells": notebook([[code]]),
        "source_of_a_tree": notebook([{"cell_type": "code", "source": {"a": code}}]),
        "cells_by_the_thousand": notebook([code] * 3000),
        "digits": b'{"cells": ' + b"9" * 10**6 + b"}",
        "lists": b'{"cells": [' + b"[]," * 3_000_000 + b"[]]}",
        "deep": b'{"cells": ' + b"[" * 10**6 + b"]" * 10**6 + b"}",
        "surrogates": notebook([{"cell_type": "code", "source": "x = '\ud800'"}, code]),
        "magic": notebook([{**code, "source": "%%bash\ntouch hostile-mark\n"}, code]),
        "cell_magic": notebook([{**code, "source": "!touch hostile-mark\n"}, code]),
    }
    for name, content in made.items():
        (folder / f"{name}.ipynb").write_bytes(content)


INTAKE = {
    "pipes_and_devices": handed(devices),
    "not_to_be_read": handed(unreadable),
    "links_everywhere": handed(links),
    "deep_folders": handed(deep),
    "wide_folders": handed(wide),
    "eight_slow_files": handed(many_stubs),
    "plugins_beside_it": handed(plugins),
    "notebooks_that_are_none": handed(notebooks),
    "nested_parentheses": source(RIGHT_ABOVE + "x = " + "(" * 5000 + ")" * 5000),
    "nested_minus": source(RIGHT_ABOVE + "x = " + "-" * 200_000 + "1\n"),
    "nested_attributes": source(RIGHT_ABOVE + "x = np" + ".a" * 200_000 + "\n"),
    "nested_sum": source(RIGHT_ABOVE + "x = " + "1 + " * 100_000 + "1\n"),
    "nested_ifs": source(
        RIGHT_ABOVE
        + "".join(" " * k + "if 1:\n" for k in range(99))
        + " " * 99
        + "x = 1\n"
    ),
    "many_statements": source(
        RIGHT_ABOVE
        + "".join(f"a{k} = b{k} = a{max(k - 1, 0)}\n" for k in range(40_000))
    ),
    "chain_of_functions": source(
        body("return f0(dy)")
        + "".join(f"def f{k}(x): return f{k + 1}(x)\n" for k in range(4000))
    ),
    "huge_constant": source(body("return dy * (10 ** 10 ** 9 > 0)")),
    "huge_constant_at_the_top": source(RIGHT_ABOVE + "x = 'a' * 10**11 * (9**9**9)\n"),
    "huge_string": source(RIGHT_ABOVE + "x = '" + "\\N{DIGIT ONE}" * 400_000 + "'\n"),
    "form_feeds": source(RIGHT_ABOVE.replace("\n", "\x0c\n") + "\x0c" * 10**6),
    "coding_of_its_own": source(b"# coding: unicode_escape\n" + RIGHT_ABOVE.encode()),
    "coding_that_runs": source(b"# -*- coding: zip -*-\n" + RIGHT_ABOVE.encode()),
    "coding_utf_7": source(b"# coding: utf-7\n" + RIGHT_ABOVE.encode()),
    "loop_at_the_top": source(
        "import numpy as np\nwhile True: pass\n" + RIGHT_ABOVE
    ),
    "loop_in_a_class": source(
        body("return A.x * dy", top="class A:\n    while True: x = 1\n")
    ),
    "loop_in_a_decorator": source(
        RIGHT_ABOVE.replace(
            "def relu_backward",
            "@(lambda f: [f for _ in iter(int, 1)])\ndef relu_backward",
        )
    ),
    "loop_in_a_default": source(
        RIGHT_ABOVE.replace(
            "(dy, cache)", "(dy, cache, x=sum(1 for _ in iter(int, 1)))"
        )
    ),
    "exits_at_the_top": source("import numpy as np\nX = exit(0)\n" + body("return X")),
    "name_that_is_ours": source(
        body("return dy", top="check = answer = right = True\nstate = 'right'\n")
    ),
}  # fmt: skip
