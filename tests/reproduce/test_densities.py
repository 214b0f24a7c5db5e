"""The exact answers of the one-dimensional game, against SciPy and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from gan_numpy.reproduce import densities

X = np.linspace(-12, 12, 4001)


def test_normal_density_is_scipys():
    ours = densities.normal_density(X, 1.5, 0.8)
    np.testing.assert_allclose(ours, stats.norm(1.5, 0.8).pdf(X), rtol=1e-12)


def test_integrate_is_the_trapezoidal_rule(rng):
    x = np.sort(rng.random(50))
    y = rng.random(50)
    assert densities.integrate(y, x) == pytest.approx(integrate.trapezoid(y, x))


def exact_jsd(p, q):
    def term(x):
        a, b = p.pdf(x), q.pdf(x)
        m = (a + b) / 2
        return sum(v * np.log(v / m) for v in (a, b) if v > 0) / 2

    return integrate.quad(term, -12, 12, limit=200)[0]


def test_jensen_shannon_by_scipys_integration():
    p, q = stats.norm(0, 1), stats.norm(1.5, 0.8)
    ours = densities.jensen_shannon(p.pdf(X), q.pdf(X), X)
    assert ours == pytest.approx(exact_jsd(p, q), abs=1e-9)
    assert -np.log(4) + 2 * ours == pytest.approx(-0.8618, abs=1e-4)
    assert densities.jensen_shannon(p.pdf(X), p.pdf(X), X) == 0


def test_jensen_shannon_of_disjoint_densities_is_log_2():
    p = np.where(np.abs(X + 3) < 1, 0.5, 0)
    q = np.where(np.abs(X - 3) < 1, 0.5, 0)
    assert densities.jensen_shannon(p, q, X) == pytest.approx(np.log(2), abs=0.01)


def test_the_value_at_the_optimum_is_the_closed_form():
    """V(D*) = -log 4 + 2 JSD, and less for any other D."""
    p, q = densities.normal_density(X), densities.normal_density(X, 1.5, 0.8)
    logits = np.log(p) - np.log(q)
    best = densities.game_value(logits, p, q, X)
    expected = -np.log(4) + 2 * densities.jensen_shannon(p, q, X)
    assert best == pytest.approx(expected, abs=1e-9)
    for other in (logits + 0.1, logits * 0.9, logits * 0):
        assert densities.game_value(other, p, q, X) < best
    assert densities.game_value(logits * 0, p, q, X) == pytest.approx(-np.log(4))


def test_discriminator_error_weighs_where_the_examples_are():
    p, q = densities.normal_density(X), densities.normal_density(X, 1.5, 0.8)
    best = densities.optimal_discriminator(p, q)
    assert densities.discriminator_error(best, p, q, X) == 0
    assert densities.discriminator_error(best + 0.1, p, q, X) == pytest.approx(0.1)
    assert densities.optimal_discriminator(np.zeros(1), np.zeros(1)) == 0.5


@pytest.mark.parametrize("sign", [1, -1], ids=["rising", "falling"])
def test_mapped_density_is_the_change_of_variables(sign):
    """The quantile function maps the uniform line to the normal distribution."""
    share = (np.linspace(-1, 1, 200_001) + 1) / 2
    x_of_z = sign * stats.norm.ppf(np.clip(share, 1e-9, 1 - 1e-9))
    edges = np.linspace(-3, 3, 121)
    middle = (edges[1:] + edges[:-1]) / 2
    ours = densities.mapped_density(x_of_z, edges)
    np.testing.assert_allclose(ours, stats.norm.pdf(middle), rtol=2e-3)


def test_mapped_density_adds_the_branches_of_a_folded_map():
    """x = z² for z uniform on (-1, 1) has the density 1 / (2 sqrt x) on (0, 1)."""
    z = np.linspace(-1, 1, 100_001)
    edges = np.linspace(0, 1.2, 61)
    expected = np.diff(np.sqrt(np.minimum(edges, 1))) / np.diff(edges)
    np.testing.assert_allclose(
        densities.mapped_density(z**2, edges), expected, atol=1e-4
    )


def test_mapped_density_of_one_point_is_all_in_one_interval():
    density = densities.mapped_density(np.full(11, 0.5), np.array([0, 0.4, 0.7, 1]))
    np.testing.assert_allclose(density, [0, 1 / 0.3, 0])
