# %% [markdown]
r"""
# 05 · Two players, two losses

Lesson 04 played with densities. From here on there are only batches: $N$ real samples, $M$
generated ones, and for each of them a logit. What a player learns from a batch is the
gradient of its loss with respect to these logits: two lines of code each. One sign, one
$N$, and one replaced logarithm decide whether anything is learned at all.

**You need** lesson 01: $\mathrm{softplus}'(t) = \sigma(t)$; lesson 04: $V(D, G)$ and $D^*$.
**You will write** `discriminator_gradient` and `generator_gradient`.
"""

# %% tags=["fold"]
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.exercises import check

lesson.opening("05")

# %% [markdown]
r"""
## Predict before you run

1. $D$ gives a fake the probability 0.001 of being real. The paper offers the generator two
   losses. By what factor do their gradients with respect to the logit differ there?
2. For which $D(G(z))$ are the two gradients equal?
3. One fake of a batch nearly convinces $D$ ($D = 0.9$), another does not ($D = 0.1$). Which
   of them does each loss push harder?
4. The loss is computed from probabilities, in float32. From which logit on is
   $\log(1 - D)$ infinite?
5. A generator starts 8 standard deviations away from the data and its opponent is perfect.
   Where is it after 60 steps of either loss?
6. In a batch of 200 real and 100 fake samples the fakes' mean is divided by 300. What does
   the discriminator learn?
"""

# %%
# ask: 05-factor

# %% [markdown]
r"""
## Derive: the discriminator's gradient

With logits $a$ and $D = \sigma(a)$, lesson 01 gives $-\log D = \mathrm{softplus}(-a)$ and
$-\log(1 - D) = \mathrm{softplus}(a)$. The loss of the discriminator is $-V$, with the two
expectations replaced by the means of two batches:

$$
L_D = \frac1N \sum_{n=1}^{N} \mathrm{softplus}\bigl(-a^{r}_n\bigr)
    + \frac1M \sum_{m=1}^{M} \mathrm{softplus}\bigl(a^{f}_m\bigr) .
$$

Each logit occurs in one term only, and $\mathrm{softplus}'(t) = \sigma(t)$:

$$
da^{r}_n = \frac{\partial L_D}{\partial a^r_n} = -\frac{\sigma(-a^r_n)}{N}
         = \frac{\sigma(a^r_n) - 1}{N},
\qquad
da^{f}_m = \frac{\partial L_D}{\partial a^f_m} = \frac{\sigma(a^f_m)}{M} .
$$

Both are the same sentence, *probability minus label, divided by the size of its own batch*,
with label 1 for real and 0 for fake.

| quantity | shape |
|---|---|
| logits of real samples, and their gradient | `(N,)` |
| logits of fakes, and their gradient | `(M,)` |
| each of the losses | a number |
"""

# %% tags=["answer"]
# First the formulas, one a line between the quotes; they are checked as formulas.
lesson.derive(
    "discriminator_gradient",
    """
    """,
)

# %%
# exercise: discriminator_gradient

# %%
d_gradient = lesson.working(discriminator_gradient)

# %% [markdown]
r"""
**Question 4.** In float32 the sum $1 + e^{-17}$ is exactly 1, and with it the probability
$1/(1 + e^{-a})$ of a logit of 17: the loss must never be computed from probabilities. From
logits it is right for every logit:
"""

# %%
for a in np.float32([15, 16, 17, 100]):
    with np.errstate(divide="ignore"):
        naive = -np.log(np.float32(1) - np.float32(sigmoid(a)))
    print(f"a = {a:3.0f}: -log(1 - sigma(a)) = {naive:8.4f},", end=" ")
    print(f"softplus(a) = {softplus(a):8.4f}")

# %% [markdown]
r"""
## Derive: the generator's gradient, twice

The generator wants $V$ small. Only the second term depends on it, so the *minimax* loss is

$$
L_G^{\text{minimax}} = \frac1N \sum_n \log(1 - D_n) = -\frac1N \sum_n \mathrm{softplus}(a_n),
\qquad
\frac{\partial L_G^{\text{minimax}}}{\partial a_n} = -\frac{\sigma(a_n)}{N} = -\frac{D_n}{N} .
$$

Early in training fakes are poor, $D_n$ is nearly 0, and so is this gradient: the loss
*saturates*. The paper (end of section 3) therefore maximizes $\log D$ instead, the
*non-saturating* loss:

$$
L_G = -\frac1N \sum_n \log D_n = \frac1N \sum_n \mathrm{softplus}(-a_n),
\qquad
\frac{\partial L_G}{\partial a_n} = \;?
$$

Both are negative: each loss wants every logit to rise. They differ in how much:

$$
\frac{\partial L_G^{\text{minimax}} / \partial a_n}{\partial L_G / \partial a_n}
= \frac{D_n}{1 - D_n} .
$$

The chain rule carries them on, $dx_n = da_n\, \partial a_n/\partial x_n$, shape
$(N, \text{features})$, and then through the generator. So **$da_n$ is the weight of sample
$n$**: minimax weighs a fake by how convincing it is already, the non-saturating loss by how
much it is still rejected.
"""

# %%
# ask: 05-rejected

# %%
# exercise: generator_gradient

# %%
g_gradient = lesson.working(generator_gradient)
saturating = lesson.mistake("generator_gradient", "saturating")

# %% [markdown]
r"""
**Questions 1 to 3.** The saturating gradient is a known mistake of the exercise, so we have
it, too. Times $N$:
"""

# %%
probabilities = np.array([0.001, 0.1, 0.5, 0.9])
a = np.log(probabilities / (1 - probabilities))
ours, theirs = len(a) * g_gradient(a), len(a) * saturating(a)
print("  D(G(z))   non-saturating   minimax     ratio   D/(1 - D)")
for row in zip(probabilities, ours, theirs, theirs / ours, np.exp(a)):
    print("{:9.3f} {:16.4f} {:9.4f} {:9.4f} {:11.4f}".format(*row))

# %% [markdown]
r"""
## See: both gradients against $D(G(z))$

On the left the losses as functions of the logit: where one is steep the other is flat. In
the middle their gradients against $D(G(z))$: two straight lines, which cross at $\frac12$. On
the right the same two lines on logarithmic axes. Training begins at the left end of it.
"""

# %% tags=["fold"]
a = np.linspace(-9.2, 9.2, 185)
D = sigmoid(a)
sizes = {
    "non-saturating": -len(a) * g_gradient(a),
    "minimax": -len(a) * saturating(a),
}
figure, (left, middle, right) = plt.subplots(1, 3, figsize=(6.2, 2.7))
left.plot(a, softplus(-a), label="non-saturating")
left.plot(a, -softplus(a), label="minimax")
left.set(title="loss", xlabel="logit $a$", xlim=(-9, 9))
for name, size in sizes.items():
    middle.plot(D, size, label=name)
    right.loglog(D, size, label=name)
middle.set(title="$N\\,|\\partial L_G/\\partial a|$", xlabel="$D(G(z))$")
middle.set(xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
right.set(title="the same, logarithmic", xlabel="$D(G(z))$", ylim=(1e-4, 3))
right.axvspan(1e-4, 1e-2, color=lesson.GRAY, alpha=0.25, linewidth=0)
right.text(1.3e-4, 0.06, "early in\ntraining")
left.legend(loc="lower left", fontsize=7, borderaxespad=0, handlelength=1.4)
lesson.show(
    "The two losses of the generator against the logit, and their gradients "
    "against D(G(z)): two straight lines that cross at one half; on logarithmic "
    "axes the minimax one is a thousand times smaller early in training."
)

# %% [markdown]
r"""
## Train a generator of one number

The data are $N(0, 1)$, the generator is $G(z) = \theta + z$ with $z \sim N(0, 1)$, and its opponent
is perfect. By lesson 04 its logit is the log ratio of the densities,

$$
a^*(x) = \log p_d(x) - \log p_g(x) = -\frac{x^2}{2} + \frac{(x - \theta)^2}{2}
= \frac{\theta^2}{2} - \theta x,
\qquad \frac{\partial a^*}{\partial x} = -\theta .
$$

The chain rule, with $\partial x_n/\partial\theta = 1$, gives
$d\theta = \sum_n da_n \cdot (-\theta)$. That is the whole program. **Question 5:** with the
minimax loss a generator that starts at 8 never moves, one that starts at 4 takes its time.
"""

# %%
noise = np.random.default_rng(5).standard_normal(500)


def path_of(gradient, start, steps=60, rate=0.1):
    """The generator's theta, step after step, against the best discriminator."""
    path = [start]
    for _ in range(steps):
        theta = path[-1]
        a = theta**2 / 2 - theta * (theta + noise)
        path.append(theta - rate * np.sum(gradient(a)) * -theta)
    return path


# %% tags=["fold"]
figure, panels = plt.subplots(1, 2, sharey=True, figsize=(6.2, 2.7))
rules = {"non-saturating": g_gradient, "minimax": saturating}
for axes, (name, gradient) in zip(panels, rules.items()):
    for start in (8.0, 4.0, 2.0):
        path = path_of(gradient, start)
        axes.plot(path)
        print(f"{name:>14} from {start}: after 60 steps {path[-1]:.3f}")
    axes.set(title=name, xlabel="step of the generator", ylim=(-0.3, 8.5))
panels[0].set_ylabel("$\\theta$")
lesson.show(
    "The generator's theta, step after step: with the non-saturating loss it "
    "comes home from 8, 4 and 2; with the minimax loss it never leaves 8."
)

# %% [markdown]
r"""
## Derive: what the non-saturating loss descends

Minimax against $D^*$ descends the Jensen-Shannon divergence (lesson 04). The other loss has
the same fixed point, $p_g = p_d$, where $D^* = \frac12$ everywhere, $\partial a^*/\partial x = 0$, and
nothing moves. But it descends something else. With $D^*$ held at the present $\theta_0$, and
$a^* = \log p_d - \log p_g$, softplus can be split:

$$
-\log D^* = \mathrm{softplus}(-a^*) = \mathrm{softplus}(a^*) - a^*
= -\log(1 - D^*) + \log \frac{p_{\theta_0}}{p_d} .
$$

Average over $p_\theta$ and take the derivative at $\theta = \theta_0$. The first term is minus
the minimax loss, whose derivative is that of $2\,\mathrm{JSD}$. The second is the derivative of
$\mathrm{KL}(p_\theta \,\|\, p_d)$: the part that comes from the logarithm's own $\theta$,
$\int p_\theta\, \partial_\theta \log p_\theta = \partial_\theta \int p_\theta = 0$, adds nothing. So

$$
\nabla_\theta\, \mathbb{E}\bigl[-\log D^*(G(z))\bigr]
= \nabla_\theta \bigl[\mathrm{KL}(p_\theta \,\|\, p_d) - 2\, \mathrm{JSD}(p_\theta \,\|\, p_d)\bigr]
$$

([Arjovsky and Bottou, 2017](https://arxiv.org/abs/1701.04862), Theorem 2.5). This reverse KL
is large where the generator puts mass and the data have none, and small where the
generator *leaves out* something. Keep that in mind for lesson 09. Here both sides are
computed for our generator; $\mathrm{KL} = \theta^2/2$:
"""

# %% tags=["fold"]
t = np.linspace(-12, 14, 5201)
dx = t[1] - t[0]


def normal(mean):
    """The density of N(mean, 1)."""
    return np.exp(-((t - mean) ** 2) / 2) / np.sqrt(2 * np.pi)


def difference(theta):
    """KL(p_g || p_d) - 2 JSD."""
    pd, pg = normal(0), normal(theta)
    m = (pd + pg) / 2
    return theta**2 / 2 - np.sum(pd * np.log(pd / m) + pg * np.log(pg / m)) * dx


for theta in (0.5, 1.0, 3.0):
    logits = theta**2 / 2 - theta * t
    descent = np.sum(normal(theta) * (sigmoid(logits) - 1) * -theta) * dx
    slope = (difference(theta + 1e-4) - difference(theta - 1e-4)) / 2e-4
    print(
        f"theta = {theta}: {descent:.6f} by the chain rule, {slope:.6f} by KL - 2 JSD"
    )

# %% [markdown]
r"""
## Break it

Known mistakes, first of the generator, all from $\theta = 4$. A wrong
*constant* leaves the direction alone and changes the length of the step: a half is twice
as slow, the mean taken twice 500 times too short, the mean left out 500 times too long,
which throws the generator to and fro. Wrong *weights* are worse: a second $\sigma'$ is back
at saturation, the swapped label helps $D$.
"""

# %% tags=["fold"]
lesson.show_mistakes("discriminator_gradient", "generator_gradient")

figure, axes = plt.subplots(figsize=(6.2, 2.8))
axes.plot(path_of(g_gradient, 4.0), label="right")
tags = ("factor-half", "sigmoid-derivative-extra", "mean-twice", "labels-swapped")
for tag in tags:
    path = path_of(lesson.mistake("generator_gradient", tag), 4.0)
    axes.plot(path, label=f"{tag}: ends at {path[-1]:.2f}")
axes.set(xlabel="step of the generator", ylabel="$\\theta$", ylim=(-0.2, 10))
axes.legend(loc="upper right")
lesson.show(
    "The generator's theta under mistakes: a half is slower, the extra sigma' "
    "saturates, the swapped label runs away."
)
thrown = path_of(lesson.mistake("generator_gradient", "mean-missing"), 4.0, steps=3)
print("mean-missing:", ", ".join(f"{theta:,.0f}" for theta in thrown))

# %% [markdown]
r"""
Now the discriminator. One with two parameters, $a = w x + c$, sees 200 samples of $N(0, 1)$ and
100 of $N(2, 1)$ in each step; its optimum is $w = -2$, $c = 2$. The chain rule:
$dw = \sum_n da^r_n x^r_n + \sum_m da^f_m x^f_m$ and $dc = \sum_n da^r_n + \sum_m da^f_m$.

**Question 6.** Dividing the 100 fakes by 300 gives their term the weight $\frac13$. That is the
same game with $p_g/3$ in place of $p_g$: the best answer becomes $p_d/(p_d + p_g/3)$, and
$c$ is $\log 3$ too large. The discriminator trains without any sign of trouble and believes
too many fakes.
"""

# %%
learned = {}
names = ("both-batches", "factor-half", "labels-swapped", "sigmoid-derivative-extra")
gradients = {tag: lesson.mistake("discriminator_gradient", tag) for tag in names}
for name, gradient in {"right": d_gradient, **gradients}.items():
    rng = np.random.default_rng(6)
    w = c = 0.0
    for step in range(lesson.steps(3000, 300)):
        real, fake = rng.normal(0, 1, 200), rng.normal(2, 1, 100)
        da_real, da_fake = gradient(w * real + c, w * fake + c)
        rate = 0.5 / (1 + step / 100)
        w -= rate * (np.sum(da_real * real) + np.sum(da_fake * fake))
        c -= rate * (np.sum(da_real) + np.sum(da_fake))
    learned[name] = w, c
    print(f"{name:>26}: w = {w:6.2f}, c = {c:6.2f}")
print(f"\nc of both-batches by the formula: 2 + log 3 = {2 + np.log(3):.2f}")

# %% tags=["fold"]
figure, axes = plt.subplots(figsize=(6.2, 2.7))
line = np.linspace(-3, 5, 200)
ideal = normal(0) / (normal(0) + normal(2))
axes.plot(t, ideal, color=lesson.GRAY, linewidth=5, alpha=0.4, label="$D^*$")
for name, (w, c) in learned.items():
    axes.plot(line, sigmoid(w * line + c), label=name)
axes.axhline(0.5, color=lesson.GRAY, linewidth=1)
axes.set(xlim=(-3, 5), xlabel="$x$", ylabel="$D(x)$", ylim=(-0.02, 1.02))
axes.legend(loc="center left", fontsize=7)
lesson.show(
    "What discriminators learn under mistakes, beside D*: one that divides by "
    "both batches believes too many fakes."
)

# %% [markdown]
r"""
And this is what the check says of the mistake that gives no sign of trouble:
"""

# %%
check(lesson.mistake("discriminator_gradient", "both-batches"))

# %%
# ask: 05-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** Invent a third loss of the generator, a function of the logit, and say where it pushes hard and
where it dies. Run it from $\theta = 8$.

<details><summary>What a good answer contains</summary>

The loss and its gradient, checked with `lesson.reference("numerical_gradient")`. A plot of the gradient
against $D(G(z))$ beside the two of the lesson. The path from 8, 4 and 2. One sentence on what it would do to a fake
that is taken for real but lies far from the data (lesson 14 has an answer).

</details>
"""

# %% [markdown]
r"""
## Read next

- Goodfellow et al., [arXiv:1406.2661](https://arxiv.org/abs/1406.2661), end of section 3:
  "rather than training $G$ to minimize $\log(1 - D(G(z)))$ we can train $G$ to maximize
  $\log D(G(z))$".
- Arjovsky and Bottou, [arXiv:1701.04862](https://arxiv.org/abs/1701.04862), section 2.2:
  Theorem 2.4 for the vanishing gradient, 2.5 for the identity above.
- The library: [objectives/minimax.py](../gan_numpy/objectives/minimax.py) has both losses,
  [objectives/base.py](../gan_numpy/objectives/base.py) the softplus that cannot overflow.
- Next: [lesson 06](06_algorithm_1.ipynb), where both players learn at once.
"""
