"""The one-dimensional game as it is learned, and Figure 1."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.kernels.threads import limit_threads
from gan_numpy.reproduce import fig1, fig1_drawing, game
from gan_numpy.reproduce.densities import integrate


@pytest.mark.parametrize(
    ("mean", "std", "value"), [(1.5, 0.8, -0.8618), (0.0, 1.0, -np.log(4))]
)
def test_a_discriminator_trained_alone_finds_the_optimum(mean, std, value):
    """E|D - D*| < .03 and V within .01 of -log 4 + 2 JSD; far from both untrained."""
    with limit_threads(1):
        found = game.train_alone(mean, std, steps=500)
    assert found["error"] < 0.03
    assert found["exact_value"] == pytest.approx(value, abs=1e-4)
    assert found["value"] == pytest.approx(value, abs=0.01)
    assert found["mean_output"] == pytest.approx(0.5, abs=0.02)
    untrained = game.train_alone(mean, std, steps=0)
    assert untrained["error"] > 0.03


def test_the_fitted_generator_draws_the_normal_distribution(rng):
    G = game.make_network((32, 32), rng)
    game.spread_units(G, rng, (1, 3), reach=1)
    with limit_threads(1):
        game.fit_normal(G, 1.0, 0.7, steps=500)
    x = G.forward(np.linspace(-1, 1, 2001)[:, None])[0]
    assert x.mean() == pytest.approx(1.0, abs=0.02)
    assert x.std() == pytest.approx(0.7, abs=0.05)


def test_units_bend_at_places_of_their_own(rng):
    network = game.make_network((5, 4), rng)
    game.spread_units(network, rng, (1, 8), reach=2)
    places = -network.params["h0.b"] / network.params["h0.W"][0]
    np.testing.assert_allclose(places, [-2, -1, 0, 1, 2], atol=1e-12)
    assert (network.params["h0.W"] >= 1).all()


@pytest.fixture(scope="module")
def played():
    """A short game: 60 steps of D alone, 4 of G, 120 rounds."""
    schedule = fig1.Schedule(alone=60, held=4, rounds=120)
    with limit_threads(1):
        return fig1.play(0, schedule, frames=8)


def test_the_four_moments_are_what_the_paper_says(played):
    moments, _ = played
    a, b, c, d = (moments[name] for name in "abcd")
    assert b.error < 0.5 * a.error  # D becomes D*
    np.testing.assert_array_equal(a.p_model, b.p_model)  # while G stands still
    np.testing.assert_array_equal(b.D, c.D)  # then D stands still
    assert c.jsd < b.jsd  # and G moves toward the data
    assert integrate(b.D * c.p_model, fig1.X) > integrate(b.D * b.p_model, fig1.X)
    assert d.jsd < 0.25 * a.jsd
    assert d.value == pytest.approx(-np.log(4), abs=0.1)
    for moment in (a, b, c, d):
        assert integrate(moment.p_model, fig1.X) == pytest.approx(1, abs=0.02)
        assert moment.value <= moment.optimal_value + 1e-6  # no D is better than D*


def test_the_picture_the_film_and_the_caption(played, tmp_path):
    moments, film = played
    assert 6 <= len(film) <= 16
    fig1_drawing.draw_moments(tmp_path / "fig1.png", moments)
    assert (tmp_path / "fig1.png").read_bytes().startswith(b"\x89PNG")
    fig1_drawing.draw_film(tmp_path / "fig1.html", film[:3])
    page = (tmp_path / "fig1.html").read_text()
    assert page.count("data:image/png;base64") == 3
    alone = {name: game.train_alone(0.0, 1.0, steps=0) for name in ("apart", "same")}
    text = fig1_drawing.caption(moments, 0, fig1.Schedule(), alone)
    assert f"{moments['d'].error:.4f}" in text and "-1.3863" in text
