# %% [markdown]
r"""
# 04 · The best discriminator and the value of the game

Two densities are given: that of the data, $p_d$, and that of a generator, $p_g$. Somebody
draws an $x$ from the one or from the other, by the toss of a fair coin, and you must say
how likely it is that $x$ is real. There is a best answer, it has one line, and what it
earns measures how far apart the two densities are. That measure is what a generator
works on, and it has a weakness that the rest of this course is about.

**You need** an integral, a derivative set to zero, lesson 01 for logits, and lesson 02 for the
network at the end.
**You will write** `optimal_discriminator` and `value`.
"""

# %% tags=["fold"]
from statistics import NormalDist
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.exercises import check
from gan_numpy.layers import Dense, LeakyReLU
from gan_numpy.layers.initializers import glorot_uniform
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import discriminator_loss, sigmoid
from gan_numpy.optim import Adam, ExponentialDecay

lesson.opening("04")

# %% [markdown]
r"""
## Predict before you run

Let $p_d = N(0, 1)$ and $p_g = N(1.5,\, 0.8^2)$.

1. At how many points $x$ does the best discriminator answer exactly $\frac12$?
2. Far to the right, at $x = 8$, nearer to the fakes than to the data: real or fake?
3. What is the value of the game if $p_g = p_d$? And if the two never overlap?
4. The fakes lie 10 to the right of the data. They move to 9. By how much does the value of
   the game change?
5. A network knows neither density, only samples of both. Can it find the best answer?
"""

# %%
# ask: 04-far

# %% [markdown]
r"""
## Derive: the best discriminator

The value of the game is what the discriminator earns on average
([Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661), equation 1): the logarithm of
the probability that it gave to the truth.

$$
\begin{aligned}
V(D, G) &= \mathbb{E}_{x \sim p_d}\bigl[\log D(x)\bigr]
         + \mathbb{E}_{x \sim p_g}\bigl[\log(1 - D(x))\bigr] \\
        &= \int \Bigl( p_d(x) \log D(x) + p_g(x) \log\bigl(1 - D(x)\bigr) \Bigr)\, dx .
\end{aligned}
$$

$D$ may answer every $x$ as it likes, whatever it answers elsewhere. So it maximizes the
integrand at each $x$ for itself. Fix $x$, write $y = D(x)$ and $p_d, p_g > 0$ for the two
numbers there:

$$
f(y) = p_d \log y + p_g \log(1 - y), \qquad
f'(y) = \frac{p_d}{y} - \frac{p_g}{1 - y}, \qquad
f''(y) = -\frac{p_d}{y^2} - \frac{p_g}{(1 - y)^2} < 0 .
$$

$f$ is concave, so the zero of $f'$ is the maximum, and there is no other:

$$
p_d\,(1 - y) = p_g\, y
\qquad\Longrightarrow\qquad
D^*(x) = \;?
$$

Two readings of it. *Bayes*: after a fair coin $D^*(x)$ is the probability that $x$ is
real. *Logits*: $D^* = \sigma(a^*)$ with $a^*(x) = \log p_d(x) - \log p_g(x)$, so a perfect
discriminator knows the ratio of the two densities, and nothing else about them.

On a grid of points with spacing $dx$ the integral is a sum.

| quantity | shape |
|---|---|
| the grid `t` | `(points,)` |
| densities `pd`, `pg` on it | `(points,)` |
| the answers `D` | `(points,)` |
| the value `V` | a number |
"""

# %%
# ask: 04-best

# %%
# exercise: optimal_discriminator

# %%
best = lesson.working(optimal_discriminator)

# %% [markdown]
r"""
**Questions 1 and 2.** Two densities of *different width* cross twice: $\log p_d - \log p_g$
is a parabola. Beyond the second crossing $D^*$ rises again. The narrow density falls so
much faster that whatever turns up there is real, although the fakes' center is nearer.
"""

# %% tags=["fold"]
t = np.linspace(-16, 16, 6401)
dx = t[1] - t[0]


def normal(x, mean=0.0, width=1.0):
    """The density of N(mean, width^2)."""
    return np.exp(-(((x - mean) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))


pd, pg = normal(t), normal(t, 1.5, 0.8)
answers = best(pd, pg)
crossings = np.nonzero(np.diff(answers > 0.5))[0]
print("D* = 1/2 near x =", np.round(t[crossings], 2))
for x in (-4, 1.5, 8):
    print(f"D*({x:4}) = {np.interp(x, t, answers):.6f}")

# %% [markdown]
r"""
## Derive: what the best discriminator earns

Put $D^*$ into $V$, and write $m = \frac12 (p_d + p_g)$, so that $p_d + p_g = 2m$:

$$
\begin{aligned}
C(G) = \max_D V(D, G)
&= \int p_d \log \frac{p_d}{2m}\, dx + \int p_g \log \frac{p_g}{2m}\, dx \\
&= -2 \log 2 + \int p_d \log \frac{p_d}{m}\, dx + \int p_g \log \frac{p_g}{m}\, dx \\
&= -\log 4 + \mathrm{KL}(p_d \,\|\, m) + \mathrm{KL}(p_g \,\|\, m)
 = -\log 4 + 2\, \mathrm{JSD}(p_d \,\|\, p_g) .
\end{aligned}
$$

The second line uses $\int p_d = \int p_g = 1$. A Kullback-Leibler divergence is never
negative, by Jensen's inequality,
$\mathrm{KL}(p \,\|\, m) = -\int p \log \frac{m}{p} \ge -\log \int m = 0$, with equality only
if $p = m$. Hence $C(G) \ge -\log 4$, with equality exactly if $p_g = p_d$: **the generator
that cannot be told from the data is the minimum of the game, and the only one** (Theorem 1
of the paper). The other end: where the densities do not overlap, $p_d/m = 2$ wherever
$p_d > 0$, so $\mathrm{JSD} = \log 2$ and $C = 0$.
"""

# %%
# exercise: value

# %%
V = lesson.working(value)

# %% [markdown]
r"""
**Questions 3 and 4.** The value lies between $-\log 4$ and 0. From 10 to 9 it changes by
some $10^{-5}$: the best discriminator is certain either way, and tells the generator next
to nothing about *how far* it is off.

One thing about numbers. Where $p_d/p_g$ exceeds $2^{53}$, $D^*$ rounds to exactly 1, and
$\log(1 - D^*)$ to $-\infty$. We take the largest number below 1 instead. (Training never meets
this: it computes with logits, lesson 01.)
"""

# %%
BELOW_ONE = np.nextafter(1.0, 0.0)


def best_value(pd, pg):
    """C: what the best discriminator earns."""
    return V(pd, pg, np.minimum(best(pd, pg), BELOW_ONE), dx)


print(f"-log 4 = {-np.log(4):.4f}")
for shift in (0, 1, 2, 4, 9, 10):
    print(f"p_g = N({shift:2}, 1): value {best_value(pd, normal(t, shift)):12.7f}")

middle = (pd + pg) / 2
divergence = np.sum(pd * np.log(pd / middle) + pg * np.log(pg / middle)) * dx / 2
print(f"\np_g = N(1.5, .8^2): value {best_value(pd, pg):.6f},", end=" ")
print(f"-log 4 + 2 JSD = {2 * divergence - np.log(4):.6f}")

# %% [markdown]
r"""
## See: Figure 1 of the paper

The paper's first figure is this lesson in one picture: the data's density (dots), the
generator's (solid), the discriminator between them (dashed), and below them the map from
$z$ to $x$, whose arrows crowd together where $p_g$ is high. From left to right the generator
follows the value downhill, its two numbers by gradient descent on $C$ with $D^*$ held fixed (the last
section says why that is allowed), and the discriminator is always the best one. In the last
picture it knows nothing, and that is the goal.
"""


# %%
def downhill(mean, width, count=lesson.steps(200, 30), rate=0.3):
    """The way of N(mean, width^2) down C, by gradient descent."""
    path = [(mean, width)]
    for _ in range(count):
        fakes = normal(t, mean, width)
        lost = np.log(1 - np.minimum(best(pd, fakes), BELOW_ONE))
        u = (t - mean) / width
        slope = np.sum(u * fakes * lost) * dx / width
        stretch = np.sum((u**2 - 1) * fakes * lost) * dx / width
        mean, width = mean - rate * slope, width - rate * stretch
        path.append((mean, width))
    return path


way = downhill(1.5, 0.6)
earnings = [best_value(pd, normal(t, *place)) for place in way]
print(f"V from {earnings[0]:.4f} to {earnings[-1]:.4f}; down in every step:", end=" ")
print(all(a >= b - 1e-12 for a, b in zip(earnings, earnings[1:])))

# %% tags=["fold"]
figure, panels = plt.subplots(
    2, 4, sharex=True, sharey="row", height_ratios=(3, 1), figsize=(6.2, 3.0)
)
places = [way[k] for k in (0, 4, 12, len(way) - 1)]
standard = [NormalDist().inv_cdf(u) for u in np.linspace(0.03, 0.97, 15)]
for (top, bottom), (mean, width) in zip(panels.T, places):
    fakes = normal(t, mean, width)
    D = best(pd, fakes)
    top.plot(t, pd, color=lesson.BLACK, linestyle=":", linewidth=2, label="$p_d$")
    top.plot(t, fakes, color=lesson.GREEN, linestyle="-", label="$p_g$")
    top.plot(t, D, color=lesson.BLUE, linestyle="--", label="$D^*$")
    top.set(xlim=(-3, 4), ylim=(0, 1.05), yticks=(0, 0.5, 1), xticks=())
    top.set_title(f"$V$ = {best_value(pd, fakes):.3f}")
    z, x = np.linspace(-3, 4, 15), mean + width * np.array(standard)
    bottom.quiver(
        z, np.zeros(15), x - z, np.ones(15), color=lesson.GRAY, angles="xy",
        scale_units="xy", scale=1, width=0.012, headwidth=5,
    )  # fmt: skip
    bottom.text(-3, -0.42, "$z$")
    bottom.text(-3, 1.12, "$x$")
    bottom.set(ylim=(-0.1, 1.1), xticks=(), yticks=())
    bottom.spines[:].set_visible(False)
panels[0, 3].legend(loc="upper right", borderaxespad=0)
lesson.show(
    "Four states of a generator on its way down the value: above, the data's "
    "density, the generator's and the best discriminator; below, arrows from z to "
    "x. In the last the two densities agree and D is one half."
)

# %% [markdown]
r"""
The weakness of question 4, as a curve. The slope is what the generator gets. It is large
while the densities overlap and gone when they do not. The reason is not the logarithm: it
is that the divergence compares $p_d$ and $p_g$ *at the same* $x$ and knows of no distance
between different ones. Lesson 14 changes that.
"""

# %% tags=["fold"]
shifts = np.linspace(-10, 10, 161)
values = np.array([best_value(pd, normal(t, s)) for s in shifts])
figure, axes = plt.subplots(figsize=(6.2, 2.4))
axes.plot(shifts, values, label="$C = \\max_D V$")
axes.plot(shifts, np.gradient(values, shifts), label="its slope")
axes.axhline(-np.log(4), color=lesson.GRAY, linewidth=1, linestyle=":")
axes.text(-10, -np.log(4) + 0.05, "$-\\log 4$", color=lesson.GRAY)
axes.set(xlabel="center of $p_g$ ($p_d$ is at 0)")
axes.legend()
lesson.show(
    "The value against the shift of the fakes, and its slope: flat where the "
    "densities no longer overlap."
)

# %% [markdown]
r"""
## Train one that knows only samples

**Question 5.** A network 1-64-64-1 sees 500 real and 500 generated numbers per step, never
a density. It descends $L_D = -V$, estimated on the batch. The same number, $-V$, is a
cross-entropy (lesson 01), and the best classifier's probability is the posterior: so it
has to come out at $D^*$, as far as there are samples. We average the distance
$|D - D^*|$ over the points that are really drawn, $\int |D - D^*|\, \frac{p_d + p_g}{2}\, dx$.
"""

# %% tags=["fold"]
rng = np.random.default_rng(4)
init = glorot_uniform()
network = Sequential(
    [
        ("h0", Dense(1, 64, init=init, rng=rng, dtype=float)),
        ("relu0", LeakyReLU()),
        ("h1", Dense(64, 64, init=init, rng=rng, dtype=float)),
        ("relu1", LeakyReLU()),
        ("logit", Dense(64, 1, init=init, rng=rng, dtype=float)),
    ]
)
adam = Adam(ExponentialDecay(0.005, factor=1.004))
state = adam.init(network.params)


def learned():
    """D on the grid."""
    return sigmoid(network.forward(t[:, None])[0][:, 0])


early = learned()
for step in range(lesson.steps(800, 40)):
    real = rng.normal(0, 1, (500, 1))
    fake = rng.normal(1.5, 0.8, (500, 1))
    a, cache = network.forward(np.concatenate([real, fake]))
    _, da_real, da_fake = discriminator_loss(a[:500], a[500:])
    da = np.concatenate([da_real, da_fake])
    _, gradients = network.backward(da, cache, input_grad=False)
    adam.update(network.params, gradients, state, epoch=1)

D = learned()
print(f"mean |D - D*| = {np.sum(abs(D - answers) * middle) * dx:.4f}")
inside = np.abs(t) < 8  # beyond, the sum would take the log of a rounded 1 - D
earned = V(pd[inside], pg[inside], D[inside], dx)
print(f"V(D) = {earned:.4f}, V(D*) = {best_value(pd, pg):.4f}")
print(f"at x = 8: D = {D[np.searchsorted(t, 8)]:.4f}, D* = {answers[t > 8][0]:.4f}")

# %% tags=["fold"]
figure, axes = plt.subplots(figsize=(6.2, 2.6))
axes.fill_between(t, pd / 2, color=lesson.GRAY, alpha=0.35, linewidth=0)
axes.fill_between(t, pg / 2, color=lesson.GENERATOR, alpha=0.35, linewidth=0)
axes.plot(
    t,
    answers,
    color=lesson.SKY,
    linewidth=4,
    linestyle="-",
    label="$D^*$, from densities",
)
axes.plot(t, D, color=lesson.DISCRIMINATOR, linestyle="-", label="$D$, from samples")
axes.plot(t, early, color=lesson.BLACK, linestyle=":", label="$D$ before training")
axes.text(-1.3, 0.06, "data")
axes.text(1.4, 0.06, "fakes")
axes.set(xlim=(-4, 8), ylim=(0, 1.02), xlabel="$x$")
axes.legend(loc="upper right")
lesson.show(
    "D from samples lies on D* where there are samples, and is certain and wrong "
    "far to the right."
)

# %% [markdown]
r"""
Where there are samples, the two lines lie on each other. To the right, where nothing was
ever drawn, the network goes on in a straight line and is certain, and wrong. A trained
discriminator approximates $D^*$ *on its data*. The theorem speaks of all functions, the
program of one network and a finite sample: between them is everything that makes GANs
hard.

## Break it

Known wrong answers, each put in place of $D^*$. First, all of them earn less. The
decision "yes or no" earns $-\infty$: to be certain and wrong once is enough. (Answers that
are no probabilities are clipped to the interval from $10^{-6}$ to $1 - 10^{-6}$, the decision is
not.)

Then a generator $N(\theta, 1)$ starts at $\theta = 3$ and descends $V$ while the discriminator
stays at its rule. Its derivative with $D$ held fixed is
$\int \frac{\partial p_g}{\partial\theta} \log(1 - D)\, dx$ with
$\frac{\partial p_g}{\partial\theta} = (x - \theta)\, p_g$. For $D^*$ this is the whole derivative of $C$:
as $\partial V/\partial D = 0$ there, it does not matter that $D^*$ moves, too.
"""

# %% tags=["fold"]
lesson.show_mistakes("optimal_discriminator")

rules = {"D*": best}
for tag in ("squares", "difference", "odds", "players-swapped"):
    rules[tag] = lesson.mistake("optimal_discriminator", tag)
print()
for name, rule in rules.items():
    earned = V(pd, pg, np.clip(rule(pd, pg), 1e-6, 1 - 1e-6), dx)
    print(f"{name:>16}: V = {earned:7.3f}")
with np.errstate(divide="ignore"):
    decision = lesson.mistake("optimal_discriminator", "hard-decision")(pd, pg)
    print(f"{'hard-decision':>16}: V = {V(pd, pg, decision, dx):7.3f}")


def slope_of_value(rule, theta):
    """The derivative of V with respect to theta, D held fixed."""
    fakes = normal(t, theta)
    D = np.clip(rule(pd, fakes), 1e-6, 1 - 1e-6)
    return np.sum((t - theta) * fakes * np.log(1 - D)) * dx


h = 1e-4
left, right = (normal(t, 1 + s) for s in (-h, h))
change = (best_value(pd, right) - best_value(pd, left)) / (2 * h)
print(f"\nat theta = 1: dC/dtheta = {change:.6f},", end=" ")
print(f"with D* held fixed {slope_of_value(best, 1.0):.6f}")

# %% tags=["fold"]
figure, axes = plt.subplots(figsize=(6.2, 2.8))
for name, rule in rules.items():
    path = [3.0]
    for _ in range(60):
        path.append(path[-1] - 0.5 * slope_of_value(rule, path[-1]))
    axes.plot(path, label=f"{name}: ends at {path[-1]:.2f}")
axes.axhline(0, color=lesson.GRAY, linewidth=1, linestyle=":")
axes.set(xlabel="step of the generator", ylabel="$\\theta$", ylim=(-3, 8))
axes.legend(loc="upper right", ncols=2)
lesson.show(
    "The generator's theta under several rules of D: D*, squares and difference "
    "arrive at 0, swapped players run away, the odds are kicked to and fro."
)

# %% [markdown]
r"""
Swapped players push the generator away, of course. The odds $p_d/p_g$, which pass for
certainty wherever they exceed 1, kick it from one side to the other for ever. But the
other two lead it to the right place, though neither answers right: the generator only
needs to be told *which way*. So a generator that improves is no proof that the
discriminator is correct. A check is:
"""

# %%
check(lesson.mistake("optimal_discriminator", "difference"))

# %%
# ask: 04-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** The coin is not fair: a share $\pi$ of what $D$ sees is real. Derive $D^*$ and what it earns, and say
what a GAN that shows $D$ twice as many fakes as data would converge to.

<details><summary>What a good answer contains</summary>

$D^* = \pi p_d/(\pi p_d + (1 - \pi) p_g)$: the same derivation with weights. Its value at $p_g = p_d$,
$\pi \log \pi + (1 - \pi) \log(1 - \pi)$, and the remark that $p_g = p_d$ is still the generator's best answer: a
skewed Jensen-Shannon divergence is zero there, too. A check by numbers on the grid `t`.

</details>
"""

# %% [markdown]
r"""
## Read next

- Goodfellow et al., *Generative Adversarial Nets*,
  [arXiv:1406.2661](https://arxiv.org/abs/1406.2661): section 4.1 is the derivation above
  (Proposition 1, Theorem 1), Figure 1 the picture. Section 4.2 proves that the game
  converges *if* densities are updated instead of parameters, and $D$ reaches its optimum
  in each step. Neither holds in practice; lesson 07 shows what can happen.
- Arjovsky and Bottou, *Towards Principled Methods for Training GANs*,
  [arXiv:1701.04862](https://arxiv.org/abs/1701.04862): section 2, the flat part of the curve
  for densities that (nearly) do not overlap.
- The library: [objectives/minimax.py](../gan_numpy/objectives/minimax.py) computes $-V$ from
  logits, where $\log(1 - D)$ cannot become $-\infty$.
- Next: [lesson 05](05_losses.ipynb), the same value as two losses, and why the generator's is changed.
"""
