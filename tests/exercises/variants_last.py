"""Lesson 18."""

import numpy as np
from variants import correct, sigma


@correct("nce_gradient")
def nce_posterior(g_data, g_noise, nu):
    """The probabilities as the paper writes them, 1 / (1 + nu exp(-G))."""
    with np.errstate(over="ignore"):
        h_data, h_noise = (1 / (1 + nu * np.exp(-g)) for g in (g_data, g_noise))
    return -(1 - h_data) / g_data.size, h_noise * nu / g_noise.size


@correct("nce_gradient")
def nce_loop(g_data, g_noise, nu):
    dg_data, dg_noise = np.zeros_like(g_data), np.zeros_like(g_noise)
    for n, g in enumerate(g_data):
        dg_data[n] = -sigma(np.log(nu) - g) / len(g_data)
    for m, g in enumerate(g_noise):
        dg_noise[m] = sigma(g - np.log(nu)) / (len(g_noise) / nu)
    return dg_data, dg_noise


@correct("policy_gradient")
def policy_through_the_softmax(logits, actions, advantages, beta):
    """dL/dpi first, then the Jacobian of the softmax."""
    n = len(logits)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    pi = e / e.sum(axis=1, keepdims=True)
    dpi = beta * (np.log(pi) + 1)
    dpi[np.arange(n), actions] -= advantages / pi[np.arange(n), actions]
    return pi * (dpi - (dpi * pi).sum(axis=1, keepdims=True)) / n


@correct("policy_gradient")
def policy_loop(logits, actions, advantages, beta):
    d = np.zeros_like(logits)
    for row, l, a, A in zip(d, logits, actions, advantages):
        log_pi = l - l.max() - np.log(np.exp(l - l.max()).sum())
        pi = np.exp(log_pi)
        row += A * pi
        row[a] -= A
        row += beta * pi * (log_pi - pi @ log_pi)
    return d / len(d)


@correct("lstm_backward")
def lstm_einsum(dy, cache):
    x, W, U, h, c, gates = cache
    N, T, H = dy.shape
    da = np.zeros((N, T, 4 * H))
    dh, dc = np.zeros((N, H)), np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        i, f, o, g = (gates[:, t, k] for k in range(4))
        s = np.tanh(c[:, t + 1])
        dh = dh + dy[:, t]
        dc = dc + dh * o - dh * o * s * s
        da[:, t, :H] = dc * g * (i - i * i)
        da[:, t, H : 2 * H] = dc * c[:, t] * (f - f * f)
        da[:, t, 2 * H : 3 * H] = dh * s * (o - o * o)
        da[:, t, 3 * H :] = dc * i * (1 - g) * (1 + g)
        dh, dc = np.einsum("na,ha->nh", da[:, t], U), dc * f
    dW = np.einsum("nti,nta->ia", x, da)
    dU = np.einsum("nth,nta->ha", h[:, :T], da)
    return np.einsum("nta,ia->nti", da, W), dW, dU, da.sum(axis=(0, 1))


@correct("lstm_backward")
def lstm_sample_by_sample(dy, cache):
    x, W, U, h, c, gates = cache
    N, T, H = dy.shape
    dx, dW, dU, db = (np.zeros(a.shape) for a in (x, W, U, W[0]))
    for n in range(N):
        from_h, from_c = np.zeros(H), np.zeros(H)
        for t in range(T)[::-1]:
            i, f, o, g = gates[n, t]
            dh = dy[n, t] + from_h
            dc = from_c + dh * o / np.cosh(c[n, t + 1]) ** 2
            slopes = [i * (1 - i), f * (1 - f), o * (1 - o), 1 - g * g]
            upstream = [dc * g, dc * c[n, t], dh * np.tanh(c[n, t + 1]), dc * i]
            da = np.hstack([u * s for u, s in zip(upstream, slopes)])
            dx[n, t] = W @ da
            dW += np.outer(x[n, t], da)
            dU += np.outer(h[n, t], da)
            db += da
            from_h, from_c = U @ da, f * dc
    return dx, dW, dU, db
