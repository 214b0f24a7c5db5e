"""Wrong gradients that hide: in a dict, in a list, in one row of a large array."""

import numpy as np
from structured_right import (
    Deep,
    Listed,
    affine,
    affine_backward,
    cell,
    cell_backward,
    cell_inputs,
    layer_norm,
    layer_norm_backward,
    two_layers,
    two_layers_backward,
    two_pairs,
    weights,
)

WRONG = {}


def wrong(make):
    """Register a wrong solution under its name."""
    WRONG[make.__name__] = make
    return make


def changed(**change):
    """The affine backward with entries of its dict replaced."""

    def backward(dy, cache):
        dx, g = affine_backward(dy, cache)
        return dx, {**g, **{k: f(g[k], dy) for k, f in change.items()}}

    return backward


def affine_case(rng, backward, whole=False):
    x = rng.integers(-3, 4, (7, 5)) if whole else rng.standard_normal((7, 5))
    return affine, backward, x, weights(rng, 5, 3)


@wrong
def dict_with_a_mean_and_a_zero(rng):
    back = changed(W=lambda g, dy: g / len(dy), b=lambda g, dy: 0 * g)
    return affine_case(rng, back)


@wrong
def dict_with_a_zero(rng):
    return affine_case(rng, changed(b=lambda g, dy: 0 * g))


@wrong
def dict_with_a_sign(rng):
    return affine_case(rng, changed(W=lambda g, dy: -g))


@wrong
def dict_with_one_wrong_entry(rng):
    def off(g, dy):
        g[4, 2] *= 1.001
        return g

    return affine_case(rng, changed(W=off))


@wrong
def dict_with_a_shape(rng):
    return affine_case(rng, changed(b=lambda g, dy: dy))


@wrong
def dict_with_none(rng):
    return affine_case(rng, changed(b=lambda g, dy: None))


@wrong
def dict_without_a_key(rng):
    back = affine_backward
    return affine_case(rng, lambda d, c: (back(d, c)[0], {"W": back(d, c)[1]["W"]}))


@wrong
def dict_of_whole_numbers(rng):
    return affine_case(rng, changed(W=lambda g, dy: g / len(dy)), whole=True)


@wrong
def dict_of_whole_numbers_dx(rng):
    def backward(dy, cache):
        dx, g = affine_backward(dy, cache)
        return 2 * dx, g

    return affine_case(rng, backward, whole=True)


@wrong
def dict_alone_of_whole_numbers(rng):
    back = changed(b=lambda g, dy: g / len(dy))
    return affine_case(rng, lambda d, c: back(d, c)[1], whole=True)


@wrong
def dict_with_exchanged_keys(rng):
    def forward(x, p):
        return p["a"] * x + p["b"], (x, p)

    def backward(dy, cache):
        x, p = cache
        return dy * p["a"], {"b": (dy * x).sum(axis=0), "a": dy.sum(axis=0)}

    p = {"a": rng.standard_normal(5), "b": rng.standard_normal(5)}
    return forward, backward, rng.standard_normal((7, 5)), p


@wrong
def dict_returned_flat(rng):
    def backward(dy, cache):
        dx, g = affine_backward(dy, cache)
        return dx, g["W"], 0 * g["b"]

    return affine_case(rng, backward)


def pairs_case(rng, change):
    def backward(dy, cache):
        dx, ((a, b), (c, d)) = two_layers_backward(dy, cache)
        return change(dx, a, b, c, d)

    return two_layers, backward, rng.standard_normal((7, 5)), two_pairs(rng)


@wrong
def list_of_pairs_first_bias(rng):
    return pairs_case(rng, lambda x, a, b, c, d: (x, [(a, 0 * b), (c, d)]))


@wrong
def list_of_pairs_second_weights(rng):
    return pairs_case(rng, lambda x, a, b, c, d: (x, [(a, b), (c / 7, d)]))


@wrong
def list_of_pairs_in_another_order(rng):
    return pairs_case(rng, lambda x, a, b, c, d: (x, [(c, d), (a, b)]))


@wrong
def list_of_pairs_cut_short(rng):
    return pairs_case(rng, lambda x, a, b, c, d: (x, [(a, b)]))


@wrong
def list_of_pairs_mutual(rng):
    return pairs_case(rng, lambda x, a, b, c, d: (x, [(a, 2 * b), (c, d / 2)]))


@wrong
def inner_derivative_missing_in_a_nested_dict(rng):
    def forward(p, x):
        h = np.tanh(x @ p["in"]["W"])
        return h @ p["out"]["W"], (p, x, h)

    def backward(dy, cache):
        p, x, h = cache
        da = dy @ p["out"]["W"].T
        grads = {"in": {"W": x.T @ da}, "out": {"W": h.T @ dy}}
        return grads, da * (1 - h * h) @ p["in"]["W"].T

    W, V = rng.standard_normal((5, 4)), rng.standard_normal((4, 3))
    return forward, backward, {"in": {"W": W}, "out": {"W": V}}, rng.random((7, 5))


@wrong
def loss_of_a_dict_without_the_mean(rng):
    def loss(p, x, y):
        gap = x @ p["W"] + p["b"] - y
        d = 2 * gap / gap.size
        return (gap**2).mean(), {"W": x.T @ d, "b": gap.sum(axis=0)}

    x, y = rng.standard_normal((7, 5)), rng.standard_normal((7, 3))
    return loss, weights(rng, 5, 3), x, y, {"wrt": ("p",)}


@wrong
def input_in_a_tuple(rng):
    def forward(pair):
        return pair[0] * pair[1], pair

    def backward(dy, pair):
        return dy * pair[1], (dy * pair[0]).mean(axis=0)

    return forward, backward, (rng.standard_normal((7, 5)), rng.standard_normal(5))


@wrong
def layer_with_a_list(rng):
    return Listed(rng, 1 / 7), rng.standard_normal((7, 5))


@wrong
def layer_with_nested_parameters(rng):
    return Deep(rng, -1), rng.standard_normal((7, 5))


@wrong
def embedding_repeats(rng):
    def backward(dy, cache):
        idx, shape = cache
        dE = np.zeros(shape)
        dE[idx] += dy
        return dE

    E = rng.standard_normal((500, 16))
    return (
        lambda idx, E: (E[idx], (idx, E.shape)),
        backward,
        rng.integers(0, 500, 60),
        E,
    )


@wrong
def embedding_one_repeat(rng):
    def backward(dy, cache):
        idx, shape = cache
        dE = np.zeros(shape)
        dE[idx] += dy
        return dE

    idx = np.r_[rng.permutation(900)[:40], 7, 7]
    E = rng.standard_normal((900, 11))
    return lambda idx, E: (E[idx], (idx, E.shape)), backward, idx, E


def large(rng, change, sizes=(100, 50)):
    def backward(dy, cache):
        dx, g = affine_backward(dy, cache)
        return dx, change(g["W"]), g["b"]

    x = rng.standard_normal((9, sizes[0]))
    return affine, backward, x, weights(rng, *sizes)


def put(index, factor):
    def change(g):
        g[index] *= factor
        return g

    return change


@wrong
def large_last_row_zero(rng):
    return large(rng, put(-1, 0.0))


@wrong
def large_last_column_zero(rng):
    return large(rng, put((slice(None), -1), 0.0))


@wrong
def large_one_entry(rng):
    return large(rng, put((61, 17), 1.01))


@wrong
def large_one_entry_sign(rng):
    return large(rng, put((99, 49), -1.0))


@wrong
def large_corner_block(rng):
    return large(rng, put((slice(97, None), slice(47, None)), 2.0))


@wrong
def very_large_one_row(rng):
    return large(rng, put(333, 1 / 9), (700, 40))


@wrong
def very_large_one_entry(rng):
    return large(rng, put((333, 3), 0.0), (700, 40))


@wrong
def large_in_a_dict(rng):
    def backward(dy, cache):
        dx, g = affine_backward(dy, cache)
        return dx, {"W": put(-1, 0.0)(g["W"]), "b": g["b"]}

    x = rng.standard_normal((9, 100))
    return affine, backward, x, weights(rng, 100, 50)


@wrong
def large_rectifier_one_row(rng):
    def backward(dy, x):
        mask = x > 0
        mask[31] = True
        return dy * mask

    return lambda x: (np.maximum(x, 0), x), backward, rng.standard_normal((90, 40))


@wrong
def large_rectifier_of_zeros_one_row(rng):
    def backward(dy, x):
        mask = x > 0
        mask[31] = True
        return dy * mask

    x = rng.standard_normal((90, 40)) * (rng.random((90, 40)) < 0.9)
    return lambda x: (np.maximum(x, 0), x), backward, x


@wrong
def large_input_last_sample(rng):
    def backward(dy, x):
        dx = 2 * x * dy
        dx[-1] = 0
        return dx

    return lambda x: (x**2, x), backward, rng.standard_normal((300, 8))


@wrong
def large_image_last_column(rng):
    def backward(dy, x):
        dx = 2 * x * dy
        dx[..., -1] = 0
        return dx

    return lambda x: (x**2, x), backward, rng.standard_normal((6, 3, 13, 17))


@wrong
def large_in_single_precision_one_row(rng):
    def backward(dy, x):
        dx = dy / np.cosh(x) ** 2
        dx[13] = 0
        return dx

    x = rng.standard_normal((60, 40))
    return lambda x: (np.tanh(x.astype(np.float32)), x), backward, x


def outputs(rng, change):
    return cell, lambda dy, c: cell_backward(change(*dy), c), *cell_inputs(rng)


@wrong
def first_output_ignored(rng):
    return outputs(rng, lambda h, c: (0 * h, c))


@wrong
def second_output_ignored(rng):
    return outputs(rng, lambda h, c: (h, 0 * c))


@wrong
def outputs_exchanged(rng):
    return outputs(rng, lambda h, c: (c, h))


@wrong
def one_output_halved(rng):
    return outputs(rng, lambda h, c: (h, 0.5 * c))


@wrong
def one_of_two_outputs_beside_the_cache(rng):
    def forward(x, h, c, W):
        (a, b), cache = cell(x, h, c, W)
        return a, b, cache

    def backward(dh, dc, cache):
        return cell_backward((dh, dh), cache)

    return forward, backward, *cell_inputs(rng)


@wrong
def output_of_a_dict_ignored(rng):
    def forward(x):
        return {"mean": x.mean(axis=0), "cube": x**3}, x

    return forward, lambda dy, x: 3 * x**2 * dy["cube"], rng.standard_normal((7, 5))


@wrong
def different_shapes_mean_missing(rng):
    def forward(x):
        return (x.mean(axis=0), x**2), x

    return forward, lambda dy, x: dy[0] + 2 * x * dy[1], rng.standard_normal((7, 5))


@wrong
def square_layer_norm_without_the_variance(rng):
    def backward(dy, cache):
        xhat, gamma, std = cache
        d = dy * gamma
        return (d - d.mean(1, keepdims=True)) / std, *layer_norm_backward(dy, cache)[1:]

    x, g, b = rng.standard_normal((4, 4)), rng.random(4) + 0.5, rng.random(4)
    return layer_norm, backward, x, g, b


@wrong
def square_affine_transposed(rng):
    def backward(dy, cache):
        dx, g = affine_backward(dy, cache)
        return dx, {"W": g["W"].T, "b": g["b"]}

    return affine, backward, rng.standard_normal((4, 4)), weights(rng, 4, 4)


@wrong
def popped_tape_in_the_wrong_order(rng):
    def forward(x):
        tape = []
        for _ in range(3):
            tape.append(x)
            x = np.sin(2 * x)
        return x, tape

    def backward(dy, tape):
        while tape:
            x = tape.pop(0)
            dy = dy * 2 * np.cos(x)
            x += 0.1
        return dy[::-1]

    return forward, backward, rng.standard_normal((7, 5))


@wrong
def accumulates_over_calls(rng):
    total = np.zeros((5, 3))

    def backward(dy, cache):
        dx, g = affine_backward(dy, cache)
        total[...] += g["W"]
        return dx, {"W": total.copy(), "b": g["b"]}

    return affine, backward, rng.standard_normal((7, 5)), weights(rng, 5, 3)


@wrong
def masks_under_the_checkers_own_seed(rng):
    def backward(dy, x):
        return np.random.default_rng(0).standard_normal(dy.shape) * 2 * x

    return lambda x: (x**2, x), backward, rng.standard_normal((7, 5))


@wrong
def bias_that_has_no_effect(rng):
    def forward(x, b):
        z = np.tanh(x) + b
        return z - z.mean(axis=0), x

    def backward(dy, x):
        d = dy - dy.mean(axis=0)
        return d / np.cosh(x) ** 2, dy.sum(axis=0)

    return forward, backward, rng.standard_normal((7, 5)), rng.standard_normal(5)
