r"""The playground as one file: modules in an order in which each knows those before it.

In the sources every idea is an ES module of its own. A browser that opens a file from a
disk may not follow imports; so the page holds all of them, one after another, in a
single module without imports.
"""

from __future__ import annotations

import re
from importlib.resources import files

from gan_numpy.stepping.page import Page

ENGINE = (
    "random",
    "arrays",
    "layers",
    "network",
    "losses",
    "penalties",
    "optimizers",
    "recipe",
    "data",
    "training",
    "saved",
    "faults",
    "runs",
)
FACE = (
    "dom",
    "plane",
    "curves",
    "slow",
    "controls",
    "share",
    "breaking",
    "watch",
    "layout",
    "app",
)
# The page around it, which in a notebook is the notebook's.
FRAME = """
body{margin:0;background:#fff}@media(prefers-color-scheme:dark){body{background:#16161a}}
"""
# Browsers see to it that the page asks nobody for anything.
ALLOWED = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:"
)
IMPORT = re.compile(r"^import (\{[^}]*\}) from \"[^\"]*?(\w+)\.mjs\";$", re.MULTILINE)
EXPORT = re.compile(r"^export (?:const|function|class|let) (\w+)", re.MULTILINE)


def piece(name: str) -> str:
    """A source file of the playground: ``engine/random.mjs``."""
    return files("gan_numpy.playground").joinpath(name).read_text("utf-8")


def module(names: tuple[str, ...]) -> str:
    """These modules as one: each a function that returns what it exports.

    What a piece keeps to itself stays its own.
    """
    parts = ["const pieces = {};"]
    for name in names:
        text = piece(f"{name}.mjs")
        offered = ", ".join(EXPORT.findall(text))
        text = IMPORT.sub(r"const \1 = pieces.\2;", text)
        text = re.sub("^export ", "", text, flags=re.MULTILINE)
        own = name.rpartition("/")[2]
        parts.append(f"pieces.{own} = (() => {{\n{text}return {{ {offered} }};\n}})();")
    return "\n".join(parts) + "\n"


def engine() -> str:
    """The game without its face: networks, losses, optimizers, Algorithm 1."""
    return module(tuple(f"engine/{name}" for name in ENGINE))


def everything() -> str:
    """The game and its face, as one module."""
    face = tuple(f"face/{name}" for name in FACE)
    return module((*(f"engine/{name}" for name in ENGINE), *face))


def style() -> str:
    """The style sheet."""
    return piece("face/style.css")


def build_playground() -> Page:
    """The playground as one page, which asks the network for nothing."""
    return Page(
        "playground",
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{ALLOWED}">'
        f'<link rel="icon" href="data:,"><title>GAN playground</title>'
        f"<style>{style()}{FRAME}</style></head><body>"
        f'<main id="page"></main><script type="module">{everything()}'
        # Both are for the browser's console, where one can go on by hand.
        f'const playground = pieces.app.mount(document.getElementById("page"));\n'
        f"Object.assign(window, {{ pieces, playground }});"
        f"</script></body></html>\n",
    )
