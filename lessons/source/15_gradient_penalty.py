# %% [markdown]
r"""
# 15 · The gradient penalty: the gradient of a gradient

Clipping bounds the critic's slope by spoiling its weights. The penalty asks for the slope
itself: it should be 1. Its loss contains $\nabla_x f$, a gradient, and to train the critic
we need the gradient *of that*. Frameworks do it by differentiating their own backward pass.
We do it by hand, and it turns out to be one more sweep through the network.

**You need** lessons 02 and 14. **You will write** `gradient_penalty_backward` and
`spectral_norm_backward`.
"""

# %% tags=["fold"]
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.exercises import check
from gan_numpy.gradcheck.second_order import penalty_gradient
from gan_numpy.layers import Dense, LeakyReLU
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.optim import Adam, ExponentialDecay
from gan_numpy.penalties import gradient_penalty, interpolate

lesson.opening("15")

# %% [markdown]
r"""
## Predict before you run

1. The penalty depends on the bias of the hidden layer only through masks. What is $\partial
   P/\partial b$?
2. Samples are the data, shifted by $\delta = 10$. The penalty asks for a slope of 1, with
   $\lambda = 10$. Will the critic's slope be 1?
3. How many sweeps through the network does the penalty's gradient take, after the forward
   pass?
4. $W/\sigma(W)$ does not change when $W$ is doubled. What does that say about its gradient
   in the direction of $W$?
"""

# %%
# ask: 15-slope

# %% [markdown]
r"""
## Derive: one more sweep

[Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028), eq. 3, add to the critic's loss

$$
P = \lambda \cdot \frac1N \sum_n \bigl(s_n - 1\bigr)^2, \qquad
s_n = \lVert g_n \rVert, \qquad g_n = \nabla_x f(\hat x_n),
$$

at points $\hat x$ on the lines between real and generated samples. Why 1? Among all critics whose
slope is nowhere above 1 the best one has slope 1 *almost everywhere* on the lines that join a
fake with the real point it is to be carried to (their Proposition 1): the penalty asks of the
critic what the best one does anyway. Our critic has one
hidden layer with the leaky ReLU, whose slope is $M = 1$ where $z > 0$ and $0.2$ elsewhere:

$$
z = xW + b, \qquad h = M \odot z, \qquad f = h w .
$$

**The first sweep, down to the input.** It is the backward pass of ones that we know:

$$
\delta = M \odot w^\top, \qquad g = \delta\, W^\top .
$$

| what | shape |
|---|---|
| `x` and `g` | `(N, n)` |
| `z`, `h`, `M` and `delta` | `(N, U)` |
| `W`, `b`, `w` | `(n, U)`, `(U,)`, `(U,)` |
| `s` | `(N, 1)` |

**Now forget where $g$ came from.** It is simply a *function of the parameters*, computed in
two lines, and $P$ is a function of $g$. So we differentiate as ever, last line first. For
one example

$$
u_n = \frac{\partial P}{\partial g_n}
= \frac{\lambda}{N}\, 2 (s_n - 1)\, \frac{\partial s_n}{\partial g_n}
= \;?\;, \qquad u: (N, n) .
$$

**The second sweep, up again.** The line $g = \delta W^\top$ is a matrix product, and lesson
02 says

$$
\frac{\partial P}{\partial W} = \underset{(n, N)}{u^\top}\; \underset{(N, U)}{\delta}, \qquad
\frac{\partial P}{\partial \delta} = \underset{(N, n)}{u}\; \underset{(n, U)}{W} .
$$

The line $\delta = M \odot w^\top$ is a product entry by entry, and $w$ is used by every
example:

$$
\frac{\partial P}{\partial w} = \sum_n M_n \odot (u_n W) .
$$

And $b$? It occurs in $M$ only, which is constant except where some $z$ is exactly 0.
**Question 1**: $\partial P/\partial b = 0$, and for the same reason nothing flows back into
$x$. In a deeper network the sweep goes on: $u_l = M_l \odot (u_{l-1} W_l)$ is for the next
layer what $u$ was for this one. It runs *upward*, from the input to the output, because it
is the backward pass of a pass that ran downward.

With a curved activation, tanh for example, $M = \varphi'(z)$ does depend on $b$, on $W$ and
on $x$, and one more sweep takes what is left down again
([penalties.py](../gan_numpy/penalties.py) writes it out). **Question 3**: two sweeps after the
forward pass, the first *down* to the input and the second *up* again; three where the activation is
curved. Each costs about as much as a backward pass. So we count everywhere: the first sweep is the
one that gives $g$.
"""

# %%
# ask: 15-first

# %% tags=["answer"]
# First the formulas, one a line between the quotes; they are checked as formulas.
lesson.derive(
    "gradient_penalty_backward",
    """
    """,
)

# %%
# exercise: gradient_penalty_backward

# %%
penalty_backward = lesson.working(gradient_penalty_backward)

# %% [markdown]
r"""
**Second order, checked.** Three judges that know nothing of our derivation. Finite
differences of $P$, in which $g$ itself is a finite difference of $f$: differences of
differences, of the forward pass alone. The library's sweeps, which serve any network. And
Euler's theorem: in each of $W$ and $w$ the slope is homogeneous, $g(tW) = t\,g(W)$ with
masks held fixed (let $b = 0$), so $\langle W, \partial P/\partial W \rangle = \langle w,
\partial P/\partial w \rangle$.
"""

# %% tags=["fold"]
rng = np.random.default_rng(4)
points, W, w = rng.normal(size=(6, 3)), rng.normal(size=(3, 5)), rng.normal(size=5)
b = np.zeros(5)
dW, db, dw = penalty_backward(points, W, b, w, 10.0)
hidden, out = Dense(3, 5, init=normal(1), rng=rng), Dense(5, 1, init=normal(1), rng=rng)
network = Sequential([("h", hidden), ("leaky", LeakyReLU(0.2)), ("y", out)])
network = network.with_params(
    {"h.W": W, "h.b": b, "y.W": w[:, None], "y.b": np.zeros(1)}
)
_, sweeps = gradient_penalty(network, points, 10.0)


def slope_penalty(g):
    """P as a function of the input gradients."""
    return 10.0 * np.mean((np.linalg.norm(g, axis=1) - 1) ** 2)


for name, mine, library, parameter, function in (
    ("W", dW, sweeps["h.W"], W, lambda x, p: critic(x, p, b, w)),
    ("w", dw, sweeps["y.W"][:, 0], w, lambda x, p: critic(x, W, b, p)),
):
    numeric = penalty_gradient(function, slope_penalty, points, parameter).value
    print(f"d{name}: largest entry {np.abs(mine).max():.2f},", end=" ")
    print(f"off from differences by {np.abs(mine - numeric).max():.0e},", end=" ")
    print(f"from the library by {np.abs(mine - library).max():.0e}")
print(f"<W, dW> = {np.sum(W * dW):.6f}, <w, dw> = {np.sum(w * dw):.6f}, db = {db}")

# %% [markdown]
r"""
## Derive: the translation law

Let the samples be the data shifted by $\delta$, a vector of length $\delta$ (no relation to
the sweep). If each real point is joined with its own shifted copy, the critic is best when
it is linear along the shift, with a slope $s$ there and none across. Its loss is then

$$
L(s) = -\delta s + \lambda (s - 1)^2,
\qquad
L'(s) = -\delta + 2\lambda (s - 1) = 0
\quad\Longrightarrow\quad
s^* = 1 + \frac{\delta}{2\lambda} .
$$

The estimate of the distance is $\delta s^* = \delta\,(1 + \delta/2\lambda)$, *not* $W_1 =
\delta$. **Question 2**: a penalty is a price, no bound. The farther apart the two are, the
better it pays to exceed the slope 1. For $\lambda = 10$ and $\delta = 1, 3, 10$ the law
predicts the estimates 1.05, 3.45 and 15. The critic, 2–16–1, is trained by Adam with your
penalty:
"""

# %% tags=["fold"]
BATCH, LAMBDA = 64, 10.0
DIRECTION = np.array([0.6, -0.8])


def new_critic():
    """2-16-1 with the leaky ReLU of slope 0.2; the same weights at each call."""
    rng, init = np.random.default_rng(0), normal(0.5)
    hidden = Dense(2, 16, init=init, rng=rng, dtype=np.float64)
    out = Dense(16, 1, init=init, rng=rng, dtype=np.float64)
    return Sequential([("h", hidden), ("leaky", LeakyReLU(0.2)), ("y", out)])


def slope_of(D, x):
    """The norm of the input gradient at each point."""
    a, cache = D.forward(x)
    return np.linalg.norm(D.backward(np.ones_like(a), cache)[0], axis=1)


def train(delta, penalty_backward, count=lesson.steps(400, 60), rate=0.02):
    """A critic, its slopes and its estimates of the distance, step by step."""
    D, rng = new_critic(), np.random.default_rng(1)
    optimizer = Adam(ExponentialDecay(rate, 1.01), 0.5, 0.9)
    state, slopes, estimates = optimizer.init(D.params), [], []
    upstream = np.repeat([-1 / BATCH, 1 / BATCH], BATCH)[:, None]  # lesson 14
    for _ in range(count):
        real = rng.normal(size=(BATCH, 2))
        fake = real + delta * DIRECTION
        x_hat = interpolate(real, fake, rng)
        a, cache = D.forward(np.concatenate([real, fake]))
        slopes.append(slope_of(D, x_hat).mean())
        estimates.append(a[:BATCH].mean() - a[BATCH:].mean())
        _, grads = D.backward(upstream, cache, input_grad=False)
        p = D.params
        extra = penalty_backward(x_hat, p["h.W"], p["h.b"], p["y.W"][:, 0], LAMBDA)
        for name, gradient in zip(("h.W", "h.b", "y.W"), extra):
            grads[name] += gradient.reshape(grads[name].shape)
        optimizer.update(p, grads, state, 1)
    return D, np.array(slopes), np.array(estimates)


# %% [markdown]
r"""
## See: the slope goes to 1, and beyond
"""

# %% tags=["fold"]
runs = {delta: train(delta, penalty_backward) for delta in (1.0, 3.0, 10.0)}
figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 2.9))
print("delta   slope   law    estimate   law")
for (delta, (D, slopes, estimates)), color in zip(runs.items(), lesson.COLORS):
    law = 1 + delta / (2 * LAMBDA)
    left.plot(slopes, color=color, label=f"$\\delta = {delta:.0f}$")
    left.axhline(law, color=color, linewidth=0.7, linestyle=":")
    right.plot(estimates, color=color)
    right.axhline(delta * law, color=color, linewidth=0.7, linestyle=":")
    print(f"{delta:5.0f}   {slopes[-50:].mean():.3f}   {law:.2f}", end="   ")
    print(f"{estimates[-50:].mean():8.3f}   {delta * law:.2f}")
left.set(xlabel="step", title="mean slope; dotted: the law", ylim=(0, 2.2))
left.legend()
right.set(xlabel="step", title="estimate; dotted: the law", yscale="symlog")
right.set_yticks([0, 1.05, 3.45, 15], ["0", "1.05", "3.45", "15"])
right.minorticks_off()
lesson.show(
    "Mean slope of the critic and its estimate of the distance against the step, "
    "for shifts of 1, 3 and 10: they settle at the dotted lines of the law."
)

# %% [markdown]
r"""
What does $\lambda$ do? Below, the price $L(s) = -\delta s + \lambda(s - 1)^2$ of a slope, and where trained critics end
(points: trained with your function, 150 steps each).
"""

# %% tags=["fold"]
figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 2.7))
axis_s, prices = np.linspace(0, 4, 201), (1.0, 2.0, 5.0, 10.0, 30.0)
ends = {}
for LAMBDA in prices:
    ends[LAMBDA] = train(3.0, penalty_backward, lesson.steps(150, 10))[1][-30:].mean()
LAMBDA = 10.0
(price,) = left.plot(axis_s, axis_s, color=lesson.BLACK)
(lowest,) = left.plot([0], [0], "o", color=lesson.RED)
left.set(xlabel="slope $s$", ylabel="price $L(s)$", ylim=(-16, 20))
fine = np.geomspace(0.8, 40, 100)
right.plot(fine, 1 + 3 / (2 * fine), color=lesson.GRAY, linestyle="-")
right.plot(ends.keys(), ends.values(), "o", color=lesson.DISCRIMINATOR)
(place,) = right.plot([0], [0], "o", color=lesson.RED, fillstyle="none", markersize=12)
right.set(xscale="log", xlabel="$\\lambda$", ylabel="slope at the end", ylim=(0, 3))
title = figure.suptitle("lambda = 10.0, delta = 10.0: the law says 1.50")


def look(lam, delta):
    """The price of a slope, and its lowest point."""
    best = 1 + delta / (2 * lam)
    price.set_ydata(-delta * axis_s + lam * (axis_s - 1) ** 2)
    lowest.set_data([best], [-delta * best + lam * (best - 1) ** 2])
    place.set_data([lam], [best if delta == 3.0 else np.nan])
    title.set_text(f"lambda = {lam}, delta = {delta}: the law says {best:.2f}")


lesson.live(
    figure,
    look,
    "The price of a slope at the chosen lambda, and the slopes of trained critics.",
    lam=prices,
    delta=(1.0, 3.0, 10.0),
)

# %% [markdown]
r"""
The critic for $\delta = 3$ over the plane, its level lines, and what each sample would
feel: arrows of nearly the same length everywhere between the two, all pointing at the data.
The weights are free; only the price on the slope made it so.
"""

# %% tags=["fold"]
D = runs[3.0][0]
box = (-4.0, 6.0, -6.0, 4.0)
x1, x2, points = lesson.plane(box, 101)
height = D.forward(points)[0].reshape(x1.shape)
figure, axes = plt.subplots(figsize=(4.4, 3.8))
mesh = axes.contourf(x1, x2, height, 16, cmap="cividis")
rng = np.random.default_rng(3)
real = rng.normal(size=(60, 2))
axes.plot(*real.T, "o", color="white", mec="black", markersize=4, label="data")
axes.plot(*(real + 3 * DIRECTION).T, "x", color="black", markersize=4, label="samples")
_, _, spots = lesson.plane((-3.5, 5.5, -5.5, 3.5), 9)
a, cache = D.forward(spots)
axes.quiver(
    *spots.T, *D.backward(np.ones_like(a), cache)[0].T, color="white", width=0.005
)
axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
figure.legend(loc="outside upper center", ncols=2)
figure.colorbar(mesh, label="critic")
lesson.show(
    "The critic for a shift of 3 over the plane: even level lines and arrows of "
    "nearly one length that point at the data."
)
slopes = slope_of(D, interpolate(real, real + 3 * DIRECTION, rng))
print(f"slope between them: {slopes.min():.2f} to {slopes.max():.2f}")

# %% [markdown]
r"""
## Break it

Known mistakes, $\delta = 3$. Without the 1 the penalty is that of a flat critic, $\lambda
s^2$, and the slope settles at $\delta/2\lambda = 0.15$. With the norm over the whole batch
the slopes of $N = 64$ examples *together* are compared with 1, and each settles at $1/\sqrt
N + \delta/2\lambda = 0.275$. A missing factor 2 (or the half of $\lambda$, which is the
same) gives $1 + \delta/\lambda = 1.3$. The last one is the worst: the mask of the second
sweep is forgotten, *and the slope arrives where it should*, since this critic wants to be
linear anyway. Only the check finds it.
"""

# %% tags=["fold"]
lesson.show_mistakes("gradient_penalty_backward", "spectral_norm_backward")

figure, axes = plt.subplots()
axes.plot(runs[3.0][1], label=f"right: {runs[3.0][1][-50:].mean():.2f}")
for tag in ("one-missing", "norm-over-batch", "factor-half", "mask-missing"):
    slopes = train(3.0, lesson.mistake("gradient_penalty_backward", tag))[1]
    axes.plot(slopes, label=f"{tag}: {slopes[-50:].mean():.2f}")
axes.set(xlabel="step", ylabel="mean slope, $\\delta = 3$", yscale="log")
axes.set_yticks([0.1, 0.3, 1, 3], ["0.1", "0.3", "1", "3"])
axes.minorticks_off()
figure.legend(loc="outside right center", title="slope at the end")
lesson.show(
    "Mean slope under mistakes: without the 1 it settles at 0.15, with the norm "
    "over the batch at 0.275, without the factor 2 at 1.3, and without the mask "
    "where it should."
)

# %%
check(lesson.mistake("gradient_penalty_backward", "mask-missing"))

# %% [markdown]
r"""
## Derive: the other way, spectral normalization

[Miyato et al., 2018](https://arxiv.org/abs/1802.05957) bound the slope of each layer
exactly, by dividing its matrix by its largest singular value: $y = W/\sigma$ has $\lVert y
\rVert_2 = 1$. (This $\sigma$ is no sigmoid.) With the first singular vectors $u$ and $v$,
of shapes `(rows,)` and `(columns,)`,

$$
\sigma = u^\top W v, \qquad
d\sigma = du^\top W v + u^\top dW\, v + u^\top W\, dv
= \sigma\, du^\top u + u^\top dW\, v + \sigma\, v^\top dv = u^\top dW\, v ,
$$

because $Wv = \sigma u$ and $u^\top W = \sigma v^\top$, and a unit vector can only turn:
$u^\top du = 0$ and $v^\top dv = 0$. So $\partial \sigma/\partial W = u v^\top$, and for a
loss with $dy = \partial L/\partial y$

$$
dL = \Bigl\langle dy, \frac{dW}{\sigma} - \frac{W}{\sigma^2}\, d\sigma \Bigr\rangle
\qquad\Longrightarrow\qquad
\frac{\partial L}{\partial W} = \frac1\sigma \Bigl( dy - \bigl\langle dy, \tfrac{W}{\sigma} \bigr\rangle\, u v^\top \Bigr) .
$$

The second term is forgotten by whoever takes $\sigma$ for a constant.
"""

# %%
# exercise: spectral_norm_backward

# %%
spectral = lesson.working(spectral_norm_backward)

# %% [markdown]
r"""
**Question 4.** A change of $W$ along $W$ does not change $W/\sigma$, so the gradient has no
part in that direction: $\langle W, \partial L/\partial W \rangle = 0$. With $\sigma$ held
constant it does, and gradient descent pushes in vain at the length of $W$:
"""

# %%
rng = np.random.default_rng(6)
matrix, upstream = rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
y, cache = spectral_norm_forward(matrix)
print(f"largest singular value of W/sigma: {np.linalg.svd(y)[1][0]:.12f}")
for name in ("right", "sigma-constant"):
    backward = spectral
    if name != "right":
        backward = lesson.mistake("spectral_norm_backward", name)
    print(f"<W, dW>, {name}: {np.sum(matrix * backward(upstream, cache)):.1e}")

# %%
# ask: 15-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** The penalty $R_1$ asks for a slope of 0 at the data. Change two lines of your function and say what
the critic of this lesson does then, by the translation law's method.

<details><summary>What a good answer contains</summary>

$u$ becomes $2\lambda g/N$ (or $\lambda g/N$ with a half in front), at real points. The price is
$-\delta s + \lambda s^2$, so the slope settles at $\delta/2\lambda$, measured for three shifts. Why that is no fault: the game's
equilibrium needs a flat $D$ (lesson 07).

</details>
"""

# %% [markdown]
r"""
## Read next

- Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville, *Improved Training of Wasserstein
  GANs*, [arXiv:1704.00028](https://arxiv.org/abs/1704.00028): sections 3 (what clipping
  does) and 4, Algorithm 1, $\lambda = 10$.
- Mescheder, Geiger and Nowozin, *Which Training Methods for GANs do actually Converge?*,
  [arXiv:1801.04406](https://arxiv.org/abs/1801.04406), section 4: the penalty $R_1$, whose
  target is 0 and whose place is the data. Its second sweep is this one with another $u$.
- Miyato, Kataoka, Koyama and Yoshida, *Spectral Normalization*,
  [arXiv:1802.05957](https://arxiv.org/abs/1802.05957), section 2.1 and eq. 12.
- The library: [penalties.py](../gan_numpy/penalties.py), and `backward_vjp` in
  [sequential.py](../gan_numpy/layers/sequential.py), the sweeps for any network.
- Next: [lesson 16](16_conditional_semi_supervised.ipynb), a generator that does what it is told.
"""
