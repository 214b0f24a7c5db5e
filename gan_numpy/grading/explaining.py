r"""The search for the line, inside the sandbox: only for what is wrong already.

The points come from the grader, which asks a process that has never seen a solution.
This is another process, started once they are known, in which the whole check runs as
it does where students work: there a call costs microseconds, not a message through the
wall. Its inputs are those that everybody may see. What it answers is a kind of mistake
and lines, no points, and is believed as little as any other answer of a submission's.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gan_numpy.exercises.registry import NAMES, get_exercise
from gan_numpy.exercises.variants import variant
from gan_numpy.gradcheck.findings import Place, Repair
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits
from gan_numpy.gradcheck.repair.kinds import KINDS
from gan_numpy.gradcheck.repair.landmarks import bench_of
from gan_numpy.gradcheck.repair.plausible import MOST_PLACES
from gan_numpy.gradcheck.result import CheckResult
from gan_numpy.gradcheck.verdict import with_parts, with_repair

SEED = 0  # the inputs of everybody's own check, not those of the points
LONGEST = 300  # characters of a text
OURS = "gan_numpy"
MOST_PARTS, MOST_NAMES = 4, 30  # of several mistakes, and of what each makes right


def prepare() -> None:
    """Import every exercise and keep all source: later no file can be read.

    What each search of an exercise begins with is done once for all, too.
    """
    for name in NAMES:
        exercise = get_exercise(name)
        for function in (exercise.reference, *exercise.given):
            bench_of(function.__code__)
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if name.split(".")[0] == OURS and path is not None:
            lines = linecache.getlines(path)
            linecache.cache[path] = (sum(map(len, lines)), None, lines, path)


def explanation(
    name: str, code: str, functions: Mapping[str, Callable[..., Any]], seconds: float
) -> dict[str, Any]:
    """What the search finds in these functions, as plain data.

    Parameters
    ----------
    name, code : str
        The exercise and its variant.
    functions : mapping
        The submission's, by name.
    seconds : float
        By the clock.
    """
    usual = Limits()
    limits = Limits(min(usual.seconds, seconds), min(usual.wall, seconds))
    with searching(limits):
        result = variant(name, code).run(functions, SEED)
    if result.passed or not result.attempted:
        return {}
    places = [p for f in result.findings for p in f.places]
    found: dict[str, Any] = {
        "places": [[p.filename, p.line, p.text] for p in dict.fromkeys(places)],
        "so_far": result.so_far,
        "tags": list(result.tags),
    }
    if result.repair is not None:
        found["repair"] = _plain(result.repair)
        found["parts"] = [_plain(part) for part in result.repair.parts]
    return found


def _plain(repair: Repair) -> dict[str, Any]:
    return {
        "tag": repair.tag,
        "depends": repair.depends,
        "change": repair.change,
        "names": list(repair.names),
        "places": [[p.filename, p.line, p.text] for p in repair.places],
    }


def add_explanation(result: CheckResult, found: Mapping[str, Any]) -> None:
    """Write into a result what a sandbox has answered, as far as it can be read."""
    try:
        places = tuple(_place(p) for p in found["places"][:MOST_PLACES])
        so_far, tags = _text(found["so_far"]), list(found["tags"])
        repair = None
        if "repair" in found and places:
            repair = replace(_repair(found["repair"]), places=places)
        parts = [_repair(part) for part in found.get("parts", [])[:MOST_PARTS]]
    except (KeyError, TypeError, ValueError, IndexError):  # no answer of ours
        return
    if len(parts) > 1:
        named = not any(part.tag in tags for part in parts)
        with_parts(result, [(part.names, part) for part in parts], named)
    elif places:
        trusted = repair is None or repair.tag not in tags
        with_repair(result, repair, places, so_far, trusted)


def _repair(about: Mapping[str, Any]) -> Repair:
    kind = KINDS[about["tag"]]
    places = tuple(_place(p) for p in about.get("places", [])[:MOST_PLACES])
    depends, change = _text(about["depends"]), _text(about["change"])
    names = tuple(map(_text, about.get("names", [])[:MOST_NAMES]))
    return Repair(
        kind.tag, kind.verdict, kind.says, places, depends, change, names=names
    )


def _place(part: Any) -> Place:
    filename, line, text = part
    return Place(_text(filename), int(line), _text(text))


def _text(value: Any) -> str:
    return str(value)[:LONGEST]
