r"""Questions of lessons 00 to 05."""

from __future__ import annotations

from gan_numpy.lesson.bank.question import Question

QUESTIONS = (
    Question(
        "00-tenth",
        "predict",
        "The step $h$ of the *central* difference of $e^x$ at 1 goes from 0.1 to 0.01."
        " By what factor does the error shrink?",
        100.0,
        "The error is of order $h^2$.",
        wrong={"10": "So it is for the forward difference, of order h."},
    ),
    Question(
        "00-best",
        "gap",
        "Solve $\\frac h3 |f'''| = \\frac{\\varepsilon |f|}{h^2}$ for the best step"
        " $h^*$; `f` and `f3` stand for $|f|$ and $|f'''|$.",
        "(3 * eps * f / f3) ** (1 / 3)",
        "For numbers near 1 in float64 that is about 1e-5.",
        variables={"eps": (), "f": (), "f3": ()},
        wrong={"(3 * eps * f / f3) ** (1 / 2)": "h times h^2 is h^3: a cube root."},
    ),
    Question(
        "00-fault",
        "debug",
        "`broken` is a `numerical_gradient` with a fault. Its answer is right for"
        " $x_1^2 + x_2^2$ and wrong for $x_1 x_2$. What is wrong in it?",
        "not-restored",
        "An entry that was moved stays moved while the next one is.",
        options=("step-missing", "not-restored", "one-sided", "factor-2"),
        wrong={"one-sided": "Then the first one would be off by h, too."},
        fault=("numerical_gradient", "not-restored"),
        code=(
            'point = np.array([2.0, 3.0])\nprint("x1^2 + x2^2:", broken(lambda x:'
            ' np.sum(x**2), point.copy()))\nprint("x1 x2, with h = 1/2:", broken(lambda'
            " x: x[0] * x[1], point.copy(), 0.5))"
        ),
    ),
    Question(
        "01-twice",
        "predict",
        "The label is 1. $D$ says $p = 10^{-9}$, then $p = 10^{-18}$. How many times as"
        " large is the second loss?",
        2.0,
        "The loss is a logarithm: 20.7 and 41.4.",
        wrong={"1e9": "The loss grows with the logarithm of 1/p, not with 1/p."},
    ),
    Question(
        "01-product",
        "gap",
        "The long way: $\\partial L/\\partial p = \\frac1N (p - y)/(p(1 - p))$ and"
        " $\\sigma'(a) = p(1 - p)$. What is $\\partial L/\\partial a$ of one example,"
        " in `p`, `y` and `N`?",
        "(p - y) / N",
        "Probability minus label, divided by the batch. Whoever computes the two"
        " factors one after the other divides by zero when p is 0 or 1.",
        variables={"p": (), "y": (), "N": ()},
        wrong={
            "p - y": "The mean over N examples is missing.",
            "(p - y) * p * (1 - p) / N": "That is one sigma' too many.",
            "(y - p) / N": "The sign: the loss falls as p approaches y.",
        },
    ),
    Question(
        "01-fault",
        "debug",
        "`broken` is a `bce_logits` with a fault; a training with it ends near the"
        " right one. What do its gradients say near $a = 0$?",
        "hard-prediction",
        "It decides yes or no first: sure or unsure, the gradient is the same.",
        options=(
            "mean-missing",
            "hard-prediction",
            "sigmoid-derivative-extra",
            "labels-swapped",
        ),
        fault=("bce_logits", "hard-prediction"),
        code=(
            "for a in (-2.0, -0.1, 0.1, 2.0):\n"
            "    print(a, broken(np.array([a]), np.ones(1))[1])"
        ),
    ),
    Question(
        "02-line",
        "predict",
        "Four equal clouds, at the corners of a square; opposite corners belong"
        " together. What share of the points can a straight line have on the right"
        " side?",
        0.75,
        "Three of the four clouds, and no line can do better with the fourth.",
        tolerance=0.04,
        wrong={"0.5": "Cut off one corner."},
    ),
    Question(
        "02-weights",
        "gap",
        "In indices $dW_{ij} = \\sum_n x_{ni}\\, dy_{nj}$. As a product of matrices,"
        " with `x` of shape (7, 5) and `dy` of shape (7, 3)?",
        "x.T @ dy",
        "The sum runs over the examples: the N of both.",
        variables={"x": (7, 5), "dy": (7, 3)},
        wrong={
            "dy.T @ x": "That is its transpose.",
            "x.T @ dy / 7": "The mean over the batch is in dy already.",
        },
    ),
    Question(
        "02-fault",
        "debug",
        "`broken` is a `relu_backward` with a fault; the network that is trained with"
        " it learns. Find out on numbers what it does.",
        "x-extra",
        "It multiplies by x where it should multiply by 1: y' is a switch, not y.",
        options=("mask-inverted", "dy-squared", "x-extra", "mask-missing"),
        fault=("relu_backward", "x-extra"),
        code=(
            'print("loss at the end:", train(dense_back, broken)[0][-1])\n'
            "x = np.array([-2.0, -1.0, 0.5, 1.0, 3.0])\n"
            'print("x: ", x)\n'
            'print("dx:", broken(np.ones(5), relu_forward(x)[1]), "for dy = 1")'
        ),
    ),
    Question(
        "03-noise",
        "predict",
        "Dropout keeps a value of 2 with probability 0.8, and scales it. What is the"
        " standard deviation of what comes out?",
        1.0,
        "sqrt((1 - keep)/keep) times 2 is sqrt(1/4) times 2.",
        wrong={"0.8": "Without the scaling by 1/keep it would be that."},
    ),
    Question(
        "03-variance",
        "gap",
        "$\\operatorname{Var}[m] = \\text{keep}\\,(1 - \\text{keep})$ and $y ="
        " m\\,x/\\text{keep}$. What is $\\operatorname{Var}[y]$, in `x` and `keep`?",
        "(1 - keep) / keep * x**2",
        "At keep = 1/2 the standard deviation is |x| itself.",
        variables={"x": (), "keep": ()},
        wrong={
            "keep * (1 - keep) * x**2": (
                "The scale 1/keep is missing; it enters squared."
            ),
            "(1 - keep) * x**2": "The scale enters squared.",
        },
    ),
    Question(
        "03-fault",
        "debug",
        "`broken` is a `dropout_backward` with a fault. Compare what it lets through"
        " with what the forward let through.",
        "another-mask",
        "It draws coins of its own. Only those that the forward tossed are the layer.",
        options=("scale-missing", "mask-missing", "another-mask", "scale-twice"),
        fault=("dropout_backward", "another-mask"),
        code=(
            "y, coins = dropout_forward(np.ones(8), 0.5, np.random.default_rng(1))\n"
            'print("y: ", y)\n'
            'print("dx:", broken(np.ones(8), coins), "for dy = 1")'
        ),
    ),
    Question(
        "04-far",
        "predict",
        "$p_d = N(0, 1)$, $p_g = N(1.5, 0.8^2)$. What does the best discriminator say"
        " of $x = 8$?",
        "real, nearly surely",
        "The narrow density falls faster: at 8 the wide one is far above it.",
        options=(
            "fake, nearly surely",
            "one half",
            "real, nearly surely",
        ),
        wrong={"fake, nearly surely": "Compare the densities, not the distances."},
    ),
    Question(
        "04-best",
        "gap",
        "Solve $p_d\\,(1 - y) = p_g\\, y$ for $y = D^*$; write `pd` and `pg`.",
        "pd / (pd + pg)",
        "The share of the data in what is found at x.",
        variables={"pd": (), "pg": ()},
        wrong={
            "pd / pg": "Those are the odds.",
            "pg / (pd + pg)": "That is the probability of being fake.",
        },
    ),
    Question(
        "04-fault",
        "debug",
        "`broken` is an `optimal_discriminator` with a fault. It answers with numbers"
        " between 0 and 1, one half where the densities are equal. But look:",
        "squares",
        "It squares the densities first: too sure everywhere, and right at one half.",
        options=("odds", "squares", "difference", "log-odds"),
        fault=("optimal_discriminator", "squares"),
        code=(
            "for p, q in ((0.3, 0.3), (0.2, 0.4), (0.1, 0.4)):\n"
            "    print(p, q, broken(np.array(p), np.array(q)))"
        ),
    ),
    Question(
        "05-factor",
        "predict",
        "$D$ gives a fake the probability 0.001. How many times larger is the"
        " non-saturating loss's gradient than the minimax loss's, with respect to the"
        " logit?",
        999.0,
        "(1 - D)/D = 999.",
        wrong={"0.001": "The other way around."},
    ),
    Question(
        "05-rejected",
        "gap",
        "The non-saturating loss is $\\frac1N \\sum_n \\mathrm{softplus}(-a_n)$. What"
        " is its derivative with respect to one logit, in `D` $= \\sigma(a_n)$ and"
        " `N`?",
        "-(1 - D) / N",
        "It weighs a fake by how much it is still rejected.",
        variables={"D": (), "N": ()},
        wrong={
            "-D / N": "That is the minimax loss: it weighs what convinces already.",
            "(1 - D) / N": "The sign: the loss falls as the logit rises.",
        },
    ),
    Question(
        "05-fault",
        "debug",
        "`broken` is a `discriminator_gradient` with a fault. All logits are 0, there"
        " are 4 real and 2 fake samples. What is wrong?",
        "other-batch",
        "The fakes' mean is divided by the number of the real ones.",
        options=("other-batch", "both-batches", "factor-half", "labels-swapped"),
        fault=("discriminator_gradient", "other-batch"),
        code="print(*broken(np.zeros(4), np.zeros(2)))",
    ),
)
