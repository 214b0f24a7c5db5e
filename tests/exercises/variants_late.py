"""Lessons 13 to 16."""

import numpy as np
from variants import correct, sigma


@correct("conv2d_backward")
def conv_output_loop(dy, cache):
    x, W, s = cache
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros(len(W))
    k = W.shape[2]
    for n, o, h, w in np.ndindex(dy.shape):
        window = np.s_[n, :, h * s : h * s + k, w * s : w * s + k]
        dx[window] += dy[n, o, h, w] * W[o]
        dW[o] += dy[n, o, h, w] * x[window]
        db[o] += dy[n, o, h, w]
    return dx, dW, db


@correct("conv2d_backward")
def conv_im2col(dy, cache):
    x, W, s = cache
    k, (H, V) = W.shape[2], dy.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))
    columns = windows[:, :, ::s, ::s][:, :, :H, :V]
    dW = np.einsum("nohw,nchwij->ocij", dy, columns)
    dcol = np.einsum("nohw,ocij->nchwij", dy, W)
    dx = np.zeros_like(x)
    for h in range(H):
        for w in range(V):
            dx[:, :, h * s : h * s + k, w * s : w * s + k] += dcol[:, :, h, w]
    return dx, dW, np.einsum("nohw->o", dy)


@correct("conv_transpose_backward")
def transpose_output_loop(dx, cache):
    y, W, s = cache
    dy, dW, k = np.zeros_like(y), np.zeros_like(W), W.shape[2]
    for n, o, h, w in np.ndindex(y.shape):
        window = dx[n, :, h * s : h * s + k, w * s : w * s + k]
        dy[n, o, h, w] = (window * W[o]).sum()
        dW[o] += y[n, o, h, w] * window
    return dy, dW


@correct("conv_transpose_backward")
def transpose_windows(dx, cache):
    y, W, s = cache
    k = W.shape[2]
    windows = np.lib.stride_tricks.sliding_window_view(dx, (k, k), axis=(2, 3))
    windows = windows[:, :, ::s, ::s]
    dy = np.tensordot(windows, W, ([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
    return dy, np.einsum("nohw,nchwij->ocij", y, windows)


@correct("least_squares_gradient")
def least_squares_mean_of_two(a_real, a_fake, a, b):
    return 2 * (a_real - b) / (2 * a_real.size), (a_fake - a) * (1 / a_fake.size)


@correct("least_squares_gradient")
def least_squares_loop(a_real, a_fake, a, b):
    real = [(r - b) / len(a_real) for r in a_real]
    return np.array(real), np.array([(f - a) / len(a_fake) for f in a_fake])


@correct("critic_gradient")
def critic_ones(a_real, a_fake):
    return -np.ones_like(a_real) / len(a_real), np.ones_like(a_fake) / len(a_fake)


@correct("critic_gradient")
def critic_loop(a_real, a_fake):
    n, m = len(a_real), len(a_fake)
    return np.array([-1 / n for _ in a_real]), np.array([1 / m for _ in a_fake])


@correct("clip_weights")
def clip_minimum_maximum(params, c):
    return {q: np.minimum(np.maximum(p, -c), c) for q, p in params.items()}


@correct("clip_weights")
def clip_on_copies(params, c):
    clipped = {}
    for name, p in params.items():
        q = p.copy()
        q[q > c] = c
        q[q < -c] = -c
        clipped[name] = q
    return clipped


@correct("gradient_penalty_backward")
def penalty_loop(x, W, b, w, lam):
    dW, dw = np.zeros_like(W), np.zeros_like(w)
    for row in x:
        m = np.where(row @ W + b > 0, 1, 0.2)
        g = W @ (m * w)
        s = np.linalg.norm(g)
        u = 2 * lam * (1 - 1 / s) * g / len(x)
        dW += np.outer(u, m * w)
        dw += m * (W.T @ u)
    return dW, np.zeros(b.shape), dw


@correct("gradient_penalty_backward")
def penalty_einsum(x, W, b, w, lam):
    M = 0.2 + 0.8 * (x @ W + b > 0)
    g = np.einsum("nh,h,ih->ni", M, w, W)
    s = np.sqrt(np.einsum("ni,ni->n", g, g))
    c = 2 * lam / len(x) * (s - 1) / s
    dW = np.einsum("n,ni,nh,h->ih", c, g, M, w)
    dw = np.einsum("n,ni,nh,ih->h", c, g, M, W)
    return {"dW": dW, "db": 0 * b, "dw": dw}


@correct("spectral_norm_backward")
def spectral_normalized(dy, cache):
    W, u, v, s = cache
    y = W / s
    return dy / s - np.sum(dy * y) / s * u[:, None] * v


def spectral_power_iteration(W):
    v = np.ones(W.shape[1])
    for _ in range(150):
        u = W @ v
        u /= np.linalg.norm(u)
        v = W.T @ u
        v /= np.linalg.norm(v)
    s = u @ W @ v
    return W / s, (W, u, v, s)


@correct("spectral_norm_backward", spectral_norm_forward=spectral_power_iteration)
def spectral_einsum(dy, cache):
    W, u, v, s = cache
    inner = np.einsum("ij,ij->", dy, W) / s**2
    return dy / s - inner * np.einsum("i,j->ij", u, v)


@correct("softmax_cross_entropy")
def cross_entropy_loop(logits, labels):
    loss, d = 0.0, np.zeros(logits.shape)
    for n, (row, k) in enumerate(zip(logits, labels)):
        e = np.exp(row - row.max())
        loss += np.log(e.sum()) + row.max() - row[k]
        d[n] = e / e.sum()
        d[n, k] -= 1
    return loss / len(logits), d / len(logits)


@correct("softmax_cross_entropy")
def cross_entropy_log_softmax(logits, labels):
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    y = np.eye(logits.shape[1])[labels]
    return -(y * log_p).sum() / len(y), (np.exp(log_p) - y) / len(y)


@correct("semi_supervised_gradient")
def semi_with_log_sum_exp(labeled, labels, unlabeled, fake):
    def parts(a):
        ell = np.logaddexp.reduce(a, axis=1, keepdims=True)
        return ell, np.exp(a - ell)

    y = np.eye(labeled.shape[1])[labels]
    (_, p), (u, pu), (f, pf) = parts(labeled), parts(unlabeled), parts(fake)
    real = (sigma(u) - 1) * pu / (2 * len(u))
    return (p - y) / len(y), real, sigma(f) * pf / (2 * len(f))


@correct("semi_supervised_gradient")
def semi_with_k_plus_one(labeled, labels, unlabeled, fake):
    def joint(a):  # softmax over K + 1 classes, the last logit being 0
        full = np.c_[a, np.zeros(len(a))]
        e = np.exp(full - full.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)

    p = joint(labeled)[:, :-1]
    p = p / p.sum(1, keepdims=True)
    p[range(len(p)), labels] -= 1
    u, f = joint(unlabeled), joint(fake)
    real = -u[:, -1:] * u[:, :-1] / u[:, :-1].sum(1, keepdims=True)
    return p / len(p), real / 2 / len(u), f[:, :-1] / 2 / len(f)


@correct("condition_backward")
def condition_loop(dy, cache):
    n, E, labels = cache
    dE = np.zeros(E.shape)
    for row, k in zip(dy, labels):
        dE[k] += row[n:]
    return dy[:, :n], dE


@correct("condition_backward")
def condition_onehot(dy, cache):
    n, E, labels = cache
    dx, de = np.split(dy, [n], axis=1)
    return dx, (labels[:, None] == np.arange(len(E))).T.astype(float) @ de


@correct("feature_matching_gradient")
def matching_broadcast(real, fake):
    gap = fake.mean(0) - real.mean(0)
    return np.broadcast_to(2 * gap / len(fake), fake.shape)


@correct("feature_matching_gradient")
def matching_loop(real, fake):
    d = np.zeros_like(fake)
    for row in d:
        row += 2 / len(fake) * (fake.sum(0) / len(fake) - real.sum(0) / len(real))
    return d


@correct("blocked_product")
def blocked_with_three_indices(A, B, side):
    """Other order of the loops, and tiles by their numbers."""
    C, moved = np.zeros((len(A), B.shape[1])), 0
    rows, inner, columns = (-(-size // side) for size in (len(A), len(B), B.shape[1]))
    for k in range(inner):
        for i in range(rows):
            a = A[i * side : (i + 1) * side, k * side : (k + 1) * side]
            for j in range(columns):
                b = B[k * side : (k + 1) * side, j * side : (j + 1) * side]
                C[i * side : i * side + len(a), j * side : j * side + b.shape[1]] += (
                    a @ b
                )
                moved += len(a) * len(b) + b.shape[0] * b.shape[1]
    return C, moved


@correct("blocked_product")
def counted_by_formula(A, B, side):
    """What is fetched in closed form: A for each column of tiles, B for each row."""
    (M, K), N = A.shape, B.shape[1]
    C = np.empty((M, N))
    for i in range(0, M, side):
        for j in range(0, N, side):
            tile = 0.0
            for k in range(0, K, side):
                tile = tile + np.einsum(
                    "ik,kj->ij",
                    A[i : i + side, k : k + side],
                    B[k : k + side, j : j + side],
                )
            C[i : i + side, j : j + side] = tile
    return C, M * K * int(np.ceil(N / side)) + K * N * int(np.ceil(M / side))
