r"""Noise-contrastive estimation: a discriminator that is a density.

Source: Gutmann and Hyvärinen, "Noise-contrastive estimation: a new estimation principle
for unnormalized statistical models", AISTATS 2010 (PMLR 9:297), and JMLR 13:307, 2012.
The models (Gaussians, and independent components of Laplace's law mixed at random), c =
-log Z as a parameter and the noise ratio are the paper's; the sizes are chosen here, so
that the error of chance is a third of what is asked for.

The paper's noise is Gaussian. Here it is what a generator that never moves makes of
latent Gaussians, :math:`G(z) = s z`: the game of 2014 with one of the players frozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from gan_numpy.miniatures.base import Goal, Miniature, Outcome, Progress
from gan_numpy.miniatures.contrast import Contrast, asymptotic_covariance, fit
from gan_numpy.miniatures.densities import (
    Gaussian,
    LaplaceICA,
    LogDensity,
    Params,
    gaussian_log_density,
)
from gan_numpy.miniatures.nce_drawing import Curve, draw
from gan_numpy.objectives.minimax import discriminator_loss
from gan_numpy.objectives.noise_contrastive import noise_contrastive_loss

MEAN = np.array([0.6, -0.4])
SCALE = np.array([[0.8, 0.0], [0.5, 1.1]])  # the first entry is sigma in one dimension


@dataclass(frozen=True)
class NCE(Miniature):
    r"""The miniature ``nce``.

    Attributes
    ----------
    points : int
        Data points of the Gaussians, in one dimension and in two.
    sources, mixtures : int
        Independent components, and data points of which they are found.
    ratio : float
        :math:`\nu`: noise points for each data point.
    noise : float
        Standard deviation of the noise around the Gaussians.
    trials, trial_points : int
        How often the error is measured, on how many data points.
    ratios : tuple of int
        The noise ratios for which it is measured.
    """

    name: ClassVar[str] = "nce"
    description: ClassVar[str] = "densities without a constant, told from noise"
    source: ClassVar[str] = "Gutmann and Hyvärinen, JMLR 13:307, 2012"
    goals: ClassVar[dict[str, Goal]] = {
        "error of mu, 1-D": Goal(0.01),
        "error of sigma, 1-D": Goal(0.01),
        "error of log Z, 1-D": Goal(0.01),
        "error of the mean, 2-D": Goal(0.05),
        "error of the covariance, 2-D": Goal(0.05),
        "error of log Z, 2-D": Goal(0.05),
        "error of the unmixing, ICA": Goal(0.05),
        "error of log Z, ICA": Goal(0.05),
        "difference from D's loss at ratio 1": Goal(0.0),
        "squared error / maximum likelihood's, ratio 32": Goal(1.15),
    }

    points: int = 100_000
    sources: int = 4  # as in the paper
    mixtures: int = 20_000
    ratio: int = 5
    noise: float = 2.0
    trials: int = 100
    trial_points: int = 200
    ratios: tuple[int, ...] = (1, 2, 4, 8, 16, 32)

    def play(self, seed: int, progress: Progress = lambda share: None) -> Outcome:
        """Fit the three models, then measure the error against the noise ratio."""
        rng = np.random.default_rng(seed)
        figures: dict[str, float] = {}
        found: list[Params] = []
        for d in (1, 2):
            found.append(self._gaussian(d, rng, figures))
            progress(0.15 * d)
        unmixed = self._components(rng, figures)
        progress(0.4)
        self._identity(found[0], rng, figures)
        curve = self._curve(rng, lambda share: progress(0.4 + 0.6 * share))
        for nu, error in zip(self.ratios, curve.measured / curve.likelihood):
            figures[f"squared error / maximum likelihood's, ratio {nu}"] = error
        truth = (MEAN, SCALE, self.noise)
        return Outcome(figures, partial(draw, truth, found, unmixed, curve))

    def _fit(
        self,
        model: LogDensity,
        start: Params,
        data: np.ndarray,
        ratio: int,
        std: float,
        rng: np.random.Generator,
    ) -> Params:
        """The model of data and of fresh noise."""
        noise = std * rng.standard_normal((ratio * len(data), data.shape[1]))
        of_data, of_noise = (gaussian_log_density(u, std) for u in (data, noise))
        return fit(model, start, Contrast(data, noise, of_data, of_noise, ratio))

    def _gaussian(
        self, d: int, rng: np.random.Generator, figures: dict[str, float]
    ) -> Params:
        """A Gaussian in d dimensions and how far it is from the true one."""
        mean, scale = MEAN[:d], SCALE[:d, :d]
        data = mean + rng.standard_normal((self.points, d)) @ scale.T
        start = {"mu": np.zeros(d), "L": np.eye(d), "c": np.zeros(())}
        params = self._fit(Gaussian(), start, data, self.ratio, self.noise, rng)
        covariance = np.linalg.inv(params["L"] @ params["L"].T)
        apart = np.abs(params["mu"] - mean).max()
        if d == 1:
            figures["error of mu, 1-D"] = apart
            sigma = np.sqrt(covariance[0, 0])
            figures["error of sigma, 1-D"] = abs(sigma - scale[0, 0])
        else:
            figures["error of the mean, 2-D"] = apart
            wrong = np.abs(covariance - scale @ scale.T).max()
            figures["error of the covariance, 2-D"] = wrong
        true = Gaussian().log_partition({"L": np.linalg.inv(scale).T})
        figures[f"error of log Z, {d}-D"] = abs(float(params["c"]) + true)
        return params

    def _components(
        self, rng: np.random.Generator, figures: dict[str, float]
    ) -> np.ndarray:
        """What the rows of B make of the true sources: one each, if all is well."""
        d = self.sources
        sources = rng.laplace(scale=np.sqrt(0.5), size=(self.mixtures, d))
        mixing = rng.standard_normal((d, d))
        while np.linalg.cond(mixing) > 10:  # as in the paper
            mixing = rng.standard_normal((d, d))
        data = sources @ mixing.T
        # Whitened, so that noise of variance 1 has the covariance of the data.
        values, vectors = np.linalg.eigh(np.cov(data.T))
        whiten = vectors / np.sqrt(values) @ vectors.T
        start = {"B": np.linalg.qr(rng.standard_normal((d, d)))[0], "c": np.zeros(())}
        model = LaplaceICA()
        params = self._fit(model, start, data @ whiten.T, self.ratio, 1.0, rng)
        response = params["B"] @ whiten @ mixing
        order = np.argsort(np.abs(response).argmax(axis=1))
        response = response[order] * np.sign(np.diag(response[order]))[:, None]
        figures["error of the unmixing, ICA"] = np.abs(response - np.eye(d)).max()
        true = model.log_partition({"B": np.linalg.inv(whiten @ mixing)})
        figures["error of log Z, ICA"] = abs(float(params["c"]) + true)
        return response

    def _identity(
        self, params: Params, rng: np.random.Generator, figures: dict[str, float]
    ) -> None:
        """The loss at ratio 1 against that of the GAN's discriminator: not a bit."""
        data = MEAN[:1] + SCALE[0, 0] * rng.standard_normal((self.trial_points, 1))
        noise = self.noise * rng.standard_normal(data.shape)
        real, fake = (
            Gaussian().forward(params, u)[0] - gaussian_log_density(u, self.noise)
            for u in (data, noise)
        )
        loss, d_real, d_fake = noise_contrastive_loss(real, fake, 1)
        its_loss, its_real, its_fake = discriminator_loss(real, fake)
        figures["difference from D's loss at ratio 1"] = max(
            abs(loss - its_loss),
            float(np.abs(d_real - its_real).max()),
            float(np.abs(d_fake - its_fake).max()),
        )

    def _curve(self, rng: np.random.Generator, progress: Progress) -> Curve:
        r"""Squared errors of :math:`\mu` and :math:`\sigma` added up, over trials.

        Each fit starts at maximum likelihood's answer, to save steps: the least loss
        is where it is.
        """
        sigma, T = SCALE[0, 0], self.trial_points
        errors = np.zeros((len(self.ratios), self.trials))
        likelihood = np.zeros(self.trials)
        for i in range(self.trials):
            data = MEAN[0] + sigma * rng.standard_normal((T, 1))
            start = {"mu": data.mean(axis=0), "L": np.eye(1) / data.std()}
            start["c"] = np.array(-Gaussian().log_partition(start))
            likelihood[i] = (data.mean() - MEAN[0]) ** 2 + (data.std() - sigma) ** 2
            for k, nu in enumerate(self.ratios):
                p = self._fit(Gaussian(), start, data, nu, self.noise, rng)
                wrong = p["mu"][0] - MEAN[0], 1 / abs(p["L"][0, 0]) - sigma
                errors[k, i] = np.square(wrong).sum()
            progress((i + 1) / self.trials)
        theory = [self._theory(nu) / T for nu in np.geomspace(1, max(self.ratios), 40)]
        return Curve(
            np.array(self.ratios),
            errors.mean(axis=1),
            float(likelihood.mean()),
            np.array(theory),
            1.5 * sigma**2 / T,
        )

    def _theory(self, ratio: float) -> float:
        """The same sum for many data, by the paper's formula."""
        sigma = SCALE[0, 0]
        u = MEAN[0] + sigma * np.linspace(-9, 9, 4001)
        weights = np.full(len(u), u[1] - u[0])
        r = u - MEAN[0]
        gradients = np.stack([r / sigma**2, -(r**2) / sigma, np.ones_like(u)], axis=1)
        data_log = gaussian_log_density(r[:, None], sigma)
        noise_log = gaussian_log_density(u[:, None], self.noise)
        C = asymptotic_covariance(gradients, data_log, noise_log, weights, ratio)
        return float(C[0, 0] + sigma**4 * C[1, 1])  # sigma = 1 / L
