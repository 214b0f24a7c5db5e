r"""Short measurements of the samples, and of the layers that make them.

Each probe takes a `Patient` and returns figures by name; it changes nothing.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.doctor.patient import (
    SAMPLES,
    Network,
    Patient,
    distances,
    layers_of,
)
from gan_numpy.doctor.probes import Figures
from gan_numpy.layers import BatchNorm, ReLU, Sigmoid, Tanh

COPIED = 32  # samples whose nearest training example is looked for
SMALL = 1e-12  # in the place of a zero that is divided by
END = 1e-3  # an output is at an end of its range if it is so near, in ranges
RANGES = {Sigmoid: (0.0, 1.0), Tanh: (-1.0, 1.0)}


def variety(patient: Patient) -> Figures:
    r"""How different the outputs of G in training are, by how different real ones are.

    ``spread`` is the ratio of their deviations (root of the summed variances),
    ``mode.k`` the share of outputs to which mode k is nearest, ``modes`` the share of
    the modes that have any, and ``largest`` the share of the outputs that the largest
    mode has. ``offset_0`` and ``offset_1`` say where the middle of the outputs is, from
    that of the data, along the two directions in which the data vary most.
    """
    x = _flat(patient, patient.fake_forward[0])
    real, centers = patient.reference.test, patient.reference.centers
    counts = np.bincount(distances(x, centers).argmin(axis=1), minlength=len(centers))
    offset = patient.reference.axes @ (x.mean(axis=0) - real.mean(axis=0))
    shares = {f"mode.{k}": float(c / len(x)) for k, c in enumerate(counts)}
    return {
        "spread": deviation(x) / deviation(real),
        "modes": float(np.mean(counts > 0)),
        "largest": float(counts.max() / len(x)),
        **{f"offset_{k}": float(v) for k, v in enumerate(offset / deviation(real))},
        **shares,
    }


def score(patient: Patient) -> Figures:
    r"""How far samples are from the data: an energy distance (Székely and Rizzo, 2013).

    :math:`2E|x-y| - E|x-x'| - E|y-y'|`, by :math:`E|y-y'|` of real y: 0 if the samples
    are as the data. ``score`` is that of the samples that people see, ``score_G`` that
    of G's outputs in training.
    """
    y = patient.reference.test[: 2 * SAMPLES]
    own, figures = _within(y), {}
    seen, made = patient.drawn, _flat(patient, patient.fake_forward[0])
    for name, x in {"score": seen[: len(made)], "score_G": made}.items():
        between = distances(x, y).mean()
        figures[name] = float((2 * between - _within(x) - own) / own)
    return figures


def _within(x: np.ndarray) -> float:
    pairs = len(x) * max(len(x) - 1, 1)
    return max(float(distances(x, x).sum() / pairs), SMALL)


def _flat(patient: Patient, outputs: np.ndarray) -> np.ndarray:
    """G's outputs as examples, (N, d) float64."""
    x = np.asarray(patient.examples(outputs), dtype=np.float64)
    return x.reshape(len(x), -1)


def deviation(x: np.ndarray) -> float:
    """Root of the summed variances; hardly anything if they are 0."""
    return max(float(np.sqrt(x.var(axis=0).sum())), SMALL)


def copies(patient: Patient) -> Figures:
    """The share of samples nearer to a training example than 99 % of test examples."""
    found = patient.reference.nearest(patient.drawn[:COPIED])
    return {"near": float(np.mean(found < patient.reference.near))}


def _range(network: Network) -> tuple[float, float] | None:
    """The values that a network's last layer can give, if they are bounded."""
    layers = layers_of(network)
    return RANGES.get(type(layers[-1][1])) if layers else None


def ranges(patient: Patient) -> Figures:
    """Real values that G cannot give; outputs at the ends of what it can."""
    found = _range(patient.G)
    if found is None:
        return {}
    low, high = found
    room = END * (high - low)
    shown = patient.examples(patient.real)
    x = patient.examples(patient.fake_forward[0])
    at_end = [
        float(np.mean((v <= low + room) | (v >= high - room))) for v in (x, shown)
    ]
    return {
        "outside": float(np.mean((shown < low - room) | (shown > high + room))),
        "at_ends": at_end[0],
        "at_ends_real": at_end[1],
    }


def units(patient: Patient) -> Figures:
    """The largest share, over layers of ReLU, of units that are 0 for everything."""
    figures = {}
    inputs = {"G": patient.z[:SAMPLES], "D": patient.real}
    for player, network in (("G", patient.G), ("D", patient.D)):
        shares, x = [], inputs[player]
        for _, layer in layers_of(network):
            x, _ = layer.forward(x, train=not layer.per_example, rng=patient.rng)
            if isinstance(layer, ReLU):
                shares.append(float(np.mean((x == 0).all(axis=0))))
        if shares:
            figures[f"dead_{player}"] = max(shares)
    return figures


def drawing(patient: Patient) -> Figures:
    """Whether the same z gives the same sample: drawn twice, and in other company."""
    z, x = patient.z, patient.drawn
    scale = max(float(np.std(x)), 1e-12)
    again = np.asarray(patient.draw(z))
    few = np.asarray(patient.draw(z[: SAMPLES // 8]))
    return {
        "drawn_twice": float(np.abs(again - x).mean() / scale),
        "drawn_alone": float(np.abs(few - x[: len(few)]).mean() / scale),
    }


def statistics(patient: Patient) -> Figures:
    """Whether all of G's running statistics still are the 0 and 1 of the beginning."""
    norms = [v for _, v in layers_of(patient.G) if isinstance(v, BatchNorm)]
    if not norms:
        return {}
    begins = [
        not v.buffers["mean"].any() and bool((v.buffers["variance"] == 1).all())
        for v in norms
    ]
    return {"stale": float(all(begins))}


def shown(patient: Patient) -> Figures:
    """The share of the modes of the data that are among what D is shown."""
    x = _flat(patient, patient.shown)
    centers = patient.reference.centers
    if x.shape[1] != centers.shape[1] or len(x) < 3 * len(centers):
        return {}
    near = distances(x, centers).argmin(axis=1)
    return {"shown_modes": len(np.unique(near)) / len(centers)}


LOOKS = (variety, shown, score, copies, ranges, units, drawing, statistics)
