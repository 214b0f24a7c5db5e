"""Gradients that are wrong in no manner that has a name, and pairs of mistakes."""

import linecache

import numpy as np

from gan_numpy.exercises import Mutant, all_exercises, build_mutant
from gan_numpy.exercises.base import source_of, split_source

# These say where, or that nothing is known: no mistake is named.
UNNAMED = {
    "not-recognized",
    "one-entry",
    "some-entries",
    "some-slices",
    "factor-unrecognized",
    "per-sample-factor",
    "per-axis-factor",
    "not-linear-in-dy",  # true of anything that does not come from dy
    "term-without-dy",
    "offset",  # the difference is the same everywhere: literally true
}


# What two mistakes are equal to, by algebra: pairs of true names, the name given.
EQUAL = [
    # without T1, 2 T2 is twice the rest, and sigma T2 is sigma times the rest
    ({"direct-missing", "through-sigma-twice"}, {"direct-missing", "factor-2"}),
    ({"direct-missing", "inner-sigma-missing"}, {"direct-missing", "sigma-missing"}),
    ({"variance-path-missing", "mean-path-summed"}, {"statistics-paths"}),
]


def honest(given, true):
    """No tag but those of the mistakes made, and what says that there is no name.

    "mean-path-weight" is a true name of "mean-path-summed": it names the term.
    """
    if (set(true), set(given)) in EQUAL:
        return True
    if true & {"sign", "d-ascends"}:
        # -(T1 - T2) = -T1 + T2: one sign and that of the whole are the other sign
        given = {tag for tag in given if not tag.endswith("-sign")}
    stems = {tag.rsplit("-", 1)[0] for tag in true}
    named = {tag for tag in given if tag not in UNNAMED | true}
    return all(tag.rsplit("-", 1)[0] in stems for tag in named)


def arrays_of(returned):
    """The arrays of an answer, and how to put them back."""
    if isinstance(returned, tuple):
        return list(returned), tuple
    if isinstance(returned, dict):
        return list(returned.values()), lambda a: dict(zip(returned, a))
    return [returned], lambda a: a[0]


def sealed(function):
    """Without source: what is done to the arrays cannot be seen in anybody's lines."""
    function.__code__ = function.__code__.replace(co_filename="<sealed>")
    return function


def in_students_lines(reference):
    """The reference as a student's file would hold it, so that it can be searched."""
    exercise = all_exercises()[reference.__name__]
    _, body = split_source(reference)
    return build_mutant(exercise, Mutant((), body, body))


def corrupted(reference, corrupt, seed):
    """The reference with one of its arrays corrupted, the same way on every call."""
    reference = in_students_lines(reference)

    @sealed
    def solution(*args):
        parts, put_back = arrays_of(reference(*args))
        rng = np.random.default_rng(seed)
        which = [
            k
            for k, p in enumerate(parts)
            if isinstance(p, np.ndarray) and p.size > 2 and p.any()
        ]
        if which:
            k = which[int(rng.integers(len(which)))]
            parts[k] = corrupt(parts[k], rng, args)
        return put_back(parts)

    return solution


def scale_of(a):
    return float(np.abs(a).max()) or 1.0


def random_array(a, rng, args):
    """Random, yet linear in dy: the cotangent's size decides."""
    return linear_in(args) * rng.standard_normal(a.shape)


def linear_in(args):
    """The sum of dy, so that the array passes the questions about linearity."""
    return float(np.sum(args[0])) if isinstance(args[0], np.ndarray) else 1.0


def one_wrong_entry(a, rng, args):
    a = a.copy()
    i = tuple(int(rng.integers(s)) for s in a.shape)
    a[i] += linear_in(args) * (0.3 + rng.random())
    return a


def noise(a, rng, args):
    return a * (1 + 1e-3 * rng.standard_normal(a.shape))


def odd_constant(a, rng, args):
    return 1.37 * a


for helper in (
    arrays_of,
    scale_of,
    random_array,
    linear_in,
    one_wrong_entry,
    noise,
    odd_constant,
):
    sealed(helper)


def true_place(exercise, wrong, repair):
    """The repair points at lines that are not those of the reference."""
    right = set(source_of(exercise.reference).splitlines())
    lines = linecache.getlines(wrong.__code__.co_filename)
    return all(
        lines[place.line - 1].rstrip("\n") not in right for place in repair.places
    )


def gradients():
    """The exercises that return arrays to corrupt (a value alone has no entries)."""
    skip = {"train_step", "dirac_step", "modes_covered", "value"}
    return [e for name, e in all_exercises().items() if name not in skip]


def pairs_of_mistakes(rng, trials):
    """Two mutations of one reference at once: (exercise, function, names, seed)."""
    every = list(all_exercises().values())
    found = 0
    while found < trials:
        e = every[int(rng.integers(len(every)))]
        i, j = rng.choice(len(e.mutants), 2, replace=False)
        first, second = e.mutants[i], e.mutants[j]
        head, body = split_source(e.reference)
        changed = body.replace(first.old, first.new)
        if changed.count(second.old) != 1 or second.old not in body:
            continue
        both = Mutant((), body, changed.replace(second.old, second.new))
        try:
            wrong = build_mutant(e, both)
        except SyntaxError:
            continue
        found += 1
        yield e, wrong, set(first.tags) | set(second.tags), int(rng.integers(1000))
