# %% [markdown]
r"""
# 08 · Optimizers: momentum and Adam

A gradient says which way is down *here*. How far to go, and whether to trust this one
minibatch, it does not say. Momentum and Adam both answer by remembering: two lines of code
each, and one exponent that is forgotten more often than any other in this field.

**You need** lesson 02; for the game at the end, lesson 07. **You will write**
`momentum_step` and `adam_step`.
"""

# %% tags=["fold"]
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.datasets import digits
from gan_numpy.exercises import check
from gan_numpy.objectives import sigmoid, softplus

lesson.opening("08")

# %% [markdown]
r"""
## Predict before you run

1. A valley is 25 times steeper across than along. Plain gradient descent, with the best
   possible constant rate, shrinks the error by which factor per step? And momentum?
2. The gradient is the same at every step. How many times longer than plain descent's do the
   steps become with momentum $\mu = 0.9$?
3. The first gradient that Adam sees is $10^{-6}$. Then the same with $10^{6}$. How far does
   each move the weight, if the learning rate is 0.001?
4. Somebody leaves Adam's bias corrections out. Are the first steps too short or too long?
5. Momentum makes descent faster. Does it make a *game* of two players faster too?
"""

# %%
# ask: 08-first

# %% [markdown]
r"""
## Derive: momentum

Let $g_t$ be the gradient at step $t$. The *velocity* $v$ remembers ([Polyak,
1964](https://doi.org/10.1016/0041-5553(64)90137-5)):

$$
v_t = \mu\, v_{t-1} - \eta\, g_t, \qquad w_t = w_{t-1} + v_t, \qquad v_0 = 0 .
$$

All four have the shape of the parameter, and every entry is on its own. Unrolled,

$$
v_t = -\eta \sum_{s=1}^{t} \mu^{t-s} g_s .
$$

**A constant gradient.** The sum is a geometric series, $v_t \to -\eta\, g/(1 - \mu)$: the
steps become $1/(1 - \mu)$ times longer. Gradients that change their sign at each step
nearly cancel instead. So momentum is fast where the slope persists and calm where it
swings.

**A valley.** Near a minimum a loss is a quadratic; along one of its axes, of curvature $h$,
the gradient is $g = h w$. The pair $(w, v)$ is then multiplied by a matrix,

$$
\begin{pmatrix} w_t \\ v_t \end{pmatrix} =
\begin{pmatrix} 1 - \eta h & \mu \\ -\eta h & \mu \end{pmatrix}
\begin{pmatrix} w_{t-1} \\ v_{t-1} \end{pmatrix},
\qquad
r^2 - (1 + \mu - \eta h)\, r + \mu = 0 .
$$

The right equation gives its eigenvalues: their sum is the trace $1 + \mu - \eta h$, their
product the determinant $(1 - \eta h)\mu + \eta h \mu = \mu$. If they are complex they are a
conjugate pair, so $|r|^2 = \mu$, *whatever $h$ is*: all axes shrink by $\sqrt\mu$ per step.
They are complex when $(1 + \mu - \eta h)^2 < 4 \mu$, that is when $(1 - \sqrt\mu)^2 < \eta
h < (1 + \sqrt\mu)^2$. For curvatures from $h$ to $H = \kappa h$ the smallest $\mu$ that has
room for both ends (with equality) is

$$
\sqrt\mu = \frac{\sqrt\kappa - 1}{\sqrt\kappa + 1},
\qquad \eta = \frac{(1 + \sqrt\mu)^2}{H} .
$$

Plain descent multiplies an axis by $1 - \eta h$. Its best constant rate makes the two ends
equally bad, $1 - \eta h = -(1 - \eta H)$: $\eta = 2/(h + H)$, and the factor is $(\kappa -
1)/(\kappa + 1)$. A square root of the condition number $\kappa$: that is what momentum is
worth, on a quadratic without noise.
"""

# %%
# exercise: momentum_step

# %%
momentum = lesson.working(momentum_step)

# %% [markdown]
r"""
## Derive: Adam

Momentum has one rate for all entries. Adam ([Kingma and Ba,
2015](https://arxiv.org/abs/1412.6980), Algorithm 1) divides each entry by the size that its
gradients have had lately. It keeps two averages, again entry by entry:

$$
m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t, \qquad
v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2, \qquad m_0 = v_0 = 0 .
$$

(Here $v$ is the mean square, not the velocity.) Unrolled, $m_t = (1 - \beta_1) \sum_{s=1}^t
\beta_1^{t-s} g_s$. The weights of the gradients do *not* sum to one, because the average
began at zero:

$$
(1 - \beta_1) \sum_{s=1}^t \beta_1^{t-s} = \;?
$$

If all $g_s$ have the same mean, then $\mathbb{E}[m_t]$ is this sum times $\mathbb{E}[g]$: at
$t = 1$ and $\beta_1 = 0.9$ a tenth of what it should be. Likewise for $v$. Dividing by
these sums mends both:

$$
\hat m_t = \frac{m_t}{1 - \beta_1^t}, \qquad
\hat v_t = \frac{v_t}{1 - \beta_2^t}, \qquad
w_t = w_{t-1} - \eta\, \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon} .
$$

**The first step.** At $t = 1$ this is $\hat m_1 = g_1$ and $\hat v_1 = g_1^2$, so

$$
w_1 - w_0 = -\eta\, \frac{g_1}{|g_1| + \epsilon} \approx -\eta \operatorname{sign}(g_1) .
$$

Multiply all gradients by a constant, and no step changes: $\hat m$ and $\sqrt{\hat v}$ both
grow by it. Only $\epsilon$ knows the scale of the loss.
"""

# %%
# ask: 08-weights

# %%
# exercise: adam_step

# %%
adam = lesson.working(adam_step)

# %% [markdown]
r"""
**Question 3: the check at $t = 1$.** Seven entries, whose gradients differ by twelve orders
of magnitude. All of them move by the learning rate, as long as the gradient is large beside
$\epsilon = 10^{-8}$:
"""

# %% tags=["fold"]
scales = np.array([1e-6, 1e-4, 1e-2, -1.0, 1e2, -1e4, 1e6])
zeros = np.zeros(7)
moved, _, _ = adam(zeros, zeros, zeros, scales, 1, 0.001, 0.9, 0.999, 1e-8)
for gradient, move in zip(scales, moved):
    print(f"gradient {gradient:10.0e}   move {move:+.6f}")

# %% [markdown]
r"""
**Question 2.** The length of a step with a constant gradient, in units of plain descent's:
"""

# %% tags=["fold"]
w, v, lengths = np.zeros(1), np.zeros(1), []
for _ in range(60):
    w, v = momentum(w, v, np.ones(1), 0.1, 0.9)
    lengths.append(float(-v[0] / 0.1))
print(
    f"first {lengths[0]:.2f}, tenth {lengths[9]:.2f}, sixtieth {lengths[-1]:.2f};",
    end=" ",
)
print(f"the limit 1/(1 - mu) is {1 / (1 - 0.9):.2f}")

# %% [markdown]
r"""
## See: three ways down a valley

**Question 1.** $L(w) = \frac12 (w_1^2 + 25\, w_2^2)$, so $\kappa = 25$. Plain descent and
momentum have the constants that were derived above, Adam has the usual ones. Descent
zigzags across and creeps along. Momentum first overshoots, by more than descent ever does,
and is done soon after: the formula promises a rate, not a smooth start. Adam walks as if
the valley were round, both coordinates by $\eta$ at a time, and swings about the bottom.
"""

# %%
curvature = np.array([1.0, 25.0])
kappa, start = 25.0, np.array([-2.0, 0.9])
root = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)  # of the best mu


def descend(count=120):
    """Plain gradient descent with its best rate."""
    path = [start]
    for _ in range(count):
        path.append(path[-1] - 2 / (1 + kappa) * curvature * path[-1])
    return np.array(path)


def roll(count=120):
    """Momentum with its best constants."""
    path, v = [start], np.zeros(2)
    for _ in range(count):
        w, v = momentum(
            path[-1], v, curvature * path[-1], (1 + root) ** 2 / 25, root**2
        )
        path.append(w)
    return np.array(path)


def walk(step, rate=0.1, count=120, b1=0.9, b2=0.999):
    """Adam's path, with any version of its step."""
    path, m, v = [start], np.zeros(2), np.zeros(2)
    for t in range(1, count + 1):
        w, m, v = step(path[-1], m, v, curvature * path[-1], t, rate, b1, b2, 1e-8)
        path.append(w)
    return np.array(path)


paths = {"plain": descend(), "momentum": roll(), "Adam": walk(adam)}

# %% tags=["fold"]
figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 3.2))
x1, x2, points = lesson.plane((-2.6, 2.4, -2.6, 2.4), 121)
height = 0.5 * (points**2 @ curvature).reshape(x1.shape)
left.contour(x1, x2, height, np.geomspace(0.05, 80, 9), colors="0.75", linewidths=0.8)
for (name, path), mark in zip(paths.items(), "os^"):
    left.plot(*path[:60].T, marker=mark, markersize=3, linewidth=1, label=name)
    right.plot(np.linalg.norm(path, axis=1), label=name)
left.plot(0, 0, "k+", markersize=12)
left.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
left.set_title("the first 60 steps")
right.set(
    yscale="log", ylim=(1e-6, 100), xlabel="step", title="distance from the minimum"
)
right.legend(loc="upper right")
lesson.show(
    "Three ways down a valley of condition 25, and their distance from the "
    "minimum: momentum is done first, plain descent creeps, Adam swings about the "
    "bottom."
)

for name, formula in (("plain", (kappa - 1) / (kappa + 1)), ("momentum", root)):
    far = np.linalg.norm(paths[name], axis=1)
    rate = (far[60] / far[30]) ** (1 / 30)
    print(f"{name:8} shrinks by {rate:.3f} per step; the formula says {formula:.3f}")

# %% [markdown]
r"""
(Momentum measures slightly above its formula: at the best $\mu$ the two eigenvalues
coincide, and the error is $t\,\sqrt\mu^{\,t}$ rather than $\sqrt\mu^{\,t}$.) Do not
conclude that Adam is worse. This valley lies along the axes, has no noise, and we knew its
curvatures. Where nobody knows them, constants that almost always work are worth more than a
square root.

## See: a game is not a valley

**Question 5.** Two players share one function, $V(\theta, \psi) = \theta \psi$: $\theta$
descends it, $\psi$ ascends it, in turns. It is the Dirac-GAN of lesson 07, linearized, and
the only equilibrium is $(0, 0)$. Without momentum the two circle for ever; **with positive
momentum they spiral outward; with *negative* momentum they arrive** ([Gidel et al.,
2019](https://arxiv.org/abs/1807.04740)). The forces of a game rotate, and remembering an
old force means pushing in the wrong direction. That is the usual explanation of why GAN
recipes have $\beta_1 = 0.5$ (DCGAN) or $0$ (WGAN-GP) where others have $0.9$. For this
bilinear game it is a theorem; for networks it is a hint that experiments support.
"""


# %%
def play(mu, count=150, rate=0.2):
    """The path of two players in turns, both with momentum mu."""
    theta, psi, path = np.ones(1), np.zeros(1), []
    v_theta, v_psi = np.zeros(1), np.zeros(1)
    for _ in range(count):
        psi, v_psi = momentum(psi, v_psi, -theta, rate, mu)  # ascends: minus
        theta, v_theta = momentum(theta, v_theta, psi, rate, mu)
        path.append((theta[0], psi[0]))
    return np.array(path)


# %% tags=["fold"]
figure, panels = plt.subplots(1, 3, figsize=(6.2, 2.4))
for axes, mu in zip(panels, (0.2, 0.0, -0.2)):
    path = play(mu)
    axes.plot(*path.T, linewidth=0.8, color=lesson.BLACK)
    axes.plot(*path[0], "o", color=lesson.ORANGE)
    axes.plot(0, 0, "k+", markersize=12)
    size = 1.1 * np.abs(path).max()
    axes.set(aspect="equal", xlim=(-size, size), ylim=(-size, size))
    axes.set(title=f"$\\mu = {mu}$", xlabel="$\\theta$")
    print(f"mu = {mu:4}: radius {np.hypot(*path[-1]):.3g} after {len(path)} turns")
panels[0].set_ylabel("$\\psi$")
lesson.show(
    "A game of two players with momentum 0.2, 0 and -0.2: it spirals outward, "
    "circles, arrives."
)

# %% [markdown]
r"""
Move $\mu$: on the left one player in the valley, on the right two players in the game, at the same momentum.
"""

# %% tags=["fold"]
figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 3.0))
left.contour(x1, x2, height, np.geomspace(0.05, 80, 9), colors="0.75", linewidths=0.8)
(one_way,) = left.plot([], [], "o-", markersize=2, color=lesson.BLACK, linewidth=0.8)
left.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal", xlim=(-2.6, 2.4))
left.set(ylim=(-2.6, 2.6))
(two_ways,) = right.plot([], [], color=lesson.BLACK, linestyle="-", linewidth=0.8)
right.plot(0, 0, "k+", markersize=12)
right.set(aspect="equal", xlim=(-3, 3), ylim=(-3, 3))
right.set_xlabel("$\\theta$", color=lesson.GENERATOR)
right.set_ylabel("$\\psi$", color=lesson.DISCRIMINATOR)
title = figure.suptitle("mu = -0.30: alone it ends at 1e-10, the game at 1e+10")


def look(mu):
    """Sixty steps down the valley, and 150 turns of the game."""
    path, v = [start], np.zeros(2)
    for _ in range(60):
        w, v = momentum(path[-1], v, curvature * path[-1], 0.05, mu)
        path.append(w)
    game = play(mu)
    one_way.set_data(*np.clip(path, -9, 9).T)
    two_ways.set_data(*np.clip(game, -99, 99).T)
    ends = np.linalg.norm(path[-1]), np.hypot(*game[-1])
    title.set_text(
        f"mu = {mu}: alone it ends at {ends[0]:.2g}, the game at {ends[1]:.2g}"
    )


lesson.live(
    figure,
    look,
    "A descent in a valley and a game of two players at the same momentum.",
    mu=(-0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9),
)

# %% [markdown]
r"""
## Break it

**Question 4.** The length of Adam's steps in units of $\eta$, while the gradient is
constant. It should be 1 throughout. Without the correction of $m$ the start is ten times
too slow; without that of $v$ it is $1/\sqrt{1 - 0.999} \approx 32$ times too fast. Without
both the two errors do *not* cancel: the second one lasts a thousand steps, the first one
ten.
"""

# %% tags=["fold"]
lesson.show_mistakes("momentum_step", "adam_step")


def lengths_of(step, count=1000):
    """What each step moves, in units of the learning rate, for a gradient of 1."""
    w, m, v, moves = np.zeros(1), np.zeros(1), np.zeros(1), []
    for t in range(1, count + 1):
        new, m, v = step(w, m, v, np.ones(1), t, 1.0, 0.9, 0.999, 1e-8)
        moves.append(abs(float((new - w)[0])))
        w = new
    return np.array(moves)


tags = (
    "no-correction-of-m",
    "no-correction-of-v",
    "no-bias-correction",
    "beta-for-beta-power",
)
figure, axes = plt.subplots()
for name in ("right", *tags):
    step = adam if name == "right" else lesson.mistake("adam_step", name)
    moves = lengths_of(step)
    axes.plot(np.arange(1, 1001), moves, label=name)
    print(f"{name:20} first {moves[0]:6.3f}, longest {moves.max():6.3f}")
axes.set(xlabel="step", ylabel="length / $\\eta$", xscale="log", yscale="log")
figure.legend(loc="outside right center")
lesson.show(
    "The length of Adam's steps for a constant gradient, with one or both "
    "corrections missing: ten times too short or thirty times too long at the "
    "start."
)

# %% [markdown]
r"""
Now a training: odd digits from even ones, by the smallest discriminator, a single logit of
64 pixels, with a large rate. The first steps of three of the wrong versions throw the
weights far away, and hundreds of right ones bring them back. The fourth, which divides by
$1 - \beta$ at every step in place of $1 - \beta^t$, can hardly be told from the right one
by its loss. It is Adam at a rate that nobody chose: in the end $\sqrt{1 - \beta_2}/(1 -
\beta_1) \approx 0.32$ of it, for ever.
"""

# %% tags=["fold"]
pixels, classes = digits.as_shipped()
pixels, odd = pixels / 16, classes % 2


def losses(step, count=lesson.steps(400, 60), rate=0.2):
    """The loss on all digits after each of Adam's steps on a minibatch."""
    rng, w = np.random.default_rng(0), np.zeros(65)
    m, v, curve = np.zeros(65), np.zeros(65), []
    x = np.hstack([pixels, np.ones((len(pixels), 1))])  # the last weight is the bias
    for t in range(1, count + 1):
        rows = rng.integers(len(x), size=100)
        a = x[rows] @ w
        gradient = x[rows].T @ (sigmoid(a) - odd[rows]) / len(rows)  # lesson 01
        w, m, v = step(w, m, v, gradient, t, rate, 0.9, 0.999, 1e-8)
        curve.append(np.mean(softplus(x @ w) - odd * (x @ w)))
    return curve


figure, axes = plt.subplots()
for name in ("right", *tags[1:], "no-root"):
    step = adam if name == "right" else lesson.mistake("adam_step", name)
    curve = losses(step)
    axes.plot(
        range(1, len(curve) + 1),
        curve,
        label=f"{name}: {max(curve):.2f}, {curve[-1]:.2f}",
    )
axes.axhline(np.log(2), color=lesson.GRAY, linewidth=0.8)
axes.set(xlabel="step", ylabel="cross-entropy", xscale="log", yscale="log")
figure.legend(loc="outside right center", title="highest loss, and the last")
lesson.show(
    "Cross-entropy of a training with Adam and four mistakes: three throw the "
    "weights away at first, one is hardly told from the right one."
)

# %%
check(lesson.mistake("adam_step", "beta-for-beta-power"))

# %%
# ask: 08-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** Adam with $\beta_1 = 0$ is used for critics. Run the game of this lesson with `adam_step` for both
players, for $\beta_1$ of 0.9, 0.5 and 0, and compare.

<details><summary>What a good answer contains</summary>

The radius after some hundred turns for each $\beta_1$, at more than one rate. That Adam's steps do not become
small near the equilibrium, as they are divided by the gradient's own size, so "arrives" must mean: stays within
about a rate of it. What of this is the game's doing and what the normalization's.

</details>
"""

# %% [markdown]
r"""
## Read next

- Kingma and Ba, *Adam*, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980): Algorithm 1,
  section 2.1 (the size of a step), section 3 (the bias correction).
- Sutskever, Martens, Dahl and Hinton, *On the importance of initialization and momentum in
  deep learning*, [ICML 2013](https://proceedings.mlr.press/v28/sutskever13.html), section
  2.
- Gidel et al., *Negative Momentum for Improved Game Dynamics*,
  [arXiv:1807.04740](https://arxiv.org/abs/1807.04740).
- The library: [optim.py](../gan_numpy/optim.py) keeps the moments outside of the network,
  so that a training can be saved and resumed; the formulas are in
  [kernels/reference/updates.py](../gan_numpy/kernels/reference/updates.py).
- Next: [lesson 09](09_mode_collapse.ipynb), what else can go wrong, and what $\beta_1$ has to do with it.
"""
