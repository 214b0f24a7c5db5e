# %% [markdown]
r"""
# 18 · Before 2014

The game has older roots than its name. In 2010 a classifier that tells data from noise
*was* the model of the data. In 2006 a controller was trained against a disturbance that was
trained against it. In 2013 models of an animal and judges of their behavior evolved against
each other. Each has one half of what was put together in 2014: this lesson plays all three,
and then two older tools that adversaries need where the data are not images, a memory
(1997) and the gradient of what one cannot differentiate (1992).

**You need** lessons 05 and 07. **You will write** `nce_gradient`, `lstm_backward` and
`policy_gradient`.
"""

# %% tags=["fold"]
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.exercises import check
from gan_numpy.miniatures.robust_control import RobustControl
from gan_numpy.miniatures.turing_learning import ANIMAL, TuringLearning

lesson.opening("18")

# %% [markdown]
r"""
## Predict before you run

1. A classifier is shown $\nu$ times as much noise as data. How does the logit of the best
   one change?
2. A density is fitted without ever being divided by its integral. What keeps it from
   growing everywhere?
3. Two players of the Dirac-GAN circle for ever. A controller and a disturbance move in the
   same way, each along its own gradient. Why may they arrive?
4. A cell forgets a tenth in each step. How much of a gradient is left after 20 steps?
5. A policy gets the same reward whatever it does. What does its gradient do?
"""

# %%
# ask: 18-forget

# %% [markdown]
r"""
## Derive: a discriminator that is a density

[Gutmann and Hyvärinen, 2012](https://jmlr.org/papers/v13/gutmann12a.html) fit
$\log p_m(u) = \log p^0(u; \alpha) + c$. Nobody knows the integral $Z$ of $p^0$; the number
$c$, which should become $-\log Z$, is learned like any other. Show a classifier $N$ points
of data and noise of a *known* density $p_n$ that weighs $\nu$ times as much. By Bayes' rule
a point $u$ is data with the probability

$$
h(u) = \frac{p_m(u)}{p_m(u) + \nu\, p_n(u)} = \sigma\bigl(G(u) - \log\nu\bigr), \qquad
G = \log p_m - \log p_n .
$$

**Question 1**: the logit falls by $\log\nu$. The cross-entropy, with the $M$ noise points as
a mean of weight $\nu$, is

$$
L = \frac1N \sum_n \mathrm{softplus}\bigl(\log\nu - G^d_n\bigr)
  + \frac\nu M \sum_m \mathrm{softplus}\bigl(G^n_m - \log\nu\bigr),
$$

with `g_data`, shape `(N,)`, and `g_noise`, shape `(M,)`. With $\mathrm{softplus}' = \sigma$:

$$
\frac{\partial L}{\partial G^d_n} = \frac{\sigma(G^d_n - \log\nu) - 1}{N}, \qquad
\frac{\partial L}{\partial G^n_m} = \frac{\nu\,\sigma(G^n_m - \log\nu)}{M} .
$$
"""

# %%
# exercise: nce_gradient

# %%
contrast = lesson.working(nce_gradient)

# %% [markdown]
r"""
At $\nu = 1$ this is the discriminator's gradient of lesson 05. The same numbers, to the last
bit:
"""

# %%
rng = np.random.default_rng(18)
a_real, a_fake = rng.normal(size=5), rng.normal(size=7)
theirs = lesson.reference("discriminator_gradient")(a_real, a_fake)
for mine, its in zip(contrast(a_real, a_fake, 1.0), theirs):
    print("largest difference:", np.abs(mine - its).max())

# %% [markdown]
r"""
## See: log Z is found

A Gaussian with $\mu = 0.6$, $\sigma = 0.8$, in the form
$\log p_m = -\frac12 s^2 (u - \mu)^2 + c$ with $s = 1/\sigma$. The chain rule of one line each:
$\partial G/\partial\mu = s^2 (u - \mu)$, $\partial G/\partial s = -s (u - \mu)^2$,
$\partial G/\partial c = 1$. The noise is what a generator that never moves makes of a
Gaussian: $G(z) = 2z$. It is the game of 2014 with one player frozen.
"""

# %% tags=["fold"]
MU, SIGMA, NU = 0.6, 0.8, 4.0
data = MU + SIGMA * rng.standard_normal(20_000)
noise = 2 * rng.standard_normal(80_000)


def log_noise(u):
    """The density of the noise, which must be known."""
    return -0.5 * (u / 2) ** 2 - 0.5 * np.log(2 * np.pi * 4)


def fit(gradient, steps, nu=NU):
    """Plain descent from a wide Gaussian with c = 0; the way, (steps + 1, 3)."""
    theta = np.array([0.0, 0.5, 0.0])  # mu, s, c
    way = [theta]
    for _ in range(steps):
        mu, s, c = theta
        g = [-0.5 * s**2 * (u - mu) ** 2 + c - log_noise(u) for u in (data, noise)]
        step = np.zeros(3)
        for u, dg in zip((data, noise), gradient(*g, nu)):
            r = u - mu
            step += [dg @ (s**2 * r), dg @ (-s * r**2), dg.sum()]
        theta = theta - 0.5 * step
        way.append(theta)
    return np.array(way)


log_Z = np.log(SIGMA * np.sqrt(2 * np.pi))
way = fit(contrast, lesson.steps(400, 30))
print(f"mu {way[-1, 0]:.3f}, sigma {1 / way[-1, 1]:.3f}, log Z {-way[-1, 2]:.3f}")
print(f"true 0.600, 0.800, {log_Z:.3f}")
u = np.linspace(-4, 4, 200)
figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 2.9))
left.hist(data, 60, density=True, color="0.85")
for k in (0, 10, len(way) - 1):
    mu, s, c = way[k]
    left.plot(u, np.exp(-0.5 * s**2 * (u - mu) ** 2 + c), label=f"step {k}")
left.plot(u, np.exp(log_noise(u)), color=lesson.GRAY, linewidth=1, label="noise")
left.set(xlabel="$u$", title="the model, never normalized")
left.legend()
right.plot(-way[:, 2], label="$-c$")
right.axhline(log_Z, color=lesson.GRAY, linewidth=1, label="$\\log Z$")
right.set(xlabel="step", title="the constant")
right.legend()
lesson.show(
    "Left: three wide to narrow model curves, the last on the histogram of "
    "the data; right: minus c settles on log Z"
)

# %% [markdown]
r"""
**Question 2.** The noise does. A larger $c$ makes more of the noise look like data, and the
classifier pays for it. (Maximum likelihood without a constant would grow for ever.) What the
noise costs is precision: with as much noise as data the squared error of $\mu$ and $\sigma$ is
1.75 times that of maximum likelihood, with 32 times as much it is 1.03 times, by the formula of
the paper; `gan-numpy train nce` measures it.

## Derive: a game with a saddle point

A pendulum on its head, $x$ its angle and rate, shape `(2,)`. One torque holds it,
$u = -Kx$, another disturbs, $w = Lx$; $K$ and $L$ have shape `(1, 2)`:

$$
J(K, L) = E \sum_t x_t^\top Q x_t + u_t^\top R u_t - \gamma^2 w_t^\top w_t .
$$

The controller descends $J$ and the disturbance, which pays $\gamma^2$ for its square,
ascends it: two policies that are improved against each other, as in [Abu-Khalaf, Lewis and
Huang, 2006](https://doi.org/10.1109/TAC.2006.884959). Both gradients come from two linear
equations; [linear_game.py](../gan_numpy/miniatures/linear_game.py) derives them. The saddle
point is known: it solves the algebraic equation of Riccati, which SciPy can.
"""

# %% tags=["fold"]
pendulum = RobustControl()
game = pendulum.game()
saddle = game.saddle()
K, L = np.array([[9.0, 4.0]]), np.zeros((1, 2))
steps = [(K, L)]
for _ in range(lesson.steps(1500, 60)):
    J, dK, dL = game.cost_and_gradients(K, L)
    K, L = K - 0.01 * dK, L + 0.03 * dL
    steps.append((K, L))
figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 2.9))
for k, name in enumerate(("controller $K$", "disturbance $L$")):
    points = np.array([pair[k][0] for pair in steps])
    left.plot(*points.T, label=name)
    left.plot(*saddle[k][0], "k+", markersize=10)
    apart = np.abs(points - saddle[k]).max(axis=1) / np.abs(saddle[k]).max()
    right.semilogy(apart, label=f"{name}: {apart[-1]:.0e} at the end")
left.set(xlabel="gain of the angle", ylabel="gain of the rate")
left.set_title("to Riccati's +")
left.legend()
right.set(xlabel="step", title="relative distance")
right.legend()
lesson.show(
    "Left: the gains of controller and disturbance move to the crosses of "
    "Riccati's solution; right: both distances fall to 1e-7"
)
for name, controller in (("regulator", game.lqr()), ("robust", K)):
    print(f"{name:>9}: worst gain {game.worst_gain(controller):.3f}")

# %% [markdown]
r"""
**Question 3.** Near its saddle point this $J$ bends up along $K$ and down along $L$: each player
alone would stop. In the Dirac-GAN the value is straight along both, and nothing damps the
rotation; R1 gave it a curvature. The regulator that knows of no adversary lets through more
than $\gamma = 0.5$; the robust one keeps below it. It had to be promised an enemy.

## See: models and judges evolve

[Li, Gauci and Groß, 2013](https://doi.org/10.1145/2463372.2465801) have neither gradients nor
a likelihood. An animal moves under changing light, by two numbers that nobody knows:
$\alpha$, how fast it runs in the light, and $\beta$, how fast it turns in the dark. A *model*
is a guess of both, shape `(2,)`; a *judge* is a small recurrent network, 46 weights, that reads
a film of speed and turning and says how genuine it looks. A model is as fit as it is taken for
the animal; a judge, as it is right about both. The fitter half of parents and children lives
on. No judge is told what the light was, and no distance to the animal is ever measured.
"""

# %% tags=["fold"]
play = TuringLearning(generations=lesson.steps(400, 8))
rng = np.random.default_rng(18)
models, judges = play.first(rng)
course = []
for _ in range(play.generations):
    models, judges, _ = play.generation(models, judges, rng)
    course.append(models.values)
course = np.array(course)
figure, panels = plt.subplots(1, 2, figsize=(7.4, 2.7))
for k, (axes, name) in enumerate(zip(panels, ("$\\alpha$", "$\\beta$"))):
    low, middle, high = np.percentile(course[:, :, k], (10, 50, 90), axis=1)
    axes.fill_between(range(len(course)), low, high, color=lesson.SKY, alpha=0.4)
    axes.plot(middle, label="models: median, 80 %")
    axes.axhline(ANIMAL[k], color=lesson.RED, label="the animal's")
    axes.set(xlabel="generation", title=name, ylim=ANIMAL[k] + np.array([-1, 1]))
panels[0].legend()
lesson.show(
    "The median of the models, with its band, swings in narrowing steps about "
    "the animal's two numbers"
)
found = np.median(np.median(course, axis=1)[play.generations // 4 :], axis=0)
print(f"found {found.round(3)}, the animal's {ANIMAL}")

# %% [markdown]
r"""
They come near and then chase each other around the answer: whoever is fooled today learns the
difference tomorrow. The median over time is the estimate. What a GAN adds is the gradient: a
generator that is told by its judge not only *that* it failed but *in which direction* to move.

## Derive: a memory

Where data are sequences, the players read step by step. In an LSTM
([Hochreiter and Schmidhuber, 1997](https://doi.org/10.1162/neco.1997.9.8.1735)) a cell $c$
is carried on by multiplication with a *forget gate* and by addition, and by nothing else.
With $a = x_t W + h_{t-1} U + b$ of shape `(N, 4 H)`, in four parts:

$$
i, f, o = \sigma(a^i), \sigma(a^f), \sigma(a^o), \quad g = \tanh(a^g), \qquad
c_t = f \odot c_{t-1} + i \odot g, \quad h_t = o \odot \tanh c_t .
$$

Backward, $h_t$ and $c_t$ have two users each: the output and the next step. From the last
step to the first,

$$
dh = dy_t + \overline h, \quad
dc = \overline c + dh \odot o \odot (1 - \tanh^2 c_t), \qquad
\overline h \leftarrow da\, U^\top, \quad \overline c \leftarrow dc \odot f ,
$$

and in between the four parts of $da$, each with the slope of its own gate. $W$, $U$ and $b$
are used in every step: their gradients are sums over time.
"""

# %%
# exercise: lstm_backward

# %%
through_time = lesson.working(lstm_backward)

# %% [markdown]
r"""
**Question 4.** $0.9^{20} = 0.12$. Below, the gradient of the last output with respect to the
input of each step, for three biases of the forget gate. A plain recurrent network multiplies
by a matrix and a slope there. The LSTM has a valve, and can learn to leave it open.
"""

# %% tags=["fold"]

x = rng.normal(size=(64, 40, 1))
W, U = 0.5 * rng.normal(size=(1, 12)), 0.1 * rng.normal(size=(3, 12))
figure, axes = plt.subplots(figsize=(6.2, 2.7))
for bias in (-1.0, 2.2, 6.0):
    b = np.zeros(12)
    b[3:6] = bias
    y, cache = lstm_forward(x, W, U, b)
    dy = np.zeros_like(y)
    dy[:, -1] = 1
    reach = np.abs(through_time(dy, cache)[0]).mean(axis=(0, 2))
    label = f"$f \\approx {1 / (1 + np.exp(-bias)):.3f}$"
    axes.semilogy(np.arange(39, -1, -1), reach, label=label)
axes.set(xlabel="steps before the end", ylabel="gradient", ylim=(1e-12, 1))
axes.legend()
lesson.show(
    "The gradient against the steps before the end: it falls steeply for f = "
    ".269, slowly for .9, hardly for .998"
)

# %% [markdown]
r"""
## Derive: the gradient of what cannot be differentiated

A generator of actions has no path for a gradient: the world answers with a reward, not with
a derivative. But an expectation has a gradient all the same
([Williams, 1992](https://doi.org/10.1007/BF00992696)):

$$
\nabla E_{a \sim \pi}[r(a)] = \sum_a r(a) \nabla \pi(a)
= E\bigl[r(a)\, \nabla\log\pi(a)\bigr],
$$

and as $E[\nabla \log \pi] = \nabla \sum_a \pi(a) = 0$, any *baseline* may be taken off the
reward: what remains, $A = r - b$, is the advantage. With $\pi = \mathrm{softmax}(l)$, the
action's one-hot row $e_a$ and the entropy $H = -\sum_k \pi_k \log \pi_k$, whose gradient is
$-\pi \odot (\log\pi + H)$, the loss

$$
L = -\frac1N \sum_n A_n \log \pi_n(a_n) - \frac\beta N \sum_n H_n
\quad\text{has}\quad
\frac{\partial L}{\partial l_n}
= \frac{A_n (\pi_n - e_{a_n}) + \beta\, \pi_n \odot (\log \pi_n + H_n)}{N} .
$$

Shapes: `logits` and `dlogits` `(N, actions)`, `actions` and `advantages` `(N,)`.
"""

# %%
# ask: 18-two-actions

# %%
# exercise: policy_gradient

# %%
of_policy = lesson.working(policy_gradient)

# %% [markdown]
r"""
**Question 5.** On average, nothing; in each batch, noise in proportion to the reward. Three
slot machines pay 10.0, 10.5 and 11.0 on average, each with a deviation of 1. Without a
baseline the luck of the first draws decides; with the mean reward taken off, what is better
than usual grows.
"""

# %% tags=["fold"]
PAY = np.array([10.0, 10.5, 11.0])


def gamble(baseline, seed, steps=lesson.steps(300, 20)):
    """The probability of the best machine, step after step."""
    rng, l, course = np.random.default_rng(seed), np.zeros((1, 3)), []
    for _ in range(steps):
        pi = np.exp(l - l.max()) / np.exp(l - l.max()).sum()
        actions = rng.choice(3, size=8, p=pi[0])
        reward = PAY[actions] + rng.standard_normal(8)
        advantage = reward - (reward.mean() if baseline else 0)
        rows = np.repeat(l, 8, axis=0)
        l = l - 0.3 * of_policy(rows, actions, advantage, 0.01).sum(axis=0)
        course.append(pi[0, 2])
    return course


figure, panels = plt.subplots(1, 2, figsize=(7.4, 2.6), sharey=True)
for axes, baseline in zip(panels, (False, True)):
    runs = np.array([gamble(baseline, seed) for seed in range(10)])
    axes.plot(runs.T, color=lesson.BLUE, linestyle="-", linewidth=0.7)
    axes.set(xlabel="step", title=f"{'with' if baseline else 'without'} a baseline")
    found = (runs[:, -1] > 0.9).sum()
    print(f"baseline {baseline}: {found} of 10 runs play the best machine")
panels[0].set_ylabel("probability of the best")
lesson.show(
    "Ten runs each: without a baseline some end at the best machine and some "
    "at 0, with one all of them rise to 1"
)

# %% [markdown]
r"""
## See: imitation by an adversary

Both halves together are GAIL ([Ho and Ermon, 2016](https://arxiv.org/abs/1606.03476)). A car
on a winding road has senses $s$, shape `(5,)`, and three actions $a$. Of one drive of an expert
ten decisions are shown. A discriminator tells his pairs $(s, a)$ from those of a learner, who
drives, and is paid

$$
r(s, a) = -\log\bigl(1 - D(s, a)\bigr) = \mathrm{softplus}(\ell(s, a)),
$$

with $\ell$ the logit of $D$: no other reward, and no distance to the expert. No gradient
passes the road; `policy_gradient` does without. Beside it a network of the same size copies
the ten decisions by cross-entropy. `gan-numpy train gail` plays both, and lets each drive:
with the adversary the car gets 1.03 of the expert's way, the copy .20 of it; over the seeds 0
to 4 it is .98 to 1.03, and .16 to .84. The copy errs a little, comes to where the expert never
was, and errs more. The learner has been there, and was told that it looks wrong.
"""

# %% [markdown]
r"""
## Break it

What each known mistake of `nce_gradient` makes of the density. Some diverge, and show it. The
others converge, quietly, to another answer: of the constant above all. *nu-missing* finds
$\mu$ and $\sigma$, and a density that integrates to $\nu = 4$: its $\log Z$ is wrong by
$\log 4 = 1.386$.
"""

# %% tags=["fold"]
lesson.show_mistakes("nce_gradient", "lstm_backward", "policy_gradient")
print(f"\n{'':>18}    mu  sigma  log Z   (true 0.600, 0.800, {log_Z:.3f})")
tags = ("log-ratio-missing", "log-ratio-sign", "ratio-not-logged", "nu-missing")
data, noise = data[::5], noise[::5]  # enough for two digits
for tag in (*tags, "labels-swapped", "other-batch"):
    with np.errstate(all="ignore"):
        mu, s, c = fit(lesson.mistake("nce_gradient", tag), lesson.steps(400, 10))[-1]
    print(f"{tag:>18} {mu:6.2f} {1 / s:6.2f} {-c:6.2f}")

# %%
check(lesson.mistake("lstm_backward", "cell-not-carried"))

# %%
# ask: 18-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** Put the two halves together: let the noise of `fit` be made by a generator
$G(z) = a + bz$ that climbs the logit of the model, as in lesson 06. What happens to the
constant $c$, and why can it no longer be $-\log Z$?

<details><summary>What a good answer contains</summary>

The density of the noise now moves, so `log_noise` has to be the generator's own, and is known
here only since $G$ is affine. As the noise comes to lie on the data the logit goes to 0
everywhere: the classifier learns less and less, and the error of $\mu$, $\sigma$ and $c$ at
a given number of steps is drawn against the distance of the two densities. For a generator
whose density nobody knows $p_n$ drops out of the logit, and with it the likelihood: what
is left is a ratio.

</details>
"""

# %% [markdown]
r"""
## Read next

- Gutmann and Hyvärinen, *Noise-Contrastive Estimation of Unnormalized Statistical Models*,
  [JMLR 13:307, 2012](https://jmlr.org/papers/v13/gutmann12a.html); Goodfellow, *On
  distinguishability criteria for estimating generative models*,
  [arXiv:1412.6515](https://arxiv.org/abs/1412.6515), puts it beside the GAN.
- Li, Gauci and Groß, *Turing learning*,
  [arXiv:1603.04904](https://arxiv.org/abs/1603.04904); Zhang, Yang and Başar,
  [arXiv:1906.00729](https://arxiv.org/abs/1906.00729), for when policy gradients find a
  saddle point.
- The library: [miniatures/](../gan_numpy/miniatures/__init__.py), each a game from seed to figures
  (`gan-numpy train nce`), and [layers/lstm.py](../gan_numpy/layers/lstm.py).
"""
