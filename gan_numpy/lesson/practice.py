r"""The student's function where it is right, and mistakes to break things with."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

from gan_numpy.derive import Derivation, judge
from gan_numpy.exercises.base import build_mutant
from gan_numpy.exercises.notebook import check
from gan_numpy.exercises.registry import get_exercise
from gan_numpy.stepping import Page, build_page, names

Function = Callable[..., Any]


def reference(name: str) -> Function:
    """The library's solution of an exercise."""
    return get_exercise(name).reference


def working(*functions: Function) -> Any:
    """The functions that you wrote if they are right, the library's until then.

    Functions that share a cache go together: all yours, or all the library's.

    Parameters
    ----------
    *functions : function
        Named like their exercises.

    Returns
    -------
    function or tuple of functions
        One if one was given.
    """
    names = [f.__name__ for f in functions]
    open_ones = [f.__name__ for f in functions if not check(f)]
    chosen = functions
    if open_ones:
        print(f"The lesson goes on with the library's {' and '.join(names)};")
        print(f"with yours as soon as {' and '.join(open_ones)} passes its check.")
        chosen = tuple(reference(name) for name in names)
    else:
        print(f"The lesson goes on with your {' and '.join(names)}.")
    return chosen if len(chosen) > 1 else chosen[0]


def mistake(name: str, tag: str) -> Function:
    """The library's solution of an exercise with a known mistake in it.

    Parameters
    ----------
    name : str
        Of the exercise.
    tag : str
        One of ``mistakes(name)``.

    Raises
    ------
    ValueError
        If the exercise has no mistake of this name.
    """
    exercise = get_exercise(name)
    for change in exercise.mutants:
        if " ".join(change.tags) == tag:
            return build_mutant(exercise, change)
    known = ", ".join(mistakes(name))
    raise ValueError(f"{name} has no known mistake {tag!r}; choose among {known}")


def mistakes(name: str) -> list[str]:
    """The names of the known mistakes of an exercise."""
    tags = [" ".join(change.tags) for change in get_exercise(name).mutants]
    return list(dict.fromkeys(tags))


def show_mistakes(*names: str) -> None:
    """Print the names of the known mistakes of some exercises."""
    for name in names:
        text = f"{name}: {', '.join(mistakes(name))}"
        print(textwrap.fill(text, 76, break_on_hyphens=False))


def derive(name: str, formulas: str = "") -> Derivation:
    """Check a derivation that is written as formulas, not as code.

    Parameters
    ----------
    name : str
        Of the exercise.
    formulas : str
        Equations, one a line: ``"dW = x^T dy"``. Without any it says what is to be
        derived, from which arrays, and how formulas are written.

    Returns
    -------
    Derivation
        A notebook shows the formulas as they are printed, and what is wrong with them.

    Raises
    ------
    ValueError
        If there is no derivation of this name.
    """
    return judge(name, formulas)


def step_through(function: str | Function) -> Page:
    """A function line by line, with all arrays, as a page that a notebook shows.

    Parameters
    ----------
    function : function or str
        One that you wrote, named like its exercise: it opens at the first wrong line.
        Or the name of an exercise's function, or of a layer's class, for the library's.

    Returns
    -------
    Page
        ``page.save("dense.html")`` writes it to a file.

    Raises
    ------
    ValueError
        If nothing has this name.
    """
    if isinstance(function, str):
        name, namespace = function, None
    else:
        name = function.__name__
        namespace = {**getattr(function, "__globals__", {}), name: function}
    if name not in names():
        raise ValueError(f"no exercise and no layer {name!r}: {', '.join(names())}")
    return build_page(name, namespace)
