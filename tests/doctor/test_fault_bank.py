"""The bank of faults: that it is large, and that its faults do what they say."""

from __future__ import annotations

import numpy as np
import pytest
from faultbank.faults import FAULTS
from faultbank.games import DATA, HELD_OUT, SEEDS, new_game, play
from faultbank.names import NAMES
from faultbank.threads import THREADS

from tests.contract import BOOK
from tests.turns import share


def test_the_bank_is_large_and_its_words_are_known():
    assert len(FAULTS) >= 18 and len(SEEDS) == 5 and len(DATA) == 2
    assert len(THREADS) >= 8
    words = f"plays {len(FAULTS)} faults with five seeds on two data sets"
    assert words in " ".join(BOOK["doctor"].split())
    for fault in FAULTS.values():
        assert fault.accepts <= NAMES.keys() and fault.make.__doc__
    for make, accepts in THREADS.values():
        assert accepts <= NAMES.keys() and "https://" in make.__doc__
    assert set(HELD_OUT) < set(SEEDS)


CASES = [(name, data) for name in FAULTS for data in DATA]


@pytest.mark.parametrize("name, data", share(CASES, 8, "GAN_NUMPY_DOCTOR"))
def test_a_fault_can_be_played(name, data):
    """Ten steps of it; most faults leave every number finite."""
    game = FAULTS[name].make(data, 0)
    play(game, 10)
    assert game.state.step == 10
    z = game.recipe.sample_latent(5, np.random.default_rng(0))
    assert game.drawn(z).shape == (5, game.data.features)


@pytest.mark.parametrize("data", DATA)
def test_the_healthy_game_is_the_librarys(data):
    """Nothing is in the way of a game without a fault: its bits are a run's."""
    from gan_numpy.training.algorithm1 import train_epoch
    from gan_numpy.training.state import initial_state

    game = new_game(data, 0)
    state = initial_state(game.recipe, game.data, 0)
    play(game, 12)
    train_epoch(state, game.recipe, game.data, should_stop=lambda: state.step >= 12)
    for name, value in state.G.params.items():
        np.testing.assert_array_equal(game.state.G.params[name], value)
