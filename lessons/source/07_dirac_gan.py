# %% [markdown]
r"""
# 07 · The smallest GAN, and why it does not converge

One real number for the generator, one for the discriminator. The data are a single point. Every
gradient is right, every step is small, the equilibrium is unique and known, and the players
still never reach it. Whatever happens here is not the fault of a network's architecture, of a
batch, of a bad seed: it belongs to the game.

**You need** lesson 05: $\mathrm{softplus}' = \sigma$; eigenvalues of a 2 × 2 matrix.
**You will write** `dirac_step`.
"""

# %% tags=["fold"]
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.exercises import check

lesson.opening("07")

# %% [markdown]
r"""
## Predict before you run

Both players start at 1 and take 2000 steps of length 0.1.

1. They move *at the same time*, each along its own gradient. Does their distance from the
   equilibrium shrink, stay, or grow?
2. Half the step, twice as many of them: does that mend it?
3. They move *in turn*, each seeing what the other one just did. And now?
4. The discriminator pays a fine for its slope at the data. How large must the fine be?
5. Which of these would you notice in a curve of the two losses?
"""

# %%
# ask: 07-grows

# %% [markdown]
r"""
## Derive: the game and its two gradients

The data are always 0, the fakes are always $\theta$, and the logit of the discriminator is
$a(x) = \psi x$ ([Mescheder, Geiger and Nowozin, 2018](https://arxiv.org/abs/1801.04406), section 2: the
*Dirac-GAN*). With $f(t) = -\log(1 + e^{-t}) = -\mathrm{softplus}(-t)$ their value is

$$
V(\theta, \psi) = f(\psi\theta) + f(0), \qquad f'(t) = \sigma(-t) .
$$

(In this paper $D$ sees the *fakes* with $f(\psi\theta)$ and the data with $f(-\psi \cdot 0)$: its
probability is that of being fake. It changes the sign of $\psi$ and nothing else.) The
generator descends $V$, the discriminator ascends it, with R1's fine for its slope
$\partial a/\partial x = \psi$ at the data:

$$
\frac{\partial V}{\partial\theta} = \sigma(-\psi\theta)\,\psi, \qquad
\frac{\partial}{\partial\psi}\Bigl(V - \frac\gamma2 \psi^2\Bigr)
= \sigma(-\psi\theta)\,\theta - \gamma\psi .
$$

Both vanish only at $\theta = \psi = 0$: the fakes are the data and $D$ is flat. With the
abbreviation $s = \sigma(-\psi\theta)$ a *simultaneous* step of length $h$ is

$$
\theta \leftarrow \theta - h\, s\, \psi, \qquad
\psi \leftarrow \psi + h\, (s\, \theta - \gamma\, \psi) .
$$

All quantities have shape `()`: this is the only lesson without a matrix.
"""

# %%
# exercise: dirac_step

# %%
step = lesson.working(dirac_step)

# %% [markdown]
r"""
## Derive: the radius

Let $r^2 = \theta^2 + \psi^2$ and $\gamma = 0$. *With infinitely small steps* the two move along
$(\dot\theta, \dot\psi) = s\,(-\psi, \theta)$, at right angles to where they stand:

$$
\frac{d}{dt}\, \frac{r^2}{2} = \theta\dot\theta + \psi\dot\psi = s\,(-\theta\psi + \psi\theta) = 0 .
$$

They circle for ever. *A finite step* leaves the circle on its tangent, and a tangent leads
outward. By Pythagoras,

$$
r_{t+1}^2 = (\theta - h s \psi)^2 + (\psi + h s \theta)^2 = \;?
$$

exactly, wherever they are: the radius **grows in every step**. Over a fixed time $T$ there are
$T/h$ steps, and $\log r$ grows by about $\frac12 \cdot \frac{T}{h} \cdot h^2 s^2 = \frac12\, T h s^2$. As
long as $s$ stays the same, half the step halves this exponent. Here $s$ changes on the way, the
more the farther out it leads, and half the step gains less than that; the sign it never changes.
"""

# %%
# ask: 07-pythagoras


# %%
def play(step, h=0.1, steps=2000, gamma=0.0, start=(1.0, 1.0)):
    """The players' way, (steps + 1, 2)."""
    way = [start]
    for _ in range(steps):
        way.append(step(*way[-1], h, gamma))
    return np.array(way)


def in_turn(theta, psi, lr, gamma):
    """An alternating step, from two simultaneous ones: theta first."""
    theta, _ = step(theta, psi, lr, gamma)
    _, psi = step(theta, psi, lr, gamma)
    return theta, psi


def radius(way):
    """The distance from the equilibrium, step after step."""
    return np.hypot(*way.T)


# %% tags=["fold"]
ways = {
    "simultaneous": play(step),
    "alternating": play(in_turn),
    "simultaneous, R1 with $\\gamma = 0.3$": play(step, gamma=0.3),
}
for name, way in ways.items():
    r, plain = radius(way), name.replace("$", "").replace("\\gamma", "gamma")
    print(f"{plain:>34}: from {r[0]:.3f} to {r[-1]:.3g}, at most {r.max():.3f}")

theta, psi = ways["simultaneous"][:-1].T
slopes = sigmoid(-psi * theta)
law = np.sqrt(2 * np.cumprod(1 + (0.1 * slopes) ** 2))
print(
    f"\nlargest error of the radius law: {max(abs(law - radius(ways['simultaneous'])[1:])):.1e}"
)
for h in (0.1, 0.05, 0.025):
    r = radius(play(step, h, round(200 / h)))
    print(f"h = {h:5}: radius {r[-1]:.3f} at time 200, exponent", end=" ")
    print(f"log(r / r0) = {np.log(r[-1] / r[0]):.3f}")

# %% [markdown]
r"""
**Questions 1 to 3.** Simultaneous steps spiral outward, smaller ones more slowly, alternating ones
keep their distance, R1 leads to the equilibrium.

## See: spiral, circle, damping

Each player's arrow is the gradient it follows. Without R1 nothing in this field points at the
center.
"""

# %% tags=["fold"]
figure, panels = plt.subplots(1, 3, sharey=True, figsize=(8.2, 3.5))
_, _, spots = lesson.plane((-3, 3, -3, 3), 11)
lines, dots = [], []
for axes, name in zip(panels, ways):
    gamma = 0.3 if "R1" in name else 0.0
    arrows = np.array([step(*spot, 1.0, gamma) for spot in spots]) - spots
    axes.quiver(*spots.T, *arrows.T, color=lesson.GRAY, width=0.006, scale=35)
    lines += axes.plot([], [], color=lesson.BLACK, linestyle="-", linewidth=1)
    dots += axes.plot([], [], "o", color=lesson.RED, markersize=7)
    axes.plot(0, 0, "k+", markersize=10)
    axes.set(xlim=(-3.3, 3.3), ylim=(-3.3, 3.3), aspect="equal")
    axes.set(title=name.replace(", ", "\n"))
    axes.set_xlabel("$\\theta$", color=lesson.GENERATOR)
panels[0].set_ylabel("$\\psi$", color=lesson.DISCRIMINATOR)
figure.suptitle("step 0")
figure.canvas.draw()  # lay it out once, not for every picture
figure.set_layout_engine("none")


def draw(count):
    """The three ways up to one step."""
    for line, dot, way in zip(lines, dots, ways.values()):
        line.set_data(*way[: int(count) + 1].T)
        dot.set_data(*way[int(count) : int(count) + 1].T)
    figure.suptitle(f"step {count:.0f}")


moments = np.round(1000 * np.linspace(0, 1, lesson.steps(30, 3)) ** 1.5)
lesson.animate(
    figure,
    draw,
    moments,
    "The players' way in the plane of theta and psi: simultaneous steps spiral outward,"
    " alternating ones circle, with R1 they arrive at the center.",
    fps=6,
    start=-1,
)

# %% [markdown]
r"""
**Question 5.** Their losses tell little. Below, the radius, on a logarithmic scale, and what a
training log would show: the probability that the fake is real, $\sigma(-\psi\theta)$. It swings
about $\frac12$ in all three; in the first hundred steps the one that diverges can hardly be told from
the one that circles.
"""

# %% tags=["fold"]
figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 2.7))
for name, way in ways.items():
    left.semilogy(radius(way), label=name.replace("simultaneous, ", ""))
    right.plot(sigmoid(-way[:, 0] * way[:, 1])[:400], linewidth=1)
left.set(xlabel="step", title="radius", ylim=(1e-4, 10))
left.legend(loc="center right", fontsize=7)
right.set(xlabel="step", title="$\\sigma(-\\psi\\theta)$", ylim=(0, 1))
lesson.show(
    "The radius on a logarithmic scale for the three ways, and the probability of "
    "the fake, which swings about one half in all of them."
)

# %% [markdown]
r"""
Turn the two knobs. From which $\gamma$ on do simultaneous steps converge at $h = 0.1$, at $0.5$, at $1.5$? And is there
a $\gamma$ that is too large?
"""

# %% tags=["fold"]
figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 2.9))
(trail,) = left.plot([], [], color=lesson.BLACK, linestyle="-", linewidth=0.8)
(head,) = left.plot([], [], "o", color=lesson.RED)
left.plot(0, 0, "k+", markersize=10)
left.set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal")
left.set_xlabel("$\\theta$", color=lesson.GENERATOR)
left.set_ylabel("$\\psi$", color=lesson.DISCRIMINATOR)
(shrinks,) = right.semilogy([1], [1], color=lesson.BLACK, linestyle="-")
right.set(xlim=(0, 400), ylim=(1e-6, 1e3), xlabel="step", ylabel="radius")
title = figure.suptitle("h = 0.10, gamma = 0.025: grows or shrinks")


def look(gamma, h):
    """400 simultaneous steps."""
    with np.errstate(all="ignore"):
        way = play(step, h, 400, gamma)
        r = np.clip(radius(way), 1e-9, 1e9)
    trail.set_data(*np.clip(way, -9, 9).T)
    head.set_data(*np.clip(way[-1:], -9, 9).T)
    shrinks.set_data(np.arange(401), r)
    verdict = "shrinks" if r[-1] < r[0] else "grows"
    title.set_text(f"h = {h}, gamma = {gamma}: {verdict}")


lesson.live(
    figure,
    look,
    "The players' way and its radius for the chosen gamma and h.",
    gamma=(0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 21.0),
    h=(0.02, 0.05, 0.1, 0.5, 1.5),
)

# %% [markdown]
r"""
## Derive: how much damping is enough

Near the equilibrium $s \approx \sigma(0) = \frac12$, and a step is a matrix, shape $(2, 2)$. For
simultaneous steps it is $A$, for alternating ones (θ first, without R1) the product $B$ of two shears:

$$
A = \begin{pmatrix} 1 & -\frac h2 \\ \frac h2 & 1 - h\gamma \end{pmatrix}, \qquad
B = \begin{pmatrix} 1 & 0 \\ \frac h2 & 1 \end{pmatrix}
    \begin{pmatrix} 1 & -\frac h2 \\ 0 & 1 \end{pmatrix}
  = \begin{pmatrix} 1 & -\frac h2 \\ \frac h2 & 1 - \frac{h^2}{4} \end{pmatrix} .
$$

The steps shrink the distance if all eigenvalues lie inside the unit circle. A complex pair has
$|\lambda|^2 = \det$:

$$
\det A = 1 - h\gamma + \frac{h^2}{4}, \qquad \det B = 1 .
$$

So simultaneous steps without R1 have $|\lambda| > 1$ for every $h > 0$. Alternating ones have $|\lambda| = 1$
exactly (for $h < 4$), as a shear keeps areas: they neither come nor go. With R1 the steps start to
converge at $\gamma > h/4$: **the smaller the step, the smaller the fine that is needed**. The
eigenvalues of $A$ become real at $\gamma = 1$ ($(1 - \lambda)(1 - h\gamma - \lambda) + h^2/4 = 0$ has the
discriminant $h^2(\gamma^2 - 1)$); beyond, one of them creeps back towards 1, and more damping is slower.
The other one runs down to $-1$, where the fine overshoots more than it damps: the characteristic
polynomial at $-1$ is $4 - 2h\gamma + h^2/4$, so together

$$
\frac h4 < \gamma < \frac2h + \frac h8 .
$$

For $h = 0.1$ that is from 0.025 to 20.0125. **Question 4**, by the matrix and measured (the measured
radius also depends on the direction of the start, so the points lie beside the line, not on it):
"""

# %% tags=["fold"]
h, gammas = 0.1, np.geomspace(0.005, 10, 60)
shrinkage = []
for gamma in gammas:
    A = np.array([[1, -h / 2], [h / 2, 1 - h * gamma]])
    shrinkage.append(max(abs(np.linalg.eigvals(A))))
start = (0.01, 0.01)  # near the equilibrium, where the matrix is exact
measured = [
    (radius(play(step, h, 200, g, start))[-1] / radius(np.array([start]))[0])
    for g in gammas
]

figure, axes = plt.subplots(figsize=(6.2, 2.7))
axes.loglog(
    gammas, np.array(shrinkage) ** 200, label="$|\\lambda|^{200}$ by the matrix"
)
axes.loglog(
    gammas[::3], measured[::3], "o", color=lesson.RED, label="200 steps, measured"
)
axes.axvline(h / 4, color=lesson.GRAY, linestyle=":")
axes.text(h / 4 * 0.4, 3e-4, "$\\gamma = h/4$", color=lesson.GRAY)
axes.axvline(1, color=lesson.GRAY, linestyle=":")
axes.text(1.05, 0.3, "$\\gamma = 1$", color=lesson.GRAY)
axes.axhline(1, color=lesson.GRAY, linewidth=1, linestyle="-")
axes.set(xlabel="$\\gamma$", ylabel="radius, end / start")
axes.legend(loc=(0.27, 0.05))
lesson.show(
    "The radius after 200 steps against gamma: below h/4 it grows, it is smallest "
    "near gamma = 1, and the measured points lie beside the line of the matrix."
)
for gamma in (0.02, 0.03):
    r = radius(play(step, h, lesson.steps(20_000, 2000), gamma))
    print(f"gamma = {gamma} (h/4 = {h / 4}): from {r[0]:.2f} to {r[-1]:.3g}")
for gamma in (20.0, 20.1):
    r = radius(play(step, h, 2000, gamma, start))
    print(f"gamma = {gamma} (2/h + h/8 = {2 / h + h / 8}): {r[0]:.2f} to {r[-1]:.3g}")

# %% [markdown]
r"""
What this proves and what it does not. It is a *counterexample*: unregularized GAN training need
not converge, even locally, even with the exact gradients. The cause is that data and fakes are
points, so that $D$ can always gain by tilting; where both distributions have densities,
Nagarajan and Kolter ([2017](https://arxiv.org/abs/1706.04156)) prove local convergence under
further assumptions. It does not say that every GAN circles, nor that R1 converges from
everywhere: its theorem is local, too.

## Break it

Known mistakes, R1 switched on with $\gamma = 0.3$. (One of the names, *alternating*, is no mistake
but the other algorithm.) A sign separates damping from its opposite:
"""

# %% tags=["fold"]
lesson.show_mistakes("dirac_step")

figure, axes = plt.subplots(figsize=(6.2, 3.0))
axes.semilogy(radius(play(step, gamma=0.3, steps=600)), label="right")
tags = (
    "of-the-penalty-missing",
    "of-the-penalty-sign",
    "argument-sign",
    "slope-missing",
    "variables-swapped",
)
for tag in tags:
    with np.errstate(all="ignore"):
        r = radius(play(lesson.mistake("dirac_step", tag), gamma=0.3, steps=600))
    axes.semilogy(np.where(r < 1e6, r, np.nan), label=tag)
axes.set(xlabel="step", ylabel="radius", ylim=(1e-8, 1e6))
axes.legend(loc="lower left", fontsize=7)
lesson.show(
    "The radius under mistakes: the wrong sign of the penalty diverges, the wrong "
    "sign in the argument lies on the right curve, swapped variables are fastest."
)

# %% [markdown]
r"""
And some of the wrong ones converge. With the wrong sign in the argument of $\sigma$ the curve
lies on the right one, since near the equilibrium $\sigma(0) = \frac12$ either way. With the
variables swapped the generator follows its own $\theta$ home, never listens to its opponent, and
is the fastest of all. Convergence is no proof. The check is one:
"""

# %%
check(lesson.mistake("dirac_step", "argument-sign"))

# %%
# ask: 07-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** *Extragradient*: take a step to look, compute the gradients there, and take the step from where you
stood. Write it with `step`, and say from its matrix why it needs no fine.

<details><summary>What a good answer contains</summary>

A function of three lines, and a way that spirals inward without R1. Near the equilibrium the step is
$I + hJ + h^2 J^2$ with $J = \frac12 \begin{pmatrix} 0 & -1 \\ 1 & 0 \end{pmatrix}$, so the eigenvalues are $1 - h^2/4 \pm ih/2$,
whose modulus is below 1 for small $h$. What it costs: two gradients a step.

</details>
"""

# %% [markdown]
r"""
## Read next

- Mescheder, Geiger and Nowozin, *Which Training Methods for GANs do actually Converge?*,
  [arXiv:1801.04406](https://arxiv.org/abs/1801.04406): section 2 is the Dirac-GAN, section 4 R1 and
  its theorem; the same analysis for WGAN, instance noise and others in between.
- Mescheder, Nowozin and Geiger, *The Numerics of GANs*,
  [arXiv:1705.10461](https://arxiv.org/abs/1705.10461): why eigenvalues on the imaginary axis make
  gradient steps fail.
- The library: [penalties.py](../gan_numpy/penalties.py) has R1 for networks, where the slope is a
  backward pass and its gradient a second one: lesson 15.
- Next: [lesson 08](08_optimizers.ipynb), the optimizers, and what momentum does to a game.
"""
