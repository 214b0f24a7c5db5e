# %% [markdown]
r"""
# 00 · The judge: a derivative by finite differences

Every gradient in this course is derived on paper. Paper is patient, so each one goes before
a judge who knows nothing of calculus: it moves a number a little and looks at what
happens. Before we let it judge, we should know how far it can be trusted.

**You need** Taylor's theorem and NumPy. **You will write** `numerical_gradient`.
"""

# %% tags=["fold"]
import time
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.exercises import check

lesson.opening("00")

# %% [markdown]
r"""
## Predict before you run

1. The slope of $e^x$ at 1 is estimated with a step $h = 0.1$, once from $x$ to $x + h$ and
   once from $x - h$ to $x + h$. How wrong is each of them?
2. Now $h$ is divided by 10. By what is each error divided?
3. The computer has 16 digits. Is $h = 10^{-15}$ best?
4. What does the judge say of $|x|$ at $x = 0$, where there is no derivative?
5. A network has a million weights. How often must it be evaluated for one gradient?
"""

# %%
# ask: 00-tenth

# %% [markdown]
r"""
## Derive

Taylor's theorem, one step forward and one step back:

$$
f(x \pm h) = f(x) \pm h\,f'(x) + \tfrac{h^2}{2} f''(x) \pm \tfrac{h^3}{6} f'''(x) + O(h^4).
$$

The *forward difference* keeps an error of the first order, the *central difference* does
not: the two terms in $f''$ are equal and cancel.

$$
\frac{f(x + h) - f(x)}{h} = f' + \tfrac{h}{2} f'' + O(h^2), \qquad
\frac{f(x + h) - f(x - h)}{2h} = f' + \tfrac{h^2}{6} f''' + O(h^4).
$$

So a smaller $h$ is better; but only on paper. A computer stores $f$ with a relative error
of up to $\varepsilon$ ($2^{-53} \approx 1.1\cdot10^{-16}$ in float64). The difference of two
nearly equal numbers keeps this error of $\varepsilon |f|$ each and is then divided by $2h$:

$$
E(h) \;\approx\; \underbrace{\tfrac{h^2}{6}\,|f'''|}_{\text{truncation}}
\;+\; \underbrace{\frac{\varepsilon\,|f|}{h}}_{\text{rounding}} .
$$

One term falls with $h$ and the other grows. At the best $h$ the derivative of $E$ is zero:

$$
\frac{h}{3}\,|f'''| = \frac{\varepsilon |f|}{h^2}
\quad\Longrightarrow\quad
h^* = \;?
$$

For a function of an array the judge moves **one entry at a time**. Let $e_i$ be zero but
for a 1 at entry $i$; then $g_i = \bigl(f(x + h e_i) - f(x - h e_i)\bigr)/2h$.

| what | shape |
|---|---|
| `x`, and `e_i` | any, say `(4, 3)` |
| `f(x)` | one number |
| the gradient `g` | that of `x`: `(4, 3)` |
| evaluations of `f` | 2 for each entry: 24 |
"""

# %%
# ask: 00-best

# %%
# exercise: numerical_gradient

# %%
gradient = lesson.working(numerical_gradient)

# %% [markdown]
"""
**Questions 1 and 2.** The errors at a step of 0.1, and after dividing the step by 10:
"""

# %%
truth = np.e  # the derivative of exp at 1


def exponential(x):
    return np.exp(x).sum()


def forward_difference(f, x, h):
    return (f(x + h) - f(x)) / h


one = np.array([1.0])
for h in (0.1, 0.01):
    forward = abs(forward_difference(exponential, one, h) - truth)
    central = abs(gradient(exponential, one, h)[0] - truth)
    print(f"h = {h}: forward is off by {forward:.5f}, central by {central:.7f}")

# %% [markdown]
r"""
## See: the V

**Question 3.** The error against $h$, on logarithmic axes. To the right of the minimum
truncation rules, with slope 1 (forward) and 2 (central); to the left rounding does, with
slope $-1$. In float32 the V stands far higher, which is why we check in float64,
whatever we train in.
"""

# %%
widths = np.logspace(-14, 0, 113)
error64 = [abs(gradient(exponential, one, h)[0] - truth) for h in widths]
forward64 = [abs(forward_difference(exponential, one, h) - truth) for h in widths]
single = one.astype(np.float32)
widths32 = widths[widths > 1e-6].astype(np.float32)
error32 = [abs(gradient(exponential, single, h)[0] - truth) for h in widths32]

# %% tags=["fold"]
epsilon = 2.0**-53
best = (3 * epsilon) ** (1 / 3)  # exp is its own third derivative: |f|/|f'''| = 1
expected = widths**2 / 6 * truth + epsilon * truth / widths

figure, axes = plt.subplots()
axes.loglog(widths, forward64, label="forward, float64")
axes.loglog(widths, error64, label="central, float64")
axes.loglog(widths32, error32, label="central, float32")
axes.loglog(widths, expected, "k:", label="$E(h)$, derived")
axes.axvline(best, color=lesson.GRAY, linewidth=1, linestyle="-")
axes.text(best * 1.3, 3e-13, "$h^*$")
axes.set(xlabel="step $h$", ylabel="error of the derivative", ylim=(1e-13, 1e3))
figure.legend(loc="outside lower center", ncols=4, columnspacing=1)
lesson.show(
    "The error of the derivative of exp at 1 against the step h, on logarithmic "
    "axes: a V for each method; the central difference in float64 reaches 1e-11 "
    "near h = 1e-5, in float32 1e-4."
)

near_best = np.array(error64)[(widths > best / 3) & (widths < best * 3)]
print(f"the best step as derived: {best:.1e}")
print(f"median error within a factor 3 of it: {np.median(near_best):.0e}")
near32 = (3 * 2.0**-24) ** (1 / 3)
near32 = np.array(error32)[(widths32 > near32 / 3) & (widths32 < near32 * 3)]
print(f"the same in float32, at its own best step: {np.median(near32):.0e}")
print(f"the measured errors at 1e-14 and at 1: {error64[0]:.0e} and {error64[-1]:.0e}")

# %% [markdown]
r"""
Move $h$ yourself. The line through the two points turns towards the tangent as $h$ falls; on the
right is where you are on the V.
"""

# %% tags=["fold"]
figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 2.7))
curve = np.linspace(-1, 3, 201)
left.plot(curve, np.exp(curve), color=lesson.BLACK)
left.plot(curve, truth * curve, color=lesson.GRAY, linestyle=":")
(chord,) = left.plot([], [], "o-", color=lesson.BLUE)
left.set(xlabel="$x$", ylabel="$e^x$", ylim=(-3, 21))
right.loglog(widths, error64, color=lesson.ORANGE, linestyle="-")
(place,) = right.plot([], [], "o", color=lesson.BLUE, markersize=8)
right.set(xlabel="step $h$", ylabel="error", ylim=(1e-13, 10))
title = figure.suptitle("h = 1e-05: the slope is 2.718281828")


def look(h):
    """The chord from 1 - h to 1 + h, and its error."""
    slope = gradient(exponential, one, h)[0]
    chord.set_data([1 - h, 1 + h], [np.exp(1 - h), np.exp(1 + h)])
    place.set_data([h], [max(abs(slope - truth), 1e-13)])
    title.set_text(f"h = {h:.0e}: the slope is {slope:.9f}")


lesson.live(
    figure,
    look,
    "The chord of exp around 1, whose slope tends to e as h falls, and the error on the V.",
    h=[float(f"1e{k}") for k in range(-14, 1)],
)

# %% [markdown]
r"""
So $h = 10^{-5}$ is a good step for numbers near 1, and about ten digits of the answer can be
believed. Who asks for agreement to $10^{-15}$ will never get it, and who is content with
$10^{-2}$ lets mistakes through.

**Question 4.** At a kink the judge errs. Within $h$ of the kink of $|x|$ the two points lie
on different sides, and the central difference is some number between $-1$ and $1$: at 0 it
is 0. The two one-sided slopes give the kink away, since they differ no matter how small $h$
is. `gan_numpy.gradcheck` compares them, skips such entries, and says how many there were.
"""

# %%
h = 0.1
places = np.linspace(-0.4, 0.4, 161)


def height(x):
    return np.abs(x).sum()


# %% tags=["fold"]
central = [gradient(height, np.array([x]), h)[0] for x in places]
forward = [forward_difference(height, np.array([x]), h) for x in places]
backward = [forward_difference(height, np.array([x]), -h) for x in places]
figure, axes = plt.subplots(figsize=(6.2, 2.6))
axes.plot(places, central, label="central")
axes.plot(places, forward, label="forward")
axes.plot(places, backward, label="backward")
axes.axvspan(-h, h, color="0.92", zorder=0)
axes.set(xlabel="$x$", ylabel="slope of $|x|$ by differences, $h = 0.1$")
axes.legend(loc="lower right")
lesson.show(
    "Slopes of |x| by differences with h = 0.1: near 0 the forward and backward "
    "slopes are 1 and -1 and the central one lies between."
)
print(f"at the kink itself: {gradient(height, np.array([0.0]), h)[0]}")

# %% [markdown]
r"""
**Question 5.** Two evaluations for each weight. The discriminator of the 2014 paper, for
MNIST, has two layers of 240 maxout units with 5 pieces, and one logit:
"""

# %% tags=["fold"]
weights = (784 + 1) * 1200 + (240 + 1) * 1200 + (240 + 1)
x, W = np.ones((100, 784)), np.ones((784, 1200))
start = time.perf_counter()
for _ in range(3):
    x @ W
seconds = (time.perf_counter() - start) / 3
print(f"{weights:,} weights: {2 * weights:,} evaluations for one gradient")
hours = 2 * weights * seconds / 3600
print(f"its first matrix product alone, here: {hours:.1f} hours for one gradient")

# %% [markdown]
r"""
Backpropagation gives the same gradient for the price of a few evaluations, whatever the
number of weights. That is why we derive; and the judge, slow but without imagination, is why
we can trust what we derived.

## Break it

Walk downhill from $(-1, 1)$ in the valley $f(x) = (x_1 - 1)^2 + 10\,(x_2 - x_1^2)^2$ with the gradient
that the judge computes. Choose a known mistake and see where it leads. Why does
`all-at-once` stop at once, in a place that is no valley floor? And why does the walk that
forgets to divide by $2h$ follow the right path, only more slowly?
"""

# %%
lesson.show_mistakes("numerical_gradient")
chosen = ("one-sided", "all-at-once", "factor-2 step-missing")


def valley(x):
    return (x[0] - 1) ** 2 + 10 * (x[1] - x[0] ** 2) ** 2


def walk(slope, count=lesson.steps(400, 60), h=0.2):
    """The places on the way down; a large step shows what the mistake does."""
    x = np.array([-1.0, 1.0])
    path = [x]
    for _ in range(count):
        x = x - 0.01 * slope(valley, x.copy(), h)
        if np.abs(x).max() > 3:
            break
        path.append(x)
    return np.array(path)


# %% tags=["fold"]
figure, axes = plt.subplots(figsize=(6.2, 3.6))
x1, x2, points = lesson.plane((-1.6, 1.6, -1.2, 2.0), 101)
levels = np.logspace(-1.5, 2, 9)
axes.contour(
    x1, x2, valley(points.T).reshape(x1.shape), levels, colors="0.8", linewidths=1
)
paths = {"right": walk(lesson.reference("numerical_gradient"))}
for tag in chosen:
    paths[tag] = walk(lesson.mistake("numerical_gradient", tag))
for name, path in paths.items():
    (line,) = axes.plot(
        *path.T, label=f"{name}: $f$ = {valley(path[-1]):.3f} at the end"
    )
    axes.plot(*path[-1], "o", color=line.get_color())
axes.plot(1, 1, "k*", markersize=12)
axes.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(-1.6, 1.6), ylim=(-1.2, 2.0))
axes.legend(loc="lower center")
lesson.show(
    "Ways down a curved valley: the right gradient and two wrong ones reach its "
    "floor, all-at-once stops beside it."
)

# %%
check(lesson.mistake("numerical_gradient", "one-sided"))

# %%
# ask: 00-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** Which step would you take for $x = 10^6$, and which for $x = 10^{-6}$? Make a rule for any $x$, and
test it on $x^3$ and on $\sin x$.

<details><summary>What a good answer contains</summary>

The rule follows from $h^*$ with $|f|/|f'''|$ of the function, or, when nothing is known of it,
$h = \varepsilon^{1/3} \max(1, |x|)$. A plot of the error against $x$ for both. A case in which the rule fails
($\sin x$ at $10^6$: the function does not grow with $x$, so neither should $h$), and a word on $h$ that $x + h$
cannot represent.

</details>
"""

# %% [markdown]
r"""
## Read next

- Baydin, Pearlmutter, Radul and Siskind, *Automatic differentiation in machine learning: a
  survey*, [arXiv:1502.05767](https://arxiv.org/abs/1502.05767), section 2.1: numerical
  differentiation and its two errors.
- The library: [gradcheck/numeric.py](../gan_numpy/gradcheck/numeric.py) takes two step
  sizes, and so has an estimate of its own error for every entry; it tells kinks from curves.
- Next: [lesson 01](01_bce_logits.ipynb), the loss that both players of a GAN are paid in.
"""
