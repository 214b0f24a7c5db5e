r"""A recorded subject as plain data: blocks of lines, steps, arrays, adjoints."""

from __future__ import annotations

from types import CodeType
from typing import Any

from gan_numpy.stepping.chain import Adjoint, Chain
from gan_numpy.stepping.lines import Block, block
from gan_numpy.stepping.recorder import RETURNED, Recording, Step
from gan_numpy.stepping.shown import Table
from gan_numpy.stepping.subjects import Subject


def story(found: Subject) -> dict[str, Any]:
    """Everything that a page shows, for JSON."""
    table = Table()
    writer = _Writer(table, found)
    if found.forward is not None:
        writer.add("forward", found.forward, None)
    writer.add("backward", found.backward, found.chain)
    return {
        "name": found.name,
        "title": found.title,
        "statement": found.statement,
        "verdict": found.verdict,
        "blocks": writer.blocks,
        "steps": writer.steps,
        "arrays": table.arrays,
        "start": writer.start(),
        "notes": writer.notes,
    }


class _Writer:
    """Collects blocks and steps."""

    def __init__(self, table: Table, found: Subject) -> None:
        self.table, self.found = table, found
        self.blocks: list[dict[str, Any]] = []
        self.steps: list[dict[str, Any]] = []
        self.notes: list[str] = []
        self.texts: dict[tuple[CodeType, str], tuple[int, Block]] = {}
        self.makers: dict[tuple[int, str], int] = {}  # by call and name
        self.wrong: list[int] = []
        self.inputs = {
            k: table.add(v) for k, v in found.inputs.items() if hasattr(v, "shape")
        }

    def add(self, side: str, recording: Recording, chain: Chain | None) -> None:
        """All steps of one side; those of one statement are one."""
        last: tuple[Any, ...] | None = None
        for step in recording.steps:
            place, text = self._block(step.code, side)
            line = text.statements.get(step.line, step.line)
            key = (place, line)
            if key == last and not step.made:
                continue
            merges = key == last and self.steps and not self._loops(text, line)
            if not merges:
                self.steps.append(self._step(step, side, place, text, line))
            self._made(step, side, self.steps[-1], chain)
            last = key
        if recording.left:
            says = f"{side}: {recording.left} more lines ran than are shown"
            self.notes.append(says)
        if recording.error:
            self.notes.append(f"{side}: it ends with {recording.error}")

    def _loops(self, text: Block, line: int) -> bool:
        shown = dict(zip(text.numbers, text.lines, strict=True)).get(line, "")
        return shown.lstrip().startswith(("for ", "while "))

    def _block(self, code: CodeType, side: str) -> tuple[int, Block]:
        if (code, side) not in self.texts:
            text = block(code)
            wrong = [n for n in text.numbers if n in self.found.wrong]
            self.blocks.append(
                {
                    "side": side,
                    "name": text.name,
                    "lines": list(
                        map(list, zip(text.numbers, text.lines, strict=True))
                    ),
                    "wrong": wrong if side == "backward" else [],
                }
            )
            self.texts[code, side] = (len(self.blocks) - 1, text)
        return self.texts[code, side]

    def _step(
        self, step: Step, side: str, place: int, text: Block, line: int
    ) -> dict[str, Any]:
        waits: list[list[Any]] = []
        for name in text.reads.get(line, ()):
            made = [
                at
                for (call, key), at in self.makers.items()
                if call == id(step.given) and key.split("[")[0] == name
            ]
            if made:
                waits.append([name, max(made)])
                continue
            for key, value in step.given.items():  # an argument, or parts of one
                if key.split("[")[0] == name:
                    waits.append([key, -1, self.table.add(value)])
        return {"block": place, "line": line, "made": {}, "waits": waits, "adjoint": {}}

    def _made(
        self, step: Step, side: str, plain: dict[str, Any], chain: Chain | None
    ) -> None:
        number = len(self.steps) - 1
        for name, value in step.made.items():
            plain["made"][name] = self.table.add(value)
            if not name.startswith(RETURNED):
                self.makers[id(step.given), name] = number
            partner = self._partner(name, value, chain) if side == "backward" else None
            if partner is not None:
                plain["adjoint"][name] = partner

    def _partner(self, name: str, value: Any, chain: Chain | None) -> list[Any] | None:
        """The block and line of the forward whose adjoint an array is, and its name."""
        adjoint: Adjoint | None = chain.find(value) if chain is not None else None
        if adjoint is not None:
            for k, shown in enumerate(self.blocks):
                numbers = [n for n, _ in shown["lines"]]
                if shown["side"] == "forward" and adjoint.line in numbers:
                    return [k, adjoint.line, adjoint.text]
        return self._by_name(name) if chain is None else None

    def _by_name(self, name: str) -> list[Any] | None:
        """In a layer, dx is that of x, and grads[W] that of W."""
        inner = name.split("[")[-1].rstrip("]")
        base = inner if "grads[" in name else name[1:] if name[:1] == "d" else ""
        for k, step in enumerate(self.steps):
            made = {n.split("[")[-1].rstrip("]") for n in step["made"]}
            if (
                base
                and base in made
                and self.blocks[step["block"]]["side"] == "forward"
            ):
                return [self.steps[k]["block"], step["line"], base]
        first = self.blocks[0]
        if base in self.inputs and first["side"] == "forward" and first["lines"]:
            return [0, first["lines"][0][0], base]
        return None

    def start(self) -> int:
        """The first wrong line of the student's, or the first step of the story."""
        places = [(self.blocks[step["block"]], step["line"]) for step in self.steps]
        wrong = [k for k, (b, line) in enumerate(places) if line in b["wrong"]]
        own = [k for k, (b, _) in enumerate(places) if b["name"] == self.found.name]
        return next(iter(wrong or (own if self.found.forward is None else [])), 0)
