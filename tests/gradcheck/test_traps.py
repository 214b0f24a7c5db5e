"""Where other checkers pass a wrong gradient or fail a right one."""

import numpy as np
import pytest

from gan_numpy.gradcheck import check_gradients
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits


def relu(x):
    return np.maximum(x, 0), x


def relu_backward(dy, x):
    return dy * (x > 0)


def test_float32_and_integer_inputs_are_cast_and_it_is_said():
    single = check_gradients(
        np.tanh, lambda dy, x: dy / np.cosh(x) ** 2, np.float32([1, 2])
    )
    assert single.passed and "float32: checked in float64" in str(single)
    whole = check_gradients(relu, relu_backward, np.array([-2, 1, 3]))
    assert whole.passed and "holds integers" in str(whole)
    listed = check_gradients(relu, relu_backward, [-2.0, 1.0, 3.0])
    assert listed.passed


@pytest.mark.parametrize("near", [1e-5, 3e-6, -1e-5, 1e-6])
def test_a_relu_input_near_zero_passes_and_a_wrong_one_does_not(near):
    x = np.array([near, 0.4, -0.7, 1.1, -0.3, 0.9, -1.6, -0.5])
    assert check_gradients(relu, relu_backward, x).passed
    wrong = check_gradients(relu, lambda dy, x: dy, x)
    assert wrong.tags == ("mask-missing",)


def test_a_relu_input_at_zero_is_skipped_whatever_the_student_says():
    x = np.array([0.0, 0.4, -0.7, 1.1])
    for at_zero in (0.0, 0.5, 1.0):
        result = check_gradients(relu, lambda dy, x: dy * np.heaviside(x, at_zero), x)
        assert result.passed and "1 entry is at a kink" in str(result)


def bce(a, y):
    p = 1 / (1 + np.exp(-a))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), (p - y) / len(a)


def test_the_small_gradient_of_a_mean_over_128_is_not_zero(rng):
    a, y = rng.standard_normal(128), (rng.random(128) < 0.5).astype(float)
    right = check_gradients(bce, a, y, wrt=("a",))
    assert right.passed, str(right)
    zero = check_gradients(lambda a, y: (bce(a, y)[0], 0 * a), a, y, wrt=("a",))
    assert zero.tags == ("all-zero",)
    tiny = check_gradients(lambda a, y: (1e-9 * bce(a, y)[0], 0 * a), a, y, wrt=("a",))
    assert not tiny.passed


def batchnorm(x):
    std = np.sqrt(x.var(axis=0) + 1e-5)
    xhat = (x - x.mean(axis=0)) / std
    return xhat, (xhat, std)


def batchnorm_backward(dy, cache):
    xhat, std = cache
    return (dy - dy.mean(axis=0) - xhat * (dy * xhat).mean(axis=0)) / std


def test_batch_norm_under_ones_cannot_fail_and_a_random_cotangent_is_used(rng):
    x = rng.standard_normal((7, 5))

    def nothing(dy, cache):
        return np.zeros_like(dy)

    ones = check_gradients(batchnorm, nothing, x, cotangent=np.ones((7, 5)))
    assert ones.passed  # the true gradient is zero: such a check proves nothing
    assert check_gradients(batchnorm, nothing, x, batch=False).tags == ("all-zero",)
    assert check_gradients(batchnorm, batchnorm_backward, x, batch=False).passed


def test_batch_norm_mistakes_are_named_without_an_exercise(rng):
    x = rng.standard_normal((7, 5))

    def tags(formula):
        def backward(dy, cache):
            xhat, std = cache
            mean, var = dy.mean(axis=0), xhat * (dy * xhat).mean(axis=0)
            return formula(dy, mean, var, std)

        with searching(Limits(0)):  # by the numbers alone
            return check_gradients(batchnorm, backward, x, batch=False).tags

    assert tags(lambda d, m, v, s: (d - v) / s) == ("mean-path",)
    assert tags(lambda d, m, v, s: (d - m) / s) == ("variance-path",)
    assert tags(lambda d, m, v, s: d / s) == ("statistics-paths",)


def test_softmax_with_the_diagonal_only(rng):
    def softmax(x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        y = e / e.sum(axis=1, keepdims=True)
        return y, y

    x = rng.standard_normal((7, 5))
    diagonal = check_gradients(softmax, lambda dy, y: dy * y, x)
    assert diagonal.tags == ("jacobian-diagonal-only",)
    right = check_gradients(
        softmax, lambda dy, y: y * (dy - (dy * y).sum(axis=1, keepdims=True)), x
    )
    assert right.passed


def test_a_forward_in_float32_is_checked_less_sharply_not_failed(rng):
    x = rng.standard_normal((7, 5))

    def forward(x):
        return np.tanh(x.astype(np.float32)), x

    right = check_gradients(forward, lambda dy, x: dy / np.cosh(x) ** 2, x)
    assert right.passed, str(right)
    wrong = check_gradients(forward, lambda dy, x: 7 * dy / np.cosh(x) ** 2, x)
    assert not wrong.passed


def test_large_arrays_are_checked_along_directions(rng):
    x, W = rng.standard_normal((40, 30)), rng.standard_normal((30, 20))

    def forward(x, W):
        return np.tanh(x @ W), (x, W, np.tanh(x @ W))

    def backward(dy, cache):
        x, W, y = cache
        dz = dy * (1 - y * y)
        return dz @ W.T, x.T @ dz

    assert check_gradients(forward, backward, x, W).passed
    assert check_gradients(
        forward, lambda dy, c: (backward(dy, c)[0], 40 * backward(dy, c)[1]), x, W
    ).tags == ("mean-missing",)

    def one_entry(dy, cache):
        dx, dW = backward(dy, cache)
        dW[17, 3] *= 1.01
        return dx, dW

    assert not check_gradients(forward, one_entry, x, W).passed


def test_an_array_of_thirty_axes_is_a_wrong_shape():
    """All orders of its axes, and all sets of them, would never end."""

    def backward(dy, x):
        return 2 * x.sum() * dy.sum() * np.ones((1,) * 30)

    with searching(Limits(0.0)):  # the diagnosis alone, as in grading
        result = check_gradients(lambda x: (x**2, x), backward, np.arange(1.0, 8.0))
    assert not result.passed and "shape" in result.tags


def parametric(x, slope):
    return np.where(x > 0, x, slope * x), (x, slope)


def parametric_backward(dy, cache):
    x, slope = cache
    return dy * np.where(x > 0, 1, slope), np.sum(dy * x * (x < 0))


@pytest.mark.parametrize("wrt", (None, ("x", "slope")))
def test_a_plain_number_is_differentiated_where_its_gradient_comes_back(wrt):
    x = np.random.default_rng(0).standard_normal((5, 4))
    assert check_gradients(parametric, parametric_backward, x, 0.3, wrt=wrt).passed

    def negative(dy, cache):
        dx, dslope = parametric_backward(dy, cache)
        return dx, -dslope

    with searching(Limits(0.0)):
        wrong = check_gradients(parametric, negative, x, 0.3, wrt=wrt)
    assert wrong.tags == ("sign",) and wrong.right == ["dx"]
    with searching(Limits(0.0)):
        fewer = check_gradients(parametric, lambda dy, c: dy, x, 0.3, wrt=wrt)
    assert not fewer.passed


def test_the_gradient_of_a_number_is_compared_by_its_name_too():
    x = np.random.default_rng(0).standard_normal((5, 4))

    def named(dy, cache, sign=1):
        dx, dslope = parametric_backward(dy, cache)
        return {"dx": dx, "dslope": sign * dslope}

    assert check_gradients(parametric, named, x, 0.3).passed
    with searching(Limits(0.0)):
        wrong = check_gradients(parametric, lambda dy, c: named(dy, c, -1), x, 0.3)
    assert wrong.tags == ("sign",) and wrong.right == ["dx"]


def test_a_number_that_is_only_given_stays_one():
    x = np.random.default_rng(0).standard_normal((5, 4))

    def backward(dy, cache):
        return parametric_backward(dy, cache)[0]

    assert check_gradients(parametric, backward, x, 0.3).passed
