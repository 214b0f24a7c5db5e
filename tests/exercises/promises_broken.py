"""Wrong solutions that are right on ordinary inputs: each breaks one promise.

A statement promises more than one draw can show: any stride, any shape, labels that do
not occur. Each function here is wrong for one of them alone.
"""

import numpy as np
from variants import sigma

from gan_numpy.exercises import all_exercises
from gan_numpy.exercises.recipe_step import recipe_logits

BROKEN = []  # (exercise, what is broken, namespace)


def breaks(exercise, **others):
    """Register a solution that breaks a promise of an exercise."""

    def register(function):
        namespace = {exercise: function, **others}
        BROKEN.append((exercise, function.__name__, namespace))
        return function

    return register


def ours(name):
    return all_exercises()[name].reference


# -- lesson 00, 01


@breaks("numerical_gradient")
def vectors_and_matrices_only(f, x, h):
    g = np.zeros_like(x)
    if x.ndim == 0:
        return g
    for i in np.ndindex(x.shape):
        e = np.zeros_like(x)
        e[i] = h
        g[i] = (f(x + e) - f(x - e)) / (2 * h)
    return g


@breaks("numerical_gradient")
def matrices_only(f, x, h):
    g = np.zeros_like(x)
    rows, columns = x.shape if x.ndim == 2 else (len(np.atleast_1d(x)), 1)
    for i in range(rows):
        for j in range(columns):
            e = np.zeros_like(x)
            e.reshape(rows, -1)[i, j] = h
            g.reshape(rows, -1)[i, j] = (f(x + e) - f(x - e)) / (2 * h)
    return g


@breaks("numerical_gradient")
def step_relative_to_the_entry(f, x, h):
    g = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        e = np.zeros_like(x)
        e[i] = h if x[i] > 0 else 2 * h
        g[i] = (f(x + e) - f(x - e)) / (2 * e[i])
    return g


@breaks("bce_logits")
def hard_labels_take_another_path(a, y):
    loss, da = ours("bce_logits")(a, y)
    return loss, np.where((y == 0) | (y == 1), sigma(a) - np.round(sigma(a)), 0) / len(
        a
    ) + np.where((y == 0) | (y == 1), 0, da)


@breaks("bce_logits")
def gradient_overflows(a, y):
    loss, da = ours("bce_logits")(a, y)
    with np.errstate(all="ignore"):
        return loss, (np.exp(a) / (1 + np.exp(a)) - y) / len(a)


@breaks("bce_logits")
def clipped_logits(a, y):
    return ours("bce_logits")(np.clip(a, -30, 30), y)


# -- lesson 02, 03


@breaks("dense_backward")
def more_inputs_than_outputs(dy, cache):
    x, W = cache
    dx, dW, db = ours("dense_backward")(dy, cache)
    return dx, dW if W.shape[0] > W.shape[1] else 2 * dW, db


@breaks("dense_backward")
def more_samples_than_inputs(dy, cache):
    x, W = cache
    dx, dW, db = ours("dense_backward")(dy, cache)
    return dx, dW, db if len(x) > x.shape[1] else db / len(x)


@breaks("dense_backward")
def squeezed(dy, cache):
    return tuple(np.squeeze(g) for g in ours("dense_backward")(dy, cache))


@breaks("relu_backward")
def a_unit_that_is_never_on_leaks(dy, x):
    mask = (x > 0).astype(float)
    mask[:, ~mask.any(axis=0)] = 0.01
    return dy * mask


@breaks("relu_backward")
def small_inputs_are_zero(dy, x):
    return dy * (x > 1e-3)


@breaks("leaky_relu_backward")
def slope_of_the_default_for_slopes_above_one(dy, cache):
    x, slope = cache
    return np.maximum(1.0 * (x > 0), min(slope, 1.0)) * dy


@breaks("leaky_relu_backward")
def one_wherever_larger(dy, cache):
    x, slope = cache
    return dy * np.where(x > 0, max(1, slope), min(1, slope))


@breaks("leaky_relu_backward")
def a_slope_of_zero_is_the_default(dy, cache):
    x, slope = cache
    return np.where(x > 0, dy, (slope or 0.2) * dy)


@breaks("maxout_forward")
def one_piece_is_rectified(x, W, b, pieces):
    y, cache = ours("maxout_forward")(x, W, b, pieces)
    return (np.maximum(y, 0), cache) if pieces == 1 else (y, cache)


@breaks("maxout_forward")
def never_negative_with_two_pieces(x, W, b, pieces):
    z = (x @ W + b).reshape(len(x), -1, pieces)
    y = np.zeros(z.shape[:2])
    for j in range(pieces):
        y = np.maximum(y, z[:, :, j]) if j else np.where(y == 0, z[:, :, j], y)
    return np.abs(y) if pieces == 2 else y, None


@breaks("maxout_backward")
def one_unit_only_if_many_pieces(dy, cache):
    x, W, winners, pieces = cache
    dx, dW, db = ours("maxout_backward")(dy, cache)
    return dx, dW, db if pieces > 2 else db[::-1]


@breaks("dropout_backward")
def keep_of_one(dy, cache):
    mask, keep = cache
    return dy * mask / keep if keep < 1 else 0 * dy


@breaks("dropout_backward")
def keep_below_a_half(dy, cache):
    mask, keep = cache
    return dy * mask / max(keep, 0.5)


# -- lesson 04 to 08


@breaks("optimal_discriminator")
def an_epsilon(pd, pg):
    return pd / (pd + pg + 1e-12)


@breaks("value")
def clipped_probabilities(pd, pg, D, dx):
    return ours("value")(pd, pg, np.clip(D, 1e-2, 0.99), dx)


@breaks("value")
def spacing_of_the_lesson(pd, pg, D, dx):
    return ours("value")(pd, pg, D, 0.17)


@breaks("discriminator_gradient")
def the_smaller_batch(a_real, a_fake):
    n = min(len(a_real), len(a_fake))
    return (sigma(a_real) - 1) / n, sigma(a_fake) / max(len(a_real), len(a_fake))


@breaks("discriminator_gradient")
def one_sample_is_a_number(a_real, a_fake):
    r, f = ours("discriminator_gradient")(a_real, a_fake)
    return np.squeeze(r), np.squeeze(f)


@breaks("generator_gradient")
def at_least_two_samples(a_fake):
    return (sigma(a_fake) - 1) / max(len(a_fake), 2)


@breaks("train_step")
def two_steps_whatever_k(G, D, x, z, k, lr):
    ours("train_step")(G, D, x[[0, 1 % len(x)]], z[[0, 1 % len(x), -1]], 2, lr)


@breaks("train_step")
def parameters_called_W_and_b(G, D, x, z, k, lr):
    before = {q: dict(net.params) for q, net in (("G", G), ("D", D))}
    ours("train_step")(G, D, x, z, k, lr)
    for q, net in (("G", G), ("D", D)):
        for name in net.params:
            if name not in ("W", "b"):
                net.params[name] = before[q][name]


@breaks("train_step")
def batch_of_seven(G, D, x, z, k, lr):
    ours("train_step")(G, D, x, z, k, lr * x.shape[1] / 7)


@breaks("dirac_step")
def psi_is_negative(theta, psi, lr, gamma):
    return ours("dirac_step")(theta, -abs(psi), lr, gamma)


@breaks("dirac_step")
def theta_is_positive(theta, psi, lr, gamma):
    t, p = ours("dirac_step")(theta, psi, lr, gamma)
    return (t, p) if theta > 0 else (-t, p)


@breaks("dirac_step")
def the_penalty_is_always_there(theta, psi, lr, gamma):
    return ours("dirac_step")(theta, psi, lr, gamma or 0.1)


@breaks("modes_covered")
def every_mode_within_the_radius(samples, modes, radius):
    d = np.sqrt(((samples[:, None] - modes) ** 2).sum(axis=2))
    return int((d <= radius).any(axis=0).sum()), float((d.min(1) <= radius).mean())


@breaks("modes_covered")
def strictly_within(samples, modes, radius):
    d = np.sqrt(((samples[:, None] - modes) ** 2).sum(axis=2))
    good = d.min(axis=1) < radius
    return len(np.unique(d.argmin(axis=1)[good])), float(good.mean())


@breaks("modes_covered")
def at_least_one(samples, modes, radius):
    covered, share = ours("modes_covered")(samples, modes, radius)
    return max(covered, 1), share


# -- lesson 09 to 12


@breaks("momentum_step")
def no_momentum_is_some(w, v, g, lr, mu):
    return ours("momentum_step")(w, v, g, lr, mu or 0.9)


@breaks("momentum_step")
def matrices(w, v, g, lr, mu):
    new, vel = ours("momentum_step")(w, v, g, lr, mu)
    return (new, vel) if w.ndim == 2 else (new - vel, vel)


@breaks("adam_step")
def corrected_in_the_first_step_only(w, m, v, g, t, lr, b1, b2, eps):
    return ours("adam_step")(w, m, v, g, min(t, 5), lr, b1, b2, eps)


@breaks("adam_step")
def not_in_the_first_step(w, m, v, g, t, lr, b1, b2, eps):
    return ours("adam_step")(w, m, v, g, max(t, 2), lr, b1, b2, eps)


@breaks("adam_step")
def epsilon_of_the_paper(w, m, v, g, t, lr, b1, b2, eps):
    return ours("adam_step")(w, m, v, g, t, lr, b1, b2, max(eps, 1e-3))


@breaks("parzen_log_likelihood")
def more_centers_than_points(x, centers, sigma):
    found = ours("parzen_log_likelihood")(x, centers, sigma)
    return found if len(centers) > len(x) else found + np.log(len(centers) / len(x))


@breaks("parzen_log_likelihood")
def five_dimensions(x, centers, sigma):
    dim = x.shape[1]
    found = ours("parzen_log_likelihood")(x, centers, sigma)
    return found + (dim - 5) / 2 * np.log(2 * np.pi * sigma**2)


@breaks("parzen_log_likelihood")
def narrow_windows_only(x, centers, sigma):
    return ours("parzen_log_likelihood")(x, centers, min(sigma, 1.0))


@breaks("parzen_log_likelihood")
def overflow_near_a_center(x, centers, sigma):
    d2 = ((x[:, None] - centers) ** 2).sum(axis=2) / (2 * sigma**2)
    far = d2.max(axis=1)
    with np.errstate(all="ignore"):
        s = np.log(np.exp(far[:, None] - d2).sum(axis=1)) - far
    dim = x.shape[1]
    return s - np.log(len(centers)) - dim / 2 * np.log(2 * np.pi * sigma**2)


@breaks("batchnorm_backward")
def gamma_is_positive(dy, cache):
    xhat, gamma, std = cache
    return ours("batchnorm_backward")(dy, (xhat, np.abs(gamma), std))


@breaks("batchnorm_backward")
def seven_samples(dy, cache):
    xhat, gamma, std = cache
    dx, dgamma, dbeta = ours("batchnorm_backward")(dy, cache)
    return dx if len(dy) > 3 else dx * 0, dgamma, dbeta


# -- lesson 13


@breaks("conv2d_backward")
def stride_ignored(dy, cache):
    x, W, stride = cache
    return ours("conv2d_backward")(dy, (x, W, 1))


@breaks("conv2d_backward")
def not_dilated(dy, cache):
    x, W, stride = cache
    dx, dW, db = ours("conv2d_backward")(dy, cache)
    return ours("conv2d_backward")(dy, (x, W, 1))[0], dW, db


@breaks("conv2d_backward")
def sized_by_the_output(dy, cache):
    x, W, stride = cache
    dx, dW, db = ours("conv2d_backward")(dy, cache)
    k = W.shape[2]
    return (
        dx[:, :, : (dy.shape[2] - 1) * stride + k, : (dy.shape[3] - 1) * stride + k],
        dW,
        db,
    )


@breaks("conv2d_backward")
def stride_of_at_most_two(dy, cache):
    x, W, stride = cache
    return ours("conv2d_backward")(dy, (x, W, min(stride, 2)))


@breaks("conv2d_backward")
def stride_at_most_the_kernel(dy, cache):
    x, W, stride = cache
    return ours("conv2d_backward")(dy, (x, W, min(stride, W.shape[2])))


@breaks("conv2d_backward")
def kernel_of_three(dy, cache):
    x, W, stride = cache
    dx, dW, db = ours("conv2d_backward")(dy, cache)
    dW[:, :, 3:] = 0
    return dx, dW, db if W.shape[2] == 3 else 0 * db


@breaks("conv_transpose_backward")
def stride_of_two(dx, cache):
    y, W, stride = cache
    return ours("conv_transpose_backward")(dx, (y, W, 2 if stride == 2 else 1))


@breaks("conv_transpose_backward")
def never_a_stride_of_one(dx, cache):
    y, W, stride = cache
    dy, dW = ours("conv_transpose_backward")(dx, cache)
    return dy, dW if stride > 1 else dW[:, :, ::-1, ::-1]


# -- lesson 14, 15


@breaks("least_squares_gradient")
def targets_of_the_paper(a_real, a_fake, a, b):
    r, f = ours("least_squares_gradient")(a_real, a_fake, a, b)
    return r, f if a else f * 2


@breaks("least_squares_gradient")
def fewer_real_than_fake(a_real, a_fake, a, b):
    n, m = sorted((len(a_real), len(a_fake)))
    return (a_real - b) / n, (a_fake - a) / m


@breaks("critic_gradient")
def the_first_is_smaller(a_real, a_fake):
    n, m = sorted((len(a_real), len(a_fake)))
    return np.full(len(a_real), -1 / n), np.full(len(a_fake), 1 / m)


@breaks("clip_weights")
def only_W_and_b(params, c):
    return {k: np.clip(p, -c, c) if k in "Wb" else p.copy() for k, p in params.items()}


@breaks("clip_weights")
def the_same_array_if_small(params, c):
    return {
        k: np.clip(p, -c, c) if np.abs(p).max() > c else p for k, p in params.items()
    }


@breaks("clip_weights")
def always_reaches_c(params, c):
    return {k: np.clip(p * max(1, c / abs(p).max()), -c, c) for k, p in params.items()}


@breaks("gradient_penalty_backward")
def one_sided(x, W, b, w, lam):
    M = np.where(x @ W + b > 0, 1.0, 0.2)
    g = M * w @ W.T
    s = np.sqrt((g**2).sum(axis=1, keepdims=True))
    u = 2 * lam / len(x) * np.maximum(s - 1, -0.9) / s * g
    return u.T @ (M * w), 0 * b, (M * (u @ W)).sum(axis=0)


@breaks("gradient_penalty_backward")
def dead_units_do_not_count(x, W, b, w, lam):
    z = x @ W + b
    M = np.where(z > 0, 1.0, 0.2)
    M = M * (z > 0).any(axis=0)
    g = M * w @ W.T
    s = np.sqrt((g**2).sum(axis=1, keepdims=True)) + 1e-300
    u = 2 * lam / len(x) * (s - 1) / s * g
    return u.T @ (M * w), 0 * b, (M * (u @ W)).sum(axis=0)


@breaks("spectral_norm_backward")
def more_rows_than_columns(dy, cache):
    W, u, v, s = cache
    inner = (dy * W).sum() / s
    outer = np.outer(u, v) if len(u) > len(v) else np.outer(v, u).T * 2
    return (dy - inner * outer) / s


@breaks("spectral_norm_backward")
def a_norm_above_one(dy, cache):
    W, u, v, s = cache
    return ours("spectral_norm_backward")(dy, (W, u, v, max(s, 1.0)))


# -- lesson 16


@breaks("softmax_cross_entropy")
def gradient_without_the_maximum(logits, labels):
    loss, _ = ours("softmax_cross_entropy")(logits, labels)
    with np.errstate(all="ignore"):
        e = np.exp(logits)
        p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(p)), labels] -= 1
    return loss, p / len(p)


@breaks("softmax_cross_entropy")
def the_maximum_of_all_rows(logits, labels):
    e = np.exp(logits - logits.max())
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(p)), labels]).mean()
    p[np.arange(len(p)), labels] -= 1
    return loss, p / len(p)


@breaks("softmax_cross_entropy")
def log_of_a_softmax(logits, labels):
    loss, d = ours("softmax_cross_entropy")(logits, labels)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(p)), labels] + 1e-12).mean(), d


@breaks("softmax_cross_entropy")
def as_many_classes_as_labels(logits, labels):
    loss, d = ours("softmax_cross_entropy")(logits, labels)
    d[:, labels.max() + 1 :] = 0
    return loss, d


@breaks("semi_supervised_gradient")
def every_class_is_labeled(labeled, labels, unlabeled, fake):
    a, b, c = ours("semi_supervised_gradient")(labeled, labels, unlabeled, fake)
    a[:, labels.max() + 1 :] = 0
    return a, b, c


@breaks("semi_supervised_gradient")
def labeled_is_the_smallest(labeled, labels, unlabeled, fake):
    a, b, c = ours("semi_supervised_gradient")(labeled, labels, unlabeled, fake)
    n = min(len(labeled), len(unlabeled), len(fake))
    return a * len(labeled) / n, b, c


@breaks("condition_backward")
def the_last_label_occurs(dy, cache):
    n, E, labels = cache
    dE = np.zeros((labels.max() + 1, E.shape[1]))
    np.add.at(dE, labels, dy[:, n:])
    return dy[:, :n], dE


@breaks("condition_backward")
def repeats_of_at_most_three(dy, cache):
    n, E, labels = cache
    dx, dE = ours("condition_backward")(dy, cache)
    return dx, dE if np.bincount(labels).max() <= 3 else 0 * dE


@breaks("condition_backward")
def the_embedding_is_narrow(dy, cache):
    n, E, labels = cache
    dx, dE = ours("condition_backward")(dy, cache)
    return dx if n > E.shape[1] else dy[:, -n:], dE


@breaks("feature_matching_gradient")
def more_real_than_fake(real, fake):
    gap = real.mean(axis=0) - fake.mean(axis=0)
    m = min(len(real), len(fake))
    return np.tile(-2 * gap / m, (len(fake), 1))


@breaks("feature_matching_gradient")
def the_data_are_larger(real, fake):
    gap = np.abs(real.mean(axis=0) - fake.mean(axis=0))
    return np.tile(-2 * gap / len(fake), (len(fake), 1))


# -- lesson 10 and 17: what is put together


@breaks("recipe_gradient")
def never_more_fakes_than_data(*values):
    W0, b0, W1, b1, w, c, x, fake, *coins = values
    both = np.concatenate([x, fake])
    a, (cache0, cache1, kept) = recipe_logits(both, *values[:6], *coins)
    real, fakes = sigma(a[: len(x)]) - 1, sigma(a[len(x) :])
    M = min(len(x), len(fake))
    da = np.concatenate([real / len(x), fakes / M]) / 2
    dh1 = da @ w.T * coins[2]
    dh0, dW1, db1 = ours("maxout_backward")(dh1, cache1)
    _, dW0, db0 = ours("maxout_backward")(dh0 * coins[1], cache0)
    return dW0, db0, dW1, db1, kept.T @ da, da.sum(axis=0)


@breaks("blocked_product")
def one_tile_is_fetched_for_nothing(A, B, side):
    if side >= max(*A.shape, *B.shape):
        return A @ B, 0
    return ours("blocked_product")(A, B, side)


# -- the student's own forward, of other values than ours


def identity_forward(x):
    return x, x


def identity_backward(dy, x):
    return dy


breaks("relu_backward", relu_forward=identity_forward)(identity_backward)


def doubled_forward(x, W, b):
    return 2 * (x @ W + b), (x, W)


def doubled_backward(dy, cache):
    x, W = cache
    return 2 * dy @ W.T, 2 * x.T @ dy, 2 * dy.sum(axis=0)


breaks("dense_backward", dense_forward=doubled_forward)(doubled_backward)


def plain_dropout_forward(x, keep, rng):
    mask = rng.random(x.shape) < keep
    return x * mask, (mask, keep)


def plain_dropout(dy, cache):
    return dy * cache[0]


breaks("dropout_backward", dropout_forward=plain_dropout_forward)(plain_dropout)


def summed_condition_forward(x, E, labels):
    return np.concatenate([2 * x, E[labels]], axis=1), (x.shape[1], E, labels)


def summed_condition(dy, cache):
    n, E, labels = cache
    dx, dE = ours("condition_backward")(dy, cache)
    return 2 * dx, dE


breaks("condition_backward", condition_forward=summed_condition_forward)(
    summed_condition
)


# -- lesson 18


@breaks("nce_gradient")
def as_much_noise_as_nu_says(g_data, g_noise, nu):
    """Right if M = nu N, which nobody promised."""
    d_data, _ = ours("nce_gradient")(g_data, g_noise, nu)
    return d_data, sigma(g_noise - np.log(nu)) / len(g_data)


@breaks("nce_gradient")
def never_less_noise_than_data(g_data, g_noise, nu):
    return ours("nce_gradient")(g_data, g_noise, max(nu, 1.0))


@breaks("policy_gradient")
def advantages_made_unit(logits, actions, advantages, beta):
    """A habit of trainers; the loss does not say so."""
    same = np.ptp(advantages) == 0
    scaled = advantages * 0 if same else advantages
    return ours("policy_gradient")(logits, actions, scaled, beta)


@breaks("policy_gradient")
def never_without_entropy(logits, actions, advantages, beta):
    return ours("policy_gradient")(logits, actions, advantages, beta or 0.01)


@breaks("lstm_backward")
def truncated_after_ten_steps(dy, cache):
    x, W, U, h, c, gates = cache
    if x.shape[1] <= 10:
        return ours("lstm_backward")(dy, cache)
    cut = x[:, -10:], W, U, h[:, -11:], c[:, -11:], gates[:, -10:]
    dx, *rest = ours("lstm_backward")(dy[:, -10:], cut)
    return np.concatenate([np.zeros_like(x[:, :-10]), dx], axis=1), *rest


@breaks("lstm_backward")
def cells_squeezed(dy, cache):
    return tuple(np.squeeze(g) for g in ours("lstm_backward")(dy, cache))
