import numpy as np
import pytest

from gan_numpy.layers import Dropout


def test_values_are_zero_or_scaled(rng):
    """keep .8 scales by 1.25, keep .5 by 2: the paper's recipe."""
    for keep, scale in ((0.8, 1.25), (0.5, 2.0)):
        y, _ = Dropout(keep).forward(np.ones((50, 40)), train=True, rng=rng)
        assert set(np.unique(y)) == {0.0, scale}


def test_share_kept_and_mean(rng):
    x = np.ones((1000, 1000), np.float32)
    y, mask = Dropout(0.8).forward(x, train=True, rng=rng)
    # Five standard deviations of the share of a million draws.
    assert abs(mask.mean() - 0.8) < 5 * np.sqrt(0.8 * 0.2 / mask.size)
    assert abs(y.mean(dtype=float) - 1) < 5e-3


def test_backward_uses_the_mask_of_the_forward(rng):
    layer, x = Dropout(0.5), rng.normal(size=(30, 20))
    y, cache = layer.forward(x, train=True, rng=rng)
    dx, _ = layer.backward(np.ones_like(x), cache)
    np.testing.assert_array_equal(dx == 0, y == 0)
    np.testing.assert_array_equal(dx, np.where(y == 0, 0.0, 2.0))


def test_identity_at_test_time(rng):
    x = rng.normal(size=(3, 4))
    y, cache = Dropout(0.5).forward(x)
    dx, _ = Dropout(0.5).backward(x, cache)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(dx, x)


def test_masks_differ_between_calls_and_repeat_with_the_seed():
    layer, x = Dropout(0.5), np.ones((20, 20))
    rng = np.random.default_rng(1)
    first, _ = layer.forward(x, train=True, rng=rng)
    second, _ = layer.forward(x, train=True, rng=rng)
    again, _ = layer.forward(x, train=True, rng=np.random.default_rng(1))
    assert (first != second).any()
    np.testing.assert_array_equal(first, again)


def test_training_needs_a_generator():
    with pytest.raises(ValueError, match="pass rng"):
        Dropout(0.5).forward(np.ones((2, 2)), train=True)


@pytest.mark.parametrize("keep", [0, -0.1, 1.1, float("nan")])
def test_keep_is_a_share(keep):
    with pytest.raises(ValueError, match="keep"):
        Dropout(keep)
