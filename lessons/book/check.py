"""Reads the pages that Sphinx made: links, texts for pictures, nothing from a network.

Sphinx checks the references that it has made itself; what stands in pages as HTML, in
the outputs of notebooks for instance, is seen only here.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
}
HIDDEN = re.compile(r"(<(script|style)\b[^>]*>).*?</\2>|<!--.*?-->", re.DOTALL | re.I)
TAG = re.compile(
    rf"<(a|link|{'|'.join(LOADED)})\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE
)
ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
PLACE = re.compile(r"""\s(?:id|name)="([^"]+)\"""")
LOADING = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}


@dataclass
class Content:
    """What a page holds.

    Attributes
    ----------
    ids : set of str
    links, loaded : list of str
        Where it leads, and what it loads.
    faults : list of str
    """

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def attributes_of(text: str) -> dict[str, str]:
    """The attributes of a tag that have a value."""
    return {
        match[1].lower(): html.unescape(
            next(v for v in match.groups()[1:] if v is not None)
        )
        for match in ATTRIBUTE.finditer(text)
    }


def content_of(text: str) -> Content:
    """What a page holds.

    A site has hundreds of pages, and `html.parser` takes a second for one: scripts and
    comments go first, and of what is left only the tags in question are looked at.
    """
    text = HIDDEN.sub(lambda match: match[1] or "", text)
    content = Content(ids=set(map(html.unescape, PLACE.findall(text))))
    for match in TAG.finditer(text):
        tag, found = match[1].lower(), attributes_of(match[2])
        source, words = found.get("src", ""), found.get("alt", "").strip()
        if tag == "a" and "href" in found:
            content.links.append(found["href"])
        if tag == "img" and (not words or words == source):
            content.faults.append(f"no text for the image {source[:60]}")
        if tag == "iframe" and not found.get("title", "").strip():
            content.faults.append(f"no title for the frame {source[:60]}")
        if tag in LOADED and found.get(LOADED[tag]):
            content.loaded.append(found[LOADED[tag]])
        if tag == "link" and LOADING & set(found.get("rel", "").split()):
            content.loaded.append(found.get("href", ""))
    return content


def target_of(page: Path, address: str) -> tuple[Path, str]:
    """The file that an address of the site leads to, and the place in it."""
    parts = urlsplit(address)
    path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    return path, unquote(parts.fragment)


def problems_of(site: Path) -> list[str]:
    """All faults of a site's pages, a line each; none if all is well."""
    site = site.resolve()
    pages = {p: content_of(p.read_text("utf-8")) for p in sorted(site.rglob("*.html"))}
    problems = []
    for page, content in pages.items():
        faults = list(content.faults)
        for address in content.loaded:
            parts = urlsplit(address)
            if parts.scheme == "data":
                continue
            if parts.scheme or parts.netloc:
                faults.append(f"loads {address} from elsewhere")
            elif not target_of(page, address)[0].is_file():
                faults.append(f"loads {address}, which is not there")
        for address in content.links:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            path, place = target_of(page, address)
            if not path.is_file():
                faults.append(f"leads to {address}, which is not there")
            elif place and path in pages and place not in pages[path].ids:
                faults.append(f"leads to {address}: no such place there")
        name = page.relative_to(site).as_posix()
        problems += [f"{name}: {fault}" for fault in dict.fromkeys(faults)]
    return problems
