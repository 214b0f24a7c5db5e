import numpy as np
import pytest

from gan_numpy.optim import (
    Adam,
    ExponentialDecay,
    ExponentialMovingAverage,
    LinearMomentum,
    Momentum,
    RMSProp,
)


def run(optimizer, grads, epoch=1, start=1.0):
    """Apply scalar gradients to one parameter and return its path."""
    params = {"w": np.array([float(start)])}
    state = optimizer.init(params)
    path = []
    for grad in grads:
        optimizer.update(params, {"w": np.array([grad])}, state, epoch)
        path.append(params["w"][0])
    return path


def test_momentum_by_hand():
    optimizer = Momentum(ExponentialDecay(0.1), LinearMomentum(0.5, 0.5, 1, 2))
    # v: -.1, -.05 - .2 = -.25; w: .9, .65
    np.testing.assert_allclose(run(optimizer, [1.0, 2.0]), [0.9, 0.65])


def test_momentum_schedule_is_linear_between_its_epochs():
    schedule = LinearMomentum(0.5, 0.7, 1, 250)
    assert schedule(1) == 0.5
    assert schedule(125.5) == pytest.approx(0.6)
    assert schedule(250) == schedule(1000) == pytest.approx(0.7)
    assert LinearMomentum(0.5, 0.7, 1, 1)(1) == 0.7


def test_the_schedule_of_momentum_is_used():
    optimizer = Momentum(ExponentialDecay(0.1), LinearMomentum(0.0, 0.9, 1, 11))
    early, late = (run(optimizer, [1.0, 0.0], epoch)[-1] for epoch in (1, 11))
    assert early == pytest.approx(0.9)
    assert late == pytest.approx(0.9 - 0.09)


def test_learning_rate_decays_per_update_to_its_floor():
    rate = ExponentialDecay(0.1, 1.000004, 1e-6)
    assert rate(0) == 0.1
    assert rate(1) == pytest.approx(0.1 / 1.000004)
    assert rate(150_000) == pytest.approx(0.1 / 1.000004**150_000)
    assert rate(10**9) == 1e-6
    optimizer = Momentum(ExponentialDecay(1.0, 2.0), LinearMomentum(0, 0, 1, 2))
    # One momentum step of zero momentum each: rates 1, 1/2, 1/4.
    np.testing.assert_allclose(
        run(optimizer, [1.0, 1.0, 1.0], start=0), [-1, -1.5, -1.75]
    )


def test_adam_against_the_algorithm_written_out():
    b1, b2, eps, rate = 0.5, 0.9, 1e-8, 0.1
    w, m, v, expected = 1.0, 0.0, 0.0, []
    grads = [0.3, -2.0, 0.7]
    for t, g in enumerate(grads, start=1):
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g * g
        w -= rate * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
        expected.append(w)
    np.testing.assert_allclose(
        run(Adam(ExponentialDecay(rate), b1, b2), grads), expected, rtol=1e-12
    )


@pytest.mark.parametrize("gradient", [1e-4, 1.0, -1e4])
def test_the_first_adam_step_is_the_learning_rate(gradient):
    """Bias correction at t = 1: m / sqrt(v) is the sign of the gradient."""
    (w,) = run(Adam(ExponentialDecay(0.01)), [gradient], start=0)
    assert w == pytest.approx(-0.01 * np.sign(gradient), rel=1e-3)


def test_rmsprop_by_hand():
    (w,) = run(RMSProp(ExponentialDecay(0.1), decay=0.75), [2.0], start=0)
    assert w == pytest.approx(-0.1 * 2 / np.sqrt(0.25 * 4))


@pytest.mark.parametrize(
    "optimizer",
    [
        Momentum(ExponentialDecay(0.05), LinearMomentum(0.9, 0.9, 1, 2)),
        Adam(ExponentialDecay(0.05)),
        RMSProp(ExponentialDecay(0.01)),
    ],
    ids=lambda optimizer: type(optimizer).__name__,
)
def test_a_bowl_is_descended_and_dtype_kept(optimizer):
    params = {"w": np.array([3.0, -2.0], np.float32)}
    state = optimizer.init(params)
    for _ in range(800):
        optimizer.update(params, {"w": 2 * params["w"]}, state, 1)
    assert np.abs(params["w"]).max() < 0.05
    assert all(v.dtype == np.float32 for name, v in state.items() if name != "t")
    assert state["t"] == 800


def test_average_starts_from_the_weights():
    average = ExponentialMovingAverage(0.9)
    params = {"w": np.array([5.0])}
    mean = average.init(params)
    params["w"] += 1
    average.update(mean, params)
    np.testing.assert_allclose(mean["w"], [5.1])
    assert average.init(params)["w"] is not params["w"]
