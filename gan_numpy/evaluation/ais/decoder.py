r"""A generator as a density: a prior, a network, and a Gaussian around its output.

.. math::
    \ell(u) = \log p(x|u) = -\frac{\lVert x - G(z)\rVert^2}{2\sigma^2}
              - \frac D2 \log(2\pi\sigma^2), \qquad
    \frac{\partial\ell}{\partial z}
        = \frac{x - G(z)}{\sigma^2} \cdot \frac{\partial G}{\partial z},

the second being one backward pass of the generator for the cotangent
:math:`(x - G)/\sigma^2`, without gradients of weights.

Chains move in :math:`u \sim N(0, I)`, which has no borders. A generator that was
trained on normal z reads :math:`z = u`; one that was trained on
:math:`z \sim U(-\sqrt3, \sqrt3)` reads u through the normal distribution function,

.. math::
    z = \sqrt3\,(2\Phi(u) - 1), \qquad
    \frac{\partial z}{\partial u} = 2\sqrt3\,\varphi(u),

which is uniform: the density stays that of the model.

Source: Wu et al., arXiv:1611.04273, section 2.1.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded at their first use

from gan_numpy.layers.base import Layer

HALF_WIDTH = np.sqrt(3)  # of a uniform z of variance 1


@dataclass(frozen=True)
class Decoder:
    """The density of a generator.

    Attributes
    ----------
    network : Layer
        Latent vectors (N, latent_size) to means (N, D), in its mode of evaluation: each
        from its own z. The dtype of its parameters is that of the computation.
    latent_size : int
    sigma : float
        Width of the Gaussian around an output, more than 0.
    uniform : bool
        Whether the network reads uniform z, not normal ones.
    """

    network: Layer
    latent_size: int
    sigma: float
    uniform: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.sigma < np.inf:
            raise ValueError(f"sigma must be finite and more than 0, got {self.sigma}")

    @property
    def dtype(self) -> np.dtype:
        """That of the network's parameters."""
        return next(iter(self.network.params.values())).dtype

    def with_sigma(self, sigma: float) -> Decoder:
        """The same decoder with another width."""
        return dataclasses.replace(self, sigma=float(sigma))

    def latent(self, u: np.ndarray) -> np.ndarray:
        """What the network reads where a chain is at `u`, (N, latent_size)."""
        if not self.uniform:
            return u
        z: np.ndarray = HALF_WIDTH * (2 * scipy.special.ndtr(u) - 1)
        return z

    def means(self, u: np.ndarray) -> np.ndarray:
        """Outputs of the network, (N, D) float64."""
        return self.network.forward(self.latent(u).astype(self.dtype))[0].astype(float)

    def log_likelihood(
        self, u: np.ndarray, x: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        r"""Value and gradient of :math:`\log p(x|u)`.

        Parameters
        ----------
        u : (N, latent_size) float64
        x : (N, D) float64

        Returns
        -------
        value : (N,) float64
        gradient : (N, latent_size) float64
            With respect to `u`.
        """
        mean, cache = self.network.forward(self.latent(u).astype(self.dtype))
        error = x - mean
        variance = self.sigma**2
        value = np.einsum("ij,ij->i", error, error) / (-2 * variance)
        value -= x.shape[1] / 2 * np.log(2 * np.pi * variance)
        cotangent = (error / variance).astype(self.dtype)
        d_z, _ = self.network.backward(cotangent, cache, param_grads=False)
        assert d_z is not None  # asked for by input_grad=True
        gradient = d_z.astype(np.float64)
        if self.uniform:
            gradient *= 2 * HALF_WIDTH / np.sqrt(2 * np.pi) * np.exp(-(u**2) / 2)
        return value, gradient

    def squared_error(self, value: np.ndarray, features: int) -> np.ndarray:
        r""":math:`\lVert x - G\rVert^2` of a log-likelihood of so many features."""
        variance = self.sigma**2
        normalizer = features / 2 * np.log(2 * np.pi * variance)
        return -2 * variance * (value + normalizer)

    def simulate(
        self, n: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw `n` examples of the model, and the `u` that made them.

        Given its example each `u` is an exact sample of the posterior.

        Returns
        -------
        x : (n, D) float64
        u : (n, latent_size) float64
        """
        u = rng.standard_normal((n, self.latent_size))
        means = self.means(u)
        return means + self.sigma * rng.standard_normal(means.shape), u
