r"""The losses as sums over the batch, not as means."""

from __future__ import annotations

from gan_numpy.exercises.variants.ingredient import Ingredient

SUM_D = Ingredient(
    summed=("a_real", "a_fake"),
    pairs=(
        (
            'r"""mean softplus(-a_real) + mean softplus(a_fake), which is -V."""',
            'r"""sum softplus(-a_real) + sum softplus(a_fake)."""',
        ),
        (
            "np.mean(softplus(-a_real)) + np.mean(softplus(a_fake))",
            "np.sum(softplus(-a_real)) + np.sum(softplus(a_fake))",
        ),
        (
            "    da_real = (sigmoid(a_real) - 1) / len(a_real)\n"
            "    da_fake = sigmoid(a_fake) / len(a_fake)\n",
            "    da_real = sigmoid(a_real) - 1\n    da_fake = sigmoid(a_fake)\n",
        ),
    ),
    mutants=(
        ("sign", "sigmoid(a_real) - 1", "1 - sigmoid(a_real)"),
        ("sign", "da_fake = sig", "da_fake = -sig"),
        ("mean-twice", "sigmoid(a_real) - 1", "(sigmoid(a_real) - 1) / len(a_real)"),
        ("mean-twice", "= sigmoid(a_fake)", "= sigmoid(a_fake) / len(a_fake)"),
        ("labels-swapped", "sigmoid(a_real) - 1", "sigmoid(a_real)"),
        ("labels-swapped", "= sigmoid(a_fake)", "= sigmoid(a_fake) - 1"),
        ("factor-half", "= sigmoid(a_fake)", "= 0.5 * sigmoid(a_fake)"),
        ("count", "da_real, da_fake\n", "da_real\n"),
    ),
    statement=(
        "L_D = -sum log D(x) - sum log(1 - D(G(z))), D = sigma(a), which is\n"
        "    sum softplus(-a_real) + sum softplus(a_fake).\n"
        "Return dL/da_real and dL/da_fake."
    ),
    hints=(
        "softplus'(t) = sigma(t); a sum has no batch size in it.",
        "da_real = sigma(a_real) - 1, da_fake = sigma(a_fake)",
    ),
)
SUM_G = Ingredient(
    summed=("a_fake",),
    pairs=(
        (
            'r"""mean softplus(-a_fake) = -mean log D(G(z)), the non-saturating loss."""',
            'r"""sum softplus(-a_fake) = -sum log D(G(z)), the non-saturating loss."""',
        ),
        (
            "return float(np.mean(softplus(-a_fake)))",
            "return float(np.sum(softplus(-a_fake)))",
        ),
        (
            "    return (sigmoid(a_fake) - 1) / len(a_fake)\n",
            "    return sigmoid(a_fake) - 1\n",
        ),
    ),
    mutants=(
        ("saturating", "sigmoid(a_fake) - 1", "-sigmoid(a_fake)"),
        ("labels-swapped", "sigmoid(a_fake) - 1", "sigmoid(a_fake)"),
        ("sign", "sigmoid(a_fake) - 1", "1 - sigmoid(a_fake)"),
        ("mean-twice", "sigmoid(a_fake) - 1", "(sigmoid(a_fake) - 1) / len(a_fake)"),
        ("factor-half", "sigmoid(a_fake) - 1", "0.5 * (sigmoid(a_fake) - 1)"),
        ("sigmoid-derivative-missing", "sigmoid(a_fake) - 1", "-1 / sigmoid(a_fake)"),
    ),
    statement=(
        "The non-saturating loss, summed: L_G = -sum log D(G(z)) = sum softplus(-a_fake)."
        "\nReturn dL/da_fake."
    ),
    hints=(
        "softplus'(t) = sigma(t), and the argument is -a.",
        "da = -sigma(-a) = sigma(a) - 1",
    ),
)
SUM_SQUARES = Ingredient(
    summed=("a_real", "a_fake"),
    pairs=(
        (
            'r"""1/2 mean (a_real - b)^2 + 1/2 mean (a_fake - a)^2."""',
            'r"""1/2 sum (a_real - b)^2 + 1/2 sum (a_fake - a)^2."""',
        ),
        (
            "float(np.mean((a_real - b) ** 2) / 2 + np.mean((a_fake - a) ** 2) / 2)",
            "float(np.sum((a_real - b) ** 2) / 2 + np.sum((a_fake - a) ** 2) / 2)",
        ),
        (
            "    da_real = (a_real - b) / len(a_real)\n"
            "    da_fake = (a_fake - a) / len(a_fake)\n",
            "    da_real = a_real - b\n    da_fake = a_fake - a\n",
        ),
    ),
    mutants=(
        ("factor-2", "a_real - b", "2 * (a_real - b)"),
        ("factor-half", "a_fake - a\n", "0.5 * (a_fake - a)\n"),
        ("mean-twice", "a_real - b", "(a_real - b) / len(a_real)"),
        ("mean-twice", "a_fake - a\n", "(a_fake - a) / len(a_fake)\n"),
        ("sign", "a_real - b", "b - a_real"),
        ("labels-swapped", "a_real - b", "a_real - a"),
        ("labels-swapped", "a_fake - a\n", "a_fake - b\n"),
        ("target-missing", "= a_real - b", "= a_real + 0"),
        ("target-sign", "a_fake - a\n", "a_fake + a\n"),
    ),
    statement=(
        "L = 1/2 sum (a_real - b)^2 + 1/2 sum (a_fake - a)^2.\n"
        "Return dL/da_real and dL/da_fake."
    ),
    hints=(
        "The 2 of the square and the 1/2 of the loss cancel; a sum has no batch size.",
        "da_real = a_real - b, da_fake = a_fake - a",
    ),
)
SUM_CRITIC = Ingredient(
    summed=("a_real", "a_fake"),
    pairs=(
        (
            'r"""mean a_fake - mean a_real: the critic descends it."""',
            'r"""sum a_fake - sum a_real: the critic descends it."""',
        ),
        (
            "float(np.mean(a_fake) - np.mean(a_real))",
            "float(np.sum(a_fake) - np.sum(a_real))",
        ),
        (
            "critic's loss, mean a_fake - mean a_real.",
            "critic's loss, sum a_fake - sum a_real.",
        ),
        (
            "    da_real = np.full(a_real.shape, -1 / len(a_real), dtype=a_real.dtype)\n"
            "    da_fake = np.full(a_fake.shape, 1 / len(a_fake), dtype=a_fake.dtype)\n",
            "    da_real = -np.ones_like(a_real)\n    da_fake = np.ones_like(a_fake)\n",
        ),
    ),
    mutants=(
        ("sign", "-np.ones_like(a_real)", "np.ones_like(a_real)"),
        ("sign", "= np.ones_like(a_fake)", "= -np.ones_like(a_fake)"),
        ("mean-twice", "-np.ones_like(a_real)", "-np.ones_like(a_real) / len(a_real)"),
        (
            "mean-twice",
            "= np.ones_like(a_fake)",
            "= np.ones_like(a_fake) / len(a_fake)",
        ),
        ("factor-2", "-np.ones_like(a_real)", "-2 * np.ones_like(a_real)"),
        ("a-real-extra", "-np.ones_like(a_real)", "-a_real"),
        ("shape", "= np.ones_like(a_fake)", "= 1.0"),
        ("all-zero", "= np.ones_like(a_fake)", "= np.zeros_like(a_fake)"),
    ),
    statement=(
        "L = sum a_fake - sum a_real, which the critic descends.\n"
        "Return dL/da_real and dL/da_fake: they do not saturate."
    ),
    hints=(
        "Each output enters the loss once, with the weight 1.",
        "da_real = -1 for every entry, da_fake = 1",
    ),
)
SUM_POLICY = Ingredient(
    summed=("logits",),
    pairs=(
        (
            'r"""-mean A log pi(a) - beta * mean entropy, with pi = softmax(logits)."""',
            'r"""-sum A log pi(a) - beta * sum entropy, with pi = softmax(logits)."""',
        ),
        (
            "float(-np.mean(advantages * taken) - beta * np.mean(entropy))",
            "float(-np.sum(advantages * taken) - beta * np.sum(entropy))",
        ),
        (
            "    return (advantages[:, None] * surprise + beta * narrow) / n\n",
            "    return advantages[:, None] * surprise + beta * narrow\n",
        ),
    ),
    mutants=(
        (
            "sign",
            "return advantages[:, None] * surprise + beta * narrow",
            "return -advantages[:, None] * surprise - beta * narrow",
        ),
        (
            "mean-twice",
            "return advantages[:, None] * surprise + beta * narrow",
            "return (advantages[:, None] * surprise + beta * narrow) / n",
        ),
        ("advantage-missing", "advantages[:, None] * surprise", "surprise"),
        ("entropy-missing", " + beta * narrow", ""),
        ("entropy-sign", "+ beta * narrow", "- beta * narrow"),
        ("action-missing", "    surprise[np.arange(n), actions] -= 1\n", ""),
        ("action-sign", "actions] -= 1", "actions] += 1"),
        ("mean-log-missing", "(log_pi + entropy[:, None])", "log_pi"),
        ("advantages-summed", "advantages[:, None] * s", "advantages.sum() * s"),
    ),
    statement=(
        "pi = softmax(logits), a the actions taken, A their advantages (given), and\n"
        "    L = -sum A log pi(a) - beta * sum H,  H = -sum_k pi_k log pi_k.\n"
        "Return dL/dlogits. Descending it makes what paid more likely."
    ),
    hints=(
        "The gradient of -log pi(a) is pi minus the one-hot action; A multiplies it.",
        "dlogits = A (pi - onehot) + beta pi (log pi + H)",
    ),
)
