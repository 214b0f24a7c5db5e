"""Wrong modes of the layers: samples drawn as in training, or by stale statistics."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, above, after, both
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Row, Trace

EXAMINATIONS = 2
BEGUN = 4  # after so many steps statistics have left their first values


def _noisy(row: Row) -> bool | None:
    found = [row[k] for k in ("drawn_twice", "drawn_alone") if k in row]
    return max(found) >= limit("drawn") if found else None


def judge_sampling(trace: Trace) -> Evidence | None:
    """Whether the same z gives another sample, again or in other company."""
    since = trace.since(_noisy, EXAMINATIONS)
    if since is None:
        return None
    row = trace.latest()
    again, alone = row["drawn_twice"], row["drawn_alone"]
    what = "drawn again" if again >= limit("drawn") else "drawn in another batch"
    return Evidence(
        since,
        f"{what}, the sample of the same z differs by {max(again, alone):.2g} standard "
        f"deviations on average",
    )


def judge_stale(trace: Trace) -> Evidence | None:
    """Whether all running statistics still are those of the beginning."""
    stale = both(above("stale", 1.0), above("move_G", 1e-30))
    since = trace.since(after(BEGUN, stale), EXAMINATIONS)
    if since is None:
        return None
    return Evidence(
        since, "G's running means are exactly 0 and its running variances exactly 1"
    )


def _mixed(row: Row) -> bool | None:
    if not {"loss_D_mixed", "loss_D", "reported_D"} <= row.keys():
        return None
    apart, mixed, said = row["loss_D"], row["loss_D_mixed"], row["reported_D"]
    if abs(mixed - apart) < limit("mixable") * abs(apart):
        return None  # the two cannot be told from each other
    return abs(said - mixed) < limit("mixed") * abs(said - apart)


def judge_mixed(trace: Trace) -> Evidence | None:
    """Whether D's reported loss is that of real and generated in one batch."""
    since = trace.since(_mixed, EXAMINATIONS + 1)
    if since is None:
        return None
    row = [row for row in trace if _mixed(row)][-1]
    return Evidence(
        since,
        f"D reports a loss of {row['reported_D']:.2f} nats: with real and generated "
        f"examples in one batch it is {row['loss_D_mixed']:.2f}, with a batch for each "
        f"{row['loss_D']:.2f}",
    )


SAMPLING = Kind(
    name="sampling_mode",
    title="samples are drawn in training mode",
    judge=judge_sampling,
    figures=("drawn_twice|drawn_alone",),
    means=(
        "Dropout is on, or batch statistics are used: a sample depends on chance or on "
        "the others of its batch."
    ),
    literature="running statistics and no noise when samples are drawn",
    source="Ioffe and Szegedy, arXiv:1502.03167, Algorithm 2; dcgan.torch issue 19",
    next="gan-numpy sample RUN  # by hand: G.forward(z), no train=True",
    explains=("score_falls", "memorization"),
)
STALE = Kind(
    name="stale_statistics",
    title="running statistics are never updated",
    judge=judge_stale,
    figures=("stale|move_G",),
    means="Samples are normalized by statistics that have nothing to do with G.",
    literature="every training batch moves the running statistics, once",
    source="Ioffe and Szegedy, arXiv:1502.03167, Algorithm 2",
    next="gan-numpy explain batchnorm_backward  # G.commit(cache) after each step",
    explains=("score_falls", "collapse", "dead_units"),
)
MIXED = Kind(
    name="mixed_batch_norm",
    title="real and generated examples share a batch norm",
    judge=judge_mixed,
    figures=("loss_D_mixed|reported_D",),
    means=(
        "D's activations are normalized over both kinds together: each example's "
        "features tell how many of the batch are real."
    ),
    literature="a batch of real and a batch of generated examples, each on its own",
    source="ganhacks, 4; Mathieu et al., arXiv:1511.05440, section 4.3.1",
    next="gan-numpy explain train_step  # D on real examples, then D on generated",
    explains=("discriminator_ahead", "collapse", "score_falls", "discriminator_blind"),
)
