# %% [markdown]
r"""
# 12 · Batch normalization

Until now every example went through the network by itself. Batch normalization ends that:
what the network says of *your* image depends on the images that happen to be computed with
it. That is why its backward pass has three paths instead of one, why it has two modes, and
why a gradient penalty must not cross it. It is also what made the deep convolutional GANs of
2015 train at all.

**You need** lesson 02: the chain rule with batches, and checking it.
**You will write** `batchnorm_backward`.
"""

# %% tags=["fold"]
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.datasets import digits
from gan_numpy.exercises import check
from gan_numpy.objectives import sigmoid

lesson.opening("12")

# %% [markdown]
r"""
## Predict before you run

1. Somebody multiplies a whole batch by 3 and adds 10. What happens to the layer's output?
   And to $dx$?
2. The cotangent $dy$ is all ones. What is $dx$?
3. One image, computed in four different batches of 8. How much does the value of a unit vary?
   And in batches of 128?
4. At test time a single image arrives, $N = 1$. What would the training mode answer?
5. A critic ends with batch normalization and one affine layer, $a = y\,w$. A gradient penalty
   asks for the slope of $\sum_n a_n$ with respect to $x$. What is it?

Write your answers down. The cells below compute each of them.
"""

# %%
# ask: 12-third

# %% [markdown]
r"""
## Derive: three paths

Each feature is normalized by itself, over the batch
([Ioffe and Szegedy, 2015](https://arxiv.org/abs/1502.03167), Algorithm 1). So take one
feature, a column $x \in \mathbb{R}^N$; its neighbors are never mentioned again.

$$
\mu = \frac1N \sum_n x_n, \qquad
v = \frac1N \sum_n (x_n - \mu)^2, \qquad
s = \sqrt{v + \epsilon}, \qquad
\hat x_n = \frac{x_n - \mu}{s}, \qquad
y_n = \gamma\, \hat x_n + \beta .
$$

| step | shape |
|---|---|
| the batch `x`, `xhat`, `y` and `dy` | `(N, features)` |
| mean, variance, standard deviation | `(features,)` |
| `gamma`, `beta` and their gradients | `(features,)` |
| `dx` | `(N, features)` |

**The parameters** stand at the end, and every example uses them, so their gradients are sums
over the batch:

$$
d\beta = \sum_n dy_n, \qquad d\gamma = \sum_n dy_n\, \hat x_n .
$$

**The input.** Write $d_n = \gamma\, dy_n = \partial L/\partial \hat x_n$. An entry $x_m$
reaches the loss directly, through $\mu$ and through $v$:

$$
dx_m = \sum_n d_n \frac{\partial \hat x_n}{\partial x_m}, \qquad
\frac{\partial \hat x_n}{\partial x_m}
= \underbrace{\frac{[\,n = m\,]}{s}}_{\text{direct}}
\;\underbrace{-\; \frac1s \frac{\partial \mu}{\partial x_m}}_{\text{through the mean}}
\;\underbrace{-\; \frac{x_n - \mu}{s^2} \frac{\partial s}{\partial x_m}}_{\text{through the variance}} .
$$

The mean is easy: $\partial\mu/\partial x_m = 1/N$. For the variance,

$$
\frac{\partial v}{\partial x_m}
= \frac2N \sum_n (x_n - \mu)\Big([\,n = m\,] - \frac1N\Big)
= \frac2N (x_m - \mu),
$$

since $\sum_n (x_n - \mu) = 0$: that the mean moves too changes nothing here. With
$\partial s/\partial v = 1/(2s)$,

$$
\frac{\partial s}{\partial x_m} = \frac{1}{2s} \cdot \frac2N (x_m - \mu)
= \;?
$$

Put in, with $(x_n - \mu)/s^2 = \hat x_n/s$ (no peeking before you have answered below):

$$
\frac{\partial \hat x_n}{\partial x_m}
= \frac1s \Big( [\,n = m\,] - \frac1N - \frac{\hat x_n \hat x_m}{N} \Big), \qquad (N, N),
$$

$$
\boxed{\;
dx_m = \frac1s \Big( d_m - \frac1N \sum_n d_n - \hat x_m\, \frac1N \sum_n d_n \hat x_n \Big),
\qquad d = \gamma\, dy .
\;}
$$

In words: take $d$, remove its mean, remove its component along $\hat x$, divide by $s$. The
matrix in the brackets is a *projection* (exactly so for $\epsilon = 0$, when
$\sum_n \hat x_n^2 = N$). The two directions that it removes are those that normalization
undoes: adding a constant to $x$, and stretching $x$.
"""

# %%
# ask: 12-spread

# %% tags=["answer"]
# First the formulas, one a line between the quotes; they are checked as formulas.
lesson.derive(
    "batchnorm_backward",
    """
    """,
)

# %%
# exercise: batchnorm_backward

# %%
backward = lesson.working(batchnorm_backward)

# %% [markdown]
r"""
**Questions 1 and 2.** The output does not change, but for $\epsilon$; the gradient becomes
three times smaller, because a step in $3x$ is worth a third of one in $x$. A layer before it may
so have weights of any size: large weights only learn more slowly.

For a cotangent of ones, $dx$ is zero: $\sum_n y_n = N\beta$ whatever $x$ is. So whoever tests a
batch normalization with ones tests nothing: a backward that returns zeros would pass. (That
the component along $\hat x$ is not quite zero is the work of $\epsilon$.)
"""

# %%
rng = np.random.default_rng(12)
x = rng.standard_normal((16, 5)) * [0.5, 1, 2, 3, 4]
gamma, beta = np.full(5, 1.5), np.zeros(5)
dy = rng.standard_normal(x.shape)

y, cache = batchnorm_forward(x, gamma, beta)
dx, _, _ = backward(dy, cache)
y3, cache3 = batchnorm_forward(3 * x + 10, gamma, beta)
dx3, _, _ = backward(dy, cache3)
print(f"y moves by {np.abs(y3 - y).max():.0e} at most")
print(f"dx becomes {np.median(dx3 / dx):.4f} of what it was")
ones, _, _ = backward(np.ones_like(x), cache)
print(f"for dy = 1 the largest dx is {np.abs(ones).max():.0e}")
print(f"component of any dx along 1: {np.abs(dx.sum(axis=0)).max():.0e},", end=" ")
print(f"along xhat: {np.abs((dx * cache[0]).sum(axis=0)).max():.0e}")

# %% [markdown]
r"""
## See: a gradient that runs around a circle

One feature and a batch of $N = 3$: the whole batch is one point of $\mathbb{R}^3$. Subtracting
the mean drops it onto the plane through 0 at a right angle to $(1, 1, 1)$, the plane of this
picture. Dividing by $s$ then moves it along its ray to the white circle of radius $\sqrt 3$:
that is $\hat x$. The colors are a loss $L = \langle c, \hat x \rangle$. It is constant along
every ray, so its gradient can only run *around*, and it grows like $1/s$ toward the center.
On the right the three paths at one point: only their sum is tangent to the circle.
"""

# %% tags=["fold"]
c = np.array([1.5, 0.7, -0.7])
e1, e2 = np.array([1, -1, 0]) / np.sqrt(2), np.array([1, 1, -2]) / np.sqrt(6)
one, zero = np.ones(1), np.zeros(1)


def at(point):
    """Loss and dx in the plane for a batch of three, given by two coordinates."""
    batch = (point[0] * e1 + point[1] * e2)[:, None]
    y, cache = batchnorm_forward(batch, one, zero)
    dx = backward(c[:, None], cache)[0][:, 0]
    return y[:, 0] @ c, np.array([dx @ e1, dx @ e2])


box = (-3.2, 3.2, -3.2, 3.2)
x1, x2, points = lesson.plane(box, 90)
loss = np.reshape([at(p)[0] for p in points], x1.shape)
figure, (left, right) = plt.subplots(1, 2, width_ratios=(1.15, 1))
left.pcolormesh(x1, x2, loss, cmap="cividis", rasterized=True)
angle = np.linspace(0, 2 * np.pi, 200)
circle = np.sqrt(3) * np.cos(angle), np.sqrt(3) * np.sin(angle)
left.plot(*circle, color="white", linestyle="-", linewidth=1.5)
_, _, spots = lesson.plane((-2.8, 2.8, -2.8, 2.8), 9)
spots = spots[np.hypot(*spots.T) > 1]  # nearer to 0 the arrows grow without bound
arrows = np.array([at(p)[1] for p in spots])
left.quiver(*spots.T, *arrows.T, color="white", scale=13, width=0.008)
left.set(title="the loss, and $dx$", aspect="equal", xticks=[], yticks=[])

here = np.array([1.9, 0.6])
batch = (here[0] * e1 + here[1] * e2)[:, None]
_, (xhat, _, std) = batchnorm_forward(batch, one, zero)
xhat, d = xhat[:, 0], c / std[0]
paths = {
    "direct": d,
    "mean": np.full(3, -d.mean()),
    "variance": -xhat * (d * xhat).mean(),
}
right.plot(*circle, color=lesson.GRAY, linestyle="-", linewidth=1)
tail = here
names = {"direct": lesson.BLUE, "variance": lesson.ORANGE}
for (name, color), text in zip(names.items(), ("direct", "through the variance")):
    step = np.array([paths[name] @ e1, paths[name] @ e2])
    right.annotate(
        "", tail + step, tail, arrowprops={"arrowstyle": "->", "color": color, "lw": 2}
    )
    right.plot([], [], color=color, linestyle="-", label=text)
    tail = tail + step
right.annotate(
    "", tail, here, arrowprops={"arrowstyle": "->", "color": "black", "lw": 2}
)
right.plot([], [], color="black", linestyle="-", label="$dx$, the sum")
right.plot([0, here[0]], [0, here[1]], color=lesson.GRAY, linestyle=":")
right.plot(*here, "ko")
right.set(aspect="equal", xlim=(-1.9, 2.9), ylim=(-1.9, 2.9), xticks=[], yticks=[])
right.set_title("the paths at one point")
right.legend(loc="upper left", fontsize=8)
lesson.show(
    "The loss of a batch of three over the plane, constant along every ray, with "
    "the gradient running around; and at one point the paths, of which only the "
    "sum is tangent."
)
print("component of dx along the ray:", f"{at(here)[1] @ here:.0e}")
for name, path in paths.items():
    print(f"along (1, 1, 1), out of the picture: {name} path {path.sum():+.2f}")

# %% [markdown]
r"""
The path through the mean points along $(1, 1, 1)$, out of the picture: it is what keeps $dx$
*in* the plane.

## Derive: two modes

In training $\mu$ and $v$ are the batch's. They are random, and the same image gets another
$\hat x$ in each batch. The mean of $N$ independent values has the standard deviation
$s/\sqrt N$, so $\hat x$ jitters by about $1/\sqrt N$ (and somewhat more far from the mean,
where the jitter of $s$ counts). **Question 3:**
"""

# %% tags=["fold"]
pixels, labels = digits.as_shipped()
pixels = pixels / 16
rng = np.random.default_rng(0)
W = rng.standard_normal((64, 20)) / 8  # 20 features: random projections
features = pixels @ W
for size in (8, 32, 128):
    values = []
    for _ in range(300):
        rows = rng.choice(np.arange(1, len(features)), size - 1, replace=False)
        batch = features[np.append(0, rows)]  # image 0 with others
        values.append(batchnorm_forward(batch, np.ones(20), np.zeros(20))[0][0])
    jitter = np.std(values, axis=0)
    print(
        f"N = {size:3}: the value of a unit varies by {np.median(jitter):.2f},", end=""
    )
    print(f" 1/sqrt(N) = {1 / np.sqrt(size):.2f}")

# %% [markdown]
r"""
For training this noise is harmless, perhaps even useful. For a result it is not: an answer must
not depend on who else asks. And with $N = 1$ (**question 4**) the mean is the image itself:
$\hat x = 0$, and the answer is $\beta$ for every image.

So at test time $\mu$ and $v$ are *constants*, collected during training:

$$
\mu_{run} \leftarrow \mu_{run} + m\,(\mu - \mu_{run}), \qquad
v_{run} \leftarrow v_{run} + m\,\Big(\frac{N}{N-1}\,v - v_{run}\Big) .
$$

$N/(N-1)$ is there because a variance around the batch's own mean is too small by that factor
on average. With constants two of the three paths are gone, and the layer is affine, example by
example:

$$
y_n = \gamma\,\frac{x_n - \mu_{run}}{\sqrt{v_{run} + \epsilon}} + \beta, \qquad
dx_n = \frac{\gamma}{\sqrt{v_{run} + \epsilon}}\; dy_n .
$$

**The backward pass must be that of the mode of the forward pass.** To use the second formula
in training is the known mistake `statistics-constant`; we shall see what it does.

Now a network, 64 – (32, batch normalization, ReLU) × 3 – 1, that tells odd digits from even
ones. The training is that of lesson 03. Forward and backward are a few lines each.
"""

# %% tags=["fold"]
odd = labels % 2
train_x, test_x = pixels[:1297], pixels[1297:]
train_y, test_y = odd[:1297], odd[1297:]
SIZES = (64, 32, 32, 32, 1)


def start(seed=0, scale=0.3):
    """Weights, and gamma, beta and running statistics of the hidden layers."""
    rng = np.random.default_rng(seed)
    layers = []
    for n_in, n_out in zip(SIZES, SIZES[1:]):
        layers.append([scale * rng.standard_normal((n_in, n_out)), 1.0, 0.0, 0.0, 1.0])
    for layer, n in zip(layers, SIZES[1:]):
        layer[1:] = [np.ones(n), np.zeros(n), np.zeros(n), np.ones(n)]
    return layers


def forward(layers, h, train):
    """The logits, and the caches."""
    caches = []
    for W, gamma, beta, mean, variance in layers[:-1]:
        z = h @ W
        if train:
            y, own = batchnorm_forward(z, gamma, beta)
        else:
            y, own = gamma * (z - mean) / np.sqrt(variance + 1e-5) + beta, None
        caches.append((h, z, y, own))
        h = np.maximum(y, 0)
    return h @ layers[-1][0], [*caches, h]


def gradients(layers, caches, da, batchnorm_back):
    """dx, and (dW, dgamma, dbeta) of each layer, the first first."""
    *hidden, last = caches
    found, dh = [(last.T @ da,)], da @ layers[-1][0].T
    for layer, (h, _, y, own) in zip(layers[-2::-1], hidden[::-1]):
        dz, dgamma, dbeta = batchnorm_back(dh * (y > 0), own)
        found.append((h.T @ dz, dgamma, dbeta))
        dh = dz @ layer[0].T
    return dh, found[::-1]


def training(batchnorm_back, epochs, rate=0.1, size=32):
    """The trained layers, and the training loss after each epoch."""
    layers, losses, rng = start(), [], np.random.default_rng(1)
    for _ in range(epochs):
        total = []
        for rows in np.split(
            rng.permutation(1297)[: 1297 // size * size], 1297 // size
        ):
            a, caches = forward(layers, train_x[rows], train=True)
            sign = 1 - 2 * train_y[rows, None]
            total.append(np.logaddexp(0, sign * a).mean())  # lesson 01
            da = (sigmoid(a) - train_y[rows, None]) / size
            _, steps = gradients(layers, caches, da, batchnorm_back)
            for layer, step in zip(layers, steps):
                for k, d in enumerate(step):
                    layer[k] = layer[k] - rate * d
            for layer, (_, z, _, _) in zip(layers[:-1], caches):  # committed
                layer[3] = layer[3] + 0.1 * (z.mean(0) - layer[3])
                layer[4] = layer[4] + 0.1 * (z.var(0, ddof=1) - layer[4])
        losses.append(np.mean(total))
    return layers, losses


layers, losses = training(backward, lesson.steps(20, 2))
print(f"training loss {losses[0]:.3f} after one epoch, {losses[-1]:.3f} at the end")

# %% [markdown]
r"""
Below, the same trained network answers for the 500 test digits in several ways. With running
statistics there is one answer. With the batch's own statistics it depends on the company: a
mixed batch does nearly as well; batches in which *all digits have the same parity* do badly,
though not one image has changed. The mean that is subtracted carries exactly the
information that was asked for.

With batch normalization the composition of a batch is part of the input. A GAN's discriminator
therefore sees real and generated images in *separate* batches, always; and a discriminator that
stands still while $G$ learns must not change its running statistics.
"""


# %% tags=["fold"]
def wrong(groups, train):
    """Share of test digits classified wrongly, computed group by group."""
    errors = [
        (forward(layers, test_x[g], train)[0][:, 0] > 0) != test_y[g] for g in groups
    ]
    return np.concatenate(errors).mean()


rng = np.random.default_rng(5)
order = rng.permutation(500)
mixed = np.split(order[:480], 15)
parities = [np.flatnonzero(test_y == k) for k in (0, 1)]
sorted_groups = [g for rows in parities for g in np.array_split(rows, 8)]
singles = [np.array([k]) for k in order]
print(f"running statistics:              {wrong([order], False):.1%} wrong")
print(f"one digit at a time, running:    {wrong(singles, False):.1%}")
print(f"mixed batches of 32:             {wrong(mixed, True):.1%}")
print(f"batches of one parity only:      {wrong(sorted_groups, True):.1%}")
answers = {float(forward(layers, test_x[g], True)[0][0, 0]) for g in singles[:50]}
print(f"one digit at a time, training mode: {len(answers)} answer for 50 digits")

# %% [markdown]
r"""
## See: why a penalty must not cross it

A gradient penalty (lesson 15) bounds the slope of the critic at each example,
$g_n = \nabla_{x_n} a_n$. Everybody computes it by one backward pass of ones, which returns
$\sum_m \nabla_{x_n} a_m$. Without batch normalization that is the same, as $a_m$ does not
depend on $x_n$. With it, it is not. The pictures show
$\lVert \partial a_m/\partial x_n \rVert$ for a batch of 12 digits, the trained network in test
mode and in training mode.
"""

# %% tags=["fold"]
dozen = test_x[:12]


def slopes(train):
    """(12, 12): how much logit m feels image n."""
    a, caches = forward(layers, dozen, train)
    rows = []
    for m in range(12):
        da = np.zeros_like(a)
        da[m] = 1
        if train:
            dx, _ = gradients(layers, caches, da, backward)
        else:  # running statistics are constants
            constant = [
                lambda dy, _, L=L: (dy * L[1] / np.sqrt(L[4] + 1e-5), 0, 0)
                for L in layers[:-1]
            ]
            todo = iter(constant[::-1])
            dx, _ = gradients(layers, caches, da, lambda dy, own: next(todo)(dy, own))
        rows.append(np.linalg.norm(dx, axis=1))
    return np.array(rows)


figure, panels = plt.subplots(1, 2)
for axes, train in zip(panels, (False, True)):
    felt = slopes(train)
    image = axes.imshow(felt, cmap="cividis", vmin=0)
    axes.set_title("training mode" if train else "test mode")
    axes.set(xlabel="image $n$", ylabel="logit $m$")
    axes.set(xticks=range(0, 12, 2), yticks=range(0, 12, 2))
    figure.colorbar(image, ax=axes, shrink=0.8)
    others = 1 - np.trace(felt) / felt.sum()
    print(f"training mode {train}: {others:.0%} of it comes from the other images")
lesson.show(
    "How much each logit feels each image of a batch of 12: in test mode only its "
    "own, in training mode all of them."
)

# %% [markdown]
r"""
**Question 5.** The extreme case: a critic $a = y\,w$ with batch normalization before its last
layer. Each $a_m$ has a slope, but $\sum_n a_n = N \langle \beta, w \rangle$ has none: the
backward pass of ones is exactly zero, whatever the critic does. The penalty
$\lambda\,(\lVert g \rVert - 1)^2$ would be the constant $\lambda$ and teach nothing. The
authors say so ([Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028), section 4) and take
layer normalization, which works within one example. This library refuses the combination.
"""

# %% tags=["fold"]
w = rng.standard_normal((5, 1))
y, cache = batchnorm_forward(x, gamma, beta)
slope_of_sum, _, _ = backward(np.ones((16, 1)) @ w.T, cache)
first = np.zeros((16, 1))
first[0] = 1
own_slope, _, _ = backward(first @ w.T, cache)
print(f"slope of the sum: {np.linalg.norm(slope_of_sum, axis=1).max():.0e}")
print(f"slope of a_0 with respect to x_0: {np.linalg.norm(own_slope[0]):.2f}")

# %% [markdown]
r"""
## Break it

The network from above, trained with mistakes that the checker knows, at two learning rates.
The small rate forgives much. At the large one they differ:

- Without the path through the mean the gradient is partly along 1, a direction that does
  nothing for the loss; the loss stays above the right one's.
- Without the path through the variance you would notice nothing.
- Without the division by $s$ the brake of question 1 is gone. A large step makes $W$ longer,
  which changes no output, but now the next step is no smaller for it, and longer still.
  Look at the length of $W$. A gradient of the right direction and of the wrong length does this.
"""

# %% tags=["fold"]
lesson.show_mistakes("batchnorm_backward")

chosen = (
    "statistics-constant",
    "mean-path-missing",
    "variance-path-missing",
    "std-missing",
)
epochs = lesson.steps(12, 2)
figure, panels = plt.subplots(1, 2, sharey=True)
for axes, rate in zip(panels, (0.05, 3.0)):
    results = {"right": training(lesson.reference("batchnorm_backward"), epochs, rate)}
    for tag in chosen:
        broken = lesson.mistake("batchnorm_backward", tag)
        results[tag] = training(broken, epochs, rate)
    print(f"learning rate {rate}")
    for name, (trained, losses) in results.items():
        axes.plot(range(1, epochs + 1), losses, label=name)
        length = np.linalg.norm(trained[0][0])
        a, _ = forward(trained, test_x, train=False)
        share = np.mean((a[:, 0] > 0) != test_y)
        print(
            f"  {name:22} loss {losses[-1]:.3f}, wrong {share:5.1%}, |W| {length:.3g}"
        )
    axes.set(title=f"learning rate {rate}", xlabel="epoch", yscale="log")
    axes.set_xticks(range(2, epochs + 1, 2))
panels[0].set_ylabel("training loss")
panels[0].legend(fontsize=7, loc="lower left")
lesson.show(
    "Training loss against the epoch at a small and a large rate, for the right "
    "backward and four mistakes."
)

# %% [markdown]
"""
And what the check says of the one that nobody would have noticed:
"""

# %%
check(lesson.mistake("batchnorm_backward", "variance-path-missing"))

# %%
# ask: 12-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** Write layer normalization: the same formula over the features of one example. What becomes of the
three paths, and of question 5?

<details><summary>What a good answer contains</summary>

A forward and a backward of a few lines: the axis is another one, and $N$ becomes the number of features. A
check with `gan_numpy.gradcheck` (or against finite differences). That now an example's answer does not depend on the
others, so a backward pass of ones gives each example's own slope, and a penalty may cross it.

</details>
"""

# %% [markdown]
r"""
## What is known, and what is not

That it helps is beyond doubt. Why, is not settled. The paper's title names *internal covariate
shift*; [Santurkar et al. (2018)](https://arxiv.org/abs/1805.11604) added noise that brings the
shift back, found training as fast as before, and hold that a smoother loss is the reason. For
GANs it is a mixed blessing. DCGAN's authors call it critical for deep generators to begin to learn
at all, and found that it must not stand everywhere. But a sample then depends on the others of its
batch; [Salimans et al. (2016)](https://arxiv.org/abs/1606.03498), section 3.5, normalize by a
fixed reference batch for that reason, and critics under a gradient penalty do without.

## Read next

- Ioffe and Szegedy, *Batch Normalization*,
  [arXiv:1502.03167](https://arxiv.org/abs/1502.03167): Algorithms 1 and 2, and section 3 for the
  gradients.
- Radford, Metz and Chintala, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434), section 3: where
  to put it in a GAN, and where not (at $G$'s output and $D$'s input).
- The library: [layers/batchnorm.py](../gan_numpy/layers/batchnorm.py), for features and for the
  channels of images. Its forward changes no running statistic: who trains says `commit`, as here.
- Next: [lesson 13](13_convolution_dcgan.ipynb), convolution, where batch normalization is at home.
"""
