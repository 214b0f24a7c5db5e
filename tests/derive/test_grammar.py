"""What is typed is parsed and never run; what is refused has a place and a reason."""

import os
import sys

import numpy as np
import pytest

from gan_numpy import lesson
from gan_numpy.derive import VOCABULARIES, judge
from gan_numpy.derive.arrays import example
from gan_numpy.derive.equations import read_equations
from gan_numpy.derive.errors import FormulaError
from gan_numpy.derive.solve import solve
from gan_numpy.exercises.registry import get_exercise

HOSTILE = [
    "__import__('os').system('touch pwned')",
    "().__class__.__bases__[0].__subclasses__()",
    'exec(\'open("pwned", "w")\')',
    "eval(x)",
    "lambda: 0",
    "open('pwned', 'w')",
    "dy.__class__",
    "x.tofile('pwned')",
    "[k for k in ().__class__]",
    "x; import os",
    "f'{x}'",
    "x if (y := 1) else 0",
    "dy.dtype",
    "einsum('ni,nj->ij', x, __builtins__)",
    "einsum('ni->ni;import os', x)",
    "x\x00",
    "x @@ dy",
    "x " * 990 + "dy",
    "-" * 1900 + "x",
    "(" * 5000,
    "x " * 5000,
    "sum_" + "n" * 3000 + " x_n",
    "<x, dy",
    "|x",
    "σ(",
    "x_{n,",
    "x_{__class__}",
    "\\input{/etc/passwd}",
    "${jndi:ldap://x}",
]


EVENTS = ("compile", "exec", "open", "import", "os.system", "subprocess.Popen")
SEEN: list[str] = []
WATCHING: list[bool] = []


def audit(event: str, args: tuple) -> None:
    if WATCHING and event in EVENTS:
        SEEN.append(f"{event} {args[:1]}")


sys.addaudithook(audit)


@pytest.mark.parametrize("right", HOSTILE)
def test_nothing_that_is_typed_runs(right):
    known = frozenset({"x", "dy"})
    words = VOCABULARIES["dense_backward"]
    arrays = example(get_exercise("dense_backward"))
    solve(read_equations("dW = x^T x", known), words, arrays)  # imports, once
    WATCHING.append(True)
    try:
        with pytest.raises(FormulaError) as caught:
            solve(read_equations(f"dW = {right}", known), words, arrays)
    finally:
        WATCHING.clear()
    assert SEEN == []
    assert caught.value.start <= len(right) + 5 and caught.value.says


def test_what_python_would_run_and_we_can_read_is_only_a_formula(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for text in (
        "dW = x.T @ dy ** x",
        "dW = open x",
        "dW = 1e999999 ** 99999 x^T dy",
        "dW = x_{n,n,n,n}",
    ):
        assert not judge("dense_backward", text).right
    assert os.listdir(tmp_path) == []


PLACES = [
    ("dW = x^T dz", "dz", "name", "dz is not known here; known are"),
    ("dW = x dy", "x dy", "shape", "the inner axes differ: in and N"),
    ("dW = x^T (dy", None, "syntax", "ends too early"),
    ("dW = x^T * / dy", "/", "syntax", "an array, a number or a bracket must stand"),
    ("dW = x^T dy)", ")", "syntax", "closes a bracket that is not open"),
    ("dW_ij = sum_n x_ni dy_nk", "k", "letter", "neither at the left nor summed"),
    ("dW_ij = sum_n dy_ni x_nj", "i", "shape", "i runs over out in dy (N, out), but"),
    ("dW_ij = sum_i x_ni dy_nj", "sum_i x_ni dy_nj", "letter", "at the left already"),
    ("db_j = sum_m dy_nj", None, "letter", "n is neither at the left nor summed"),
    ("dW_ij = x_nij", "x_nij", "shape", "x has 2 axes, (N, in): 3 indices"),
    ("dW x^T dy", "dW x^T dy", "syntax", "an equation has an equals sign"),
    ("dW + 1 = x", "dW + 1 ", "syntax", "left of the equals sign stands one name"),
    ("dW = ", None, "syntax", "nothing at the right"),
    ("dW = x = dy", "=", "syntax", "one equals sign an equation"),
    ("dW = x^T dy ? 2", "?", "syntax", "has no meaning in a formula"),
    ("dW = exp(x, dy)", "exp(x, dy)", "syntax", "exp takes 1 argument, not 2"),
]


@pytest.mark.parametrize("text, place, kind, says", PLACES)
def test_a_refused_formula_has_a_place_and_a_sentence(text, place, kind, says):
    result = judge("dense_backward", text)
    assert result.tags == (kind,) and says in result.error.says, str(result)
    if place is not None:
        assert text[result.error.start : result.error.end] == place
    assert "^" in str(result) and max(map(len, str(result).split("\n"))) <= 84


def test_axes_meet_by_name_and_not_by_size():
    words = VOCABULARIES["dense_backward"]
    square = {k: np.ones((3, 3)) for k in ("x", "W", "dy")}
    known = frozenset(square)
    for right in ("x dy", "dy W", "x + dy", "x * W"):
        with pytest.raises(FormulaError, match="differ|do not fit"):
            solve(read_equations(f"z = {right}", known), words, square)
    solve(read_equations("z = x^T dy", known), words, square)


def test_a_derivation_may_come_in_parts():
    part = judge("dense_backward", "dx = dy W^T")
    assert part.right and not part and part.missing == ("dW", "db")
    assert part.headline() == "right so far"
    whole = judge("dense_backward", "dx = dy W^T; dW = x^T dy; db_j = sum_n dy_nj")
    assert whole and whole.headline() == "right"
    wrong = judge("dense_backward", "dx = dy W^T; dW = x^T dy / N")
    assert not wrong.right and wrong.check.right == ["dx"]
    assert wrong.tags == ("mean-twice",) and "dW: a factor 0.142857" in str(wrong)


def test_definitions_may_follow_their_use():
    text = "dx = (d - mean(d) - xhat mean(d xhat)) / std\nd = gamma dy"
    assert judge("batchnorm_backward", text).right


LATEX = [
    ("dW = x^T dy", r"\mathrm{d}W &= x^\top\,\mathrm{d}y"),
    ("db_j = sum_n dy_nj", r"\mathrm{d}b_{j} &= \sum_{n} \mathrm{d}y_{nj}"),
    ("dx = dy / (2 N)", r"\mathrm{d}x &= \frac{\mathrm{d}y}{2\,N}"),
    ("z = |x| [x > 0]", r"z &= \left| x \right|\,\left[x > 0\right]"),
    ("z_ni = x_ni^2", r"z_{ni} &= \left(x_{ni}\right)^{2}"),
]


@pytest.mark.parametrize("text, tex", LATEX)
def test_latex_of_what_was_typed(text, tex):
    assert tex in judge("dense_backward", text).latex


def test_without_formulas_it_says_what_to_derive():
    for name in VOCABULARIES:
        text = str(lesson.derive(name))
        assert text.startswith(f"{name}: derive ") and "Known:" in text
        assert max(map(len, text.split("\n"))) <= 80
    text = str(lesson.derive("maxout_backward", "\n   \n"))
    assert "derive dx_ni, dW_iuj, db_uj" in text and "w = winners" in text
    with pytest.raises(ValueError, match="no derivation 'adam_step'; choose among"):
        lesson.derive("adam_step")


def test_the_notebook_escapes_what_was_typed():
    shown = lesson.derive("dense_backward", "dW = <script>alert(1)</script>")
    assert "<script>" not in shown._repr_html_() and "&lt;script" in shown._repr_html_()
    right = lesson.derive("dense_backward", "dW = x^T dy")._repr_html_()
    assert "$$" in right and r"\begin{aligned}" in right


def test_no_entry_that_was_typed_reaches_the_arrays():
    """The result is an array of its own: nothing of the exercise's is changed."""
    x = np.ones((3, 2))
    words = VOCABULARIES["dense_backward"]
    equations = read_equations("dx = x; dx_ni = 2 x_ni", frozenset({"x", "dx"}))
    found = solve(equations, words, {"x": x})
    assert found["dx"].sum() == 12 and x.sum() == 6
