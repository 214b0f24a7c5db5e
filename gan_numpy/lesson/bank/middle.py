r"""Questions of lessons 06 to 11."""

from __future__ import annotations

from gan_numpy.lesson.bank.question import Question

QUESTIONS = (
    Question(
        "06-forwards",
        "predict",
        "One iteration has $k = 2$ steps of $D$ and one of $G$. How often does $D$ run"
        " forward?",
        5.0,
        "Twice in each of its own steps, and once in G's: 2k + 1.",
        tolerance=0.001,
        wrong={"3": "So often runs G.", "4": "G's step runs through D, too."},
    ),
    Question(
        "06-slope",
        "gap",
        "$G$'s loss is $\\frac1N \\sum_n \\mathrm{softplus}(-a_n)$. What goes into"
        " $D$'s backward pass in $G$'s step, for one logit `a` and a batch of `N`?",
        "(sigma(a) - 1) / N",
        "Negative: every logit is to rise.",
        variables={"a": (), "N": ()},
        wrong={"sigma(a) / N": "That is D's gradient of a fake: it makes D better."},
    ),
    Question(
        "06-fault",
        "debug",
        "`broken` is a `train_step` with a fault; it is called with $k = 2$. Read the"
        " hashes.",
        "one-step-for-k",
        "D moves once, and not twice.",
        options=(
            "d-moves-in-g-step",
            "one-step-for-k",
            "g-moves-in-d-step",
            "all-zero",
        ),
        fault=("train_step", "one-step-for-k"),
        code='for who, g, d in watched(broken, k=2):\n    print(f"{who:10}  {g}  {d}")',
    ),
    Question(
        "07-grows",
        "predict",
        "Both players start at 1 and step at the same time, without a fine. What"
        " becomes of their distance from the equilibrium?",
        "it grows in every step",
        "A step leaves the circle on its tangent, and a tangent leads outward.",
        options=("it shrinks", "it stays", "it grows in every step"),
        wrong={"it stays": "So it would be with infinitely small steps."},
    ),
    Question(
        "07-pythagoras",
        "gap",
        "$r_{t+1}^2 = (\\theta - h s \\psi)^2 + (\\psi + h s \\theta)^2$. Expand it,"
        " and write it in `r`, `h` and `s`.",
        "r**2 * (1 + h**2 * s**2)",
        "Exactly, wherever they are: the mixed terms cancel.",
        variables={"r": (), "h": (), "s": ()},
        wrong={"r**2 * (1 + h * s)**2": "The mixed terms cancel."},
    ),
    Question(
        "07-fault",
        "debug",
        "`broken` is a `dirac_step` with a fault. From $\\theta = 0$, $\\psi = 1$, with"
        " $h = 0.1$ and $\\gamma = 0.3$, the right step ends at $(-0.05, 0.97)$.",
        "of-the-penalty-twice",
        "The fine is gamma/2 psi^2, and its slope gamma psi: here it is 2 gamma psi.",
        options=(
            "of-the-penalty-twice",
            "of-the-penalty-sign",
            "of-the-penalty-missing",
            "slope-missing",
        ),
        fault=("dirac_step", "of-the-penalty-twice"),
        code=(
            'print(*broken(0.0, 1.0, 0.1, 0.3))\nprint("radius after 600 steps:",'
            " radius(play(broken, gamma=0.3, steps=600))[-1])"
        ),
    ),
    Question(
        "08-first",
        "predict",
        "The first gradient that Adam sees is $10^{-6}$, the learning rate is 0.001."
        " How far does the weight move?",
        0.001,
        "By the learning rate, whatever the gradient: the first step is eta sign(g).",
        wrong={"1e-9": "That is plain descent's step."},
    ),
    Question(
        "08-weights",
        "gap",
        "What is $(1 - \\beta) \\sum_{s=1}^t \\beta^{t-s}$, the sum of the weights, in"
        " `b` $= \\beta$ and `t`?",
        "1 - b**t",
        "At first it is far from 1: that is what the correction mends.",
        variables={"b": (), "t": ()},
        wrong={
            "1": "Only in the limit: the average began at zero.",
            "1 - b": "So it is at t = 1 only: the exponent is forgotten often.",
        },
    ),
    Question(
        "08-fault",
        "debug",
        "`broken` is an `adam_step` with a fault. After one gradient of 1, with"
        " $\\beta_1 = 0.9$ and $\\beta_2 = 0.999$, it has these moments:",
        "betas-swapped",
        "m should be 0.1 and v 0.001.",
        options=("betas-swapped", "t-off-by-one", "no-root", "sign"),
        fault=("adam_step", "betas-swapped"),
        code=(
            "zero = np.zeros(1)\n"
            "w, m, v = broken(zero, zero, zero, np.ones(1), 1, 0.1, 0.9, 0.999, 1e-8)\n"
            'print("w", w, "  m", m, "  v", v)'
        ),
    ),
    Question(
        "09-scattered",
        "predict",
        "Points are spread evenly over the square from -1.2 to 1.2, $\\rho = 0.03$."
        " What share of them is good, with eight modes?",
        0.0039,
        "Eight disks of area pi 0.03^2, in a square of area 5.76.",
        tolerance=0.2,
        wrong={"1": "Only within the radius of a mode is a sample good."},
    ),
    Question(
        "09-bound",
        "gap",
        "The generator's loss is a mean of $\\mathrm{softplus}(-a(x))$ over its"
        " samples. Let `top` be the largest logit anywhere. How small can the loss"
        " become?",
        "softplus(-top)",
        "All samples on the one point where D is surest.",
        variables={"top": ()},
        wrong={"softplus(top)": "The sign: the loss falls as the logit rises."},
    ),
    Question(
        "09-fault",
        "debug",
        "`broken` is a `modes_covered` with a fault. The sample lies 0.028 from a mode,"
        " the radius is 0.03.",
        "city-block",
        "It adds up the absolute values: 0.02 + 0.02 is more than 0.03.",
        options=("squared-distance", "city-block", "radius-ignored", "uncovered"),
        fault=("modes_covered", "city-block"),
        code=(
            "for moved in ([0.02, 0.02], [0.028, 0.0], [0.0, 0.04]):\n"
            "    print(moved, broken(modes[:1] + moved, modes, 0.03))"
        ),
    ),
    Question(
        "10-draw",
        "predict",
        "With $D = \\frac12$ everywhere, what is each of the two losses?",
        0.693147,
        "log 2: a draw reads so, and so does a pair that has learned nothing.",
        wrong={
            "0.5": "The loss is minus a logarithm.",
            "1.386": "Half of that: log 4 / 2.",
        },
    ),
    Question(
        "10-bias",
        "gap",
        "The output layer ends in a sigmoid. Which bias makes it say the mean pixel `m`"
        " where its weights are 0?",
        "log(m / (1 - m))",
        "The logit of m: the generator does not have to learn that corners are black.",
        variables={"m": ()},
        wrong={
            "m": "sigma(m) is not m.",
            "sigma(m)": "The inverse of sigma is asked for.",
        },
    ),
    Question(
        "10-fault",
        "debug",
        "`broken` is a `recipe_gradient` with a fault. The same network, the same"
        " coins: its gradients over the right ones.",
        "factor-2",
        "The released code's loss has a half in front.",
        options=("factor-2", "sign", "factor-missing", "not-summed"),
        fault=("recipe_gradient", "factor-2"),
        code=(
            "for mine, right in zip(broken(*case), ours(*case)):\n    print(mine.shape,"
            " np.round(np.median(mine[right != 0] / right[right != 0]), 4))"
        ),
    ),
    Question(
        "11-underflow",
        "predict",
        "$\\sigma = 0.1$. From which distance $d$ on is $e^{-d^2/2\\sigma^2}$ exactly 0"
        " in float64? (The smallest exponent that gives more than 0 is -745.)",
        3.86,
        "d = 0.1 sqrt(2 745): a distance that real digits have.",
        wrong={"38.6": "sigma is 0.1."},
    ),
    Question(
        "11-mean",
        "gap",
        "Images of a group have the variance `s2` per pixel, `d` pixels. How far,"
        " squared and on average, is a new image from the mean of `n` others?",
        "(1 + 1 / n) * d * s2",
        "With n = 1 it is 2 d s2, from one image to another: the mean is nearer.",
        variables={"n": (), "d": (), "s2": ()},
        wrong={
            "d * s2": "So it would be from the true mean: that of n images errs, too."
        },
    ),
    Question(
        "11-fault",
        "debug",
        "`broken` is a `parzen_log_likelihood` with a fault. One center, one point on"
        " it, two dimensions, $\\sigma = 1$: the right answer is $-\\log 2\\pi ="
        " -1.838$.",
        "normalizer-twice",
        "The normalizer is d/2 log(2 pi sigma^2): the half is missing.",
        options=(
            "log-n-missing",
            "normalizer-twice",
            "log-2-pi-missing",
            "half-missing-in-exponent",
        ),
        fault=("parzen_log_likelihood", "normalizer-twice"),
        code=(
            "origin = np.zeros((1, 2))\n"
            "print(broken(origin, origin, 1.0), broken(origin + [1, 0], origin, 1.0))"
        ),
    ),
)
