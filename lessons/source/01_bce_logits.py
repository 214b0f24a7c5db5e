# %% [markdown]
r"""
# 01 · Cross-entropy on logits

A discriminator answers a question of yes or no: is this real? It is paid by the *binary
cross-entropy* of its answers. Written as in the textbook the loss returns infinity or `nan`
before long. Written on *logits* it never does, and its gradient becomes the simplest one in
this course.

**You need** lesson 00, and the chain rule. **You will write** `bce_logits`.
"""

# %% tags=["fold"]
import warnings
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.exercises import check

lesson.opening("01")

# %% [markdown]
r"""
## Predict before you run

1. The label is 1 and the discriminator says $p = 10^{-9}$. What is its loss? And if it says
   $10^{-18}$, is the loss twice as large, or a billion times?
2. How large can $|\partial L/\partial a|$ become for one example, with $p = \sigma(a)$?
3. From which $a$ on is $\log(1 - \sigma(a))$ minus infinity in float32?
4. A discriminator is *sure and wrong*. Which loss teaches it faster, cross-entropy or the
   squared error $\frac12(p - y)^2$?
"""

# %%
# ask: 01-twice

# %% [markdown]
r"""
## Derive

The network's last number, the *logit* $a$, is any real number; the probability is
$p = \sigma(a) = 1/(1 + e^{-a})$. For labels $y_n \in \{0, 1\}$ the negative mean log-likelihood is

$$
L = -\frac1N \sum_n \bigl[\, y_n \log p_n + (1 - y_n) \log (1 - p_n) \,\bigr].
$$

**The value, on logits.** Let $\operatorname{softplus}(a) = \log(1 + e^a)$. Then

$$
\log(1 - \sigma(a)) = \log \frac{e^{-a}}{1 + e^{-a}} = \log\frac{1}{1 + e^{a}}
= -\operatorname{softplus}(a),
$$

$$
\log \sigma(a) = \log\frac{e^{a}}{1 + e^{a}} = a - \operatorname{softplus}(a) .
$$

Both logarithms are gone, and the softplus occurs only once:

$$
L = \frac1N \sum_n \bigl[ -y_n a_n + y_n \operatorname{softplus}(a_n)
    + (1 - y_n) \operatorname{softplus}(a_n) \bigr]
  = \frac1N \sum_n \bigl[ \operatorname{softplus}(a_n) - y_n a_n \bigr].
$$

**Without overflow.** $e^{800}$ is too large for any float. Take the larger exponent out:

$$
\log(1 + e^a) = \max(a, 0) + \log\bigl(1 + e^{-|a|}\bigr),
$$

where $e^{-|a|} \le 1$ always; `log1p` keeps its digits when it is tiny.

**The gradient.** $\operatorname{softplus}'(a) = e^a/(1 + e^a) = \sigma(a)$, so

$$
\frac{\partial L}{\partial a_n} = \;?
$$

You have all that it takes. The long way must give the same: with $p = \sigma(a)$ there is
$\partial L/\partial p = \frac1N (p - y)/(p(1 - p))$, and $\sigma'(a) = p(1 - p)$.

| what | shape |
|---|---|
| `a`, `y`, `p` | `(N,)` |
| `L` | one number |
| `da`, the gradient | `(N,)` |
"""

# %%
# ask: 01-product

# %%
# exercise: bce_logits

# %%
bce = lesson.working(bce_logits)

# %% [markdown]
r"""
**Questions 1 and 2.** The loss of one wrong answer grows like $|a|$, that is like the
logarithm of how sure it was; the gradient never exceeds 1 (divided by $N$).
"""

# %%
for p in (1e-1, 1e-9, 1e-18):
    logit = np.array([np.log(p) - np.log1p(-p)])
    loss, slope = bce(logit, np.ones(1))
    print(f"p = {p:.0e}: a = {logit[0]:6.2f}, loss {loss:5.2f}, dL/da {slope[0]:.9f}")

# %% [markdown]
r"""
**Question 3.** The formula of the textbook, in float32. `1 - p` is exactly 0 as soon as
$e^{-a}$ is lost beside 1:
"""


# %% tags=["fold"]
def textbook(a, y):
    """-y log p - (1 - y) log(1 - p), as it is printed."""
    p = 1 / (1 + np.exp(-a))
    with np.errstate(divide="ignore", invalid="ignore"):
        return -y * np.log(p) - (1 - y) * np.log(1 - p)


line = np.arange(0, 40, 0.01)
for kind in (np.float32, np.float64):
    lost = line[np.isinf(textbook(line.astype(kind), kind(0)))][0]
    print(f"{kind.__name__}: log(1 - p) is -inf from a = {lost:.2f} on")

with warnings.catch_warnings():
    warnings.simplefilter("error")  # a warning would stop the cell
    loss, slope = bce(np.array([800.0, -800.0]), np.array([0.0, 1.0]))
print(f"ours at 800 and -800, both wrong: loss {loss}, gradient {slope}")

# %% [markdown]
r"""
## See: what it costs to be sure and wrong

**Question 4.** The label is 1, so everything on the left is wrong. The cross-entropy's
gradient tends to $-1$: the worse, the harder it pulls. The squared error has one factor
$\sigma'(a) = p(1 - p)$ more, and with it the gradient dies where it is needed most. Learn to
see this curve: the same factor returns in lesson 05, as the reason why the generator's first loss
*saturates*.
"""

# %%
a = np.linspace(-10, 10, 401)
alone = np.array([bce(np.array([v]), np.ones(1)) for v in a], dtype=object)
losses = np.array([loss for loss, _ in alone])
slopes = np.array([slope[0] for _, slope in alone])
p = 1 / (1 + np.exp(-a))

# %% tags=["fold"]
figure, (left, right) = plt.subplots(1, 2)
left.plot(a, losses, label="cross-entropy")
left.plot(a, 0.5 * (p - 1) ** 2, label="squared error")
left.set(xlabel="logit $a$", ylabel="loss, $y = 1$")
left.legend()
right.plot(a, slopes, label="cross-entropy")
right.plot(a, (p - 1) * p * (1 - p), label="squared error")
right.set(xlabel="logit $a$", ylabel="gradient $\\partial L/\\partial a$, $y = 1$")
right.legend(loc="lower right")
lesson.show(
    "Loss and gradient against the logit for the label 1: on the far left the "
    "cross-entropy's gradient is -1, that of the squared error dies."
)

at = np.argmin(np.abs(a + 8))
ratio = slopes[at] / ((p - 1) * p * (1 - p))[at]
print(
    f"at a = {a[at]:.0f} the cross-entropy's gradient is {ratio:,.0f} times the other"
)

# %% [markdown]
r"""
## Train with it: the smallest discriminator

Real numbers come from $\mathcal N(1, \frac14)$, generated ones from $\mathcal N(-1, \frac14)$
(mean and *variance*). $D(x) = \sigma(wx + c)$ has two weights, and starts sure and wrong: $w = -6$.
By Bayes' rule the best logit is $\log p_d(x)/p_g(x)$, and for these two it is exactly $8x$:
the squares cancel,

$$
-\tfrac{(x - 1)^2}{2 \cdot 1/4} + \tfrac{(x + 1)^2}{2\cdot 1/4} = 2\bigl[(x + 1)^2 - (x - 1)^2\bigr] = 8x .
$$
"""

# %%
rng = np.random.default_rng(1)
x = np.concatenate([rng.normal(1, 0.5, 500), rng.normal(-1, 0.5, 500)])
labels = np.repeat([1.0, 0.0], 500)


def train(loss_and_gradient, count=lesson.steps(400, 60), rate=1.0):
    """Gradient descent on w and c; the loss (always the true one) at each step."""
    w, c, history = -6.0, 0.0, []
    true_loss = lesson.reference("bce_logits")
    for _ in range(count):
        history.append(true_loss(w * x + c, labels)[0])
        _, da = loss_and_gradient(w * x + c, labels)
        w, c = w - rate * (da * x).sum(), c - rate * da.sum()  # a = w x + c
    return history, w, c


history, w, c = train(bce)
print(f"loss {history[0]:.2f} at the start, {history[-1]:.4f} at the end")
print(f"logit {w:.2f} x + {c:.2f} after {len(history)} steps; the best is 8 x + 0")

# %% [markdown]
r"""
(With 1,000 examples, and few of them near 0 where it matters, the weights come only slowly
into the neighborhood of 8 and 0.)

## Break it

The same training with known mistakes. One waits long on the plateau on which it starts:
that is the factor $\sigma'$ again. One learns the opposite. And one takes steps that are
1,000 times too large: a forgotten mean is a learning rate that grows with the batch.
"""

# %%
lesson.show_mistakes("bce_logits")
curves = {"right": history}
for tag in ("sigmoid-derivative-extra", "labels-swapped", "mean-missing"):
    with np.errstate(all="ignore"):
        curves[tag] = train(lesson.mistake("bce_logits", tag))[0]

# %% tags=["fold"]
figure, axes = plt.subplots()
for name, curve in curves.items():
    axes.plot(np.arange(1, len(curve) + 1), curve, label=f"{name}: {curve[-1]:.2g}")
axes.set(xlabel="step", ylabel="cross-entropy", xscale="log", yscale="log")
figure.legend(loc="outside lower center", ncols=2, title="loss at the end")
lesson.show(
    "Cross-entropy against the step: the right gradient falls at once, with the "
    "extra sigma' it waits on a plateau, with labels swapped it rises, without "
    "the mean it is thrown about."
)

# %%
check(lesson.mistake("bce_logits", "sigmoid-derivative-extra"))

# %%
# ask: 01-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** Some train $D$ with the label 0.9 in place of 1 (*one-sided label smoothing*). Where is the
minimum of the loss then, and what does the gradient do beyond it?

<details><summary>What a good answer contains</summary>

The minimum over one logit is at $\sigma(a) = 0.9$, $a = \log 9 \approx 2.2$: from $\sigma(a) - y = 0$. Beyond it the
gradient turns around, so $D$ is never paid for being surer. A plot of the loss for both labels. Why *one-sided*: a
fake with label 0.1 would be told that it is a bit real wherever fakes are dense.

</details>
"""

# %% [markdown]
r"""
## Read next

- Goodfellow et al., *Generative Adversarial Nets*,
  [arXiv:1406.2661](https://arxiv.org/abs/1406.2661), section 3: the value function is this
  cross-entropy with its sign turned around.
- The library: [objectives/](../gan_numpy/objectives/minimax.py) holds both players' losses, all of
  them on logits.
- Next: [lesson 02](02_dense_relu.ipynb), where the logits come from.
"""
