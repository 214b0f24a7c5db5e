r"""Short measurements of a game: what the players say, and how they move.

Each probe takes a `Patient` and returns figures by name; it changes nothing. The other
probes, of the samples and of the layers, are in `gan_numpy.doctor.looks`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gan_numpy.doctor.patient import Change, Patient, logit
from gan_numpy.layers.base import Grads, Layer
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import NON_SATURATING
from gan_numpy.objectives.base import mean

Figures = dict[str, float]
SHARES = (0, 10, 25, 50, 75, 90, 100)  # percent below the quantiles that are kept


def opinions(patient: Patient) -> Figures:
    r"""Logits of real and generated examples, and how well they are apart.

    ``apart`` is :math:`P(a_r > a_f) + \tfrac12 P(a_r = a_f)`, ½ for a blind D (the area
    under the ROC curve); ``varied`` the deviation of all logits.
    """
    real, fake = logit(patient.real_judged), logit(patient.fake_judged)
    order = np.sign(real.ravel()[:, None] - fake.ravel()[None])
    return {
        "logit_real": mean(real),
        "logit_fake": mean(fake),
        "logit_real_std": float(real.std()),
        "logit_fake_std": float(fake.std()),
        "d_real": mean(patient.objective.opinion(real)),
        "d_fake": mean(patient.objective.opinion(fake)),
        "apart": float((1 + order.mean()) / 2),
        "varied": float(np.concatenate([real, fake]).std()),
    }


def distributions(patient: Patient) -> Figures:
    """Quantiles of the logits: ``logit_real_q25`` is what a quarter is below."""
    figures: Figures = {}
    for kind, judged in (("real", patient.real_judged), ("fake", patient.fake_judged)):
        values = np.percentile(logit(judged), SHARES)
        figures |= {
            f"logit_{kind}_q{share}": float(value)
            for share, value in zip(SHARES, values, strict=True)
        }
    return figures


def losses(patient: Patient) -> Figures:
    """Both losses on these examples, and the reported one.

    Of D's also what it would be with its labels swapped, and, if D has batch
    normalization, with real and generated examples in one batch.
    """
    real, fake = logit(patient.real_judged), logit(patient.fake_judged)
    loss_D, _, _ = patient.objective.discriminator(real, fake)
    swapped, _, _ = patient.objective.discriminator(fake, real)
    loss_G, _ = patient.objective.against(real).generator(fake)
    figures = {"loss_D": loss_D, "loss_D_swapped": swapped, "loss_G": loss_G}
    if isinstance(patient.D, Layer) and not patient.D.per_example:
        whole = np.concatenate([patient.real, patient.fake_forward[0]])
        outputs, _ = patient.judge(whole)
        halves = outputs[: len(patient.real), :1], outputs[len(patient.real) :, :1]
        figures["loss_D_mixed"] = patient.objective.discriminator(*halves)[0]
    weight = float(patient.settings.get("discriminator_weight", 1.0))
    if "loss_discriminator" in patient.reported:
        figures["reported_D"] = patient.reported["loss_discriminator"] / weight
    return figures


def norm(arrays: Mapping[str, np.ndarray]) -> float:
    """Euclidean norm of all arrays together."""
    return float(np.sqrt(sum(float(np.vdot(a, a)) for a in arrays.values())))


def cosine(a: Mapping[str, np.ndarray], b: Mapping[str, np.ndarray]) -> float:
    """Cosine of the angle between two sets of arrays; NaN if one is zero."""
    dot = sum(float(np.vdot(a[name], b[name])) for name in a)
    lengths = norm(a) * norm(b)
    return dot / lengths if lengths > 0 else float("nan")


def _discriminator_gradients(patient: Patient) -> tuple[Grads, Grads] | None:
    """The gradients of D's loss on real and on generated examples."""
    if not isinstance(patient.D, Layer):
        return None
    real, fake = patient.real_judged, patient.fake_judged
    _, d_real, d_fake = patient.objective.discriminator(logit(real), logit(fake))
    return (
        patient.through_D(d_real, real, params=True)[1],
        patient.through_D(d_fake, fake, params=True)[1],
    )


def gradients(patient: Patient) -> Figures:
    r"""Gradient norms, those of G by layer; how flat G's loss is.

    ``flat`` is the mean slope of G's loss with respect to D's logits, times their
    number: 1 - D(G(z)) of the non-saturating loss, D(G(z)) of the minimax.
    ``saturated`` is the norm of G's minimax gradient by that of the non-saturating.
    """
    figures: Figures = {}
    fake = logit(patient.fake_judged)
    real = logit(patient.real_judged)
    _, d_logit = patient.objective.against(real).generator(fake)
    figures["flat"] = float(np.abs(d_logit).sum())
    own = patient.G_gradient
    if own is not None:
        figures["gradient_G"] = norm(own)
        figures |= {
            f"gradient_G.{name}": float(np.linalg.norm(g))
            for name, g in own.items()
            if g.ndim > 1
        }
        if patient.settings.get("objective") == "minimax":
            other = patient.gradient_of(NON_SATURATING)
            if other is not None and norm(other) > 0:
                figures["saturated"] = norm(own) / norm(other)
    return figures


def _difference(change: Change) -> dict[str, np.ndarray]:
    return {name: change.after[name] - old for name, old in change.before.items()}


def _length(change: Change) -> float:
    """The norm of the weights, of those before or after: what is longer."""
    return max(norm(change.before), norm(change.after), 1e-30)


def generator_moves(patient: Patient) -> Figures:
    """How far G went in a step, and whether downhill; what it says of its gradient."""
    change, figures = patient.G_change, {}
    if change is None:
        return {}
    moved, length = _difference(change), _length(change)
    figures["move_G"] = norm(moved) / length / change.steps
    figures["steps"] = float(change.steps)
    own = patient.G_gradient
    if own is not None and norm(own) > 0:
        figures["downhill_G"] = -cosine(moved, own)
        if change.grads is not None:
            figures["agree_G"] = cosine(change.grads, own)
    if change.grads is not None:
        figures["step_gradient_G"] = norm(change.grads)
    if change.predicted is not None:
        figures["unexplained_G"] = _unexplained(change)
    if change.buffers_moved is not None:
        figures["statistics_move_G"] = float(change.buffers_moved)
    return figures


def discriminator_moves(patient: Patient) -> Figures:
    """The same of D."""
    change, figures = patient.D_change, {}
    if change is None:
        return {}
    moved, length = _difference(change), _length(change)
    figures["move_D"] = norm(moved) / length / change.steps
    both = _discriminator_gradients(patient)
    if both is not None and norm(moved) > 0:
        whole = {name: both[0][name] + both[1][name] for name in both[0]}
        figures["downhill_D"] = -cosine(moved, whole)
        if change.grads is not None:
            figures["agree_D"] = cosine(change.grads, whole)
    if change.grads is not None:
        figures["step_gradient_D"] = norm(change.grads)
    if change.predicted is not None:
        figures["unexplained_D"] = _unexplained(change)
    return figures


def _unexplained(change: Change) -> float:
    """The part of the change that the player's own step does not explain."""
    assert change.predicted is not None
    other = {k: change.after[k] - v for k, v in change.predicted.items()}
    own = {k: v - change.before[k] for k, v in change.predicted.items()}
    return norm(other) / norm(own) if norm(own) > 0 else float("nan")


def slopes(patient: Patient) -> Figures:
    r"""Mean :math:`\lVert\nabla_x a\rVert` between and at the real examples.

    ``logit_slope`` is the mean slope at real examples along their first direction.
    """
    D, real, fake = patient.D, patient.real, patient.fake_forward[0]
    if not isinstance(D, Sequential) or not D.per_example:
        return {}
    n = min(len(real), len(fake))
    e = patient.rng.random((n, *[1] * (real.ndim - 1))).astype(real.dtype)
    figures = {}
    for name, x in {"between": e * real[:n] + (1 - e) * fake[:n], "real": real}.items():
        judged = patient.judge(x)
        dx, _ = patient.through_D(np.ones_like(logit(judged)), judged, params=False)
        assert dx is not None
        lengths = np.linalg.norm(dx.reshape(len(dx), -1), axis=1)
        figures[f"slope_{name}"] = float(lengths.mean())
        flat = patient.examples(dx).reshape(len(dx), -1)
        if flat.shape[1] == patient.reference.axes.shape[1]:
            figures["logit_slope"] = float(patient.reference.axes[0] @ flat.mean(0))
    return figures


def bounds(patient: Patient) -> Figures:
    """Which share of D's weights is at the bound of clipping."""
    clip = float(patient.settings.get("clip", 0.0))
    if clip <= 0 or not isinstance(patient.D, Layer):
        return {}
    values = np.concatenate([v.ravel() for v in patient.D.params.values()])
    return {"at_bound": float(np.mean(np.abs(values) >= 0.999 * clip))}


def averages(patient: Patient) -> Figures:
    """How far the average of G's weights went since the last examination."""
    if patient.average is None:
        return {}
    before, after = patient.average
    moved = {name: after[name] - old for name, old in before.items()}
    return {"move_average": norm(moved) / max(norm(before), 1e-30)}


def repeats(patient: Patient) -> Figures:
    """Whether D was shown the same examples as at the last examination."""
    return {} if patient.repeated is None else {"repeated": float(patient.repeated)}


PROBES = (
    opinions,
    distributions,
    losses,
    gradients,
    generator_moves,
    discriminator_moves,
    slopes,
    bounds,
    averages,
    repeats,
)
