# %% [markdown]
r"""
# 13 · Convolution, its transpose, and a small DCGAN

An affine layer does not know that two pixels are neighbors. A convolution looks at the image
through a small window, the same everywhere, and its *transpose* does the reverse: it turns each
number into a small stamp and adds the stamps up to an image. With one to look and the other to
draw, and the batch normalization of lesson 12, the deep convolutional GAN of 2015 is complete.

**You need** lessons 02 and 12, and Algorithm 1 (lesson 06).
**You will write** `conv2d_backward` and `conv_transpose_backward`.
"""

# %% tags=["fold"]
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from scipy.spatial.distance import cdist

from gan_numpy import lesson
from gan_numpy.sampling import latent
from gan_numpy.datasets import load_dataset
from gan_numpy.exercises import check
from gan_numpy.plots import image_grid
from gan_numpy.recipes import get_recipe
from gan_numpy.sampling.draw import generate, sample, trained_generator
from gan_numpy.training.state import initial_state
from gan_numpy.training.algorithm1 import train_epoch

lesson.opening("13")
data = load_dataset("digits")
train_x, train_y = data.scaled("train"), data.labels["train"]

# %% [markdown]
r"""
## Predict before you run

1. A window of 3×3 moves over an 8×8 image in steps of 1. Which pixel is seen most often, which
   least, and how many times?
2. How many weights has a convolution from 16 maps of 4×4 to 32 maps of 2×2 with a window of 4?
   And an affine layer between the same numbers?
3. The transposed convolution draws with stride 2. Input and kernel are all ones. Is the image all
   one gray? With a window of 3? With a window of 4?
4. $y = Ax$ has the gradient $dx = A^\top dy$. What is the gradient of $x = A^\top y$ with respect
   to $y$?
5. A generator makes a bold 0, a thin 0, and a thin 1. What will it make of
   $z_{\text{bold 0}} - z_{\text{thin 0}} + z_{\text{thin 1}}$?

Write your answers down. The cells below compute each of them.
"""

# %%
# ask: 13-middle

# %% [markdown]
r"""
## Derive: the convolution

A kernel $W$ with a side of $k$ pixels moves over the image in steps of the *stride* $s$:

$$
y_{n,o,h,w} = b_o + \sum_{c,i,j} W_{o,c,i,j}\; x_{n,\,c,\,hs+i,\,ws+j} .
$$

| array | shape |
|---|---|
| the images `x`, with `C` channels | `(N, C, H, W)` |
| the kernels `W`, one for each channel that comes out | `(out, C, k, k)` |
| the bias `b` | `(out,)` |
| the maps `y`; height `(H - k) // s + 1`, width likewise | `(N, out, height, width)` |

(Strictly this is a *cross-correlation*; a mathematician's convolution turns the kernel around
first. Networks learn the kernel, so the name stayed and the turning did not.)

The trick of the given forward is to turn the loops around. It does not walk over the places of
the image, it walks over the $k^2$ entries $(i, j)$ of the kernel. For one entry, what all windows
see there is *one slice* of the image,

$$
x^{(ij)} = x[\,:\,,\,:\,,\; i : i + s \cdot height : s,\; j : j + s \cdot width : s\,], \qquad (N, C, height, width),
$$

$$
y = b + \sum_{i,j} W_{ij}\, x^{(ij)},
$$

with the matrix $W_{ij}$, $(out, C)$, applied to the channels at every place. So the convolution is
a sum of $k^2$ affine layers, and lesson 02 says how each line flows back:

$$
\begin{aligned}
dW_{ij} &= \sum_{n,h,w} dy_{n,:,h,w}\; x^{(ij)\top}_{n,:,h,w}, \quad (out, C), \qquad
db = \sum_{n,h,w} dy, \\
dx^{(ij)} &\mathrel{+}= W_{ij}^\top\, dy, \quad (N, C, height, width) .
\end{aligned}
$$

Note the $\mathrel{+}=$. The slices of different $(i, j)$ overlap: a pixel is seen by several windows
and receives a gradient from each of them.
"""

# %% tags=["answer"]
# First the formulas, one a line between the quotes; they are checked as formulas.
lesson.derive(
    "conv2d_backward",
    """
    """,
)

# %%
# exercise: conv2d_backward

# %%
conv_back = lesson.working(conv2d_backward)

# %% [markdown]
r"""
**Questions 1 and 2.** With kernel and cotangent all ones, $dx$ counts the windows that see a
pixel: 9 in the middle, 1 in the corners. A convolution without padding neglects the border; this is
one reason for the zeros that DCGAN adds around its maps. And sharing saves weights:
"""

# %% tags=["fold"]
image, ones = np.zeros((1, 1, 8, 8)), np.ones((1, 1, 3, 3))
y, cache = conv2d_forward(image, ones, np.zeros(1), 1)
seen, _, _ = conv_back(np.ones_like(y), cache)
print(seen[0, 0].astype(int))
print("convolution:", 32 * 16 * 4 * 4, "weights; affine layer:", (16 * 16) * (32 * 4))

# %% [markdown]
r"""
## Derive: the transpose

For fixed $W$ and without $b$ the convolution is linear: $\mathrm{conv}(x) = A x$ for a large sparse
matrix $A$ that nobody writes down. We have met its transpose already: $dx = A^\top dy$ is what you
wrote in the loop. As a layer of its own it is called *transposed convolution*:

$$
x_{n,\,c,\,hs+i,\,ws+j} \mathrel{+}= \sum_o W_{o,c,i,j}\; y_{n,o,h,w},
\qquad (N, out, height, width) \to (N, C,\; ?,\; ?) .
$$

It is no inverse. It is *the adjoint*: the one linear map with

$$
\langle \mathrm{conv}(x),\, y \rangle = \langle x,\, \mathrm{conv}^\top(y) \rangle
\qquad \text{for all } x, y.
$$

**Question 4.** The transpose of the transpose is the matrix itself. With $x = A^\top y$,
$dy = A\, dx$: *the backward pass of a transposed convolution is a convolution.* Slice by slice,

$$
dy = \sum_{i,j} W_{ij}\; dx^{(ij)}, \quad (N, out, height, width), \qquad
dW_{ij} = \sum_{n,h,w} y_{n,:,h,w}\; dx^{(ij)\top}_{n,:,h,w}, \quad (out, C) .
$$

So one pair of functions does all: the forward of each is the backward of the other.
"""

# %%
# ask: 13-side

# %%
# exercise: conv_transpose_backward

# %%
transpose_back = lesson.working(conv_transpose_backward)

# %% [markdown]
r"""
The adjoint identity, for random arrays and several strides. It is the best test that there is
of a pair of linear maps: one line, no finite differences, and exact to the last digits.
"""

# %% tags=["fold"]
rng = np.random.default_rng(13)
for stride, k in ((1, 3), (2, 3), (2, 4), (3, 5)):
    W = rng.standard_normal((5, 4, k, k))
    y = rng.standard_normal((3, 5, 4, 6))
    up, up_cache = conv_transpose_forward(y, W, stride)
    x = rng.standard_normal(up.shape)
    down, cache = conv2d_forward(x, W, np.zeros(5), stride)
    print(
        f"k = {k}, s = {stride}: {np.vdot(down, y):.10f} = {np.vdot(x, up):.10f};",
        end=" ",
    )
    same = np.allclose(conv_back(y, cache)[0], up)
    same &= np.allclose(transpose_back(x, up_cache)[0], down)
    print("each is the other's backward:", same)

# %% [markdown]
r"""
**Question 3.** Ones stamped with ones: the picture shows how many stamps reach each pixel. With a
window of 3 and stride 2 they overlap unevenly, and the image is a *checkerboard* before anything was
learned. With 4 and 2 they tile, apart from the border. A generator can learn to make up for the
unevenness, but often does not quite
([Odena, Dumoulin and Olah, 2016](https://distill.pub/2016/deconv-checkerboard/)); so this library's
DCGAN has windows of 4 and stride 2.
"""

# %% tags=["fold"]
figure, panels = plt.subplots(1, 3, figsize=(6.2, 2.4))
for axes, (k, stride) in zip(panels, ((3, 2), (4, 2), (5, 2))):
    count, _ = conv_transpose_forward(
        np.ones((1, 1, 6, 6)), np.ones((1, 1, k, k)), stride
    )
    shown = axes.imshow(count[0, 0], cmap="cividis", vmin=0, vmax=9)
    axes.set(title=f"window {k}, stride {stride}", xticks=[], yticks=[])
    inside = count[0, 0, k:-k, k:-k]
    print(f"window {k}: inside, a pixel gets", np.unique(inside).astype(int), "stamps")
figure.colorbar(shown, ax=panels, label="stamps", shrink=0.8)
lesson.show(
    "How many stamps reach each pixel: an uneven checkerboard with a window of 3 "
    "and stride 2, even with 4 and 2 inside."
)

# %% [markdown]
r"""
## Train with it: an image through a needle's eye

Your two functions in one network. It looks at a digit with a convolution, keeps 4 maps of 3×3, and
draws it again with a transposed convolution: 64 numbers, 36, 64. The loss is half the squared error of an image.

| step | shape |
|---|---|
| the digits | `(N, 1, 8, 8)` |
| convolution, window 4, stride 2 | `(N, 4, 3, 3)` |
| leaky ReLU, slope 0.2 | `(N, 4, 3, 3)` |
| transposed convolution, window 4, stride 2 | `(N, 1, 8, 8)` |
"""

# %%
digits = train_x.reshape(-1, 1, 8, 8).astype(float)


def drawing(conv_back, transpose_back, epochs=lesson.steps(12, 1), rate=0.02):
    """The mean squared error after each epoch, and the first digits drawn again."""
    rng = np.random.default_rng(0)
    W, b = 0.2 * rng.standard_normal((4, 1, 4, 4)), np.zeros(4)
    V = 0.2 * rng.standard_normal((4, 1, 4, 4))
    errors = []
    for _ in range(epochs):
        for rows in np.split(rng.permutation(1297)[:1280], 40):
            z, cache = conv2d_forward(digits[rows], W, b, 2)
            h = np.where(z > 0, z, 0.2 * z)
            drawn, up_cache = conv_transpose_forward(h, V, 2)
            # the loss: half the squared error of an image, mean over the batch
            dh, dV = transpose_back((drawn - digits[rows]) / len(rows), up_cache)
            _, dW, db = conv_back(dh * np.where(z > 0, 1, 0.2), cache)
            W, b, V = W - rate * dW, b - rate * db, V - rate * dV
        z, _ = conv2d_forward(digits, W, b, 2)
        drawn, _ = conv_transpose_forward(np.where(z > 0, z, 0.2 * z), V, 2)
        errors.append(np.mean((drawn - digits) ** 2))
    return errors, drawn[:12]


results = {"right": drawing(conv_back, transpose_back)}
print(f"squared error {results['right'][0][-1]:.4f};", end=" ")
print(f"of the mean image {np.mean((digits - digits.mean(axis=0)) ** 2):.4f}")

# %% [markdown]
r"""
## Break it

The same network with known mistakes. A kernel put in the wrong way round is the most frequent one. In the weights' gradient (`flipped`) it is fatal: the error explodes. In the gradient that goes *down*
it spoils the layers below, here one small layer. The network still learns, with half of itself, to an
error that looks like success if one does not know that it could be smaller: the check tells. The black row is no picture: its numbers are not finite.
"""

# %% tags=["fold"]
lesson.show_mistakes("conv2d_backward", "conv_transpose_backward")

right_conv = lesson.reference("conv2d_backward")
right_transpose = lesson.reference("conv_transpose_backward")
for tag in ("kernel-rotated", "overlap-overwritten", "flipped"):
    broken = lesson.mistake("conv_transpose_backward", tag)
    with np.errstate(all="ignore"):  # one of them overflows
        results[tag] = drawing(right_conv, broken)

figure, (left, right) = plt.subplots(1, 2, width_ratios=(1, 1.3), figsize=(6.2, 2.6))
for name, (errors, _) in results.items():
    left.plot(range(1, len(errors) + 1), errors, label=name)
    print(f"{name:20}: error {errors[-1]:.4f}")
left.set(xlabel="epoch", ylabel="squared error", ylim=(0, 0.2))
left.legend(fontsize=7)
rows = [digits[:12], *(np.nan_to_num(drawn) for _, drawn in results.values())]
right.imshow(image_grid(np.clip(np.concatenate(rows), 0, 1), 12), vmin=0, vmax=1)
right.set_yticks(4.5 + 9 * np.arange(len(rows)), ["digits", *results], fontsize=8)
right.set_xticks([])
right.tick_params(length=0)
lesson.show(
    "Squared error against the epoch for the right backward and three mistakes, "
    "and the digits drawn again by each."
)

# %%
check(lesson.mistake("conv_transpose_backward", "kernel-rotated"))

# %% [markdown]
r"""
## Derive: DCGAN

[Radford, Metz and Chintala (2015)](https://arxiv.org/abs/1511.06434), section 3, found by trying
what makes convolutional GANs train: strides instead of pooling, batch normalization everywhere but at
$G$'s output and $D$'s input, ReLU in $G$ with tanh at the end, leaky ReLU in $D$; and Adam with
$\beta_1 = \frac12$. Their images had 64 pixels a side. Ours have 8, and are doubled twice:

| generator | shape | discriminator | shape |
|---|---|---|---|
| `z`, uniform | `(N, 32)` | image | `(N, 1, 8, 8)` |
| affine, batch norm, ReLU | `(N, 32, 2, 2)` | convolution, leaky ReLU | `(N, 16, 4, 4)` |
| transposed, batch norm, ReLU | `(N, 16, 4, 4)` | convolution, batch norm, leaky | `(N, 32, 2, 2)` |
| transposed, tanh | `(N, 1, 8, 8)` | affine: the logit `a` | `(N, 1)` |

All windows have 4 pixels and stride 2. One pixel of zeros on every side makes each layer double or halve
the side exactly: $\lfloor(8 + 2 - 4)/2\rfloor + 1 = 4$. The layers are the library's: the same equations
as yours, with padding.
"""

# %% tags=["fold"]
recipe = get_recipe("dcgan").replace(
    generator_channels=(32, 16),
    discriminator_channels=(16, 32),
    learning_rate=0.001,
    generator_average=0.99,
)
epochs, frames = lesson.steps(20, 1), {}
moments = np.unique(np.round(np.linspace(0, 1, 6) ** 2 * epochs).astype(int))
state = initial_state(recipe, data, seed=0)
for epoch in range(epochs + 1):
    if epoch in moments:
        frames[epoch] = sample(recipe, state, 16, np.random.default_rng(1))
    if epoch < epochs:
        monitors = train_epoch(state, recipe, data)
G = trained_generator(recipe, state)
print(f"{state.step} steps;", end=" ")
print(f"D on data {monitors['d_real']:.2f}, on samples {monitors['d_fake']:.2f}")

# %% tags=["fold"]
figure, axes = plt.subplots(figsize=(6.2, 2.4))
rows = np.concatenate([frames[k] for k in moments])
axes.imshow(image_grid(rows.reshape(-1, 8, 8), 16), vmin=0, vmax=1)
axes.set_yticks(4.5 + 9 * np.arange(len(moments)), [f"epoch {k}" for k in moments])
axes.set_xticks([])
axes.tick_params(length=0)
lesson.show("Samples of the small DCGAN at six moments, from gray to digits.")

# %% [markdown]
r"""
## See: what the windows look for

The 16 kernels of $D$'s first layer, before training and after; below each what it makes of one digit. Nobody
told them what to look for. In large networks such windows become edges in all directions. Here
they look like noise, after training as before: 16 weights hold little, and training was short. All 16 are shown;
figures in papers are often chosen.
"""

# %% tags=["fold"]
untrained = initial_state(recipe, data, seed=0).D.params["down0.W"]
one = 2 * train_x[5:6].reshape(1, 1, 8, 8) - 1
maps, _ = state.D.layers["down0"].forward(one)
learned = state.D.params["down0.W"]


def normalized(kernels):
    """Each with 0 at middle gray, and its largest entry at black or white."""
    flat = kernels.reshape(16, -1)
    return (0.5 + 0.5 * flat / np.abs(flat).max(axis=1, keepdims=True)).reshape(
        16, 4, 4
    )


figure, axes = plt.subplots(figsize=(6.2, 1.6))
pictures = np.concatenate(
    [normalized(untrained), normalized(learned), normalized(maps[0])]
)
axes.imshow(image_grid(pictures, 16), vmin=0, vmax=1)
axes.set_yticks(2.5 + 5 * np.arange(3), ["before", "after", "a digit's map"])
axes.set_xticks([])
axes.tick_params(length=0)
lesson.show(
    "The 16 kernels of the first layer of D before and after training, and what "
    "each makes of a digit."
)
moved = np.linalg.norm(learned - untrained) / np.linalg.norm(untrained)
print(f"the kernels moved by {moved:.1f} times their own length")

# %% [markdown]
r"""
## See: walks

Every $z$ is a digit, so a path between two $z$ is a film. The corners of the square
are a 0, a 1, a 4 and a 6, each of which a nearest-neighbor classifier is sure of; all else lies between them. If there were only memorized images we should see jumps. Some images between two digits are no digits:
the generator is continuous, and the digits are not.
"""


# %% tags=["fold"]
def judge(x, k=5):
    """Shares of the classes among the k nearest training digits, (N, 10)."""
    nearest = np.argpartition(cdist(x, train_x), k, axis=1)[:, :k]
    return np.eye(10)[train_y[nearest]].mean(axis=1)


z = recipe.sample_latent(lesson.steps(4000, 300), np.random.default_rng(3))
drawn = generate(recipe, G, z)
sure = judge(drawn)


def surest(digit, count):
    """The rows of z that the judge is surest to show this digit."""
    return np.argsort(-sure[:, digit], kind="stable")[:count]


corners = np.stack([z[surest(digit, 1)[0]] for digit in (0, 1, 4, 6)])
side = 11
between = latent.square(corners, side)
pictures = generate(recipe, G, between.reshape(side * side, -1))
figure, axes = plt.subplots(figsize=(3.6, 3.6))
axes.imshow(image_grid(pictures.reshape(-1, 8, 8), side), vmin=0, vmax=1)
axes.axis("off")
lesson.show("A square of digits between a 0, a 1, a 4 and a 6.")
steps = np.linalg.norm(np.diff(pictures.reshape(side, side, 64), axis=1), axis=2)
ends = np.linalg.norm(pictures[::side][:] - pictures[side - 1 :: side], axis=1)
print(f"left and right ends are {ends.mean():.2f} apart on average;", end=" ")
print(f"the longest of the steps between is {steps.max():.2f}")

# %% [markdown]
r"""
A line between two of the corners, with a knob: $\psi = 0$ is the 0, $\psi = 1$ the other digit, and beyond both the line
goes on. A walk on a great circle keeps the length of $z$, a straight one shortens it on the way.
"""

# %% tags=["fold"]
figure, axes = plt.subplots(figsize=(4.0, 2.4))
panels = [axes.inset_axes((0, 0, 0.45, 0.9)), axes.inset_axes((0.55, 0, 0.45, 0.9))]
axes.axis("off")
shown = [panel.imshow(np.zeros((8, 8)), vmin=0, vmax=1) for panel in panels]
for panel, name in zip(panels, ("straight", "great circle")):
    panel.set(title=name, xticks=[], yticks=[])
title = axes.set_title("psi = -0.25, from 0 to 6; |z| = 9.9 and 9.9", pad=16)


def look(psi, to):
    """The pictures at a share psi of the two ways."""
    a, b = corners[0], corners[(0, 1, 4, 6).index(to)]
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    angle = np.arccos(a @ b / lengths[0] / lengths[1])
    round_ = np.sin((1 - psi) * angle) * a + np.sin(psi * angle) * b
    points = np.stack([(1 - psi) * a + psi * b, round_ / np.sin(angle)])
    points = points.astype(np.float32)
    for picture, image in zip(shown, generate(recipe, G, points)):
        picture.set_data(image.reshape(8, 8))
    first, second = np.linalg.norm(points, axis=1)
    title.set_text(f"psi = {psi}, from 0 to {to}; |z| = {first:.1f} and {second:.1f}")


lesson.live(
    figure,
    look,
    "The digit at a share psi of a straight and of a round way between two corners.",
    psi=(-0.25, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25),
    to=(1, 4, 6),
)

# %% [markdown]
r"""
## See: arithmetic

**Question 5.** DCGAN's most famous picture: $z_{\text{man with glasses}} - z_{\text{man}} + z_{\text{woman}}$
is a woman with glasses (section 6.3.2). Single $z$ did not do it; the mean of three of each did.
Here the classifier names the digits, and the ink, the mean pixel, says what is bold and
what is thin. In each mean there are 12.

First the sums for a few pairs of digits, and the means that they are made of:
"""

# %% tags=["fold"]
ink = drawn.mean(axis=1)


def chosen(digit, style):
    """Of the 100 surest z of a digit the twelve boldest or thinnest, (12, 32)."""
    rows = surest(digit, 100)
    order = rows[np.argsort(ink[rows])]
    return z[order[-12:] if style == "bold" else order[:12]]


pairs = [(d, (d + 1) % 10) for d in range(10)]
rows = []
for a, b in pairs:
    groups = chosen(a, "bold"), chosen(a, "thin"), chosen(b, "thin")
    rows.append([*(g.mean(axis=0) for g in groups), latent.arithmetic(*groups)])
pictures = generate(recipe, G, np.swapaxes(rows, 0, 1).reshape(-1, 32))
figure, axes = plt.subplots(figsize=(6.2, 2.7))
axes.imshow(image_grid(pictures.reshape(-1, 8, 8), len(pairs)), vmin=0, vmax=1)
axes.set_yticks(4.5 + 9 * np.arange(4), ["bold", "− thin", "+ thin", "= sum"])
names = [f"{a} to {b}" for a, b in pairs]
axes.set_xticks(4.5 + 9 * np.arange(len(pairs)), names, fontsize=8)
axes.tick_params(length=0)
lesson.show(
    "Bold minus thin plus thin for ten pairs of digits, with the sums in the last "
    "row."
)

# %% [markdown]
r"""
Pictures of such sums are chosen. So we count over *all* pairs $a \ne b$ of digits, take a share $t$ of the
way, $\bar z_{\text{thin } b} + t\,(\bar z_{\text{bold } a} - \bar z_{\text{thin } a})$, and compare with steps
of the same length in directions that mean nothing.
"""

# %% tags=["fold"]
rng = np.random.default_rng(0)
mean_of = {
    (d, k): chosen(d, k).mean(axis=0) for d in range(10) for k in ("bold", "thin")
}
every = [(a, b) for a in range(10) for b in range(10) if a != b]
start = np.array([mean_of[b, "thin"] for _, b in every])
bolder = np.array([mean_of[a, "bold"] - mean_of[a, "thin"] for a, _ in every])
noise = rng.standard_normal(bolder.shape)
noise *= np.linalg.norm(bolder, axis=1, keepdims=True) / np.linalg.norm(
    noise, axis=1, keepdims=True
)
ways = np.linspace(0, 1, 6)
figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 2.4))
for name, direction in (("bold − thin", bolder), ("random", noise)):
    kept, amount = [], []
    for t in ways:
        images = generate(recipe, G, (start + t * direction).astype(np.float32))
        kept.append(np.mean(judge(images).argmax(axis=1) == [b for _, b in every]))
        amount.append(images.mean())
    left.plot(ways, amount, "o", linestyle="-" if name[0] == "b" else ":", label=name)
    right.plot(ways, kept, "o", linestyle="-" if name[0] == "b" else ":", label=name)
    print(f"{name:11}: ink {amount[0]:.3f} to {amount[-1]:.3f};", end=" ")
    print(f"still the digit b: {kept[2]:.0%} at t = 0.4, {kept[-1]:.0%} at t = 1")
one_way = np.array([mean_of[d, "bold"] - mean_of[d, "thin"] for d in range(10)])
one_way /= np.linalg.norm(one_way, axis=1, keepdims=True)
cosines = (one_way @ one_way.T)[np.triu_indices(10, 1)]
print(f"cosines between two digits' directions: mean {cosines.mean():.2f},", end=" ")
print(f"from {cosines.min():.2f} to {cosines.max():.2f}")
left.set(xlabel="$t$", ylabel="ink")
right.set(xlabel="$t$", ylabel="share still the digit $b$", ylim=(0, 1.05))
left.legend()
lesson.show(
    "Ink and share of digits kept against the share of the way: along bold minus "
    "thin the ink rises, along random directions it does not; both lose digits."
)

# %% [markdown]
r"""
There is a direction in which the ink rises far more than by chance, whatever the digit. It is not the
same one for all: those of two digits share a part. And the
famous sum is a long step, and a step of this length loses many digits, whatever its direction. A part of
the way adds ink and keeps the digit. So: the arithmetic is real, and it is not exact.
"""

# %%
# ask: 13-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** A stride of 2 with a window of 3 gives a checkerboard. Replace it by doubling the image first (each
pixel becomes four) and a convolution of stride 1, and show that the ones come out even.

<details><summary>What a good answer contains</summary>

The two steps and their backward passes, which are: sum each four pixels, and `conv2d_backward`. A picture of
the stamps beside those of the lesson. The price: a product on four times as many places. Odena, Dumoulin and Olah
recommend it.

</details>
"""

# %% [markdown]
r"""
## Read next

- Radford, Metz and Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative
  Adversarial Networks*, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434): section 3 the architecture,
  6.1 walks, 6.3.2 arithmetic.
- Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*,
  [arXiv:1603.07285](https://arxiv.org/abs/1603.07285): sizes, with padding and stride, in pictures.
- Odena, Dumoulin and Olah, [*Deconvolution and Checkerboard Artifacts*](https://distill.pub/2016/deconv-checkerboard/).
- White, *Sampling Generative Networks*, [arXiv:1609.04468](https://arxiv.org/abs/1609.04468): walks on
  great circles.
- The library: [layers/conv.py](../gan_numpy/layers/conv.py) and
  [layers/conv_transpose.py](../gan_numpy/layers/conv_transpose.py), one matrix product each;
  [recipes/conv_gan.py](../gan_numpy/recipes/conv_gan.py); [latent.py](../gan_numpy/sampling/latent.py);
  `gan-numpy train dcgan`.
- Next: [lesson 14](14_least_squares_wasserstein.ipynb), losses whose gradients do not vanish.
"""
