"""Right gradients in odd styles: nested parameters and outputs, square shapes, tapes.

Every entry is a function of a generator that returns what `check_gradients` is given.
"""

import collections
import functools
import types

import numpy as np

RIGHT = {}


def right(make):
    """Register a right solution under its name."""
    RIGHT[make.__name__] = make
    return make


def affine(x, p):
    return x @ p["W"] + p["b"], (x, p)


def affine_backward(dy, cache):
    x, p = cache
    return dy @ p["W"].T, {"W": x.T @ dy, "b": dy.sum(axis=0)}


def weights(rng, *sizes):
    return {"W": rng.standard_normal(sizes), "b": rng.standard_normal(sizes[-1])}


@right
def dict_of_parameters(rng):
    return affine, affine_backward, rng.standard_normal((7, 5)), weights(rng, 5, 3)


@right
def dict_of_parameters_with_prefixed_keys(rng):
    def backward(dy, cache):
        dx, g = affine_backward(dy, cache)
        return {"dx": dx, "dp": {"db": g["b"], "dW": g["W"]}}

    return affine, backward, rng.standard_normal((7, 5)), weights(rng, 5, 3)


@right
def dict_of_parameters_returned_flat(rng):
    def backward(dy, cache):
        dx, g = affine_backward(dy, cache)
        return dx, g["W"], g["b"]

    return affine, backward, rng.standard_normal((7, 5)), weights(rng, 5, 3)


@right
def dict_of_parameters_returned_as_one_dict(rng):
    def backward(dy, cache):
        dx, g = affine_backward(dy, cache)
        return {"x": dx, **g}

    return affine, backward, rng.standard_normal((7, 5)), weights(rng, 5, 3)


@right
def only_the_dict_is_returned_for_whole_numbers(rng):
    x = rng.integers(-3, 4, (7, 5))
    return affine, lambda d, c: affine_backward(d, c)[1], x, weights(rng, 5, 3)


@right
def whole_numbers_are_differentiated_as_well(rng):
    x = rng.integers(-3, 4, (7, 5))
    return affine, affine_backward, x, weights(rng, 5, 3)


@right
def none_for_whole_numbers(rng):
    x = rng.integers(-3, 4, (7, 5))
    return affine, lambda d, c: (None, affine_backward(d, c)[1]), x, weights(rng, 5, 3)


def two_layers(x, layers):
    (W, b), (V, c) = layers
    h = np.tanh(x @ W + b)
    return h @ V + c, (x, layers, h)


def two_layers_backward(dy, cache):
    x, ((W, b), (V, c)), h = cache
    da = dy @ V.T * (1 - h * h)
    return da @ W.T, [(x.T @ da, da.sum(0)), (h.T @ dy, dy.sum(0))]


def two_pairs(rng):
    p, q = weights(rng, 5, 4), weights(rng, 4, 3)
    return [(p["W"], p["b"]), (q["W"], q["b"])]


@right
def list_of_pairs(rng):
    x = rng.standard_normal((7, 5))
    return two_layers, two_layers_backward, x, two_pairs(rng)


@right
def list_of_pairs_as_lists(rng):
    def backward(dy, cache):
        dx, ((a, b), (c, d)) = two_layers_backward(dy, cache)
        return [dx, [[a, b], [c, d]]]

    return two_layers, backward, rng.standard_normal((7, 5)), two_pairs(rng)


@right
def nested_dicts(rng):
    def forward(p, x):
        h = np.maximum(x @ p["hidden"]["W"] + p["hidden"]["b"], 0)
        return h @ p["out"]["W"] + p["out"]["b"], (p, x, h)

    def backward(dy, cache):
        p, x, h = cache
        da = dy @ p["out"]["W"].T * (h > 0)
        return {
            "hidden": {"W": x.T @ da, "b": da.sum(0)},
            "out": {"W": h.T @ dy, "b": dy.sum(0)},
        }, da @ p["hidden"]["W"].T

    p = {"hidden": weights(rng, 5, 4), "out": weights(rng, 4, 3)}
    return forward, backward, p, rng.standard_normal((7, 5))


Pair = collections.namedtuple("Pair", "W b")


@right
def named_tuple_of_parameters(rng):
    def forward(x, p):
        return x @ p.W + p.b, (x, p)

    def backward(dy, cache):
        x, p = cache
        return dy @ p.W.T, Pair(x.T @ dy, dy.sum(0))

    p = Pair(*weights(rng, 5, 3).values())
    return forward, backward, rng.standard_normal((7, 5)), p


@right
def inputs_in_a_tuple(rng):
    def forward(pair):
        return pair[0] * pair[1], pair

    def backward(dy, pair):
        u, v = pair
        return dy * v, (dy * u).sum(axis=0)

    return forward, backward, (rng.standard_normal((7, 5)), rng.standard_normal(5))


@right
def loss_of_a_dict(rng):
    def loss(p, x, y):
        gap = x @ p["W"] + p["b"] - y
        d = 2 * gap / gap.size
        return (gap**2).mean(), {"W": x.T @ d, "b": d.sum(axis=0)}

    x, y = rng.standard_normal((7, 5)), rng.standard_normal((7, 3))
    return loss, weights(rng, 5, 3), x, y, {"wrt": ("p",)}


@right
def a_number_among_the_parameters(rng):
    def forward(x, p):
        return p["scale"] * x + p["b"], (x, p)

    def backward(dy, cache):
        x, p = cache
        return dy * p["scale"], {"b": dy.sum(axis=0)}

    p = {"scale": 1.7, "b": rng.standard_normal(5)}
    return forward, backward, rng.standard_normal((7, 5)), p


def cell(x, h, c, W):
    a = x + h @ W
    new = np.tanh(a) + c
    return (np.sin(new), new), (h, W, a, new)


def cell_backward(dy, cache):
    (dh, dc), (h, W, a, new) = dy, cache
    d = dh * np.cos(new) + dc
    da = d / np.cosh(a) ** 2
    return da, da @ W.T, d, h.T @ da


def cell_inputs(rng):
    x, h, c = rng.standard_normal((3, 7, 5))
    return x, h, c, rng.standard_normal((5, 5))


@right
def two_outputs_of_one_shape(rng):
    return cell, cell_backward, *cell_inputs(rng)


@right
def two_outputs_beside_the_cache(rng):
    def forward(x, h, c, W):
        (a, b), cache = cell(x, h, c, W)
        return a, b, cache

    def backward(dh, dc, cache):
        return cell_backward((dh, dc), cache)

    return forward, backward, *cell_inputs(rng)


@right
def two_outputs_of_different_shapes(rng):
    def forward(x):
        return (x.mean(axis=0), x**2), x

    def backward(dy, x):
        dmean, dsquare = dy
        return dmean / len(x) + 2 * x * dsquare

    return forward, backward, rng.standard_normal((7, 5))


@right
def outputs_in_a_dict(rng):
    def forward(x):
        return {"mean": x.mean(axis=0), "cube": x**3}, x

    def backward(dy, x):
        return dy["mean"] / len(x) + 3 * x**2 * dy["cube"]

    return forward, backward, rng.standard_normal((7, 5))


@right
def outputs_nested_twice(rng):
    def forward(x, W):
        return ((x @ W, x.sum()), [W.sum(axis=0), x[0]]), (x, W)

    def backward(dy, cache):
        x, W = cache
        (dz, ds), (dw, d0) = dy
        dx = dz @ W.T + ds
        dx[0] += d0
        return dx, x.T @ dz + dw

    return forward, backward, rng.standard_normal((7, 5)), rng.standard_normal((5, 3))


@right
def list_of_hidden_states(rng):
    def forward(x, W):
        hs = []
        h = np.zeros(x.shape[1:])
        for t in range(len(x)):
            h = np.tanh(x[t] + h @ W)
            hs.append(h)
        return hs, (x, W, hs)

    def backward(dhs, cache):
        x, W, hs = cache
        dx, dW, dh = np.zeros_like(x), np.zeros_like(W), 0
        for t in reversed(range(len(x))):
            da = (dhs[t] + dh) * (1 - hs[t] ** 2)
            dx[t], dh = da, da @ W.T
            if t:
                dW += hs[t - 1].T @ da
        return dx, dW

    x = rng.standard_normal((4, 3, 5))
    return forward, backward, x, 0.4 * rng.standard_normal((5, 5))


class Listed:
    """A layer whose parameters are a list."""

    def __init__(self, rng, wrong=1.0):
        self.params = [rng.standard_normal((5, 3)), rng.standard_normal(3)]
        self.wrong = wrong

    def forward(self, x):
        W, b = self.params
        return x @ W + b, x

    def backward(self, dy, x):
        return dy @ self.params[0].T, [x.T @ dy, self.wrong * dy.sum(axis=0)]


@right
def layer_with_a_list_of_parameters(rng):
    return Listed(rng), rng.standard_normal((7, 5))


class Deep:
    """A layer whose parameters are nested."""

    def __init__(self, rng, wrong=1.0):
        self.params = {"first": weights(rng, 5, 4), "second": weights(rng, 4, 3)}
        self.wrong = wrong

    def forward(self, x):
        p, q = self.params.values()
        h = np.tanh(x @ p["W"] + p["b"])
        return h @ q["W"] + q["b"], (x, h)

    def backward(self, dy, cache):
        x, h = cache
        p, q = self.params.values()
        da = dy @ q["W"].T * (1 - h * h)
        second = {"W": self.wrong * (h.T @ dy), "b": dy.sum(0)}
        return da @ p["W"].T, {
            "first": {"W": x.T @ da, "b": da.sum(0)},
            "second": second,
        }


@right
def layer_with_nested_parameters(rng):
    return Deep(rng), rng.standard_normal((7, 5))


@right
def embedding_of_many_rows(rng):
    def forward(idx, E):
        return E[idx], (idx, E.shape)

    def backward(dy, cache):
        idx, shape = cache
        dE = np.zeros(shape)
        np.add.at(dE, idx, dy)
        return dE

    return forward, backward, rng.integers(0, 500, 60), rng.standard_normal((500, 16))


@right
def wide_affine(rng):
    return affine, affine_backward, rng.standard_normal((9, 100)), weights(rng, 100, 50)


@right
def large_rectifier(rng):
    x = rng.standard_normal((90, 40))
    return lambda x: (np.maximum(x, 0), x), lambda dy, x: dy * (x > 0), x


@right
def large_rectifier_of_zeros(rng):
    x = rng.standard_normal((90, 40)) * (rng.random((90, 40)) < 0.9)
    return lambda x: (np.maximum(x, 0), x), lambda dy, x: dy * (x > 0), x


@right
def large_in_single_precision(rng):
    def forward(x):
        return np.tanh(x.astype(np.float32)), x

    x = rng.standard_normal((60, 40))
    return forward, lambda dy, x: dy / np.cosh(x) ** 2, x


def layer_norm(x, gamma, beta):
    mean, std = x.mean(1, keepdims=True), x.std(1, keepdims=True)
    xhat = (x - mean) / std
    return gamma * xhat + beta, (xhat, gamma, std)


def layer_norm_backward(dy, cache):
    xhat, gamma, std = cache
    d = dy * gamma
    dx = d - d.mean(1, keepdims=True) - xhat * (d * xhat).mean(1, keepdims=True)
    return dx / std, (dy * xhat).sum(0), dy.sum(0)


@right
def square_layer_norm(rng):
    x, g, b = rng.standard_normal((4, 4)), rng.random(4) + 0.5, rng.random(4)
    return layer_norm, layer_norm_backward, x, g, b


@right
def square_batch_norm(rng):
    def forward(x, g, b):
        xhat = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3)
        return g * xhat + b, (x, g, xhat)

    def backward(dy, cache):
        x, g, xhat = cache
        d = dy * g
        dx = d - d.mean(0) - xhat * (d * xhat).mean(0)
        return dx / np.sqrt(x.var(0) + 1e-3), (dy * xhat).sum(0), dy.sum(0)

    return forward, backward, rng.standard_normal((4, 4)), rng.random(4), rng.random(4)


@right
def square_prelu(rng):
    def forward(x, a):
        return np.where(x > 0, x, a * x), (x, a)

    def backward(dy, cache):
        x, a = cache
        return np.where(x > 0, dy, a * dy), (dy * np.minimum(x, 0)).sum(axis=0)

    return forward, backward, rng.standard_normal((4, 4)), rng.random(4)


@right
def square_affine(rng):
    return affine, affine_backward, rng.standard_normal((4, 4)), weights(rng, 4, 4)


@right
def square_cross_entropy(rng):
    def loss(z, labels):
        p = np.exp(z - z.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        n = np.arange(len(z))
        value = -np.log(p[n, labels]).mean()
        p[n, labels] -= 1
        return value, p / len(z)

    return loss, rng.standard_normal((4, 4)), np.array([0, 3, 1, 1])


@right
def square_attention(rng):
    def forward(Q, K, V):
        s = Q @ K.T / np.sqrt(Q.shape[1])
        A = np.exp(s - s.max(1, keepdims=True))
        A /= A.sum(1, keepdims=True)
        return A @ V, (Q, K, V, A)

    def backward(dy, cache):
        Q, K, V, A = cache
        dA = dy @ V.T
        ds = A * (dA - (dA * A).sum(1, keepdims=True)) / np.sqrt(Q.shape[1])
        return ds @ K, ds.T @ Q, A.T @ dy

    return forward, backward, *rng.standard_normal((3, 4, 4))


@right
def square_gram_matrix(rng):
    def forward(x):
        return x @ x.T, x

    return forward, lambda dy, x: (dy + dy.T) @ x, rng.standard_normal((4, 4))


@right
def time_before_batch(rng):
    def forward(x, h0):
        return np.cumsum(x, axis=0) + h0, None

    def backward(dy, _):
        return np.cumsum(dy[::-1], axis=0)[::-1], dy.sum(axis=0)

    return forward, backward, rng.standard_normal((4, 4, 5)), rng.random((4, 5))


@right
def columns_are_samples(rng):
    def forward(x, W, b):
        return W @ x + b, (x, W)

    def backward(dy, cache):
        x, W = cache
        return W.T @ dy, dy @ x.T, dy.sum(axis=1, keepdims=True)

    x, W = rng.standard_normal((4, 6)), rng.standard_normal((4, 4))
    return forward, backward, x, W, rng.standard_normal((4, 1))


@right
def asserts_float64(rng):
    def forward(x):
        assert x.dtype == np.float64
        return np.sin(x), x

    def backward(dy, x):
        assert dy.dtype == np.float64, "use float64"
        return dy * np.cos(x)

    return forward, backward, rng.standard_normal((7, 5))


@right
def asserts_contiguous_memory(rng):
    def backward(dy, x):
        assert dy.flags.c_contiguous and x.flags.c_contiguous
        return dy * np.cos(x)

    return lambda x: (np.sin(x), x), backward, rng.standard_normal((7, 5))


@right
def refuses_a_batch_of_one(rng):
    def forward(x):
        if len(x) < 2:
            raise ValueError("a variance needs two samples")
        return x - x.mean(axis=0), x

    return forward, lambda dy, x: dy - dy.mean(axis=0), rng.standard_normal((7, 5))


@right
def refuses_a_batch_of_one_in_the_backward(rng):
    def backward(dy, x):
        if len(x) < 2:
            raise ValueError("a variance needs two samples")
        return dy - dy.mean(axis=0)

    return lambda x: (x - x.mean(axis=0), x), backward, rng.standard_normal((7, 5))


@right
def answers_zero_for_a_batch_of_one(rng):
    def forward(x):
        n = len(x)
        return (x - x.mean(0)) / (n - 1) if n > 1 else x, n

    def backward(dy, n):
        return (dy - dy.mean(0)) / max(n - 1, 1)

    return forward, backward, rng.standard_normal((7, 5))


@right
def popped_tape(rng):
    def forward(x):
        tape = [x]
        y = np.sin(x)
        tape.append(y)
        return y**2, tape

    def backward(dy, tape):
        d = 2 * tape.pop() * dy
        return d * np.cos(tape.pop())

    return forward, backward, rng.standard_normal((7, 5))


@right
def tape_walked_until_it_is_empty(rng):
    def forward(x):
        tape = []
        for _ in range(3):
            tape.append(x)
            x = np.sin(x)
        return x, tape

    def backward(dy, tape):
        while tape:
            dy = dy * np.cos(tape.pop())
        return dy

    return forward, backward, rng.standard_normal((7, 5))


@right
def cleared_cache(rng):
    def backward(dy, cache):
        dx = dy * np.cos(cache["x"])
        cache.clear()
        return dx

    return lambda x: (np.sin(x), {"x": x}), backward, rng.standard_normal((7, 5))


@right
def consumed_iterator(rng):
    def forward(x):
        return np.sin(np.exp(x)), iter((np.cos(np.exp(x)), np.exp(x)))

    def backward(dy, steps):
        for step in steps:
            dy = dy * step
        return dy

    return forward, backward, rng.standard_normal((7, 5))


class Fixed:
    """A layer made for a batch of seven."""

    def __init__(self, rng):
        self.params = {"b": rng.standard_normal((7, 5))}

    def forward(self, x):
        assert x.shape == (7, 5), "this layer is made for seven samples"
        return x * self.params["b"], x

    def backward(self, dy, x):
        assert dy.shape == (7, 5)
        return dy * self.params["b"], {"b": dy * x}


@right
def layer_of_fixed_size(rng):
    return Fixed(rng), rng.standard_normal((7, 5))


class Remembering:
    """A layer that keeps its cache to itself, and its gradients."""

    def __init__(self, rng):
        self.params = {"s": rng.standard_normal(5)}
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x * self.params["s"], None

    def backward(self, dy, _):
        self.grads["s"] = (dy * self.x).sum(axis=0)
        return dy * self.params["s"]


@right
def layer_that_keeps_its_gradients(rng):
    return Remembering(rng), rng.standard_normal((7, 5))


@right
def the_cache_is_the_backward(rng):
    def forward(x):
        return np.sin(x), lambda dy: dy * np.cos(x)

    return forward, lambda dy, back: back(dy), rng.standard_normal((7, 5))


@right
def cache_is_an_object(rng):
    def forward(x):
        return np.sin(x), types.SimpleNamespace(x=x)

    return forward, lambda dy, c: dy * np.cos(c.x), rng.standard_normal((7, 5))


@right
def partial_and_callable_object(rng):
    class Back:
        def __call__(self, dy, x):
            return dy * 3

    return (
        functools.partial(lambda k, x: (k * x, x), 3),
        Back(),
        rng.standard_normal((7, 5)),
    )


@right
def vectorized_function(rng):
    def forward(x):
        return np.vectorize(lambda t: t * abs(t))(x), x

    return forward, lambda dy, x: 2 * dy * np.abs(x), rng.standard_normal((7, 5))


@right
def read_only_answer(rng):
    def backward(dy, x):
        dx = dy * 2 * x
        dx.flags.writeable = False
        return dx

    return lambda x: (x * x, x), backward, rng.standard_normal((7, 5))


@right
def lists_of_lists(rng):
    def backward(dy, x):
        return [[2 * d * v for d, v in zip(p, q)] for p, q in zip(dy, x)]

    return lambda x: (x * x, x), backward, rng.standard_normal((7, 5)).tolist()


@right
def three_things_in_the_cache(rng):
    def forward(x, W):
        return np.tanh(x @ W), x, W

    def backward(dy, cache):
        x, W = cache
        d = dy / np.cosh(x @ W) ** 2
        return d @ W.T, x.T @ d

    return forward, backward, rng.standard_normal((7, 5)), rng.standard_normal((5, 3))


@right
def bias_before_a_mean_is_subtracted(rng):
    def forward(x, b):
        z = np.tanh(x) + b
        return z - z.mean(axis=0), x

    def backward(dy, x):
        d = dy - dy.mean(axis=0)
        return d / np.cosh(x) ** 2, np.zeros(5)

    return forward, backward, rng.standard_normal((7, 5)), rng.standard_normal(5)


@right
def sum_over_the_batch_with_two_tied_inputs(rng):
    def forward(u, v, w):
        return (u * v[:, None]).sum(axis=1) * w, (u, v, w)

    def backward(dy, cache):
        u, v, w = cache
        s = u.sum(axis=1)
        return (dy * v * w)[:, None] + 0 * u, dy * s * w, dy * v * s

    return forward, backward, rng.random((4, 4)), rng.random(4), rng.random(4)


@right
def one_number(rng):
    return lambda x: (x**3, x), lambda dy, x: dy * 3 * x**2, 1.3


@right
def counts_its_calls(rng):
    calls = []

    def forward(x):
        calls.append(1)
        return np.sin(x), x

    return forward, lambda dy, x: dy * np.cos(x), rng.standard_normal((7, 5))


@right
def own_generator_under_the_same_seed(rng):
    def forward(x):
        mask = np.random.default_rng(0).random(x.shape) < 0.5
        return x * mask, mask

    return forward, lambda dy, mask: dy * mask, rng.standard_normal((7, 5))
