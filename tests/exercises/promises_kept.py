"""Right solutions with a forward of their own, guards, tapes, and odd containers."""

import collections
import types

import numpy as np

from gan_numpy.exercises import all_exercises

KEPT = []  # (exercise, style, namespace)


def keeps(exercise, **others):
    """Register a right solution; others are further names that it defines."""

    def register(function):
        KEPT.append((exercise, function.__name__, {exercise: function, **others}))
        return function

    return register


def ours(name):
    return all_exercises()[name].reference


def _mask_forward(x):
    return np.where(x > 0, x, 0), x > 0


keeps("relu_backward", relu_forward=_mask_forward)(
    lambda dy, mask: np.where(mask, dy, 0)
)


def _dict_forward(x, W, b):
    return np.einsum("ni,ij->nj", x, W) + b, {"x": x, "W": W}


@keeps("dense_backward", dense_forward=_dict_forward)
def cache_in_a_dict(dy, cache):
    return dy @ cache["W"].T, cache["x"].T @ dy, dy.sum(axis=0)


def _closure_forward(x, W, b):
    def back(dy):
        return dy @ W.T, x.T @ dy, dy.sum(axis=0)

    return x @ W + b, back


@keeps("dense_backward", dense_forward=_closure_forward)
def the_cache_is_the_backward(dy, back):
    return back(dy)


def _tape_forward(x, W, b):
    tape = [x]
    tape.append(W)
    return x @ W + b, tape


@keeps("dense_backward", dense_forward=_tape_forward)
def popped_tape(dy, tape):
    W = tape.pop()
    x = tape.pop()
    return dy @ W.T, x.T @ dy, dy.sum(axis=0)


Cache = collections.namedtuple("Cache", "x slope")


def _named_forward(x, slope=0.2):
    return np.where(x > 0, 1, slope) * x, Cache(x, slope)


@keeps("leaky_relu_backward", leaky_relu_forward=_named_forward)
def named_cache(dy, cache):
    return dy * np.where(cache.x > 0, 1, cache.slope)


def _factor_forward(x, slope=0.2):
    factor = np.where(x > 0, 1, slope)
    return factor * x, factor


keeps("leaky_relu_backward", leaky_relu_forward=_factor_forward)(np.multiply)


def _onehot_forward(x, W, b, pieces):
    z = (x @ W + b).reshape(len(x), -1, pieces)
    best = z.argmax(axis=2)[..., None] == np.arange(pieces)
    return (z * best).sum(axis=2), types.SimpleNamespace(x=x, W=W, best=best)


@keeps("maxout_backward", maxout_forward=_onehot_forward)
def cache_is_an_object(dy, cache):
    dz = (dy[..., None] * cache.best).reshape(len(dy), -1)
    return dz @ cache.W.T, cache.x.T @ dz, dz.sum(axis=0)


def _loop_forward(x, W, b, pieces):
    z = x @ W + b
    n, units = len(x), W.shape[1] // pieces
    y, taken = np.empty((n, units)), np.empty((n, units), dtype=int)
    for u in range(units):
        part = z[:, u * pieces : (u + 1) * pieces]
        taken[:, u] = np.argmax(part, axis=1) + u * pieces
        y[:, u] = part.max(axis=1)
    return y, (x, W, taken)


@keeps("maxout_backward", maxout_forward=_loop_forward)
def columns_that_were_taken(dy, cache):
    x, W, taken = cache
    dz = np.zeros((len(x), W.shape[1]))
    dz[np.arange(len(x))[:, None], taken] = dy
    return dz @ W.T, x.T @ dz, dz.sum(axis=0)


keeps("maxout_forward")(_loop_forward)


def _scaled_forward(x, keep, rng):
    scale = (rng.random(x.shape) < keep) / keep
    return x * scale, scale


@keeps("dropout_backward", dropout_forward=_scaled_forward)
def scaled_mask(dy, scale):
    return dy * scale


def _centered_forward(x, gamma, beta):
    c = x - x.mean(axis=0)
    inv = 1 / np.sqrt((c**2).mean(axis=0) + 1e-5)
    return gamma * c * inv + beta, (c, inv, gamma)


@keeps("batchnorm_backward", batchnorm_forward=_centered_forward)
def step_by_step(dy, cache):
    c, inv, gamma = cache
    n = len(dy)
    dgamma, dbeta = (dy * c * inv).sum(0), dy.sum(0)
    dinv = (dy * gamma * c).sum(0)
    dc = dy * gamma * inv - dinv * inv**3 * c / n
    return dc - dc.sum(0) / n, dgamma, dbeta


def _windows_forward(x, W, b, stride):
    k = W.shape[2]
    win = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))
    win = win[:, :, ::stride, ::stride]
    y = np.einsum("nchwij,ocij->nohw", win, W) + b[:, None, None]
    return y, (x.shape, win, W, stride)


@keeps("conv2d_backward", conv2d_forward=_windows_forward)
def windows(dy, cache):
    shape, win, W, s = cache
    dW = np.einsum("nohw,nchwij->ocij", dy, win)
    dx = np.zeros(shape)
    k = W.shape[2]
    for h in range(dy.shape[2]):
        for w in range(dy.shape[3]):
            part = np.einsum("no,ocij->ncij", dy[:, :, h, w], W)
            dx[:, :, h * s : h * s + k, w * s : w * s + k] += part
    return dx, dW, dy.sum((0, 2, 3))


@keeps("conv2d_backward")
def dilated_and_padded(dy, cache):
    x, W, s = cache
    k, (n, o, h, w) = W.shape[2], dy.shape
    wide = np.zeros((n, o, x.shape[2] - k + 1, x.shape[3] - k + 1))
    wide[:, :, : s * h : s, : s * w : s] = dy
    padded = np.pad(wide, ((0, 0), (0, 0), (k - 1, k - 1), (k - 1, k - 1)))
    view = np.lib.stride_tricks.sliding_window_view
    dx = np.einsum(
        "nohwij,ocij->nchw", view(padded, (k, k), axis=(2, 3)), W[:, :, ::-1, ::-1]
    )
    seen = view(x, wide.shape[2:], axis=(2, 3))
    dW = np.einsum("ncijhw,nohw->ocij", seen, wide)
    return dx, dW, dy.sum(axis=(0, 2, 3))


@keeps("conv_transpose_backward")
def loop_over_places(dx, cache):
    y, W, s = cache
    k = W.shape[2]
    dy, dW = np.zeros(y.shape), np.zeros(W.shape)
    for h in range(y.shape[2]):
        for w in range(y.shape[3]):
            seen = dx[:, :, h * s : h * s + k, w * s : w * s + k]
            dy[:, :, h, w] = np.einsum("ncij,ocij->no", seen, W)
            dW += np.einsum("ncij,no->ocij", seen, y[:, :, h, w])
    return dy, dW


def _signed_forward(W):
    U, S, Vt = np.linalg.svd(W)
    return W / S[0], (W, -U[:, 0], -Vt[0], S[0])


@keeps("spectral_norm_backward", spectral_norm_forward=_signed_forward)
def other_signs(dy, cache):
    W, u, v, s = cache
    return dy / s - (dy * W).sum() / s**2 * np.outer(u, v)


@keeps("condition_backward")
def product_with_a_onehot(dy, cache):
    n, E, labels = cache
    onehot = labels[:, None] == np.arange(len(E))
    return dy[:, :n], onehot.T @ dy[:, n:]


@keeps("batchnorm_backward")
def refuses_one_sample(dy, cache):
    if len(dy) < 2:
        raise ValueError("batch normalization needs two samples")
    return ours("batchnorm_backward")(dy, cache)


@keeps("dense_backward")
def asserts_float64(dy, cache):
    assert dy.dtype == np.float64
    return ours("dense_backward")(dy, cache)


@keeps("relu_backward")
def at_zero_a_half(dy, x):
    return dy * np.heaviside(x, 0.5)


@keeps("relu_backward")
def through_a_list(dy, x):
    return [d if v > 0 else 0.0 for d, v in zip(np.ravel(dy), np.ravel(x))] and (
        np.reshape(
            [d if v > 0 else 0.0 for d, v in zip(np.ravel(dy), np.ravel(x))], x.shape
        )
    )


@keeps("clip_weights")
def two_where(params, c):
    return {k: np.where(p > c, c, np.where(p < -c, -c, p)) for k, p in params.items()}


@keeps("clip_weights")
def minimum_of_maximum(params, c):
    return {k: np.minimum(np.maximum(p, -c), c) for k, p in params.items()}


@keeps("softmax_cross_entropy")
def log_softmax(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    y = np.eye(logits.shape[1])[labels]
    return -(y * logp).sum() / len(y), (np.exp(logp) - y) / len(y)


@keeps("bce_logits")
def logaddexp_and_tanh(a, y):
    loss = np.logaddexp(0, a) - y * a
    return np.mean(loss), (0.5 + 0.5 * np.tanh(a / 2) - y) / np.size(a)


@keeps("value")
def masked(pd, pg, D, dx):
    total = 0.0
    for p, q, d in zip(pd, pg, D):
        total += (p * np.log(d) if p else 0) + (q * np.log1p(-d) if q else 0)
    return total * dx


@keeps("optimal_discriminator")
def one_over_one_plus_ratio(pd, pg):
    return 1 / (1 + pg / pd)


@keeps("modes_covered")
def python_loops(samples, modes, radius):
    seen, good = set(), 0
    for s in samples:
        d = [float(np.hypot(*(s - m))) for m in modes]
        k = int(np.argmin(d))
        if d[k] <= radius:
            seen.add(k)
            good += 1
    return len(seen), good / len(samples)


@keeps("modes_covered")
def squared_radius(samples, modes, radius):
    d2 = ((samples[:, None] - modes) ** 2).sum(axis=2)
    good = d2.min(axis=1) <= radius**2
    return np.unique(d2.argmin(axis=1)[good]).size, good.mean()


@keeps("numerical_gradient")
def moved_in_place(f, x, h):
    x = np.array(x, dtype=float)
    g = np.zeros(x.shape)
    for i in np.ndindex(*x.shape):
        old = x[i]
        x[i] = old + h
        up = f(x)
        x[i] = old - h
        g[i] = (up - f(x)) / (2 * h)
        x[i] = old
    return g


@keeps("train_step")
def in_place_and_one_sweep(G, D, x, z, k, lr):
    n = x.shape[1]
    sigma = lambda a: 0.5 + 0.5 * np.tanh(a / 2)  # noqa: E731
    for i in range(k):
        both = np.concatenate([x[i], G.forward(z[i])[0]])
        a, cache = D.forward(both)
        label = (np.arange(2 * n) < n).reshape(-1, 1)
        _, grads = D.backward((sigma(a) - label) / n, cache)
        for name, g in grads.items():
            D.params[name] -= lr * g
    fake, cache = G.forward(z[-1])
    a, c = D.forward(fake)
    _, grads = G.backward(D.backward(-sigma(-a) / n, c)[0], cache)
    for name in grads:
        G.params[name] -= lr * grads[name]


@keeps("adam_step")
def as_in_the_paper(w, m, v, g, t, lr, b1, b2, eps):
    m, v = m + (1 - b1) * (g - m), v + (1 - b2) * (g * g - v)
    return w - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps), m, v


@keeps("parzen_log_likelihood")
def expanded_squares(x, centers, sigma):
    d2 = np.array([[np.dot(a - c, a - c) for c in centers] for a in x])
    s = np.logaddexp.reduce(-d2 / (2 * sigma**2), axis=1)
    return s - np.log(len(centers) * (2 * np.pi * sigma**2) ** (x.shape[1] / 2))


@keeps("gradient_penalty_backward")
def sample_by_sample(x, W, b, w, lam):
    dW, dw = np.zeros(W.shape), np.zeros(w.shape)
    for row in x:
        M = np.where(row @ W + b > 0, 1.0, 0.2)
        g = W @ (M * w)
        s = np.linalg.norm(g)
        u = 2 * lam * (s - 1) / s * g / len(x)
        dW += np.outer(u, M * w)
        dw += M * (W.T @ u)
    return dW, np.zeros(b.shape), dw


@keeps("momentum_step")
def copies_then_in_place(w, v, g, lr, mu):
    v = np.array(v)
    v *= mu
    v -= lr * g
    return v + w, v


@keeps("dirac_step")
def with_exp(theta, psi, lr, gamma):
    s = 1 / (1 + np.exp(psi * theta))
    return theta - lr * s * psi, psi + lr * (s * theta - gamma * psi)
