"""The likelihood of a run's generator by annealing, kept as far as it has come.

The width of the Gaussian is fitted on validation examples, examples of the test set are
scored in blocks, and the bounds of simulated ones tell how much the scores may miss.
All of it lies in ``ais.json`` beside the checkpoint, written after each part: what was
interrupted goes on with the next part, to the same bits as if nothing had happened.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.evaluation.ais.annealing import Annealing, estimate, fitted_sigma
from gan_numpy.evaluation.ais.bidirectional import bounds
from gan_numpy.evaluation.ais.decoder import Decoder
from gan_numpy.files import read_json, write_text
from gan_numpy.runs.run import Run
from gan_numpy.sampling.draw import trained_generator

BLOCK = 20  # examples whose chains run side by side; also those that fit, or are drawn
ROUNDS = 3  # of fitting the width
FIRST_SIGMA = 0.025**0.5  # where fitting begins: arXiv:1611.04273's width
STREAM = 7  # keeps these draws apart from others of a run's seed


@dataclass(frozen=True)
class AISScore:
    """What annealing says of a run.

    Attributes
    ----------
    log_likelihood, standard_error : float
        Mean over test examples, in nats: a lower bound on average; the error is that
        over examples.
    sigma : float
        Width of the Gaussian.
    gap : float
        Mean distance of the bounds from above and below, of simulated examples.
    effective : float
        Effective number of chains, the median over test examples.
    examples : int
    """

    log_likelihood: float
    standard_error: float
    sigma: float
    gap: float
    effective: float
    examples: int


def decoder_of(run: Run, data: Dataset) -> Decoder:
    """The run's generator as a density.

    Raises
    ------
    UserError
        If the generator is told a class: it has a density for each, none of its own.
    """
    if run.recipe.told:
        raise UserError(
            f"{run.path}: a generator that is told a class is one decoder per class; "
            f"annealing is for those that read z alone"
        )
    network = trained_generator(run.recipe, run.load_state(data))
    uniform = run.recipe.latent == "uniform"
    return Decoder(network, run.recipe.latent_size, FIRST_SIGMA, uniform)


class _Stopped(Exception):
    """Somebody asked to stop between two parts."""


class _Parts:
    """Parts of a result, by name, each in the file as soon as it is computed."""

    def __init__(
        self, file: Path, key: dict[str, Any], bar: Any, stop: Callable[[], bool]
    ) -> None:
        self.file, self.key, self.bar, self.stop = file, key, bar, stop
        self.known = _read(file, key)

    def ask(
        self, name: str, cost: int, compute: Callable[[np.random.Generator], Any]
    ) -> Any:
        """The part, known or computed now; it is worth `cost` steps of the bar."""
        if name in self.known:
            self.bar.update(cost)
        else:
            if self.stop():
                raise _Stopped
            stream = [self.key["seed"], STREAM, len(self.known)]
            self.known[name] = compute(np.random.default_rng(stream))
            content = {"of": self.key, "parts": self.known}
            write_text(self.file, json.dumps(content) + "\n")
        return self.known[name]


def _read(file: Path, key: dict[str, Any]) -> dict[str, Any]:
    """The parts that a file holds, if they are those of `key`; none if damaged."""
    try:
        stored = read_json(file)
        return dict(stored["parts"]) if stored["of"] == key else {}
    except (UserError, ValueError, KeyError, TypeError):
        return {}


def score_by_annealing(
    run: Run,
    data: Dataset,
    settings: Annealing,
    examples: int,
    should_stop: Callable[[], bool],
    progress: bool = True,
) -> AISScore | None:
    """Score a run, from where ``ais.json`` is.

    Parameters
    ----------
    run : Run
    data : Dataset
    settings : Annealing
        For the scores; a quarter of its temperatures and of its chains fit the width.
    examples : int
        Test examples, drawn at random (all, if there are fewer).
    should_stop : callable
        Asked before each part.
    progress : bool

    Returns
    -------
    AISScore or None
        None if `should_stop` ended it.

    Raises
    ------
    UserError
        If the generator is told a class.
    """
    decoder = decoder_of(run, data)
    rows = np.random.default_rng(0).permutation(len(data.test))[:examples]
    key = {"step": run.load_state(data).step, "seed": run.seed, "examples": len(rows)}
    hidden = not (progress and sys.stderr.isatty())
    with tqdm(
        total=_cost(settings, len(rows)),
        desc=f"annealing {run.path.name}",
        unit="temperature",
        disable=hidden,
        leave=False,
    ) as bar:
        file = run.path / "ais.json"
        parts = _Parts(file, key | asdict(settings), bar, should_stop)
        try:
            return _score(decoder, data, settings, rows, parts)
        except _Stopped:
            return None


def _quick(settings: Annealing) -> Annealing:
    """What fits the width: it needs no likelihood, samples of the posterior do."""
    temperatures, chains = settings.temperatures // 4, settings.chains // 4
    return replace(settings, temperatures=max(1, temperatures), chains=max(1, chains))


def _cost(settings: Annealing, examples: int) -> int:
    """Temperatures of all parts together: steps are found, then used."""
    blocks = -(-examples // BLOCK)
    fit = 2 * ROUNDS * _quick(settings).temperatures
    return fit + (2 * blocks + 3) * settings.temperatures


def _score(
    decoder: Decoder,
    data: Dataset,
    settings: Annealing,
    rows: np.ndarray,
    parts: _Parts,
) -> AISScore:
    """Width, gap, then one block of test examples after the other."""
    fresh = data.scaled("validation", slice(0, BLOCK), np.float64)
    quick, tick = _quick(settings), parts.bar.update
    sigma = parts.ask(
        "sigma",
        2 * ROUNDS * quick.temperatures,
        lambda rng: fitted_sigma(decoder, fresh, quick, rng, ROUNDS, tick),
    )
    decoder = decoder.with_sigma(sigma)
    gap = parts.ask(
        "gap",
        3 * settings.temperatures,
        lambda rng: bounds(decoder, BLOCK, settings, rng, tick).gap,
    )

    def scores(rng: np.random.Generator, block: np.ndarray) -> list[list[float]]:
        x = data.scaled("test", block, np.float64)
        found = estimate(decoder, x, settings, rng, on_step=tick)
        return [found.log_likelihood.tolist(), found.effective.tolist()]

    blocks = []
    for start in range(0, len(rows), BLOCK):
        compute = partial(scores, block=rows[start : start + BLOCK])
        blocks.append(parts.ask(f"from {start}", 2 * settings.temperatures, compute))
    values, effective = np.hstack(blocks)
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.inf
    middle = float(np.median(effective))
    return AISScore(float(values.mean()), float(error), sigma, gap, middle, len(values))
