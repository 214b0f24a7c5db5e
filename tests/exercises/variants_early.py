"""Lessons 00 to 05."""

import math

import numpy as np
from variants import correct, sigma


@correct("numerical_gradient")
def flat_loop(f, x, h=1e-5):
    flat, g = x.ravel(), []
    for i in range(flat.size):
        up, down = flat.copy(), flat.copy()
        up[i] += h
        down[i] -= h
        g.append((f(up.reshape(x.shape)) - f(down.reshape(x.shape))) / (2 * h))
    return np.array(g).reshape(x.shape)


@correct("numerical_gradient")
def in_place_and_restored(f, x, h=1e-5):
    g = np.empty_like(x)
    it = np.nditer(x, flags=["multi_index"])
    for _ in it:
        i = it.multi_index
        old = x[i]
        x[i] = old + h
        up = f(x)
        x[i] = old - h
        down = f(x)
        x[i] = old
        g[i] = (up - down) / h / 2
    return g


@correct("bce_logits")
def loop_with_log1p(a, y):
    loss, da = 0.0, np.zeros(len(a))
    for i in range(len(a)):
        loss += max(a[i], 0) - a[i] * y[i] + math.log1p(math.exp(-abs(a[i])))
        da[i] = 0.5 * (1 + math.tanh(a[i] / 2)) - y[i]
    return loss / len(a), da / len(a)


@correct("bce_logits")
def logaddexp(a, y):
    loss = y * np.logaddexp(0, -a) + (1 - y) * np.logaddexp(0, a)
    return loss.mean(), (sigma(a) - y) * (1.0 / a.size)


@correct("dense_backward")
def three_loops(dy, cache):
    x, W = cache
    dx, dW, db = np.zeros(x.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for n in range(x.shape[0]):
        for i in range(W.shape[0]):
            for j in range(W.shape[1]):
                dx[n, i] += dy[n, j] * W[i, j]
                dW[i, j] += x[n, i] * dy[n, j]
        db += dy[n]
    return dx, dW, db


@correct("dense_backward")
def einsum(dy, cache):
    x, W = cache
    return {
        "dx": np.einsum("nj,ij->ni", dy, W),
        "dW": np.einsum("ni,nj->ij", x, dy),
        "db": np.einsum("nj->j", dy),
    }


@correct("dense_backward")
def ones_times_dy(dy, cache):
    x, W = cache
    return np.dot(dy, W.T), np.tensordot(x, dy, (0, 0)), np.ones(len(dy)) @ dy


def dense_with_bias_row(x, W, b):
    X = np.c_[x, np.ones(len(x))]
    return X @ np.vstack([W, b]), {"X": X, "W": W}


@correct("dense_backward", dense_forward=dense_with_bias_row)
def own_cache(dy, cache):
    grads = cache["X"].T @ dy
    return dy @ cache["W"].T, grads[:-1], grads[-1]


@correct("relu_backward")
def zeroed_on_a_copy(dy, cache):
    dx = dy.copy()
    dx[cache <= 0] = 0
    return dx


@correct("relu_backward")
def comprehension(dy, cache):
    rows = [[d if x > 0 else 0.0 for d, x in zip(a, b)] for a, b in zip(dy, cache)]
    return np.array(rows).reshape(dy.shape)


@correct("relu_backward", relu_forward=lambda x: (x * (x > 0), x > 0))
def mask_in_the_cache(dy, cache):
    return np.where(cache, dy, 0)


@correct("relu_backward")
def heaviside(dy, cache):
    return np.heaviside(cache, 0.0) * dy


@correct("leaky_relu_backward")
def leaky_on_a_copy(dy, cache):
    x, slope = cache
    dx = dy.copy()
    dx[x < 0] *= slope
    return dx


@correct("leaky_relu_backward")
def two_masks(dy, cache):
    x, slope = cache
    return (x > 0) * dy + (x <= 0) * dy * slope


@correct("leaky_relu_backward")
def sign_formula(dy, cache):
    x, slope = cache
    return dy * ((1 + slope) / 2 + (1 - slope) / 2 * np.sign(x))


@correct("maxout_forward")
def piece_by_piece(x, W, b, pieces):
    units = W.shape[1] // pieces
    y = np.full((len(x), units), -np.inf)
    for n in range(len(x)):
        for u in range(units):
            for j in range(pieces):
                column = u * pieces + j
                y[n, u] = max(y[n, u], x[n] @ W[:, column] + b[column])
    return y, None


@correct("maxout_forward")
def running_maximum(x, W, b, pieces):
    y = x @ W[:, ::pieces] + b[::pieces]
    for j in range(1, pieces):
        np.maximum(y, x @ W[:, j::pieces] + b[j::pieces], out=y)
    return y, (x, W, b)


@correct("maxout_backward")
def scatter_loop(dy, cache):
    x, W, winners, pieces = cache
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros(W.shape[1])
    for n in range(dy.shape[0]):
        for u in range(dy.shape[1]):
            c = u * pieces + winners[n, u]
            dx[n] += dy[n, u] * W[:, c]
            dW[:, c] += dy[n, u] * x[n]
            db[c] += dy[n, u]
    return dx, dW, db


@correct("maxout_backward")
def put_along_axis(dy, cache):
    x, W, winners, pieces = cache
    dz = np.zeros((*dy.shape, pieces))
    np.put_along_axis(dz, winners[..., None], dy[..., None], 2)
    W3 = W.reshape(x.shape[1], -1, pieces)
    dx = np.einsum("nuj,iuj->ni", dz, W3)
    dW = np.einsum("ni,nuj->iuj", x, dz).reshape(W.shape)
    return dx, dW, dz.sum(0).ravel()


def maxout_caching_all(x, W, b, pieces):
    z = (x @ W + b).reshape(len(x), -1, pieces)
    return z.max(2), dict(x=x, W=W, z=z)


@correct("maxout_backward", maxout_forward=maxout_caching_all)
def recomputed_from_z(dy, cache):
    z = cache["z"]
    dz = (z == z.max(2, keepdims=True)) * dy[:, :, None]
    dz = dz.reshape(len(z), -1)
    return dz @ cache["W"].T, cache["x"].T @ dz, dz.sum(0)


@correct("dropout_backward")
def scaled_mask(dy, cache):
    mask, keep = cache
    return dy * (mask.astype(float) / keep)


@correct("dropout_backward")
def dropped_on_a_copy(dy, cache):
    mask, keep = cache
    dx = np.array(dy)
    dx[~mask] = 0
    dx /= keep
    return dx


def dropout_caching_scale(x, keep, rng):
    scale = (rng.random(x.shape) < keep) / keep
    return x * scale, scale


@correct("dropout_backward", dropout_forward=dropout_caching_scale)
def scale_in_the_cache(dy, cache):
    return cache * dy


@correct("optimal_discriminator")
def from_the_ratio(pd, pg):
    return 1 / (1 + pg / pd)


@correct("optimal_discriminator")
def from_the_logit(pd, pg):
    return sigma(np.log(pd) - np.log(pg))


@correct("optimal_discriminator")
def point_by_point(pd, pg):
    return np.array([p / (p + q) for p, q in zip(pd, pg)])


@correct("value")
def dot_products(pd, pg, D, dx):
    return dx * (pd @ np.log(D) + pg @ np.log1p(-D))


@correct("value")
def summed_in_a_loop(pd, pg, D, dx):
    total = 0.0
    for p, q, d in zip(pd, pg, D):
        total += (p * math.log(d) + q * math.log(1 - d)) * dx
    return total


@correct("value")
def array_of_no_axes(pd, pg, D, dx):
    return np.asarray(
        np.einsum("i,i->", pd, np.log(D)) * dx + (pg * np.log(1 - D)).sum() * dx
    )


@correct("value")
def logits(pd, pg, D, dx):
    a = np.log(D) - np.log(1 - D)
    return -(pd * np.logaddexp(0, -a) + pg * np.logaddexp(0, a)).sum() * dx


@correct("discriminator_gradient")
def by_tanh(a_real, a_fake):
    return -sigma(-a_real) / a_real.size, sigma(a_fake) / a_fake.size


@correct("discriminator_gradient")
def by_loops(a_real, a_fake):
    da_real = [-1 / (1 + math.exp(a)) / len(a_real) for a in a_real]
    da_fake = [1 / (1 + math.exp(-a)) / len(a_fake) for a in a_fake]
    return np.array(da_real), np.array(da_fake)


@correct("discriminator_gradient")
def as_a_dict(a_real, a_fake):
    D, G = sigma(a_real), sigma(a_fake)
    return {"da_real": (D - 1) / len(D), "da_fake": G / len(G)}


@correct("generator_gradient")
def chain_rule(a_fake):
    D = sigma(a_fake)
    return -(1 / D) * D * (1 - D) / len(D)


@correct("generator_gradient")
def generator_loop(a_fake):
    return np.array([-1 / (1 + np.exp(a)) for a in a_fake]) / len(a_fake)
