"""Batch normalization: its three paths, its two modes, and who moves its statistics."""

import numpy as np
import pytest

from gan_numpy.gradcheck import check_gradients
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits
from gan_numpy.layers import BatchNorm, Conv2D, LeakyReLU
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.sequential import Sequential

SHAPES = [(9, 4), (3, 4, 5, 2)]


def axes(x):
    return (0, *range(2, x.ndim))


@pytest.mark.parametrize("shape", SHAPES)
def test_training_gives_each_channel_mean_beta_and_deviation_gamma(shape, rng):
    layer = BatchNorm(4, epsilon=1e-12, dtype=np.float64)
    layer.params["gamma"][:] = [1, 2, 0.5, 3]
    layer.params["beta"][:] = [-1, 0, 1, 2]
    y, _ = layer.forward(5 + 3 * rng.normal(size=shape), train=True)
    np.testing.assert_allclose(y.mean(axes(y)), [-1, 0, 1, 2], atol=1e-12)
    np.testing.assert_allclose(y.std(axes(y)), [1, 2, 0.5, 3], rtol=1e-10)


@pytest.mark.parametrize("shape", SHAPES)
def test_evaluation_uses_the_running_statistics_only(shape, rng):
    layer = BatchNorm(4, dtype=np.float64)
    layer.buffers["mean"][:] = [1, 2, 3, 4]
    layer.buffers["variance"][:] = 4
    x = rng.normal(size=shape)
    y, _ = layer.forward(x)
    np.testing.assert_allclose(y[:, 1], (x[:, 1] - 2) / np.sqrt(4 + 1e-5))
    alone, _ = layer.forward(x[:1])
    np.testing.assert_array_equal(alone, y[:1])  # whatever else is in the batch


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_backward_matches_the_mode_of_its_forward(shape, train, rng):
    layer, x = BatchNorm(4, dtype=np.float64), rng.normal(size=shape)
    layer.buffers["mean"][:] = 0.3
    result = check_gradients(layer, x, train=train)
    assert result.passed, str(result)
    dy = rng.normal(size=shape)
    dx, _ = layer.backward(dy, layer.forward(x, train=train)[1])
    other, _ = layer.backward(dy, layer.forward(x, train=not train)[1])
    assert np.abs(dx - other).max() > 0.01


def test_a_forward_pass_changes_no_statistics(rng):
    layer = BatchNorm(4)
    before = {key: value.copy() for key, value in layer.buffers.items()}
    for train in (True, False):
        y, cache = layer.forward(rng.normal(size=(9, 4)).astype("f4"), train=train)
        layer.backward(y, cache)
    for key, value in before.items():
        np.testing.assert_array_equal(layer.buffers[key], value)


@pytest.mark.parametrize("shape", SHAPES)
def test_commit_moves_them_once_by_momentum_with_the_unbiased_variance(shape, rng):
    layer = BatchNorm(4, momentum=0.25, dtype=np.float64)
    x = 2 + rng.normal(size=shape)
    _, cache = layer.forward(x, train=True)
    mean, variance = layer.buffers["mean"], layer.buffers["variance"]
    layer.commit(cache)
    np.testing.assert_allclose(mean, 0.25 * x.mean(axes(x)))
    np.testing.assert_allclose(variance, 0.75 + 0.25 * x.var(axes(x), ddof=1))
    assert layer.buffers["mean"] is mean  # in place
    _, cache = layer.forward(x)
    layer.commit(cache)  # out of training the batch says nothing
    np.testing.assert_allclose(mean, 0.25 * x.mean(axes(x)))


def test_a_commit_does_not_reach_an_evaluation_that_went_before(rng):
    layer, x = BatchNorm(4, dtype=np.float64), rng.normal(size=(9, 4))
    _, cache = layer.forward(x)
    dx, _ = layer.backward(x, cache)
    layer.commit(layer.forward(3 * x + 1, train=True)[1])
    np.testing.assert_array_equal(layer.backward(x, cache)[0], dx)


def test_running_statistics_become_those_of_the_data(rng):
    """Averaged over batches of 4, the unbiased variance is the data's, 9."""
    layer = BatchNorm(1, momentum=0.002, dtype=np.float64)
    for _ in range(4000):
        layer.commit(layer.forward(3 * rng.normal(size=(4, 1)) + 7, train=True)[1])
    assert layer.buffers["mean"][0] == pytest.approx(7, abs=0.25)
    assert layer.buffers["variance"][0] == pytest.approx(9, rel=0.1)  # biased: 6.75


def test_a_frozen_discriminator_keeps_its_statistics_and_passes_the_gradient(rng):
    """The generator's step crosses D: no parameter gradients, nothing committed."""
    options = {"init": normal(0.5), "rng": rng, "dtype": np.float64}
    D = Sequential(
        [
            ("conv", Conv2D(1, 3, 3, **options)),
            ("bn", BatchNorm(3, dtype=np.float64)),
            ("leaky", LeakyReLU(0.2)),
        ]
    )
    before = {key: value.copy() for key, value in D.buffers.items()}
    y, cache = D.forward(rng.normal(size=(4, 1, 6, 6)), train=True)
    dx, grads = D.backward(rng.normal(size=y.shape), cache, param_grads=False)
    assert grads == {} and np.abs(dx).max() > 0
    for key, value in before.items():
        np.testing.assert_array_equal(D.buffers[key], value)
    D.commit(cache)
    assert all((D.buffers[key] != value).all() for key, value in before.items())


def test_real_and_fake_batches_are_normalized_apart(rng):
    """Mixed into one batch they are not what each of them is alone."""
    layer = BatchNorm(4, dtype=np.float64)
    real, fake = rng.normal(size=(6, 4)), rng.normal(size=(6, 4)) + 3
    mixed, _ = layer.forward(np.concatenate([real, fake]), train=True)
    alone, _ = layer.forward(real, train=True)
    assert np.abs(mixed[:6] - alone).max() > 0.5
    assert not layer.per_example and LeakyReLU().per_example
    assert not Sequential([("relu", LeakyReLU()), ("bn", layer)]).per_example


def test_no_gradient_penalty_crosses_it_in_training(rng):
    layer, x = BatchNorm(4, dtype=np.float64), rng.normal(size=(6, 4))
    y, cache = layer.forward(x, train=True)
    with pytest.raises(NotImplementedError, match="BatchNorm has no backward_vjp"):
        layer.backward_vjp(x, y, cache)
    d_dy, _, d_x = layer.backward_vjp(x, y, layer.forward(x)[1])
    np.testing.assert_allclose(d_dy, x / np.sqrt(1 + 1e-5))
    assert d_x is None


# -- traps ----------------------------------------------------------------------------


def test_a_cotangent_of_ones_cannot_fail_so_ours_are_random(rng):
    """dx is 0 for a constant dy: a backward that returns zeros passes such a check."""
    layer, x = BatchNorm(4, dtype=np.float64), rng.normal(size=(9, 4))
    y, cache = layer.forward(x, train=True)
    dx, _ = layer.backward(np.ones_like(y), cache)
    np.testing.assert_allclose(dx, 0, atol=1e-14)

    class Nothing(BatchNorm):
        def backward(self, dy, cache, **keywords):
            dx, grads = super().backward(dy, cache, **keywords)
            return 0 * dx, grads

    class Constants(BatchNorm):
        """The statistics as constants: the mean's and the variance's path missing."""

        def backward(self, dy, cache, **keywords):
            dx, _ = super().backward(dy, cache._replace(train=False), **keywords)
            return dx, super().backward(dy, cache, **keywords)[1]

    for broken in (Nothing, Constants):
        with searching(Limits(0)):
            result = check_gradients(broken(4, dtype=np.float64), x, train=True)
        assert not result.passed and set(result.right) == {"dgamma", "dbeta"}


def test_epsilon_is_small_beside_the_variance_of_images(rng):
    """An epsilon of .8 makes deviation .3 out of 1 where the variance is .08."""
    x = rng.uniform(size=(500, 1))  # pixels: variance 1/12
    y, _ = BatchNorm(1, dtype=np.float64).forward(x, train=True)
    assert y.std() == pytest.approx(1, abs=1e-3)
    y, _ = BatchNorm(1, epsilon=0.8, dtype=np.float64).forward(x, train=True)
    assert y.std() < 0.35


@pytest.mark.parametrize("shape", [(2000, 2), (20, 2, 10, 10)])
def test_float32_keeps_a_variance_far_below_the_mean(shape, rng):
    """mean(x**2) - mean(x)**2 loses it: two passes do not."""
    x = (5000 + rng.normal(size=shape)).astype(np.float32)
    exact = x.astype(np.float64)
    squares = (x * x).mean(axes(x)) - x.mean(axes(x)) ** 2
    assert np.abs(squares - exact.var(axes(x))).max() > 0.1
    _, cache = BatchNorm(2).forward(x, train=True)
    np.testing.assert_allclose(cache.mean, exact.mean(axes(x)), rtol=1e-6)
    np.testing.assert_allclose(cache.variance, exact.var(axes(x)), rtol=1e-3)
    assert cache.variance.dtype == np.float32


def test_a_twin_does_not_share_statistics(rng):
    network = Sequential([("bn", BatchNorm(4))])
    x = rng.normal(size=(9, 4)).astype(np.float32)
    twin = network.with_params(network.params)
    _, cache = twin.forward(x, train=True)
    twin.commit(cache)
    np.testing.assert_array_equal(network.buffers["bn.mean"], np.zeros(4))
    assert (twin.buffers["bn.mean"] != 0).all()
    own = {key: value + 1 for key, value in network.buffers.items()}
    other = network.with_params(network.params, own)
    assert other.buffers["bn.mean"] is own["bn.mean"]
    assert other.layers["bn"].buffers["mean"] is own["bn.mean"]
    with pytest.raises(ValueError, match="buffers .* do not fit"):
        network.with_params(network.params, {"bn.mean": np.zeros(4)})


def test_bad_batches_are_named(rng):
    layer = BatchNorm(4)
    with pytest.raises(ValueError, match="two values per channel or more"):
        layer.forward(np.zeros((1, 4), np.float32), train=True)
    assert layer.forward(np.zeros((1, 4), np.float32))[0].shape == (1, 4)
    with pytest.raises(ValueError, match=r"\(N, 4, H, W\), got \(2, 3\)"):
        layer.forward(np.zeros((2, 3), np.float32))
    with pytest.raises(TypeError, match="float32 parameters, got a float64"):
        layer.forward(np.zeros((2, 4)))
    with pytest.raises(ValueError, match="momentum in"):
        BatchNorm(4, momentum=0)
    with pytest.raises(ValueError, match="epsilon above 0"):
        BatchNorm(4, epsilon=0)
