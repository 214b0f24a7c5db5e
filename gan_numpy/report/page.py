"""The page: one file, nothing from the network."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import Any

from gan_numpy.report.looks import SCRIPT, STYLE
from gan_numpy.stepping.looks import STYLE as COMMON
from gan_numpy.stepping.page import Page

NAME = "report.html"
FOLLOWS = 10  # seconds after which an open page looks again while a run trains


def build_report(runs: Sequence[dict[str, Any]], follow: bool = False) -> Page:
    """The page of some runs.

    Parameters
    ----------
    runs : sequence of dict
        What `gan_numpy.report.content.content_of` returned, one for each run.
    follow : bool
        Whether the page loads itself again: a training goes on.
    """
    data = json.dumps(runs, separators=(",", ":"), ensure_ascii=False)
    data = data.replace("<", "\\u003c").replace("\u2028", "\\u2028")
    title = html.escape(", ".join(run["name"] for run in runs))
    again = f'<meta http-equiv="refresh" content="{FOLLOWS}">' if follow else ""
    return Page(
        "report",
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{again}'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{title}</title>'
        f"<style>{COMMON}{STYLE}</style></head><body>"
        f'<main id="page"></main><script type="application/json" id="runs">{data}'
        f"</script><script>{SCRIPT}</script></body></html>\n",
    )
