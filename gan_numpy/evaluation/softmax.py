r"""Softmax cross-entropy on logits, for the classifiers that judge samples.

For logits :math:`a` and the true class :math:`y`

.. math::
    p_k = \frac{e^{a_k}}{\sum_j e^{a_j}}, \qquad
    L = -\frac1N \sum_n \log p_{n,y_n}, \qquad
    \frac{\partial L}{\partial a_{nk}} = \frac{p_{nk} - [k = y_n]}{N}.

The largest logit is taken out of the exponentials first, which changes no probability
and keeps every one of them finite.
"""

from __future__ import annotations

import numpy as np


def log_softmax(logits: np.ndarray) -> np.ndarray:
    r""":math:`\log p = a - \max a - \log \sum_j e^{a_j - \max a}`, (N, K) float64."""
    a = logits.astype(np.float64)
    a -= a.max(axis=1, keepdims=True)
    return a - np.log(np.exp(a).sum(axis=1, keepdims=True))


def softmax_cross_entropy(
    logits: np.ndarray, labels: np.ndarray
) -> tuple[float, np.ndarray]:
    r"""Mean cross-entropy and its gradient.

    Parameters
    ----------
    logits : (N, K) ndarray
    labels : (N,) integer ndarray
        The true classes, 0 to K - 1.

    Returns
    -------
    loss : float
        In nats; :math:`\log K` for logits that are all equal.
    d_logits : (N, K) ndarray
        :math:`(p - onehot(y)) / N`, in the dtype of `logits`.
    """
    rows = np.arange(len(labels))
    log_p = log_softmax(logits)
    d_logits = np.exp(log_p)
    d_logits[rows, labels] -= 1
    return float(-log_p[rows, labels].mean()), (d_logits / len(labels)).astype(
        logits.dtype
    )
