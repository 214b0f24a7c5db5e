"""Probes, layers, losses, randomness, and what is wrong about the call itself."""

import numpy as np
import pytest

from gan_numpy.gradcheck import check_gradients


class Scale:
    """A layer by the protocol: y = s x with s a parameter."""

    def __init__(self, rng, wrong=1.0):
        self.params = {"s": rng.standard_normal(5)}
        self.wrong = wrong

    def forward(self, x, *, train=False, rng=None):
        mask = rng.random(x.shape) < 0.6 if train else np.ones(x.shape)
        return x * self.params["s"] * mask, (x, mask)

    def backward(self, dy, cache, *, param_grads=True, input_grad=True):
        x, mask = cache
        dy = dy * mask
        return dy * self.params["s"], {"s": self.wrong * (dy * x).sum(axis=0)}


def test_a_layer_is_checked_with_its_parameters_and_not_changed(rng):
    layer, x = Scale(rng), rng.standard_normal((7, 5))
    before = layer.params["s"].copy()
    result = check_gradients(layer, x)
    assert result.passed and set(result.right) == {"dx", "ds"}
    assert np.array_equal(layer.params["s"], before)
    generator = np.random.default_rng(1)
    assert check_gradients(layer, x, train=True, rng=generator).passed
    assert check_gradients(Scale(rng, 7.0), x).tags == ("mean-missing",)


def test_a_generator_is_repeated_and_a_random_forward_is_told(rng):
    def noisy(x, rng):
        mask = rng.random(x.shape) < 0.6
        return x * mask, mask

    x = rng.standard_normal((7, 5))
    back = np.multiply
    assert check_gradients(noisy, back, x, np.random.default_rng(3)).passed
    own = np.random.default_rng(3)
    told = check_gradients(lambda x: noisy(x, own), back, x)
    assert told.tags == ("random-forward",)


def test_a_loss_returns_its_value_and_gradient(rng):
    a = rng.standard_normal(7)
    assert check_gradients(lambda a: (np.sum(a**2) / 2, a), a).passed
    assert check_gradients(lambda a: (np.mean(a**2) / 2, a), a).tags == (
        "mean-missing",
    )


PROBES = {
    "cache-mutated": lambda dy, c: (c["x"].__imul__(2.0), 4 * dy * c["x"])[1],
    "non-contiguous": lambda dy, c: 2
    * dy
    * (c["x"] if c["x"].flags.c_contiguous else 1),
    "divides-by-dy": lambda dy, c: 2 * dy * c["x"] * dy / dy,
    "not-linear-in-dy": lambda dy, c: 2 * np.abs(dy) * c["x"],
}


@pytest.mark.parametrize("tag", PROBES)
def test_each_probe(tag, rng):
    x = rng.standard_normal((7, 5))

    def forward(x):
        return x * x, {"x": x.copy() if tag == "cache-mutated" else x}

    assert check_gradients(forward, PROBES[tag], x).tags[0] == tag


def test_a_batch_of_one_is_a_note_and_no_reason_to_fail(rng):
    result = check_gradients(
        lambda x: (x * x, x),
        lambda dy, x: np.squeeze(2 * dy * x),
        rng.standard_normal((7, 5)),
    )
    assert result.passed
    assert "wrong for a batch of one, shape (5,), expected (1, 5)" in str(result)


def test_float32_that_does_not_stay_float32_is_a_note(rng):
    def backward(dy, x):
        out = np.zeros(x.shape)
        out += dy
        return out

    result = check_gradients(lambda x: (1 * x, x), backward, rng.random((7, 5)))
    assert result.passed and "float32 inputs give float64" in str(result)


def raises(dy, x):
    y = dy + x
    return y @ np.ones((17, 2))


WRONG_USE = {
    "no-backward": (lambda x: x**2, None, "no backward is given"),
    "count": (lambda x: (x, x), lambda dy, x: (dy, dy), "returns 2 gradients"),
    "none": (lambda x: (x, x), lambda dy, x: None, "is the return missing?"),
    "type": (lambda x: (x, x), lambda dy, x: "dy", "not an array of numbers"),
    "exception": (lambda x: (x, x), raises, "line"),
}


@pytest.mark.parametrize("tag", WRONG_USE)
def test_wrong_use_is_said_clearly_with_a_line(tag, rng):
    forward, backward, says = WRONG_USE[tag]
    x = rng.standard_normal((7, 5))
    given = (forward, x) if backward is None else (forward, backward, x)
    result = check_gradients(*given)
    text = str(result)
    assert result.tags == (tag,) and says in text
    assert "test_behavior.py, line" in text


def test_the_line_of_an_exception_is_the_students(rng):
    result = check_gradients(lambda x: (x, x), raises, rng.standard_normal((7, 5)))
    line = raises.__code__.co_firstlineno + 2
    assert f"test_behavior.py, line {line}: return y @" in str(result)


def test_a_stub_is_not_attempted_and_a_print_is_noted(rng, capsys):
    def stub(dy, cache):
        raise NotImplementedError

    def chatty(dy, x):
        print("dy is", dy)
        return 2 * dy * x

    x = rng.standard_normal((7, 5))
    assert check_gradients(lambda x: (x, x), stub, x).verdict == "not attempted"
    result = check_gradients(lambda x: (x**2, x), chatty, x)
    assert result.passed and "your code prints" in str(result)
    assert capsys.readouterr().out == ""


def test_our_own_mistakes_are_not_blamed_on_the_student(rng):
    with pytest.raises(TypeError, match="needs a function"):
        check_gradients(3, rng.random(3))


def test_html_and_json_hold_the_diagnosis_escaped(rng):
    def backward(dy, x):
        raise ValueError("<script>alert(1)</script>")

    result = check_gradients(lambda x: (x, x), backward, rng.random(3))
    html = result._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert result.as_dict()["tags"] == ["exception"]


def test_hints_come_in_stages(rng):
    result = check_gradients(
        lambda x: (x**2, x),
        lambda dy, x: dy * x,
        rng.standard_normal((7, 5)),
        formula_hints=("two factors", "2 dy x"),
    )
    assert len(result.hints(1)) == 1 and result.hints()[1:] == ["two factors", "2 dy x"]
    assert "hint" not in result.text() and "hint 3: 2 dy x" in result.text(hints=3)
