r"""Expressions as texts: their code, made once, and their value in a scope."""

from __future__ import annotations

from functools import lru_cache
from types import CodeType
from typing import Any


@lru_cache(maxsize=20_000)
def compiled(text: str) -> CodeType:
    """The code of an expression, made once."""
    return compile(text, "<expression>", "eval")


def value_of(text: str, scope: dict[str, Any]) -> Any:
    """The value of an expression; None if it has none here."""
    try:
        return eval(compiled(text), {"__builtins__": SAFE}, scope)
    except Exception:
        return None


SAFE = {"len": len, "abs": abs, "range": range, "float": float, "int": int}
