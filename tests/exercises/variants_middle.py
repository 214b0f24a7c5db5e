"""Lessons 06 to 12."""

import math

import numpy as np
from variants import correct, sigma


@correct("train_step")
def step_with_joined_batches(G, D, x, z, k, lr=0.1):
    n = x.shape[1]
    for i in range(k):
        both = np.vstack([x[i], G.forward(z[i])[0]])
        a, cache = D.forward(both)
        target = np.r_[np.ones(n), np.zeros(n)][:, None]
        _, grads = D.backward((sigma(a) - target) / n, cache)
        D.params = {q: p - lr * grads[q] for q, p in D.params.items()}
    fake, c_g = G.forward(z[-1])
    a, cache = D.forward(fake)
    dfake, _ = D.backward(-sigma(-a) / n, cache)
    grads = G.backward(dfake, c_g)[1]
    G.params = {q: p - lr * grads[q] for q, p in G.params.items()}


@correct("train_step")
def step_in_place(G, D, x, z, k, lr=0.1):
    for real, noise in zip(x, z):
        a, c = D.forward(real)
        b, d = D.forward(G.forward(noise)[0])
        first = D.backward((sigma(a) - 1) / len(real), c)[1]
        second = D.backward(sigma(b) / len(real), d)[1]
        for q in D.params:
            D.params[q] -= lr * first[q]
            D.params[q] -= lr * second[q]
    fake, c = G.forward(z[k])
    a, d = D.forward(fake)
    grads = G.backward(D.backward((sigma(a) - 1) / len(fake), d)[0], c)[1]
    for q, p in G.params.items():
        p -= lr * grads[q]


@correct("train_step")
def step_with_sums(G, D, x, z, k, lr=0.1):
    rate = lr / x.shape[1]
    for i in range(k):
        fake = G.forward(z[i])[0]
        for batch, target in ((x[i], 1), (fake, 0)):
            a, c = D.forward(batch)
            if target:
                up = D.backward(sigma(a) - 1, c)[1]
            else:
                down = D.backward(sigma(a), c)[1]
        for q in D.params:
            D.params[q] = D.params[q] - rate * (up[q] + down[q])
    fake, c = G.forward(z[k])
    a, d = D.forward(fake)
    grads = G.backward(D.backward(sigma(a) - 1, d)[0], c)[1]
    for q in G.params:
        G.params[q] = G.params[q] - rate * grads[q]


@correct("train_step")
def step_returning_something(G, D, x, z, k, lr=0.1):
    step_in_place(G, D, x, z, k, lr)
    return G, D


@correct("dirac_step")
def dirac_exponential(theta, psi, lr, gamma=0.0):
    s = 1 / (1 + math.exp(psi * theta))
    return theta - lr * s * psi, psi + lr * s * theta - lr * gamma * psi


@correct("dirac_step")
def dirac_arrays(theta, psi, lr, gamma=0.0):
    s = sigma(-theta * psi)
    move = lr * np.array([-s * psi, s * theta - gamma * psi])
    return tuple(np.array([theta, psi]) + move)


@correct("dirac_step")
def dirac_matrix(theta, psi, lr, gamma=0.0):
    s = np.exp(-np.logaddexp(0, psi * theta))
    new = (np.eye(2) + lr * np.array([[0, -s], [s, -gamma]])) @ [theta, psi]
    return float(new[0]), float(new[1])


@correct("dirac_step")
def dirac_shrink(theta, psi, lr, gamma=0.0):
    s = sigma(-psi * theta)
    return theta - lr * psi * s, (1 - lr * gamma) * psi + lr * theta * s


@correct("modes_covered")
def modes_by_sets(samples, modes, radius):
    hit, good = set(), 0
    for s in samples:
        d = [math.dist(s, m) for m in modes]
        if min(d) <= radius:
            good += 1
            hit.add(d.index(min(d)))
    return len(hit), good / len(samples)


@correct("modes_covered")
def modes_by_bincount(samples, modes, radius):
    d = np.linalg.norm(samples[:, None] - modes[None], axis=-1)
    good = d[np.arange(len(d)), d.argmin(1)] <= radius
    counts = np.bincount(d.argmin(1)[good], minlength=len(modes))
    return (counts > 0).sum(), good.sum() / len(good)


@correct("modes_covered")
def modes_by_any(samples, modes, radius):
    d2 = (samples**2).sum(1)[:, None] - 2 * samples @ modes.T + (modes**2).sum(1)
    nearest = d2 == d2.min(1, keepdims=True)
    good = nearest & (d2 <= radius**2)
    return int(good.any(0).sum()), good.any(1).mean()


@correct("modes_covered")
def modes_by_unique(samples, modes, radius):
    d = np.hypot(*(samples[:, None] - modes).transpose(2, 0, 1))
    return np.unique(d.argmin(1)[d.min(1) <= radius]).size, (d.min(1) <= radius).mean()


@correct("momentum_step")
def momentum_on_copies(w, v, g, lr, mu):
    w, v = w.copy(), v.copy()
    v *= mu
    v -= lr * g
    w += v
    return w, v


@correct("momentum_step")
def momentum_loop(w, v, g, lr, mu):
    new = np.array([mu * a - lr * b for a, b in zip(v.ravel(), g.ravel())])
    return w + new.reshape(w.shape), new.reshape(w.shape)


@correct("adam_step")
def adam_on_copies(w, m, v, g, t, lr, b1, b2, eps):
    m, v = m.copy(), v.copy()
    m += (1 - b1) * (g - m)
    v += (1 - b2) * (g * g - v)
    step = lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
    return w - step, m, v


@correct("adam_step")
def adam_folded_corrections(w, m, v, g, t, lr, b1, b2, eps):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * np.square(g)
    root = math.sqrt(1 - b2**t)
    return w - lr * root / (1 - b1**t) * m / (np.sqrt(v) + eps * root), m, v


@correct("parzen_log_likelihood")
def parzen_loop(x, centers, sigma):
    out = []
    for point in x:
        e = [-((point - c) ** 2).sum() / (2 * sigma**2) for c in centers]
        total = sum(math.exp(v - max(e)) for v in e)
        normal = len(point) * math.log(sigma * math.sqrt(2 * math.pi))
        out.append(max(e) + math.log(total / len(centers)) - normal)
    return np.array(out)


@correct("parzen_log_likelihood")
def parzen_matrix_product(x, centers, sigma):
    d2 = (x**2).sum(1)[:, None] - 2 * x @ centers.T + (centers**2).sum(1)
    e = -np.maximum(d2, 0) / 2 / sigma**2 - np.log(len(centers))
    dim = x.shape[1]
    return (
        np.logaddexp.reduce(e, axis=1)
        - dim * np.log(sigma)
        - dim * np.log(2 * np.pi) / 2
    )


@correct("batchnorm_backward")
def batchnorm_one_line(dy, cache):
    xhat, gamma, std = cache
    n = len(dy)
    dbeta, dgamma = dy.sum(0), (dy * xhat).sum(0)
    return gamma / (n * std) * (n * dy - dbeta - xhat * dgamma), dgamma, dbeta


@correct("batchnorm_backward")
def batchnorm_columns(dy, cache):
    xhat, gamma, std = cache
    dx = np.zeros_like(dy)
    for j in range(dy.shape[1]):
        h = xhat[:, j]
        P = np.eye(len(h)) - 1 / len(h) - np.outer(h, h) / len(h)
        dx[:, j] = gamma[j] / std[j] * (P @ dy[:, j])
    return dx, np.einsum("nj,nj->j", dy, xhat), dy.sum(0)


def batchnorm_caching_x(x, gamma, beta):
    mean, var = x.mean(0), x.var(0)
    return gamma * (x - mean) / np.sqrt(var + 1e-5) + beta, (x, mean, var, gamma)


@correct("batchnorm_backward", batchnorm_forward=batchnorm_caching_x)
def batchnorm_graph(dy, cache):
    x, mean, var, gamma = cache
    n, centered, inverse = len(x), x - mean, (var + 1e-5) ** -0.5
    dxhat = dy * gamma
    dvar = (dxhat * centered).sum(0) * -0.5 * inverse**3
    dmean = -(dxhat * inverse).sum(0) + dvar * (-2 * centered).mean(0)
    dx = dxhat * inverse + dvar * 2 * centered / n + dmean / n
    return dx, (dy * centered * inverse).sum(0), dy.sum(0)


@correct("recipe_gradient")
def recipe_two_batches(W0, b0, W1, b1, w, c, x, fake, coins0, coins1, coins2):
    """Data and fakes one after the other, maxout by hand, sums of both."""
    k, total = W0.shape[1] // len(W1), None
    for rows, batch, label in (
        (slice(0, len(x)), x, 1),
        (slice(len(x), None), fake, 0),
    ):
        x0 = batch * coins0[rows]
        z0 = (x0 @ W0 + b0).reshape(len(x0), -1, k)
        x1 = z0.max(axis=2) * coins1[rows]
        z1 = (x1 @ W1 + b1).reshape(len(x1), -1, k)
        x2 = z1.max(axis=2) * coins2[rows]
        da = (sigma(x2 @ w + c) - label) / len(batch) / 2
        d2 = (da @ w.T * coins2[rows])[:, :, None] * _first(z1)
        d2 = d2.reshape(len(x1), -1)
        d1 = (d2 @ W1.T * coins1[rows])[:, :, None] * _first(z0)
        d1 = d1.reshape(len(x0), -1)
        parts = (x0.T @ d1, d1.sum(0), x1.T @ d2, d2.sum(0), x2.T @ da, da.sum(0))
        total = parts if total is None else [a + b for a, b in zip(total, parts)]
    return tuple(total)


def _first(z):
    """1 at the first of the largest pieces."""
    return np.arange(z.shape[2]) == z.argmax(axis=2)[:, :, None]


@correct("recipe_gradient")
def recipe_by_einsum(W0, b0, W1, b1, w, c, x, fake, coins0, coins1, coins2):
    k = W0.shape[1] // len(W1)
    x0 = np.vstack([x, fake]) * coins0
    z0 = (x0 @ W0 + b0).reshape(len(x0), -1, k)
    x1 = z0.max(axis=2) * coins1
    z1 = (x1 @ W1 + b1).reshape(len(x1), -1, k)
    x2 = z1.max(axis=2) * coins2
    a = x2 @ w + c
    weights = np.r_[np.full(len(x), 0.5 / len(x)), np.full(len(fake), 0.5 / len(fake))]
    labels = np.r_[np.ones(len(x)), np.zeros(len(fake))]
    da = (sigma(a) - labels[:, None]) * weights[:, None]
    d2 = np.einsum("no,uo,nu,nuk->nuk", da, w, coins2, _first(z1)).reshape(len(x1), -1)
    d1 = np.einsum("nj,uj,nu,nuk->nuk", d2, W1, coins1, _first(z0)).reshape(len(x0), -1)
    first = np.einsum("ni,nj->ij", x0, d1), d1.sum(axis=0)
    second = np.einsum("ni,nj->ij", x1, d2), d2.sum(axis=0)
    return (*first, *second, x2.T @ da, da.sum(axis=0))
