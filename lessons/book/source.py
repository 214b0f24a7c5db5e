"""The library's code as pages, one a module."""

from __future__ import annotations

import html
from pathlib import Path

from book.links import ROOT

FOLDER = "source"
PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,"><title>{name}</title>
<link rel="stylesheet" href="code.css"></head>
<body><p><a href="../reference/{page}.html#module-{name}">{name}</a></p>
{code}</body></html>
"""
LOOKS = """\
body { font-family: sans-serif; margin: 1rem auto; max-width: 60rem; padding: 0 1rem; }
pre { line-height: 1.4; overflow-x: auto; font-size: 0.85rem; }
.linenos { color: #888; padding-right: 1rem; user-select: none; }
@media (prefers-color-scheme: dark) {
  body { background: #131416; color: #cfd0d0; } a { color: #7DB7E8; }
}
"""


def file_of(module: str) -> Path:
    """The file of a module or a package."""
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def write_sources(folder: Path, modules: list[str]) -> None:
    """Write a page for each module.

    Parameters
    ----------
    folder : Path
    modules : list of str
        Packages among them have a page of the reference of their own.
    """
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    folder.mkdir(parents=True)
    lexer = PythonLexer()
    shape = {"linenos": "inline", "cssclass": "code"}
    light = HtmlFormatter(style="friendly", **shape)
    dark = HtmlFormatter(style="github-dark", **shape)
    rules = light.get_style_defs(".code")
    night = dark.get_style_defs(".code")
    looks = f"{LOOKS}{rules}\n@media (prefers-color-scheme: dark) {{\n{night}\n}}\n"
    (folder / "code.css").write_text(looks, "utf-8")
    for module in modules:
        path = file_of(module)
        code = highlight(path.read_text("utf-8"), lexer, light)
        page = module if path.name == "__init__.py" else module.rsplit(".", 1)[0]
        text = PAGE.format(name=html.escape(module), page=page, code=code)
        (folder / f"{module}.html").write_text(text, "utf-8")
