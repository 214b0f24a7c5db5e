r"""Samples as columns: (C, N) in place of (N, C).

What is asked, and what a wrong answer may be made of, is turned by `turned`; here stand
the texts that a student sees, and the mistakes that are made in this layout.
"""

from __future__ import annotations

from gan_numpy.exercises.variants.ingredient import Ingredient

DENSE_COLUMNS = Ingredient(
    columns=("x", "W"),
    pairs=(
        (
            'r"""y = x W + b with x (N, n_in), W (n_in, n_out), b (n_out,)."""',
            'r"""y = W x + b with x (n_in, N), W (n_out, n_in), b (n_out,)."""',
        ),
        ("    return x @ W + b, (x, W)", "    return W @ x + b[:, None], (x, W)"),
        ("The gradients of <dy, x W + b>.", "The gradients of <dy, W x + b>."),
        ("dy : (N, n_out)", "dy : (n_out, N)"),
        (
            "dx : (N, n_in)\n    dW : (n_in, n_out)",
            "dx : (n_in, N)\n    dW : (n_out, n_in)",
        ),
        (
            "    dx = dy @ W.T\n    dW = x.T @ dy\n    db = dy.sum(axis=0)\n",
            "    dx = W.T @ dy\n    dW = dy @ x.T\n    db = dy.sum(axis=1)\n",
        ),
    ),
    mutants=(
        ("not-summed", "dy.sum(axis=1)", "dy"),
        ("wrong-axis", "dy.sum(axis=1)", "dy.sum(axis=0)"),
        ("keepdims", "dy.sum(axis=1)", "dy.sum(axis=1, keepdims=True)"),
        ("mean-twice", "dy @ x.T", "dy @ x.T / x.shape[1]"),
        ("mean-missing", "dy @ x.T", "dy @ x.T * x.shape[1]"),
        ("size-mean", "dy @ x.T", "dy @ x.T / len(x)"),
        ("transposed", "dy @ x.T", "x @ dy.T"),
        ("sign", "dy @ x.T", "-dy @ x.T"),
        ("exception", "W.T @ dy", "W @ dy"),
        ("count", "dx, dW, db\n", "dx, dW\n"),
    ),
    statement=(
        "y = W x + b, in indices y_jn = sum_i W_ji x_in + b_j: a sample is a column.\n"
        "Given dy = dL/dy for any loss L, return dL/dx, dL/dW and dL/db."
    ),
    hints=(
        "Each gradient has the shape of its variable; b is used once for every sample.",
        "dx = W^T dy, dW = dy x^T, db = sum over n of the columns of dy",
    ),
)
BATCHNORM_COLUMNS = Ingredient(
    columns=("x",),
    pairs=(
        ("over the batch (axis 0).", "over the batch (axis 1)."),
        (
            "    mean = x.mean(axis=0)\n    std = np.sqrt(x.var(axis=0) + 1e-5)\n",
            "    mean = x.mean(axis=1, keepdims=True)\n"
            "    std = np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)\n",
        ),
        (
            "    return gamma * xhat + beta, (xhat",
            "    return gamma[:, None] * xhat + beta[:, None], (xhat",
        ),
        ("    dy : (N, features)", "    dy : (features, N)"),
        ("    dx : (N, features)", "    dx : (features, N)"),
        (
            "    dgamma = (dy * xhat).sum(axis=0)\n    dbeta = dy.sum(axis=0)\n"
            "    d = gamma * dy\n    mean_path = d.mean(axis=0)\n"
            "    variance_path = xhat * (d * xhat).mean(axis=0)\n",
            "    dgamma = (dy * xhat).sum(axis=1)\n    dbeta = dy.sum(axis=1)\n"
            "    d = gamma[:, None] * dy\n    mean_path = d.mean(axis=1, keepdims=True)\n"
            "    variance_path = xhat * (d * xhat).mean(axis=1, keepdims=True)\n",
        ),
    ),
    mutants=(
        ("mean-path-missing", "d - mean_path - variance", "d - variance"),
        ("variance-path-missing", " - variance_path) /", ") /"),
        ("statistics-constant", "(d - mean_path - variance_path)", "d"),
        ("mean-path-sign", "d - mean_path", "d + mean_path"),
        ("variance-path-sign", "- variance_path)", "+ variance_path)"),
        ("mean-path-summed", "d.mean(axis=1", "d.sum(axis=1"),
        ("variance-path-summed", "(d * xhat).mean(", "(d * xhat).sum("),
        ("gamma-missing", "d = gamma[:, None] * dy", "d = dy"),
        ("gamma-extra", "d = gamma[:, None] * dy", "d = gamma[:, None] ** 2 * dy"),
        ("std-missing", "variance_path) / std", "variance_path)"),
        ("std-twice", "variance_path) / std", "variance_path) / std**2"),
        (
            "epsilon-missing",
            "variance_path) / std",
            "variance_path) / np.sqrt(std**2 - 1e-5)",
        ),
        ("mean-twice", "(dy * xhat).sum(axis=1)", "(dy * xhat).mean(axis=1)"),
        ("xhat-missing", "(dy * xhat).sum(axis=1)", "dy.sum(axis=1)"),
        ("not-summed", "dbeta = dy.sum(axis=1)", "dbeta = dy"),
        ("wrong-axis", "dbeta = dy.sum(axis=1)", "dbeta = dy.sum(axis=0)"),
    ),
    statement=(
        "y = gamma xhat + beta with xhat = (x - mean)/std over the batch; a sample is\n"
        "a column of x. x reaches y directly, through the mean and through the\n"
        "variance. Return dx, dgamma and dbeta for any dy."
    ),
)
FEATURE_COLUMNS = Ingredient(
    columns=("real", "fake"),
    pairs=(
        (
            'r"""|mean real - mean fake|^2 of features (N, f) and (M, f)."""',
            'r"""|mean real - mean fake|^2 of features (f, N) and (f, M)."""',
        ),
        (
            "float(((real.mean(axis=0) - fake.mean(axis=0)) ** 2).sum())",
            "float(((real.mean(axis=1) - fake.mean(axis=1)) ** 2).sum())",
        ),
        (
            "real : (N, features)\n    fake : (M, features)",
            "real : (features, N)\n    fake : (features, M)",
        ),
        (
            "    (M, features)\n        Every row is the same.",
            "    (features, M)\n        Every column is the same.",
        ),
        (
            "    gap = real.mean(axis=0) - fake.mean(axis=0)\n"
            "    return np.tile(-2 * gap / len(fake), (len(fake), 1))\n",
            "    gap, m = real.mean(axis=1) - fake.mean(axis=1), fake.shape[1]\n"
            "    return np.tile((-2 * gap / m)[:, None], (1, m))\n",
        ),
    ),
    mutants=(
        ("factor-half", "-2 * gap", "-gap"),
        ("sign", "-2 * gap", "2 * gap"),
        ("mean-missing", "-2 * gap / m", "-2 * gap"),
        ("other-batch", "gap / m", "gap / real.shape[1]"),
        ("mean-twice", "gap / m", "gap / m**2"),
        (
            "each-sample-matched",
            "np.tile((-2 * gap / m)[:, None], (1, m))",
            "-2 * (real.mean(axis=1)[:, None] - fake) / m",
        ),
        ("mean-of-the-data-missing", "real.mean(axis=1) -", "-"),
        ("mean-of-the-fakes-missing", " - fake.mean(axis=1)", ""),
        ("mean-of-the-fakes-sign", "- fake.mean", "+ fake.mean"),
        ("exception", "real.mean(axis=1)", "real.mean(axis=0)"),
    ),
    statement=(
        "L_G = |m_r - m_f|^2, m_r and m_f the means over the batch of D's features of\n"
        "data and fakes; a sample is a column. Return the gradient with respect to the\n"
        "fakes' features."
    ),
    hints=(
        "m_f is a mean over the batch: each fake has the weight 1/M in it.",
        "-2 (m_r - m_f)/M, the same for every fake",
    ),
)
POLICY_COLUMNS = Ingredient(
    columns=("logits",),
    pairs=(
        (
            "    log_pi = logits - log_sum_exp(logits)[:, None]\n"
            "    entropy = -(np.exp(log_pi) * log_pi).sum(axis=1)\n"
            "    taken = log_pi[np.arange(len(logits)), actions]\n",
            "    log_pi = logits - log_sum_exp(logits.T)\n"
            "    entropy = -(np.exp(log_pi) * log_pi).sum(axis=0)\n"
            "    taken = log_pi[actions, np.arange(logits.shape[1])]\n",
        ),
        (
            "    logits : (N, actions)\n        The policy is pi = softmax of each row.",
            "    logits : (actions, N)\n        The policy is pi = softmax of each column.",
        ),
        ("    dlogits : (N, actions)", "    dlogits : (actions, N)"),
        (
            "    n = len(logits)\n    log_pi = logits - log_sum_exp(logits)[:, None]\n",
            "    n = logits.shape[1]\n    log_pi = logits - log_sum_exp(logits.T)\n",
        ),
        (
            "    surprise[np.arange(n), actions] -= 1\n"
            "    entropy = -(pi * log_pi).sum(axis=1)\n"
            "    narrow = pi * (log_pi + entropy[:, None])\n"
            "    return (advantages[:, None] * surprise + beta * narrow) / n\n",
            "    surprise[actions, np.arange(n)] -= 1\n"
            "    entropy = -(pi * log_pi).sum(axis=0)\n"
            "    narrow = pi * (log_pi + entropy)\n"
            "    return (advantages * surprise + beta * narrow) / n\n",
        ),
    ),
    mutants=(
        ("sign", "return (advantages", "return -(advantages"),
        ("mean-missing", "narrow) / n", "narrow)"),
        ("mean-wrong-axis", "narrow) / n", "narrow) / len(logits)"),
        ("advantage-missing", "advantages * surprise", "surprise"),
        ("entropy-missing", " + beta * narrow", ""),
        ("entropy-sign", "+ beta * narrow", "- beta * narrow"),
        ("action-missing", "    surprise[actions, np.arange(n)] -= 1\n", ""),
        ("action-sign", "np.arange(n)] -= 1", "np.arange(n)] += 1"),
        ("mean-log-missing", "(log_pi + entropy)", "log_pi"),
        ("score-sign", "(advantages", "(-advantages"),
        ("advantages-summed", "advantages * s", "advantages.sum() * s"),
    ),
    statement=(
        "pi = softmax(logits), a the actions taken, A their advantages (given), and\n"
        "    L = -mean A log pi(a) - beta * mean H,  H = -sum_k pi_k log pi_k;\n"
        "a sample is a column of logits. Return dL/dlogits. Descending it makes what\n"
        "paid more likely."
    ),
)
