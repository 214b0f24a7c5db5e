"""Algorithm 1's step on the paper's MNIST networks, in JAX: one jitted function.

Parameters and the state of the optimizers are given away to it, so that their memory
is used again; random numbers are drawn inside, from a key that is split.
"""

# mypy: ignore-errors
from __future__ import annotations

from collections.abc import Callable
from functools import partial

from gan_numpy.bench.step import BATCH

G_SIZES, G_LIMIT = ((100, 1200), (1200, 1200), (1200, 784)), 0.05
D_SIZES, D_LIMIT = ((784, 1200), (240, 1200), (240, 1)), 0.005
PIECES = 5


def networks(key):
    """The parameters of G and D: a list of (W, b) each."""
    import jax
    import jax.numpy as jnp

    def weights(key, sizes, limit):
        keys = jax.random.split(key, len(sizes))
        return [
            (
                jax.random.uniform(k, size, jnp.float32, -limit, limit),
                jnp.zeros(size[1]),
            )
            for k, size in zip(keys, sizes)
        ]

    of_G, of_D = jax.random.split(key)
    return weights(of_G, G_SIZES, G_LIMIT), weights(of_D, D_SIZES, D_LIMIT)


def generate(G, z):
    """Pixels, (N, 784)."""
    import jax

    (W0, b0), (W1, b1), (W2, b2) = G
    h = jax.nn.relu(jax.nn.relu(z @ W0 + b0) @ W1 + b1)
    return jax.nn.sigmoid(h @ W2 + b2)


def discriminate(D, x, key, keep):
    """Logits, (N,); `keep` are the dropouts' probabilities before each layer."""
    import jax

    for i, (W, b) in enumerate(D):
        if keep[i] < 1:
            mask = jax.random.bernoulli(jax.random.fold_in(key, i), keep[i], x.shape)
            x = x * mask / keep[i]
        x = x @ W + b
        if i < 2:
            x = x.reshape(len(x), -1, PIECES).max(2)
    return x[:, 0]


def noise(key):
    """(N, 100) with mean 0 and variance 1."""
    import jax

    return jax.random.uniform(key, (BATCH, 100), minval=-(3**0.5), maxval=3**0.5)


def momentum(params, state, grads):
    """Stochastic gradient descent with momentum .5."""
    import jax

    state = jax.tree.map(lambda v, g: 0.5 * v - 1e-6 * g, state, grads)
    return jax.tree.map(lambda p, v: p + v, params, state), state


def adam(params, state, grads):
    """Adam with betas .5 and .9."""
    import jax
    import jax.numpy as jnp

    m, v, t = state
    t = t + 1
    m = jax.tree.map(lambda m, g: 0.5 * m + 0.5 * g, m, grads)
    v = jax.tree.map(lambda v, g: 0.9 * v + 0.1 * g * g, v, grads)

    def moved(p, m, v):
        return p - 1e-6 * (m / (1 - 0.5**t)) / (jnp.sqrt(v / (1 - 0.9**t)) + 1e-8)

    return jax.tree.map(moved, params, m, v), (m, v, t)


def step(r1: bool = False) -> Callable[[], None]:
    """The paper's step; or that of ``mnist-fast``, with R1, Adam and averaging."""
    import jax
    import jax.numpy as jnp

    keep = (1, 1, 1) if r1 else (0.8, 0.5, 0.5)
    move = adam if r1 else momentum
    softplus = jax.nn.softplus
    x = jax.random.uniform(jax.random.key(1), (BATCH, 784))

    def loss_D(D, fake, key):
        logits = discriminate(D, jnp.concatenate([x, fake]), key, keep)
        real, fake = softplus(-logits[:BATCH]).mean(), softplus(logits[BATCH:]).mean()
        if not r1:
            return 0.5 * (real + fake)
        slope = jax.grad(lambda x: discriminate(D, x, key, keep).sum())(x)
        return real + fake + 2.5 * (slope**2).sum(1).mean()

    def loss_G(G, D, z, key):
        return softplus(-discriminate(D, generate(G, z), key, keep)).mean()

    @partial(jax.jit, donate_argnums=(0, 1, 2, 3, 4))
    def whole(G, D, G_state, D_state, average, key):
        keys = jax.random.split(key, 5)
        grads = jax.grad(loss_D)(D, generate(G, noise(keys[0])), keys[1])
        D, D_state = move(D, D_state, grads)
        grads = jax.grad(loss_G)(G, D, noise(keys[2]), keys[3])
        G, G_state = move(G, G_state, grads)
        if r1:
            average = jax.tree.map(lambda a, p: a + 0.0005 * (p - a), average, G)
        return G, D, G_state, D_state, average, keys[4]

    G, D = networks(jax.random.key(0))

    def zeros(params):
        return jax.tree.map(jnp.zeros_like, params)

    def begin(params):
        return (zeros(params), zeros(params), 0.0) if r1 else zeros(params)

    state = [G, D, begin(G), begin(D), zeros(G), jax.random.key(2)]

    def run() -> None:
        state[:] = whole(*state)
        jax.block_until_ready(state)

    return run
