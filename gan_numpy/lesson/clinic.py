"""Why does it not learn? The doctor for a student's own loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.doctor.examine import examine
from gan_numpy.doctor.patient import Change, Network, Patient, Reference, layers_of
from gan_numpy.doctor.reference import reference_of, reference_of_examples
from gan_numpy.doctor.trace import Row, Trace
from gan_numpy.doctor.verdict import Verdict, judge
from gan_numpy.errors import UserError
from gan_numpy.layers.base import Layer
from gan_numpy.objectives import OBJECTIVES

SHOWN = 64  # real examples that D is shown at an examination
LOOKS = 3  # examinations of the networks as they are: each with other draws
Latent = Callable[[int, np.random.Generator], np.ndarray]


def doctor(
    G: Network,
    D: Network,
    data: np.ndarray | Dataset,
    history: Sequence[Mapping[str, Any]] = (),
    *,
    latent: Latent | int | None = None,
    draw: Callable[[np.ndarray], np.ndarray] | None = None,
    objective: str = "non_saturating",
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Verdict:
    """Say why a training fails, as far as that is certain.

    Parameters
    ----------
    G, D : Layer or callable
        Our networks, or functions from z to examples and from examples to logits; of
        a function only what it returns can be examined.
    data : (N, ...) ndarray or Dataset
        Real examples as the loop shows them to D.
    history : sequence of dict
        What the loop kept, in order: ``step``, and if it has them
        ``loss_discriminator`` and copies of the weights, ``G`` and ``D``, before that
        step. With weights the doctor can see how the players moved.
    latent : int or callable, optional
        Size of z, standard normal, or a function of (n, rng); follows from G's first
        dense layer if not given.
    draw : callable, optional
        How samples are drawn from z; ``G.forward(z)`` if not given.
    objective : str
        Key of `gan_numpy.objectives.OBJECTIVES`.
    settings : mapping, optional
        ``clip``, ``penalty``, ``penalty_weight``, if the loop has such.
    seed : int
        Of the doctor's own draws.

    Returns
    -------
    Verdict
        Print it, or show it in a notebook.

    Raises
    ------
    UserError
        If the size of z does not follow from G, the objective is unknown, or the
        history has no steps that rise.
    """
    if objective not in OBJECTIVES:
        raise UserError(
            f"unknown objective {objective!r}: choose one of {', '.join(OBJECTIVES)}"
        )
    known = {"objective": objective, **(settings or {})}
    examples, reference = _examples(data)
    clinic = _Clinic(G, D, examples, reference, _latent(G, latent), draw, known, seed)
    rows = [clinic.row(a, b) for a, b in pairwise(_checked(history))]
    step = int(history[-1]["step"]) if history else 1
    rows += [clinic.now(step, look) for look in range(LOOKS)]
    return judge(Trace(tuple(rows), dict(known), reference.labels))


def _examples(data: np.ndarray | Dataset) -> tuple[np.ndarray, Reference]:
    if isinstance(data, Dataset):
        return data.scaled("train"), reference_of(data)
    examples = np.asarray(data)
    if examples.ndim < 2 or len(examples) < 8 or not np.isfinite(examples).all():
        raise UserError(
            f"data must be 8 or more finite examples, one a row; got shape "
            f"{examples.shape}"
        )
    return examples, reference_of_examples(examples)


def _latent(G: Network, latent: Latent | int | None) -> Latent:
    """How z is drawn."""
    if callable(latent):
        return latent
    dtype = np.dtype(np.float32)
    if isinstance(G, Layer) and G.params:
        dtype = next(iter(G.params.values())).dtype
    size = latent
    if size is None:
        first = [v.params["W"] for _, v in layers_of(G) if "W" in v.params]
        if not first or first[0].ndim != 2:
            raise UserError("the size of z does not follow from G: give latent=size")
        size = first[0].shape[0]
    return lambda n, rng: rng.standard_normal((n, size)).astype(dtype)


def _checked(history: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    steps = [row.get("step") for row in history]
    whole = [int(s) for s in steps if isinstance(s, int | np.integer)]
    if len(whole) < len(steps) or any(a >= b for a, b in pairwise(whole)):
        raise UserError("each row of the history needs a step, and steps must rise")
    return history


class _Clinic:
    """Makes patients of the networks at different times."""

    def __init__(
        self,
        G: Network,
        D: Network,
        data: np.ndarray,
        reference: Reference,
        latent: Latent,
        draw: Callable[[np.ndarray], np.ndarray] | None,
        settings: Mapping[str, Any],
        seed: int,
    ) -> None:
        self.G, self.D, self.data, self.reference = G, D, data, reference
        self.latent, self.draw, self.settings, self.seed = latent, draw, settings, seed

    def row(self, now: Mapping[str, Any], then: Mapping[str, Any]) -> Row:
        """An examination between two rows of the history."""
        steps = int(then["step"]) - int(now["step"])
        G, D = self._at(self.G, now.get("G")), self._at(self.D, now.get("D"))
        changes = {
            f"{player}_change": Change(now[player], then[player], steps)
            for player in "GD"
            if player in now and player in then
        }
        weighted = ("G" in now or not isinstance(self.G, Layer)) and (
            "D" in now or not isinstance(self.D, Layer)
        )
        figures = {}
        if weighted:
            keys = [self.seed, int(now["step"])]
            figures = examine(self._patient(G, D, keys, now, **changes))
            if self.draw is not None:  # it draws from the networks as they are now
                for name in ("drawn_twice", "drawn_alone", "score", "near"):
                    figures.pop(name, None)
        return {"step": float(max(int(now["step"]), 1)), **figures}

    def now(self, step: int, look: int) -> Row:
        """An examination of the networks as they are."""
        keys = [self.seed, step, look + 1]
        patient = self._patient(self.G, self.D, keys, {})
        return {"step": float(max(step, 1)), **examine(patient)}

    @staticmethod
    def _at(network: Network, weights: Mapping[str, np.ndarray] | None) -> Network:
        if weights is None or not isinstance(network, Layer):
            return network
        return network.with_params(weights)

    def _patient(
        self,
        G: Network,
        D: Network,
        keys: list[int],
        row: Mapping[str, Any],
        **changes: Any,
    ) -> Patient:
        rng = np.random.default_rng(keys)
        shown = self.data[rng.integers(len(self.data), size=SHOWN)]
        plain = (lambda z: G.forward(z)[0]) if isinstance(G, Layer) else G
        reported = {k: float(row[k]) for k in ("loss_discriminator",) if k in row}
        return Patient(
            G=G,
            D=D,
            shown=shown,
            reference=self.reference,
            latent=self.latent,
            draw=self.draw or plain,
            rng=rng,
            objective=OBJECTIVES[self.settings["objective"]],
            settings=self.settings,
            reported=reported,
            **changes,
        )
