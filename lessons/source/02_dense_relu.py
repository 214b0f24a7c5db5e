# %% [markdown]
r"""
# 02 · The affine layer and the rectifier

Nearly every arrow in a network is one of two things: a matrix, or a switch. Their backward
passes are three lines and one line. With them, and the loss of lesson 01, we train a network
on a problem that no matrix alone can solve.

**You need** lessons 00 and 01. **You will write** `dense_backward`, `relu_backward` and
`leaky_relu_backward`.
"""

# %% tags=["fold"]
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.exercises import check
from gan_numpy.objectives import sigmoid

lesson.opening("02")

# %% [markdown]
r"""
## Predict before you run

1. Points belong together if their coordinates have the same sign (*exclusive or*). How many
   of them can a straight line separate rightly? And two affine layers, one on the other?
2. $x$ is $(N, n_{in})$ and $dy$ is $(N, n_{out})$. Which products of the two have the shape of
   $W$, $(n_{in}, n_{out})$?
3. The bias $b$ is added to all $N$ rows. What does that do to its gradient?
4. A rectifier's input is negative for every example of the data. What does this unit learn?
"""

# %%
# ask: 02-line

# %% [markdown]
r"""
## Derive: the affine layer

Forward, in full and in indices:

$$
\underset{(N,\, n_{out})}{y} = \underset{(N,\, n_{in})}{x}\;\underset{(n_{in},\, n_{out})}{W}
+ \underset{(n_{out},)}{b},
\qquad
y_{nj} = \sum_i x_{ni} W_{ij} + b_j .
$$

Some loss $L$ follows. All that we are told of it is $dy_{nj} = \partial L/\partial y_{nj}$, of the
shape of $y$. The chain rule sums over **all** $y_{nj}$ that a variable reaches.

*Input.* $x_{ni}$ reaches row $n$ only, every column of it, through $W_{ij}$:

$$
dx_{ni} = \sum_j dy_{nj}\, \frac{\partial y_{nj}}{\partial x_{ni}} = \sum_j dy_{nj} W_{ij}
\qquad\Longrightarrow\qquad
\underset{(N,\, n_{in})}{dx} = \underset{(N,\, n_{out})}{dy}\;\underset{(n_{out},\, n_{in})}{W^\top} .
$$

*Weights.* $W_{ij}$ reaches column $j$ only, but every row of it, through $x_{ni}$:

$$
dW_{ij} = \sum_n dy_{nj}\, \frac{\partial y_{nj}}{\partial W_{ij}} = \sum_n x_{ni}\, dy_{nj}
\qquad\Longrightarrow\qquad
\underset{(n_{in},\, n_{out})}{dW} = \;?
$$

*Bias.* $b_j$ reaches column $j$, every row of it, with slope 1:

$$
\underset{(n_{out},)}{db} = \sum_n dy_n .
$$

This answers question 3: what was *broadcast* forward is *summed* backward. There is no $1/N$
in any of them. The mean over the batch is part of the loss, which has it once already; lesson
01 put it into $dy$.
"""

# %%
# ask: 02-weights

# %% tags=["answer"]
# First the formulas, one a line between the quotes; they are checked as formulas.
lesson.derive(
    "dense_backward",
    """
    """,
)

# %%
# exercise: dense_backward

# %% [markdown]
r"""
## Derive: the rectifiers

$y = \max(x, 0)$ acts on each entry alone, so its Jacobian is diagonal, and all shapes are
that of $x$:

$$
dx = dy \odot [\,x > 0\,] .
$$

The switch is set by the **forward's** input, not by the sign of $dy$. For $x < 0$ no gradient
passes at all: a unit that is negative on all data has $dW = 0$ and stays as it is (question
4; it is called *dead*). The leaky rectifier leaves the door ajar with a slope $\alpha$, often .2
in a discriminator:

$$
y = \begin{cases} x & x > 0 \\ \alpha x & \text{else} \end{cases}
\qquad\Longrightarrow\qquad
dx = \begin{cases} dy & x > 0 \\ \alpha\, dy & \text{else.} \end{cases}
$$

At 0 itself there is a kink and no derivative; we take the slope of the left side.
"""

# %%
# exercise: relu_backward

# %%
# exercise: leaky_relu_backward

# %%
dense_back = lesson.working(dense_backward)
relu_back = lesson.working(relu_backward)
leaky_back = lesson.working(leaky_relu_backward)

# %% [markdown]
r"""
**Question 2.** Only $x^\top dy$ fits, in this order. With $N = n_{in} = n_{out}$ every order would fit,
also the wrong ones, and this is why the checker's sizes are all different.

**Question 4.** A unit whose bias is $-10$ is dead on inputs of size 1: its weights get no
gradient, while those of a leaky unit do.
"""

# %% tags=["fold"]
rng = np.random.default_rng(4)
x, W, b = rng.standard_normal((100, 2)), rng.standard_normal((2, 1)), np.array([-10.0])
z, first = dense_forward(x, W, b)
for name, forward, backward in (
    ("rectifier", relu_forward, relu_back),
    ("leaky rectifier", leaky_relu_forward, leaky_back),
):
    h, cache = forward(z)
    _, dW, _ = dense_back(backward(np.ones_like(h), cache), first)
    print(f"{name}: largest entry of dW {np.abs(dW).max():.2f}")

# %% [markdown]
r"""
## Train: exclusive or

Four clouds; those whose coordinates have equal signs are "real". The network is 2 – 12 – 1
with a rectifier between; every number below goes through the functions above.
"""

# %%
rng = np.random.default_rng(0)
corners = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]])[np.arange(400) % 4]
data = corners + rng.normal(0, 0.35, (400, 2))
real = (np.arange(400) % 4 < 2).astype(float)


def logits(x, params):
    """The network's answer, and what its backward pass needs."""
    W, b, V, c = params
    z, first = dense_forward(x, W, b)
    h, mask = relu_forward(z)
    a, second = dense_forward(h, V, c)
    return a, (first, mask, second)


def train(dense_back, relu_back, count=lesson.steps(600, 100), hidden=12):
    """Gradient descent on the whole data; the loss at each step, and the weights."""
    rng = np.random.default_rng(3)
    W, b = rng.normal(0, 1, (2, hidden)), np.zeros(hidden)
    V, c = rng.normal(0, 0.3, (hidden, 1)), np.zeros(1)
    history, bce = [], lesson.reference("bce_logits")
    for _ in range(count):
        a, (first, mask, second) = logits(data, (W, b, V, c))
        loss, da = bce(a[:, 0], real)
        history.append(loss)
        dh, dV, dc = dense_back(da[:, None], second)
        _, dW, db = dense_back(relu_back(dh, mask), first)
        W, b, V, c = (p - 0.5 * g for p, g in ((W, dW), (b, db), (V, dV), (c, dc)))
    return history, (W, b, V, c)


history, params = train(dense_back, relu_back)
share = np.mean((logits(data, params)[0][:, 0] > 0) == (real > 0))
print(f"loss {history[-1]:.3f}; {share:.1%} of the points are right")

# %% [markdown]
r"""
**Question 1.** Without the rectifier two affine layers are one: $(xW + b)V + c = x(WV) + (bV + c)$,
a straight line. A line can have three of the four clouds on the right side, but its best
cross-entropy is that of a coin, $\log 2$, or very little less. We train on from the weights
just found, with the identity in place of the rectifier:
"""


# %% tags=["fold"]
def affine_logits(x, params):
    W, b, V, c = params
    return (x @ W + b) @ V + c, None


W, b, V, c = (p.copy() for p in params)
for _ in range(lesson.steps(600, 100)):
    a, _ = affine_logits(data, (W, b, V, c))
    _, da = lesson.reference("bce_logits")(a[:, 0], real)
    dh, dV, dc = dense_back(da[:, None], (data @ W + b, V))
    _, dW, db = dense_back(dh, (data, W))
    W, b, V, c = (p - 0.1 * g for p, g in ((W, dW), (b, db), (V, dV), (c, dc)))
flat = (W, b, V, c)
share = np.mean((affine_logits(data, flat)[0][:, 0] > 0) == (real > 0))
loss = lesson.reference("bce_logits")(affine_logits(data, flat)[0][:, 0], real)[0]
print(
    f"two affine layers: {share:.1%} right, loss {loss:.3f}; log 2 is {np.log(2):.3f}"
)
print(
    f"the line x1 + x2 = 1: {np.mean((data.sum(axis=1) > 1) == (real > 0)):.1%} right"
)

# %% [markdown]
r"""
## See: what the network believes, and where it would push

Colors are $D(x) = \sigma(a)$; the white line is $D = \frac12$. The arrows are $dx$, the gradient
of the logit with respect to the *input*: the direction in which a point becomes more "real".
Here nobody follows them. In a GAN the generator does, and it has nothing else to go by.
"""

# %%
box = (-2.4, 2.4, -2.4, 2.4)


# %% tags=["fold"]
def uphill(points):
    """The gradient of the logit with respect to the input."""
    a, (first, mask, second) = logits(points, params)
    dh, _, _ = dense_back(np.ones_like(a), second)
    dx, _, _ = dense_back(relu_back(dh, mask), first)
    return dx


figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 3.3), sharey=True)
lesson.heat_map(left, lambda x: sigmoid(affine_logits(x, flat)[0]), box)
mesh = lesson.heat_map(right, lambda x: sigmoid(logits(x, params)[0]), box, uphill)
for axes, title in ((left, "two affine layers"), (right, "with a rectifier between")):
    few = slice(0, 120)
    for value, marker, color, edge in (
        (1, "o", "white", "black"),
        (0, "X", "black", "white"),
    ):
        chosen = data[few][real[few] == value]
        axes.scatter(*chosen.T, s=18, marker=marker, c=color, ec=edge, linewidths=0.6)
    axes.set(title=title)
right.set(ylabel="")
figure.colorbar(mesh, ax=(left, right), shrink=0.7, label="$D(x)$")
lesson.show(
    "D over the plane, without and with a rectifier: two affine layers give a "
    "straight border, the network with a rectifier a border around each pair of "
    "clouds, with arrows towards the real ones."
)

# %% [markdown]
r"""
## Break it

Change the mistakes. Two of these four bring the loss down nearly as far as the right gradient
does: a falling loss proves little. (One leaves the picture at the top.) A transposed product
does not even run, if the shapes differ.
"""

# %%
lesson.show_mistakes("dense_backward", "relu_backward")
curves = {"right": history}
for tag in ("mean-twice", "sign"):
    curves[f"dense: {tag}"] = train(lesson.mistake("dense_backward", tag), relu_back)[0]
for tag in ("mask-missing", "mask-from-dy"):
    curves[f"relu: {tag}"] = train(dense_back, lesson.mistake("relu_backward", tag))[0]

# %% tags=["fold"]
figure, axes = plt.subplots()
for name, curve in curves.items():
    axes.plot(curve, label=f"{name}: {curve[-1]:.3g}")
axes.set(xlabel="step", ylabel="cross-entropy", yscale="log", ylim=(0.01, 10))
figure.legend(loc="outside lower center", ncols=3, title="loss at the end")
lesson.show(
    "Cross-entropy against the step for the right gradients and four mistakes: "
    "two of these come down nearly as far."
)

# %%
check(lesson.mistake("relu_backward", "mask-from-dy"))

# %%
# ask: 02-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** Make a network of which a third of the hidden units are dead from the start. How much worse does
it learn exclusive or, and what of it can the leaky rectifier save?

<details><summary>What a good answer contains</summary>

A way to make them dead on purpose (a bias of $-10$) and a count that shows it: units whose $dW$ is zero
on the whole data. Curves for several seeds, not one. With the leaky rectifier the dead ones get a gradient of
0.2 of the size, and some come back. A remark on where the comparison is unfair: 12 units are more than the
problem needs.

</details>
"""

# %% [markdown]
r"""
## Read next

- Rumelhart, Hinton and Williams, *Learning representations by back-propagating errors*,
  Nature 323 (1986), [doi:10.1038/323533a0](https://doi.org/10.1038/323533a0): these three
  lines, in four pages.
- Glorot, Bordes and Bengio, *Deep sparse rectifier neural networks*,
  [AISTATS 2011](https://proceedings.mlr.press/v15/glorot11a.html).
- The library: [layers/base.py](../gan_numpy/layers/base.py) states the contract,
  [layers/dense.py](../gan_numpy/layers/dense.py) and
  [layers/relu.py](../gan_numpy/layers/relu.py) fulfill it,
  [sequential.py](../gan_numpy/layers/sequential.py) is the chain rule.
- Next: [lesson 03](03_maxout_dropout.ipynb), a unit that learns its own switch.
"""
