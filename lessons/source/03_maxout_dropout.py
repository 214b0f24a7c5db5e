# %% [markdown]
r"""
# 03 · Maxout and dropout

The discriminator of the 2014 paper is made of two things that are rarely met today: a
unit that *learns its own activation function*, and a layer that *forgets half of its
input on purpose*. Both have a backward pass of two lines. Both are easily written wrong in
a way that still trains.

**You need** lesson 02: $dx = dy\,W^\top$, $dW = x^\top dy$, $db = \sum_n dy_n$.
**You will write** `maxout_forward`, `maxout_backward` and `dropout_backward`.
"""

# %% tags=["fold"]
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.datasets import digits
from gan_numpy.exercises import check
from gan_numpy.objectives import sigmoid

lesson.opening("03")

# %% [markdown]
r"""
## Predict before you run

1. A maxout unit takes the largest of $k = 5$ numbers. Somebody changes one of the four
   smaller ones a little. What happens to the loss?
2. A layer of 32 such units sees a batch of 100. What share of the entries of
   $dz = \partial L/\partial z$ is zero?
3. Two pieces are exactly equal. Which of them is to receive the gradient?
4. Dropout keeps a value with probability $\frac12$. By what must the kept values be
   multiplied, so that their *mean* stays the same? And what happens to their variance?

Write your answers down. The cells below compute each of them.
"""

# %%
# ask: 03-noise

# %% [markdown]
r"""
## Derive: maxout

A maxout unit $u$ has $k$ affine *pieces* and returns the largest
([Goodfellow et al., 2013](https://arxiv.org/abs/1302.4389), section 3):

$$
z_{n,u,j} = \sum_i x_{n,i}\, W_{i,(u,j)} + b_{(u,j)}, \qquad
y_{n,u} = \max_{j < k}\; z_{n,u,j}, \qquad
w_{n,u} = \arg\max_{j < k}\; z_{n,u,j}.
$$

The pieces of one unit lie side by side: piece $j$ of unit $u$ is column $u k + j$ of $W$.
So all units are one matrix product and one reshape.

| step | shape |
|---|---|
| the batch `x` | `(N, n_in)` |
| `W` and `b` | `(n_in, U k)` and `(U k,)` |
| `x W + b` | `(N, U k)` |
| `z`, the same numbers reshaped | `(N, U, k)` |
| the largest, `y`, and the winners | `(N, U)` |

Backward. We are given $dy = \partial L/\partial y$, of shape $(N, U)$; what loss it comes
from is none of our business. Only the winner moved $y$, so

$$
\frac{\partial y_{n,u}}{\partial z_{n,u,j}} = [\,j = w_{n,u}\,]
\qquad\Longrightarrow\qquad
dz_{n,u,j} = dy_{n,u}\,[\,j = w_{n,u}\,],
\qquad (N, U, k).
$$

Reshaped back to $(N, U k)$, $dz$ is the cotangent of an ordinary affine layer, and lesson
02 does the rest:

$$
\underset{(N,\, n_{in})}{dx} = \underset{(N,\, Uk)}{dz}\;\underset{(Uk,\, n_{in})}{W^\top},
\qquad
\underset{(n_{in},\, Uk)}{dW} = \underset{(n_{in},\, N)}{x^\top}\;\underset{(N,\, Uk)}{dz},
\qquad
\underset{(Uk,)}{db} = \sum_n dz_n .
$$

Where two pieces are equal the maximum has a kink, and no derivative. We need *a* rule, and
the same one in the forward and in every backward pass: **the first of equal pieces wins**,
which is what `argmax` does.
"""

# %%
# exercise: maxout_forward

# %% tags=["answer"]
# First the formulas, one a line between the quotes; they are checked as formulas.
lesson.derive(
    "maxout_backward",
    """
    """,
)

# %%
# exercise: maxout_backward

# %%
forward, backward = lesson.working(maxout_forward, maxout_backward)

# %% [markdown]
r"""
**Questions 1 and 2.** A piece that lost has no influence at all until it wins: its
derivative is not small but zero. Exactly $1/k$ of $dz$ is left, in every batch:
"""

# %% tags=["fold"]
rng = np.random.default_rng(3)
pieces = 5
batch = rng.standard_normal((100, 64))
weights, offsets = rng.normal(0, 0.1, (64, 32 * pieces)), np.zeros(32 * pieces)
_, cache = forward(batch, weights, offsets, pieces)
_, _, won = backward(np.ones((100, 32)), cache)  # db: how often each piece won
zero = 1 - won.sum() / (100 * 32 * pieces)
print(f"share of dz that is zero: {zero:.2f}, and 1 - 1/k = {1 - 1 / pieces}")

# %% [markdown]
r"""
**Question 3.** A row with a tie. Both pieces of this unit are 1, so piece 0 must receive
the whole gradient and piece 1 nothing. Half each would be a subgradient too, but then the
winner that the forward noted and the gradient would tell two stories.
"""

# %% tags=["fold"]
tie, equal = np.array([[1.0]]), np.array([[1.0, 1.0]])
value, cache = forward(tie, equal, np.zeros(2), 2)
_, d_equal, _ = backward(np.array([[6.0]]), cache)
print("y =", value, "  dW =", d_equal)

# %% [markdown]
r"""
## See: the map of winners

One unit, five pieces, an input of two dimensions. Each piece wins in a region with straight
borders; the number says which. There the unit is a plane, and the arrows, $dx$ for $dy = 1$,
all equal that piece's column of $W$. The height is convex: every cut through it is a valley
made of straight segments. One piece of the five wins nowhere in this square, so no batch
from it would ever teach that piece anything.
"""

# %%
rng = np.random.default_rng(12)
box = (-3.0, 3.0, -3.0, 3.0)
W, b = rng.standard_normal((2, pieces)), rng.standard_normal(pieces)
x1, x2, points = lesson.plane(box, 301)
y, cache = forward(points, W, b, pieces)
owner = np.argmax(points @ W + b, axis=1).reshape(x1.shape)
print("pieces that win somewhere:", np.unique(owner))
height = y.reshape(x1.shape)

# %% tags=["fold"]
figure, (left, right) = plt.subplots(1, 2, width_ratios=(1, 1.15))
left.contourf(x1, x2, height, 12, cmap="cividis")
for j in range(pieces):
    region = owner == j
    left.contour(x1, x2, region, [0.5], colors="white", linewidths=1.5, linestyles="-")
    if region.any():
        spot = x1[region].mean(), x2[region].mean()
        left.text(
            *spot, str(j), bbox={"boxstyle": "circle", "fc": "white", "ec": "none"}
        )
_, _, spots = lesson.plane((-2.6, 2.6, -2.6, 2.6), 6)
_, cache = forward(spots, W, b, pieces)
arrows, _, _ = backward(np.ones((len(spots), 1)), cache)
left.quiver(*spots.T, *arrows.T, color="white", scale=16, width=0.009)
left.set(
    title="height, winners, and dx", xlabel="$x_1$", ylabel="$x_2$", aspect="equal"
)

line = np.linspace(-3, 3, 200)
cut = np.stack([line, np.full(200, 0.5)], axis=1)
for j, z in enumerate((cut @ W + b).T):
    right.plot(line, z, linewidth=1, label=f"piece {j}")
right.plot(line, forward(cut, W, b, pieces)[0], "k-", linewidth=3, alpha=0.5, label="y")
right.set(title="the cut at $x_2 = 0.5$", xlabel="$x_1$", ylim=(-5, 10))
right.legend(ncols=2, loc="upper center")
lesson.show(
    "The height of one maxout unit over the plane with the regions of its pieces "
    "and arrows, and a cut through it: a convex line made of straight segments."
)

# %% [markdown]
r"""
## Derive: dropout

In training, dropout multiplies every entry by an independent coin
$m_i \in \{0, 1\}$ with $P(m_i = 1) = \text{keep}$, and scales what is kept
([Srivastava et al., 2014](https://jmlr.org/papers/v15/srivastava14a.html)):

$$
y_i = \frac{m_i}{\text{keep}}\, x_i .
$$

**Question 4.** With $x$ fixed, and because $m_i^2 = m_i$,

$$
\mathbb{E}[y_i] = \frac{\mathbb{E}[m_i]}{\text{keep}}\, x_i = x_i,
\qquad
\operatorname{Var}[y_i] = \frac{\operatorname{Var}[m_i]}{\text{keep}^2}\, x_i^2
= \;?
$$

The mean stays, so nothing needs to be done at test time: there the layer is the identity.
The price is noise: at $\text{keep} = \frac12$ its standard deviation is $|x_i|$ itself.

Backward. Once the coins are tossed the layer is a diagonal matrix, and a diagonal matrix is
its own transpose. All shapes are that of $x$:

$$
dx_i = \sum_j dy_j\, \frac{\partial y_j}{\partial x_i} = \frac{m_i}{\text{keep}}\, dy_i .
$$

The coins must be *those that the forward tossed*. They are in the cache.
"""

# %%
# ask: 03-variance

# %%
# exercise: dropout_backward

# %%
dropout_back = lesson.working(dropout_backward)

# %% [markdown]
"""
The mean and the standard deviation of a value of 2, over many masks:
"""

# %% tags=["fold"]
for keep in (0.8, 0.5):
    sample, _ = dropout_forward(np.full(100_000, 2.0), keep, np.random.default_rng(0))
    noise = 2 * np.sqrt((1 - keep) / keep)
    print(f"keep {keep}: mean {sample.mean():.3f} (2 by the formula),", end=" ")
    print(f"standard deviation {sample.std():.3f} ({noise:.3f} by the formula)")

# %% [markdown]
r"""
## Train with it

A small network, 64 inputs – 32 maxout units of 5 pieces – dropout – one logit, learns to
tell odd digits from even ones. It is a discriminator in all but name; lesson 06 gives it an
opponent. The pair of maxout functions and the backward of dropout are passed in: yours, then wrong ones.
"""

# %%
pixels, classes = digits.as_shipped()
pixels, odd = pixels / 16, classes % 2
train_x, test_x = pixels[:1297], pixels[1297:]
train_y, test_y = odd[:1297], odd[1297:]


def errors(pair, dropout_back, epochs=lesson.steps(30, 3), keep=0.5):
    """The share of wrong test digits after each epoch."""
    (maxout, maxout_back), rng = pair, np.random.default_rng(0)
    W, b = rng.uniform(-0.05, 0.05, (64, 160)), np.zeros(160)
    v = rng.uniform(-0.05, 0.05, (32, 1))
    wrong = []
    for _ in range(epochs):
        for rows in np.split(rng.permutation(1297)[:1290], 10):
            h, cache = maxout(train_x[rows], W, b, 5)
            kept, coins = dropout_forward(h, keep, rng)
            a = kept @ v
            da = (sigmoid(a) - train_y[rows, None]) / len(rows)  # lesson 01
            _, dW, db = maxout_back(dropout_back(da @ v.T, coins), cache)
            v = v - 0.5 * kept.T @ da
            W, b = W - 0.5 * dW, b - 0.5 * db
        scores = maxout(test_x, W, b, 5)[0] @ v
        wrong.append(np.mean((scores[:, 0] > 0) != test_y))
    return wrong


curves = {"right": errors((forward, backward), dropout_back)}
print(f"{curves['right'][-1]:.1%} of the test digits are classified wrongly")

# %% [markdown]
r"""
## Break it

Each of these is a mistake that the checker knows. Change the lists: the names of
all of them are printed. The surprise is not the one that fails, it is the ones that *do not*: a gradient
can be wrong and the loss still falls. Only a check of the gradient finds such a mistake.
"""

# %% tags=["fold"]
lesson.show_mistakes("maxout_backward", "dropout_backward")

given = lesson.reference("maxout_forward")  # whose cache the mistakes can read
for tag in ("averaged", "wrong-reshape"):
    curves[tag] = errors((given, lesson.mistake("maxout_backward", tag)), dropout_back)
for tag in ("mask-missing",):
    curves[tag] = errors((forward, backward), lesson.mistake("dropout_backward", tag))

# %% tags=["fold"]
figure, axes = plt.subplots()
for name, curve in curves.items():
    axes.plot(range(1, len(curve) + 1), curve, label=f"{name}: ends at {curve[-1]:.1%}")
axes.set(xlabel="epoch", ylabel="share of test digits wrong", ylim=(0, 0.6))
axes.legend(loc="center right")
lesson.show(
    "Share of test digits wrong against the epoch: the right gradients, and three "
    "mistakes, of which some train nearly as well."
)

# %% [markdown]
"""
And this is what the check says of one that trains:
"""

# %%
check(lesson.mistake("maxout_backward", "averaged"))

# %%
# ask: 03-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** How many of the 5 pieces of a trained unit ever win on the digits? Count, before and after the
training, and say what a piece that never wins costs.

<details><summary>What a good answer contains</summary>

A count over all 1,297 digits, as a histogram of winners per unit. What a silent piece costs: its weights
are stored and multiplied, and get no gradient, so it stays as it is. Whether the number grows or falls in training,
for two seeds at least, and a guess why.

</details>
"""

# %% [markdown]
r"""
## Read next

- Goodfellow, Warde-Farley, Mirza, Courville and Bengio, *Maxout Networks*,
  [arXiv:1302.4389](https://arxiv.org/abs/1302.4389): section 3 defines the unit, section 4
  shows that two of them can approximate any continuous function.
- Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, *Dropout*,
  [JMLR 15 (2014)](https://jmlr.org/papers/v15/srivastava14a.html).
- The library: [layers/maxout.py](../gan_numpy/layers/maxout.py) keeps only the winners'
  indices in its cache, one byte each; [layers/dropout.py](../gan_numpy/layers/dropout.py).
- Next: [lesson 04](04_optimal_discriminator.ipynb), what the best possible discriminator would answer.
"""
