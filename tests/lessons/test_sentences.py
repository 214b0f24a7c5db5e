"""What the lessons say in numbers, computed here in another way."""

from __future__ import annotations

import re

import numpy as np
import pytest

from gan_numpy import lesson
from gan_numpy.exercises import get_exercise
from gan_numpy.miniatures.imitation import Imitation
from gan_numpy.miniatures.nce import NCE, SCALE
from gan_numpy.miniatures.road import ACTIONS, SENSES
from gan_numpy.objectives.base import sigmoid


def text_of(builder, number):
    (source,) = builder.sources(number)
    return source.read_text("utf-8")


def radius_of_the_matrix(h, gamma):
    """Of the simultaneous step's matrix A near the equilibrium of the Dirac-GAN."""
    A = np.array([[1, -h / 2], [h / 2, 1 - h * gamma]])
    return max(abs(np.linalg.eigvals(A)))


@pytest.mark.parametrize("h", [0.02, 0.1, 0.7, 1.5])
def test_how_much_damping_is_enough_and_how_much_too_much(builder, h):
    text = text_of(builder, "07")
    assert "\\frac h4 < \\gamma < \\frac2h + \\frac h8" in text
    low, high = h / 4, 2 / h + h / 8
    for inside in (low * 1.001, 1.0, high * 0.999):
        assert radius_of_the_matrix(h, inside) < 1
    for outside in (low * 0.999, high * 1.001):
        assert radius_of_the_matrix(h, outside) > 1
    assert 2 / 0.1 + 0.1 / 8 == pytest.approx(20.0125) and "to 20.0125" in text


def test_half_the_step_gains_less_than_half_the_exponent():
    """Unless the slope stays the same: then it halves it."""
    step = get_exercise("dirac_step").reference

    def exponent(h):
        theta = psi = 1.0
        for _ in range(round(200 / h)):
            theta, psi = step(theta, psi, h, 0.0)
        return np.log(np.hypot(theta, psi) / np.sqrt(2))

    wide, half, quarter = exponent(0.1), exponent(0.05), exponent(0.025)
    assert np.round([wide, half, quarter], 3) == pytest.approx([0.785, 0.631, 0.433])
    assert wide / 2 < half < wide and half / 2 < quarter < half

    def constant(h, s=0.5):  # the radius law with one slope
        return round(200 / h) * np.log1p((h * s) ** 2) / 2

    assert constant(0.05) == pytest.approx(constant(0.1) / 2, rel=1e-2)


def test_one_plus_the_exponential_is_one_in_float32():
    one = np.float32(1)
    assert one + np.exp(-np.float32(17)) == 1
    assert one / (one + np.exp(-np.float32(17))) == 1
    assert np.float32(1 / (1 + np.exp(-17.0))) < 1  # the number itself is not 1


@pytest.mark.parametrize("size, k, s", [(8, 3, 1), (8, 3, 2), (9, 4, 3), (7, 7, 1)])
def test_the_slice_that_all_windows_see(size, k, s):
    x = np.arange(size * size).reshape(size, size)
    n = (size - k) // s + 1
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k))[::s, ::s]
    for i in range(k):
        for j in range(k):
            seen = x[i : i + s * n : s, j : j + s * n : s]
            assert seen.shape == (n, n) and (seen == windows[..., i, j]).all()


def test_symbols_of_the_stubs_are_those_of_the_text(builder):
    """U counts hidden units in lesson 15, y is maxout's output in lesson 03."""
    penalty = get_exercise("gradient_penalty_backward").reference.__doc__
    assert "(n, U), (U,), (U,)" in penalty and "(U,)" in text_of(builder, "15")
    assert get_exercise("maxout_forward").statement.startswith("y_u = ")
    assert "y_{n,u} = \\max" in text_of(builder, "03")


def test_no_stub_shows_the_markup_of_formulas(builder, source):
    code = [c.source for c in builder.build(source).cells if c.cell_type == "code"]
    assert not any(":math:" in text for text in code)


def test_the_stub_does_not_repeat_what_was_derived(builder):
    for number, formula in (("15", "u^T"), ("08", "sqrt(v^)"), ("00", "2h")):
        (source,) = builder.sources(number)
        cells = builder.build(source).cells
        stubs = [c for c in cells if "exercise" in c.metadata.get("tags", [])]
        assert len(stubs) == len(builder.exercises_of(source))
        for stub in stubs:
            name = stub.metadata["tags"][1]
            assert formula not in stub.source.split("def ")[0]
            assert get_exercise(name).statement not in stub.source


def test_certainty_is_counted_on_the_same_state_that_is_drawn(builder):
    """Nobody moves after the last count, in lessons 06 and 09."""
    for number in ("06", "09"):
        assert "if count < steps:" in text_of(builder, number)


def test_the_sweeps_are_counted_in_one_way(builder):
    text = text_of(builder, "15")
    assert "two sweeps become three" not in text
    assert "two sweeps after the\nforward pass" in text


def test_what_a_missing_nu_finds_integrates_to_nu(builder):
    """p_m = nu p_d is where the wrong gradient vanishes, point by point."""
    text = text_of(builder, "18")
    assert "a density that integrates to $\\nu = 4$" in text
    assert np.log(4) == pytest.approx(1.386, abs=5e-4) and "\\log 4 = 1.386" in text
    wrong = lesson.mistake("nce_gradient", "nu-missing")
    u = np.linspace(-12, 12, 4001)
    p_d, p_n = (
        np.exp(-0.5 * ((u - m) / s) ** 2) / (s * np.sqrt(2 * np.pi))
        for m, s in ((0.6, 0.8), (0.0, 2.0))
    )
    G = np.log(4 * p_d) - np.log(p_n)
    d_data, d_noise = wrong(G, G, 4.0)
    assert np.abs(p_d * d_data + p_n * d_noise).max() * len(u) < 1e-12
    right = lesson.reference("nce_gradient")(G - np.log(4), G - np.log(4), 4.0)
    assert np.abs(p_d * right[0] + p_n * right[1]).max() * len(u) < 1e-12


def test_the_cost_of_noise_and_of_forgetting(builder):
    text = text_of(builder, "18")
    game = NCE()
    for ratio, said in ((1, "1.75 times"), (32, "1.03 times")):
        cost = game._theory(ratio) / (1.5 * SCALE[0, 0] ** 2)
        assert f"{cost:.2f} times" == said and said in text
    assert f"$0.9^{{20}} = {0.9**20:.2f}$" in text


def test_imitation_is_as_the_book_measured_it(builder):
    """The book's row is that of five games, which its own test plays."""
    page = builder.LESSONS / "book/pages/miniatures.md"
    (row,) = re.findall(r"^\| `gail` \|.*\|$", page.read_text("utf-8"), re.MULTILINE)
    _, _, passage = text_of(builder, "18").partition("## See: imitation by an")
    passage, _, _ = passage.partition("# %% [markdown]")
    share = r"(?<!\d)[01]?\.\d\d\b"
    measured = re.findall(share, row.split("|")[4])
    assert re.findall(share, passage) == measured and len(measured) == 6
    assert "of one drive" in row and Imitation().demonstrations == 1
    assert "`(5,)`" in passage and SENSES == 5
    assert "three actions" in passage and ACTIONS == 3
    assert "ten decisions" in passage and Imitation.steps // Imitation.every == 10
    logit = np.linspace(-3, 3, 7)
    np.testing.assert_allclose(-np.log(1 - sigmoid(logit)), np.log1p(np.exp(logit)))
