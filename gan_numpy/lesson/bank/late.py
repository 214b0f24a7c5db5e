r"""Questions of lessons 12 to 17."""

from __future__ import annotations

from gan_numpy.lesson.bank.question import Question

QUESTIONS = (
    Question(
        "12-third",
        "predict",
        "A whole batch is multiplied by 3, and 10 is added. By what is $dx$"
        " multiplied?",
        1 / 3,
        "y does not change, and a step in 3x is worth a third of one in x.",
        wrong={"1": "So it is for y.", "3": "The other way around."},
    ),
    Question(
        "12-spread",
        "gap",
        "$s = \\sqrt{v + \\epsilon}$ and $\\partial v/\\partial x_m = \\frac2N (x_m -"
        " \\mu)$. What is $\\partial s/\\partial x_m$, in `xhat` $= (x_m - \\mu)/s$ and"
        " `N`?",
        "xhat / N",
        "1/(2s) times 2/N times s xhat.",
        variables={"xhat": (), "N": ()},
        wrong={
            "2 * xhat / N": "The root brings 1/(2s).",
            "xhat": "v is a mean over N.",
        },
    ),
    Question(
        "12-fault",
        "debug",
        "`broken` is a `batchnorm_backward` with a fault: a network trains with it, at"
        " a rate that is different for each unit. Its $dx$ over the right one:",
        "std-twice",
        "Each column is too small by its own standard deviation.",
        options=("std-missing", "std-twice", "gamma-extra", "mean-path-missing"),
        fault=("batchnorm_backward", "std-twice"),
        code=(
            "y, cache = batchnorm_forward(x, gamma, beta)\nratio = broken(dy, cache)[0]"
            ' / backward(dy, cache)[0]\nprint("ratio:", np.round(ratio[0], 3), " '
            ' std:", np.round(x.std(axis=0), 3))'
        ),
    ),
    Question(
        "13-middle",
        "predict",
        "A window of 3×3 moves over an 8×8 image in steps of 1. How many windows see a"
        " pixel in the middle?",
        9.0,
        "One for each of its places in the window; a corner is seen once.",
        tolerance=0.001,
        wrong={"36": "So many windows are there."},
    ),
    Question(
        "13-side",
        "gap",
        "A transposed convolution stamps windows of side `k` at steps of `s`, for an"
        " input of side `h`, without padding. What is the side of what it draws?",
        "s * (h - 1) + k",
        "The last stamp begins at s(h - 1).",
        variables={"s": (), "h": (), "k": ()},
        wrong={
            "s * h": "So it is with enough padding.",
            "s * h + k": "One step too many.",
        },
    ),
    Question(
        "13-fault",
        "debug",
        "`broken` is a `conv2d_backward` with a fault. Kernel and cotangent are ones:"
        " $dx$ should count the windows that see a pixel.",
        "overlap-overwritten",
        "`=` in place of `+=`: the last window wins.",
        options=("kernel-rotated", "overlap-overwritten", "not-summed", "flipped"),
        fault=("conv2d_backward", "overlap-overwritten"),
        code=(
            "y, cache = conv2d_forward(np.zeros((1, 1, 8, 8)), np.ones((1, 1, 3, 3)),"
            " np.zeros(1), 1)\nprint(broken(np.ones_like(y), cache)[0][0,"
            " 0].astype(int))"
        ),
    ),
    Question(
        "14-far",
        "predict",
        "$D$'s output on a fake is $+8$. How large is the non-saturating gradient"
        " there, for one sample?",
        3.35e-4,
        "1 - sigma(8). The square's is 7.",
        tolerance=0.05,
        wrong={"1": "So it is where D rejects.", "7": "That is the square's."},
    ),
    Question(
        "14-mean",
        "gap",
        "Where is the derivative of $\\frac12 p_d (D - b)^2 + \\frac12 p_g (D - a)^2$"
        " zero? Write `pd`, `pg`, `a`, `b`.",
        "(b * pd + a * pg) / (pd + pg)",
        "A weighted mean of the targets.",
        variables={"pd": (), "pg": (), "a": (), "b": ()},
        wrong={"(a * pd + b * pg) / (pd + pg)": "b is the target of the real ones."},
    ),
    Question(
        "14-fault",
        "debug",
        "`broken` is a `critic_gradient` with a fault. There are 4 real and 2 fake"
        " samples.",
        "both-batches",
        "Each mean is divided by the size of both batches together.",
        options=("other-batch", "both-batches", "mean-missing", "sign"),
        fault=("critic_gradient", "both-batches"),
        code="print(*broken(np.zeros(4), np.zeros(2)))",
    ),
    Question(
        "15-slope",
        "predict",
        "The samples are the data, shifted by 10; $\\lambda = 10$. At which slope does"
        " the critic end?",
        1.5,
        "1 + delta/(2 lambda): the penalty is a price, no bound.",
        wrong={"1": "The farther apart the two are, the better it pays to exceed 1."},
    ),
    Question(
        "15-first",
        "gap",
        "$P = \\frac\\lambda N \\sum_n (s_n - 1)^2$ with $s_n = \\lVert g_n \\rVert$."
        " What is the derivative with respect to one entry `g` of $g_n$, in `lam`, `N`,"
        " `s` and `g`?",
        "2 * lam / N * (s - 1) * g / s",
        "The derivative of a norm is the unit vector, g/s.",
        variables={"lam": (), "N": (), "s": (), "g": ()},
        wrong={"2 * lam / N * (s - 1) * g": "The norm's own derivative is g/s."},
    ),
    Question(
        "15-fault",
        "debug",
        "`broken` is a `spectral_norm_backward` with a fault. It has the right"
        " direction.",
        "sigma-twice",
        "It divides by sigma once too often.",
        options=("sigma-constant", "through-sigma-sign", "sigma-twice", "sign"),
        fault=("spectral_norm_backward", "sigma-twice"),
        code=(
            "ratio = broken(upstream, cache) / spectral(upstream, cache)\n"
            'print("ratio:", ratio.min(), "to", ratio.max())\n'
            'print("1/sigma:", 1 / np.linalg.svd(matrix)[1][0])'
        ),
    ),
    Question(
        "16-shuffled",
        "predict",
        "The labels of the data are shuffled before training. What share of the samples"
        " shows the digit that was ordered?",
        0.1,
        "An order tells nothing: one of ten digits, by chance.",
        tolerance=0.25,
        wrong={"1": "What is there to learn from a label that says nothing?"},
    ),
    Question(
        "16-real",
        "gap",
        "$K$ logits, a last one fixed at 0 for the fakes, $\\ell = \\log \\sum_j"
        " e^{l_j}$. What is the probability that the image is real, in `l`?",
        "sigma(l)",
        "e^l/(e^l + e^0): the freedom that K logits have too many is the"
        " discriminator.",
        variables={"l": ()},
        wrong={"exp(l)": "Divided by the sum over all K + 1 classes."},
    ),
    Question(
        "16-fault",
        "debug",
        "`broken` is a `condition_backward` with a fault. The label 0 occurs three"
        " times, with cotangents 1, 10 and 100, the label 2 once, with 7.",
        "repeats-averaged",
        "A sum, not a mean: the mean over the batch is in dy already.",
        options=(
            "repeats-overwritten",
            "repeats-averaged",
            "wrong-columns",
            "mean-twice",
        ),
        fault=("condition_backward", "repeats-averaged"),
        code=(
            "joined, cache = condition_forward(\n"
            "    np.zeros((4, 2)), np.zeros((3, 1)), np.array([0, 0, 2, 0])\n"
            ")\n"
            "dy = np.array([[0, 0, 1.0], [0, 0, 10], [0, 0, 7], [0, 0, 100]])\n"
            "print(broken(dy, cache)[1][:, 0])"
        ),
    ),
    Question(
        "17-trips",
        "predict",
        "A momentum update written in NumPy, one operation after the other: `velocity"
        " *= mu`, `velocity -= rate * gradient`, `theta += velocity`. How many times is"
        " an array read or written, temporaries included?",
        10.0,
        "2 + 2 + 3 + 3; a fused loop has 5.",
        tolerance=0.001,
        wrong={"5": "So many must there be: three reads and two writes."},
    ),
    Question(
        "17-tile",
        "gap",
        "A tile of $C$ of `r` × `c` numbers stays in registers. For each $k$, `r`"
        " numbers of $A$ and `c` of $B$ of 4 bytes are fetched, and $r c$"
        " multiplications and additions done. How many operations per byte?",
        "2 * r * c / (4 * (r + c))",
        "Without tiles, r = c = 1, it is 1/4.",
        variables={"r": (), "c": ()},
        wrong={"r * c / (4 * (r + c))": "A multiplication and an addition are two."},
    ),
    Question(
        "17-fault",
        "debug",
        "`broken` is a `blocked_product` with a fault; tiles of 2 and of 3, matrices of"
        " 6×6.",
        "once-only",
        "It counts every number once, whatever the tiles: as if all stayed in the"
        " cache.",
        options=("overwritten", "once-only", "one-matrix-only", "without-tiles"),
        fault=("blocked_product", "once-only"),
        code=(
            "A, B = rng.random((2, 6, 6))\nfor side in (1, 2, 3, 6):\n    C, fetched ="
            ' broken(A, B, side)\n    print(side, np.allclose(C, A @ B), fetched, "and'
            ' not", blocked(A, B, side)[1])'
        ),
    ),
    Question(
        "18-forget",
        "predict",
        "A cell forgets a tenth in each step. Which part of a gradient is left after 20"
        " steps?",
        0.1216,
        "0.9 to the power of 20, an eighth: a valve that is nearly open.",
        tolerance=0.05,
        wrong={"0": "It is multiplied, not counted down."},
    ),
    Question(
        "18-two-actions",
        "gap",
        "Two actions with the probabilities `p` and 1 - p, by a softmax; they pay `r`"
        " and `s`. What is the derivative of the expected pay with respect to the first"
        " one's logit?",
        "p * (1 - p) * (r - s)",
        "The same pay for both gives 0: a baseline may be taken off.",
        variables={"p": (), "r": (), "s": ()},
        wrong={"p * (r - s)": "The slope of the softmax, p (1 - p), is in between."},
    ),
    Question(
        "18-fault",
        "debug",
        "`broken` is an `nce_gradient` with a fault; a logit of 0 for a point of the"
        " data and for one of the noise, that weighs once and four times as much.",
        "nu-missing",
        "With as much noise as data nothing is wrong; with more, the noise still weighs"
        " once.",
        options=("log-ratio-missing", "nu-missing", "labels-swapped", "other-batch"),
        fault=("nce_gradient", "nu-missing"),
        code=(
            "for nu in (1.0, 4.0):\n"
            "    print(nu, *broken(np.zeros(1), np.zeros(1), nu))"
        ),
    ),
)
