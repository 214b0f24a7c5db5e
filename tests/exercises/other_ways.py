"""Mistakes in solutions that are written in other ways than ours, and their lines.

A line with the mark ``# <-`` has a mistake. ``TWO`` have two: there is no line from
which on all is right but for it.
"""

from __future__ import annotations

ONE = {
    ("adam_step", "the rate belongs to the step, not to the moment"): """
def adam_step(w, m, v, g, t, lr, b1, b2, eps):
    first = m * b1
    first = first + g * (1 - b1)
    second = v * b2 + g * g * (1 - b2)
    size = np.sqrt(second / (1 - b2**t)) + eps
    step = first / (1 - b1**t)
    new = w - step / size  # <-
    return new, first, second
""",
    ("adam_step", "a correction by the other moment's decay"): """
def adam_step(w, m, v, g, t, lr, b1, b2, eps):
    m1 = b1 * m + g - b1 * g
    v1 = b2 * v + (1 - b2) * np.square(g)
    c1, c2 = 1 - b1**t, 1 - b2**t
    a = m1 / c1
    b = v1 / c1  # <-
    return w - lr * a / (np.sqrt(b) + eps), m1, v1
""",
    ("adam_step", "the square of the moment"): """
def adam_step(w, m, v, g, t, lr, b1, b2, eps):
    m_new = b1 * m + (1 - b1) * g
    v_new = b2 * v + (1 - b2) * m_new**2  # <-
    m_hat = m_new / (1 - b1**t)
    v_hat = v_new / (1 - b2**t)
    return w - lr * m_hat / (v_hat**0.5 + eps), m_new, v_new
""",
    ("maxout_backward", "dy repeated in another order"): """
def maxout_backward(dy, cache):
    x, W, winners, pieces = cache
    n, units = dy.shape
    dz = np.zeros((n, units, pieces))
    rows, columns = np.indices((n, units))
    dz[rows, columns, winners] = dy
    dz = dz.transpose(0, 2, 1).reshape(n, -1)  # <-
    return dz @ W.T, x.T @ dz, dz.sum(axis=0)
""",
    ("maxout_backward", "every piece gets it"): """
def maxout_backward(dy, cache):
    x, W, winners, pieces = cache
    dz = np.repeat(dy, pieces, axis=1)  # <-
    dW = x.T @ dz
    db = dz.sum(axis=0)
    dx = dz @ W.T
    return dx, dW, db
""",
    ("maxout_backward", "the bias of one unit"): """
def maxout_backward(dy, cache):
    x, W, winners, pieces = cache
    mask = np.eye(pieces)[winners]
    dz = (mask * dy[..., None]).reshape(dy.shape[0], -1)
    db = dz.mean(axis=0)  # <-
    return dz @ W.T, (dz.T @ x).T, db
""",
    ("batchnorm_backward", "the variance's path has no mean"): """
def batchnorm_backward(dy, cache):
    xhat, gamma, std = cache
    n = len(dy)
    dbeta = np.add.reduce(dy)
    dgamma = np.einsum("nj,nj->j", dy, xhat)
    dx = gamma / (n * std) * (n * dy - dbeta - n * xhat * dgamma)  # <-
    return dx, dgamma, dbeta
""",
    ("batchnorm_backward", "gamma twice"): """
def batchnorm_backward(dy, cache):
    xhat, gamma, std = cache
    g = dy * gamma
    dgamma = (g * xhat).sum(0)  # <-
    dbeta = dy.sum(0)
    centered = g - g.mean(0)
    dx = centered - xhat * (g * xhat).mean(0)
    dx /= std
    return dx, dgamma, dbeta
""",
    ("lstm_backward", "the output gate is not in the cell's path"): """
def lstm_backward(dy, cache):
    x, W, U, h, c, gates = cache
    dx, dW, dU = np.zeros_like(x), np.zeros_like(W), np.zeros_like(U)
    db = np.zeros(W.shape[1])
    later_h = later_c = np.zeros_like(h[:, 0])
    T = x.shape[1]
    for k in range(T):
        t = T - 1 - k
        i, f, o, g = (gates[:, t, q] for q in range(4))
        squashed = np.tanh(c[:, t + 1])
        dh = dy[:, t] + later_h
        dc = later_c + dh * (1 - squashed**2)  # <-
        da = np.concatenate(
            [
                dc * g * i * (1 - i),
                dc * c[:, t] * f * (1 - f),
                dh * squashed * o * (1 - o),
                dc * i * (1 - g**2),
            ],
            axis=1,
        )
        dx[:, t] = da @ W.T
        dW += x[:, t].T @ da
        dU += h[:, t].T @ da
        db += da.sum(axis=0)
        later_h, later_c = da @ U.T, dc * f
    return dx, dW, dU, db
""",
    ("lstm_backward", "the state after the step for the one before"): """
def lstm_backward(dy, cache):
    x, W, U, h, c, gates = cache
    dx, dW, dU = np.zeros_like(x), np.zeros_like(W), np.zeros_like(U)
    db = np.zeros(W.shape[1])
    dh_next = np.zeros_like(h[:, 0])
    dc_next = np.zeros_like(h[:, 0])
    for t in reversed(range(x.shape[1])):
        i, f, o, g = gates[:, t].transpose(1, 0, 2)
        s = np.tanh(c[:, t + 1])
        dh = dy[:, t] + dh_next
        dc = dc_next + dh * o * (1 - s**2)
        a = np.concatenate(
            [dc * g * i * (1 - i), dc * c[:, t] * f * (1 - f), dh * s * o * (1 - o),
             dc * i * (1 - g**2)], axis=1)
        dx[:, t] = a @ W.T
        dW += x[:, t].T @ a
        dU += h[:, t + 1].T @ a  # <-
        db += a.sum(axis=0)
        dh_next, dc_next = a @ U.T, dc * f
    return dx, dW, dU, db
""",
    ("parzen_log_likelihood", "sigma for its square"): """
def parzen_log_likelihood(x, centers, sigma):
    n, d = centers.shape
    squares = np.square(x[:, None, :] - centers[None]).sum(-1)
    a = -squares / (2 * sigma)  # <-
    largest = a.max(1, keepdims=True)
    total = np.log(np.exp(a - largest).sum(1)) + largest[:, 0]
    return total - np.log(n) - 0.5 * d * np.log(2 * np.pi * sigma**2)
""",
    ("parzen_log_likelihood", "the number of points for that of centers"): """
def parzen_log_likelihood(x, centers, sigma):
    d = centers.shape[1]
    squares = ((x[:, None] - centers) ** 2).sum(axis=2)
    a = -0.5 * squares / sigma**2
    largest = a.max(axis=1)
    total = largest + np.log(np.exp(a - largest[:, None]).sum(axis=1))
    norm = np.log(len(x)) + d * np.log(sigma) + d / 2 * np.log(2 * np.pi)  # <-
    return total - norm
""",
}
TWO = {
    ("adam_step", "both corrections, differently"): """
def adam_step(w, m, v, g, t, lr, b1, b2, eps):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1)  # <-
    v_hat = v / (1 + b2**t)  # <-
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
""",
    ("maxout_backward", "dW and db"): """
def maxout_backward(dy, cache):
    x, W, winners, pieces = cache
    onehot = winners[:, :, None] == np.arange(pieces)
    dz = (dy[:, :, None] * onehot).reshape(len(x), -1)
    dW = x.T @ dz / len(x)  # <-
    db = dz.max(axis=0)  # <-
    return dz @ W.T, dW, db
""",
    ("batchnorm_backward", "no mean, and a root too many"): """
def batchnorm_backward(dy, cache):
    xhat, gamma, std = cache
    dgamma = (dy * xhat).sum(axis=0)
    dbeta = dy.mean(axis=0)  # <-
    d = gamma * dy
    dx = (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / np.sqrt(std)  # <-
    return dx, dgamma, dbeta
""",
    ("parzen_log_likelihood", "the exponent and the norm"): """
def parzen_log_likelihood(x, centers, sigma):
    dim = x.shape[1]
    e = -((x[:, None] - centers) ** 2).sum(axis=2) / sigma**2  # <-
    top = e.max(axis=1)
    log_sum = top + np.log(np.exp(e - top[:, None]).sum(axis=1))
    return log_sum - dim / 2 * np.log(2 * np.pi * sigma**2)  # <-
""",
}
