r"""A variant of an exercise: its module's text with replacements, as a module."""

from __future__ import annotations

import hashlib
import hmac
import importlib
import inspect
import linecache
import re
import sys
import types
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from gan_numpy.errors import UserError
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.registry import MODULE_OF, get_exercise
from gan_numpy.exercises.variants.families import FAMILIES, Family
from gan_numpy.exercises.variants.ingredient import Ingredient
from gan_numpy.exercises.variants.turned import as_sum, in_columns, under_names
from gan_numpy.gradcheck.diagnosis.candidates import slug

VARIED = tuple(FAMILIES)
MARK = re.compile(r"^# variant of (\w+): ([\w.-]+)", re.MULTILINE)


def code_for(name: str, student: str, secret: str) -> str:
    """Which variant a student gets: the same each time, and nobody else can tell.

    Parameters
    ----------
    name : str
        Of the exercise.
    student, secret : str

    Returns
    -------
    str
        "columns.h.A.b"; empty if the exercise has no variants.
    """
    if name not in FAMILIES:
        return ""
    family, chosen = FAMILIES[name], []
    for k, choices in enumerate(_choices(family)):
        message = f"{student}\0{name}\0{k}".encode()
        digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
        chosen.append(choices[int.from_bytes(digest[:8], "big") % len(choices)])
    return ".".join(chosen)


def _choices(family: Family) -> list[tuple[str, ...]]:
    return [tuple(family.ingredients), *family.names.values()]


def codes(name: str) -> list[str]:
    """All variants of an exercise."""
    found = []
    for chosen in product(*_choices(FAMILIES[name])):
        if len(set(chosen[1:])) == len(chosen[1:]):
            found.append(".".join(chosen))
    return found


def exercise_in(text: str, name: str) -> Exercise:
    """The exercise that a file has, whose line ``# variant of NAME: CODE`` says which.

    Raises
    ------
    UserError
        If there is no such variant.
    """
    return variant(name, dict(MARK.findall(text)).get(name, ""))


def exercise_for(function: Any, name: str) -> Exercise:
    """The exercise that a function was written for, by the text that it stands in.

    Raises
    ------
    UserError
        If that text names a variant that there is not.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    lines = linecache.getlines(code.co_filename) if code is not None else []
    return exercise_in("".join(lines), name)


def exercise_of(name: str, student: str, secret: str) -> Exercise:
    """The exercise that a student gets; the same for all if there is no secret."""
    return variant(name, code_for(name, student, secret) if secret else "")


@cache
def variant(name: str, code: str) -> Exercise:
    """The variant of an exercise; the exercise itself for an empty code.

    Raises
    ------
    UserError
        If there is no such variant.
    """
    if not code:
        return get_exercise(name)
    family = FAMILIES.get(name)
    chosen = code.split(".")
    valid = family is not None and len(chosen) == 1 + len(family.names)
    if family is None or not valid or chosen[0] not in family.ingredients:
        raise UserError(f"{name} has no variant {code!r}")
    pairs = zip(family.names.items(), chosen[1:], strict=True)
    new = {old: word for (old, known), word in pairs if word in known}
    if len(new) < len(family.names):
        raise UserError(f"{name} has no variant {code!r}")
    return _made(name, chosen[0], new, code)


def renamed(text: str, names: dict[str, str]) -> str:
    """A text with other names; dx is called after x."""
    both = {**names, **{f"d{old}": f"d{word}" for old, word in names.items()}}
    both = {old: word for old, word in both.items() if old != word}
    if not both:
        return text
    pattern = "|".join(sorted(map(re.escape, both), key=len, reverse=True))
    return re.sub(rf"(?<![\w.])({pattern})(?!\w)", lambda m: both[m[1]], text)


def _made(name: str, choice: str, names: dict[str, str], code: str) -> Exercise:
    module = importlib.import_module(f"gan_numpy.exercises.{MODULE_OF[name]}")
    ingredient = FAMILIES[name].ingredients[choice]
    text = inspect.getsource(module)
    for old, new in ingredient.pairs:
        if old not in text:
            raise ValueError(f"{name}, {choice}: {old!r} is not in its module")
        text = text.replace(old, new)
    text = renamed(text, names)
    digest = hashlib.sha256(f"{name} {code}".encode()).hexdigest()[:12]
    folder = Path(inspect.getfile(module)).parent
    filename = str(folder / f"{MODULE_OF[name]}-{digest}.py")  # ours, and not on disk
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    made = types.ModuleType(f"gan_numpy.exercises.variant_{digest}")
    made.__file__ = filename
    sys.modules[made.__name__] = made  # where functions are looked up by their module
    exec(compile(text, filename, "exec"), vars(made))
    found: Exercise = {e.name: e for e in vars(made)["EXERCISES"]}[name]
    found = replace(found, variant=code, check=_asked(found, ingredient, names))
    if ingredient.mutants:
        own = [
            mutant(tags, renamed(old, names), renamed(new, names))
            for tags, old, new in ingredient.mutants
        ]
        found = replace(found, mutants=tuple(own))
    tagged = [replace(m, tags=_tags(m.tags, names)) for m in found.mutants]
    found = replace(found, mutants=tuple(tagged))
    if ingredient.statement:
        found = replace(found, statement=renamed(ingredient.statement, names))
    if ingredient.hints:
        hints = tuple(renamed(h, names) for h in ingredient.hints)
        found = replace(found, hints=hints)
    return found


def _asked(found: Exercise, ingredient: Ingredient, names: dict[str, str]) -> Any:
    """The exercise's check, for the layout and the total that the ingredient names."""
    check = under_names(found.check, names)
    if ingredient.summed:
        check = as_sum(check, [names.get(k, k) for k in ingredient.summed])
    if ingredient.columns:
        check = in_columns(check, [names.get(k, k) for k in ingredient.columns])
    return check


def _tags(tags: tuple[str, ...], names: dict[str, str]) -> tuple[str, ...]:
    """Tags that are made of an array's name, with the new one."""
    both = {f"{slug(old)}-": f"{slug(word)}-" for old, word in names.items()}
    first = {t: next((k for k in both if t.startswith(k)), "") for t in tags}
    return tuple(both.get(k, "") + t.removeprefix(k) for t, k in first.items())
