"""Minibatches that never change; samples that are copies."""

from __future__ import annotations

from gan_numpy.doctor.findings.base import Evidence, Kind, above, after, both
from gan_numpy.doctor.thresholds import limit
from gan_numpy.doctor.trace import Row, Trace

EXAMINATIONS, FROM = 3, 16


def judge_same(trace: Trace) -> Evidence | None:
    """Whether D is shown, bit for bit, what it was shown before."""
    since = trace.since(above("repeated", 1.0), EXAMINATIONS)
    if since is None:
        return None
    return Evidence(since, "each batch is, bit for bit, that of the last examination")


def _varied(row: Row) -> bool:
    """Whether there are several samples: one that is a copy is another finding."""
    return row.get("spread", 1.0) > limit("spread")


def judge_copies(trace: Trace) -> Evidence | None:
    """Whether far too many samples are on top of a training example."""
    copies = after(FROM, both(above("near", limit("near")), _varied))
    since = trace.since(copies, EXAMINATIONS)
    if since is None:
        return None
    share = trace.values("near")[-1]
    return Evidence(
        since,
        f"{share:.0%} of the samples are nearer to a training example than 99 % of the "
        f"test examples are",
    )


SAME = Kind(
    name="same_minibatch",
    title="every step gets the same examples",
    judge=judge_same,
    figures=("repeated",),
    means="The loader begins anew in each step, or its order is fixed.",
    literature="a fresh minibatch in each step, in a new order each epoch",
    source="Goodfellow et al. 2014, arXiv:1406.2661, Algorithm 1",
    next="gan-numpy explain train_step  # each step has its own x[i]: print the first "
    "row of three batches",
    explains=("collapse", "discriminator_ahead", "memorization", "score_falls"),
)
COPIES = Kind(
    name="memorization",
    title="samples are copies of training examples",
    judge=judge_copies,
    figures=("near",),
    means="What looks like a good score is the training set.",
    literature="compare distances to training examples with those of test examples",
    source="Theis et al., arXiv:1511.01844, section 3.3",
    next="gan-numpy evaluate RUN --metrics neighbors",
    explains=(),
)
