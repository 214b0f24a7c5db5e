r"""A function line by line as plain text: what each line makes, with shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gan_numpy.stepping.story import story
from gan_numpy.stepping.subjects import subject


def listing(name: str, namespace: Mapping[str, Any] | None = None) -> str:
    """The steps in order; a line that ran often is listed once, as it ran last."""
    told = story(subject(name, namespace))
    lines = [f"{name}: {told['title']}"]
    lines += [told["verdict"]] if told["verdict"] else []
    texts = [dict(block["lines"]) for block in told["blocks"]]
    last = {(s["block"], s["line"]): s for s in told["steps"]}
    for k, shown in enumerate(told["blocks"]):
        lines += ["", f"{shown['side']}: {shown['name']}"]
        for (place, number), step in sorted(last.items(), key=lambda item: item[0][1]):
            if place != k:
                continue
            mark = "!" if number in shown["wrong"] else " "
            lines.append(f"{mark}{number:4}  {texts[k].get(number, '').rstrip()}")
            for made, array in step["made"].items():
                shape = tuple(told["arrays"][array]["shape"])
                partner = step["adjoint"].get(made)
                is_of = f", the adjoint of {partner[2]}" if partner else ""
                lines.append(f"          {made} {shape}{is_of}")
    return "\n".join([*lines, *told["notes"]])
