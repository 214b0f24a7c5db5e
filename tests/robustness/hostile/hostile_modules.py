"""Modules beside the solution that want more, and answers that only just miss."""

from __future__ import annotations

import os
from pathlib import Path

from hostile_case import HEAD, Build, Case, body

USING = HEAD + "{}\n\n\ndef relu_backward(dy, cache):\n    return {}\n"
STEAL = "m.relu_backward(dy, cache)"
SITE = "[p for p in (np.__path__[0] + '/..', np.__path__[0] + '/../../../../..')]"


def own_folder(folder: Path) -> Path:
    """The folder of one more student."""
    made = folder / f"own_{len(list(folder.iterdir()))}"
    made.mkdir()
    return made


def with_modules(imports: str, answer: str, **modules: str) -> Case:
    """A solution and modules; ``__`` in a name is a folder."""

    def build(folder: Path) -> None:
        folder = own_folder(folder)
        (folder / "solution.py").write_text(USING.format(imports, answer))
        for name, text in modules.items():
            path = folder / (name.replace("__", "/") + ".py")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)

    return Case("intake", build=build)


def chain(count: int, last: str) -> dict[str, str]:
    """Modules that import each other in a ring."""
    ring = {f"m{k}": f"from m{k + 1} import f\nimport m0\n" for k in range(count)}
    return ring | {f"m{count}": f"import m0\n{last}\n"}


def linked(folder: Path) -> None:
    """The neighbor's work under a name of one's own."""
    folder = own_folder(folder)
    (folder / "solution.py").write_text(USING.format("import m", STEAL))
    os.symlink("../aaa.py", folder / "m.py")
    os.symlink("..", folder / "pkg")


def built(build: Build) -> Case:
    return Case("intake", build=build)


MODULES = {
    "module_is_numpy": with_modules(
        "import numpy as n2", "dy", numpy="def maximum(*a):\n    return a[0]\n"
    ),
    "module_of_the_neighbor": with_modules("import aaa as m", STEAL),
    "module_imports_the_neighbor": with_modules(
        "import m", STEAL, m="from aaa import relu_backward\n"
    ),
    "module_is_a_link": built(linked),
    "module_above": with_modules(
        "from pkg import m", STEAL, pkg__m="from ...aaa import relu_backward\n"
    ),
    "module_with_a_path_to_the_library": with_modules(
        "import pkg.m as m",
        STEAL,
        pkg__m=f"import numpy as np\nimport pkg\npkg.__path__ = {SITE}\n"
        "from pkg.gan_numpy.exercises.dense import relu_backward\n",
    ),
    "module_called_as_the_library": with_modules(
        "import gan_numpy as m",
        STEAL,
        gan_numpy="from gan_numpy.exercises.dense import relu_backward\n",
    ),
    "module_with_eval_under_a_name": with_modules(
        "import m",
        "m.f('dy * (cache > 0)', dy=dy, cache=cache)",
        m="E = eval\n\ndef f(text, **names):\n    return E(text, names)\n",
    ),
    "module_of_differences": with_modules(
        "from m import relu, H",
        "(relu(cache + H) - relu(cache - H)) / (2 * H) * dy",
        m="H = 1e-6\n\ndef relu(x):\n    return x * (x > 0)\n",
    ),
    "modules_in_a_ring": with_modules(
        "from m0 import f", "f(dy)", **chain(45, "def f(x):\n    return x")
    ),
    "module_that_nests": with_modules(
        "import m", "m.x * dy", m="x = " + "(" * 5000 + "1" + ")" * 5000 + "\n"
    ),
    "module_of_many_lines": with_modules(
        "from m import *",
        "f9(dy)",
        m="def f9(x):\n    return x\n" + "y = 1\n" * 400_000,
    ),
    "module_that_patches_numpy": with_modules(
        "import m",
        "m.f(dy)",
        m="import numpy as np\nnp.abs = np.max = lambda *a, **k: 0.0\n\n"
        "def f(x):\n    np.abs(x)\n    return x\n",
    ),
    "module_that_never_ends": with_modules(
        "import m", "m.f(dy)", m="f = len\nwhile f:\n    pass\n"
    ),
    "rounded_and_wrong": Case(
        "points",
        body("return (dy * (cache > 0) * (1 + 5e-6)).astype(np.float32)"),
    ),
    "rounded_further": Case(
        "points", body("return (dy * (cache > 0)).astype(np.float16)")
    ),
    "whole_numbers_too_long": Case("points", body("return [[10**400] * 3] * 7")),
    "as_many_axes_as_there_are": Case(
        "points", body("return np.ones((1,) * np.ndim(dy) + (1,) * 28) * dy.flat[0]")
    ),
}
