r"""The page: one file, nothing from the network, all of it by keyboard."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan_numpy.files import write_atomically
from gan_numpy.stepping.looks import SCRIPT, STYLE
from gan_numpy.stepping.story import story
from gan_numpy.stepping.subjects import subject


@dataclass(frozen=True)
class Page:
    """A function, step by step; a notebook shows it in a frame.

    Attributes
    ----------
    name : str
    content : str
        HTML.
    """

    name: str
    content: str

    def save(self, path: str | Path) -> None:
        """Write it to a file, which is complete or not there."""
        data = self.content.encode()
        write_atomically(Path(path), lambda file: file.write(data))

    def _repr_html_(self) -> str:
        inside = html.escape(self.content, quote=True)
        look = "width:100%;height:640px;border:1px solid #8888"
        return f'<iframe title="{self.name}" style="{look}" srcdoc="{inside}"></iframe>'


def build_page(name: str, namespace: Mapping[str, Any] | None = None) -> Page:
    """The page of a function or a layer.

    Parameters
    ----------
    name : str
        An exercise's function or a layer's class.
    namespace : mapping, optional
        A student's functions, in place of the library's.
    """
    plain = story(subject(name, namespace))
    data = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
    data = data.replace("<", "\\u003c").replace("\u2028", "\\u2028")
    title = html.escape(f"{name}, step by step")
    return Page(
        name,
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body>"
        f'<main id="page"></main><script type="application/json" id="story">{data}'
        f"</script><script>{SCRIPT}</script></body></html>\n",
    )


def contents(names: tuple[str, ...]) -> Page:
    """A page of links to the pages beside it."""
    items = "".join(f'<li><a href="{n}.html">{n}</a></li>' for n in names)
    return Page(
        "index",
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<link rel="icon" href="data:,"><title>Step by step</title>'
        f"<style>{STYLE}li{{margin:.3em 0}}a{{color:inherit}}</style></head><body>"
        f"<main><h1>Step by step</h1><ul>{items}</ul></main></body></html>\n",
    )
