r"""The losses as sums over the batch, not as means."""

from __future__ import annotations

from gan_numpy.exercises.variants.ingredient import Ingredient

SUM_D = Ingredient(
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
        ('"labels-swapped", label, r / n)', '"labels-swapped", label, r)'),
        ('"labels-swapped", label, (f - 1) / m)', '"labels-swapped", label, f - 1)'),
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
        ('Mistake("saturating", says, -p / n)', 'Mistake("saturating", says, -p)'),
        ('"labels-swapped", swapped, p / n)', '"labels-swapped", swapped, p)'),
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
