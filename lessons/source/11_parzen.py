# %% [markdown]
r"""
# 11 · Parzen windows: what the paper's score measures

A GAN can draw samples and cannot say how likely an image is. To compare it with other
models the 2014 paper puts a small Gaussian on each of 10,000 samples and reports the
log-likelihood of test images under that mixture: $225 \pm 2$ nats on MNIST, in Table 1.
Here you write this score, and then watch it prefer blurred averages to real handwriting.

**You need** lesson 10. **You will write** `parzen_log_likelihood`.
"""

# %% tags=["fold"]
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from sklearn.cluster import KMeans
from sklearn.neighbors import KernelDensity

from gan_numpy import kernels, lesson
from gan_numpy.datasets import load_dataset
from gan_numpy.evaluation.parzen import evaluate_parzen
from gan_numpy.exercises import check
from gan_numpy.plots import image_grid
from gan_numpy.recipes import get_recipe
from gan_numpy.sampling.draw import sample
from gan_numpy.training.state import initial_state
from gan_numpy.training.algorithm1 import train_epoch

lesson.opening("11")

# %% [markdown]
r"""
## Predict before you run

1. The Gaussians' width $\sigma$ goes to zero. To infinity. What does the score do?
2. Who scores highest: real training digits, as many samples of a GAN, or as many k-means
   centroids, which are averages and look it?
3. At what distance does $e^{-d^2/2\sigma^2}$ become exactly 0 in float64, if $\sigma =
   0.1$?
4. What does the $\pm 2$ behind 225 describe?
5. A *perfect* generator of $\mathcal N(0, I)$ in 64 dimensions: does it reach the score of
   the true density with 1,000 samples?
"""

# %%
# ask: 11-underflow

# %% [markdown]
r"""
## Derive: a density around samples

Let $c_1, \dots, c_N$ be the centers, samples of the model, and $d$ the number of pixels.
The window estimate ([Parzen, 1962](https://doi.org/10.1214/aoms/1177704472)) is the mixture

$$
q(x) = \frac1N \sum_{j=1}^N \frac{1}{(2\pi\sigma^2)^{d/2}}\;
       e^{-\lVert x - c_j\rVert^2 / 2\sigma^2} ,
$$

$$
\log q(x) = \operatorname{logsumexp}_j\Bigl(-\frac{\lVert x - c_j\rVert^2}{2\sigma^2}\Bigr)
            - \log N - \frac d2 \log(2\pi\sigma^2) .
$$

| what | shape |
|---|---|
| `x`, the test points | `(M, d)` |
| `centers` | `(N, d)` |
| squared distances | `(M, N)` |
| `log q(x)` | `(M,)` |

**Without underflow.** In float64 $e^{e}$ is 0 below $e \approx -745$, and the logarithm of
a sum of zeros is $-\infty$. With the largest exponent $t = \max_j e_j$ taken out,

$$
\log \sum_j e^{e_j} = t + \log \sum_j e^{e_j - t} ,
$$

one term of the sum is exactly 1, whatever the others do.

**The score** is a mean over the $M$ test points, and its standard error is that of a mean:

$$
LL = \frac1M \sum_m \log q(x_m), \qquad SE = \frac{s}{\sqrt M},
$$

$s$ being the standard deviation of $\log q$ over the test points. **Question 4**: so $\pm
2$ says how much another *test set* would change the score. It says nothing about another
training of the same model, nor about another set of samples.

**What is measured.** $q$ is a density, so on average over the data

$$
\mathbb{E}_{p_d} \log q = -H(p_d) - KL(p_d \,\Vert\, q) \;\le\; -H(p_d),
$$

with the entropy $H$. That is a good reason to compare scores. But $q$ is not the generator:
it is the generator's *sample* of $N$ images, with noise of width $\sigma$ added to every
pixel.

**The best width.** With the responsibilities $r_j = e^{e_j} / \sum_i e^{e_i}$, of shape
$(M, N)$ for all test points,

$$
\frac{\partial \log q(x)}{\partial \sigma}
= \sum_j r_j\, \frac{\lVert x - c_j \rVert^2}{\sigma^3} - \frac{d}{\sigma} = 0
\quad\Longrightarrow\quad
\sigma^2 = \frac1d\; \mathbb{E}\Bigl[\sum_j r_j \lVert x - c_j\rVert^2\Bigr] .
$$

*The best $\sigma$ is the distance, per pixel, from a test image to the centers that explain
it.* When one center explains each image, what is left is

$$
LL \approx -\frac d2 \log(2\pi e\, \sigma^2) - \log N ,
$$

and the score is little else than the logarithm of a distance, times $d/2$.
"""

# %%
# exercise: parzen_log_likelihood

# %%
parzen = lesson.working(parzen_log_likelihood)

# %% [markdown]
r"""
## Blocked = naive

Your function probably holds all differences at once, `(M, N, d)`. For the digits below that
is small. For MNIST, with 10,000 centers, 10,000 test images and 784 pixels, it is not. But
a mixture of mixtures is a mixture: split the centers into blocks, weigh each block by its
size, and add the densities, with `logaddexp`, because the densities themselves underflow.
What comes out must be the same. **Question 3** is answered by the way.
"""


# %% tags=["fold"]
def blocked(x, centers, sigma, size=100):
    """The same log density, a block of centers at a time."""
    total = np.full(len(x), -np.inf)
    for first in range(0, len(centers), size):
        block = centers[first : first + size]
        total = np.logaddexp(total, parzen(x, block, sigma) + np.log(len(block)))
    return total - np.log(len(centers))


data = load_dataset("digits")
train_x, valid_x, test_x = (
    data.scaled(split, dtype=np.float64) for split in ("train", "validation", "test")
)
few = test_x[:40]
naive = parzen(few, train_x, 0.15)
library = kernels.parzen_log_density(few, train_x, np.array([0.15]))[:, 0]
tree = KernelDensity(bandwidth=0.15, leaf_size=len(train_x))  # of one leaf: exact
others = {
    "blocked": blocked(few, train_x, 0.15),
    "the library's kernel": library,
    "scikit-learn": tree.fit(train_x).score_samples(few),
}
for name, values in others.items():
    print(f"largest difference from {name}: {np.abs(values - naive).max():.0e} nats")
print(f"all differences for MNIST: {1e4 * 1e4 * 784 * 8 / 1e9:.0f} GB")
print(
    f"exp(-d^2/2 sigma^2) is 0 from d = {np.sqrt(2 * 0.1**2 * 745.2):.2f} on", end=" "
)
print(
    f"(sigma = 0.1): {np.exp(-(3.87**2) / 0.02)}, but {np.exp(-(3.85**2) / 0.02):.0e}"
)

# %% [markdown]
r"""
## Three kinds of centers

A GAN (lesson 10, trained for a shorter time), real training images, and centroids of
k-means, which divides the training images into $N$ groups and returns the mean of each. All
with the same $N$.
"""

# %% tags=["fold"]
recipe = get_recipe("digits").replace(generator_average=0.99)
state = initial_state(recipe, data, seed=0)
for _ in range(lesson.steps(30, 2)):
    train_epoch(state, recipe, data)


def k_means(count):
    """Means of groups of training images."""
    model = KMeans(count, init="random", n_init=1, max_iter=15, tol=0, random_state=0)
    return model.fit(train_x).cluster_centers_


def drawn(count):
    """Training images, without replacement."""
    rows = np.random.default_rng(0).permutation(len(train_x))[:count]
    return train_x[rows]


N = 100
sets = {
    "training images": drawn(N),
    "samples of a GAN": sample(recipe, state, N, np.random.default_rng(1)),
    "k-means centroids": k_means(N),
}
sets = {name: np.asarray(centers, dtype=np.float64) for name, centers in sets.items()}
figure, panels = plt.subplots(1, 3, figsize=(6.2, 2.5))
for axes, (name, centers) in zip(panels, sets.items()):
    axes.imshow(image_grid(centers[:64].reshape(-1, 8, 8), 8), vmin=0, vmax=1)
    axes.set_title(name)
    axes.axis("off")
lesson.show(
    "64 centers of each kind: training images, samples of a GAN, and the blurred "
    "means of k-means."
)

# %% [markdown]
r"""
## See: the score against the width

**Questions 1 and 2.** To the left every curve falls like $-1/\sigma^2$: no center is near
enough. To the right they all fall like $-d \log \sigma$, and coincide: everything is one
blur. Each has a summit in between. The crosses are the grid on which the paper's released
code chose $\sigma$ by validation images, ten values a factor 1.29 apart: the summit may lie
between two of them, and nats are lost that have nothing to do with the model.
"""

# %% tags=["fold"]
sigmas = np.geomspace(0.08, 1.2, lesson.steps(40, 12))
grid = np.logspace(-1, 0, 10)
figure, axes = plt.subplots()
for (name, centers), color in zip(
    sets.items(), (lesson.BLUE, lesson.ORANGE, lesson.GREEN)
):
    curve = kernels.parzen_log_density(test_x, centers, sigmas).mean(axis=0)
    coarse = kernels.parzen_log_density(test_x, centers, grid).mean(axis=0)
    axes.plot(sigmas, curve, label=name, color=color)
    axes.plot(grid, coarse, "x", color=color, linestyle="none")
axes.set(xscale="log", ylim=(-80, 30), xlabel="$\\sigma$")
axes.set(ylabel="log-likelihood of the test images (nats)")
axes.set_xticks([0.1, 0.2, 0.5, 1], ["0.1", "0.2", "0.5", "1"])
axes.legend(title="centers")
lesson.show(
    "The score of the test images against the width sigma: every curve has a "
    "summit, and that of k-means is the highest."
)

results = {n: evaluate_parzen(c, valid_x, test_x) for n, c in sets.items()}
print(f"{N} centers         on the grid            refined")
for name, result in results.items():
    print(f"{name:18} {result.coarse}   {result.refined.log_likelihood:5.1f}", end=" ")
    print(f"(sigma {result.refined.sigma:.3f})")

# %% [markdown]
r"""
The averages win, with a wide margin, against *real handwriting*. And the derivation holds:
at its best width, each set's $\sigma$ is the distance per pixel to the centers that explain
a validation image.
"""

# %% tags=["fold"]
for name, centers in sets.items():
    width = results[name].refined.sigma
    squares = ((valid_x[:, None] - centers) ** 2).sum(axis=2)
    share = np.exp(
        -squares / 2 / width**2 + squares.min(1, keepdims=True) / 2 / width**2
    )
    share /= share.sum(axis=1, keepdims=True)
    distance = np.sqrt((share * squares).sum(axis=1).mean() / 64)
    print(f"{name:18} sigma {width:.3f}, distance per pixel {distance:.3f}")

# %% [markdown]
r"""
Move $\sigma$, and watch what the mixture of 100 windows looks like from the inside: a draw from it is a center
with noise of width $\sigma$ in every pixel.
"""

# %% tags=["fold"]
figure, panels = plt.subplots(2, 3, figsize=(6.2, 4.2), height_ratios=(1.6, 1))
rng = np.random.default_rng(3)
grain = rng.standard_normal((25, 64))
pictures, places = [], []
for (top, bottom), (name, centers) in zip(panels.T, sets.items()):
    top.set_title(name)
    top.axis("off")
    pictures.append(top.imshow(np.zeros((46, 46)), vmin=0, vmax=1))
    means = kernels.parzen_log_density(test_x[:100], centers, sigmas).mean(axis=0)
    bottom.plot(sigmas, means, color=lesson.BLACK, linestyle="-")
    places += bottom.plot([], [], "o", color=lesson.RED)
    bottom.set(xscale="log", ylim=(-80, 30), xlabel="$\\sigma$", xticks=(0.1, 1))
title = figure.suptitle("sigma = 0.10")


def look(sigma):
    """Draws from the three mixtures, and where each is on its curve."""
    sizes = zip(pictures, places, sets.values())
    for picture, place, centers in sizes:
        drawn_here = np.clip(centers[:25] + sigma * grain, 0, 1).reshape(-1, 8, 8)
        picture.set_data(image_grid(drawn_here, 5))
        score = kernels.parzen_log_density(test_x[:100], centers, np.array([sigma]))
        place.set_data([sigma], [score.mean()])
    title.set_text(f"sigma = {sigma:.2f}")


lesson.live(
    figure,
    look,
    "Draws from the three mixtures at the chosen width, and their scores.",
    sigma=(0.08, 0.1, 0.13, 0.17, 0.22, 0.28, 0.36, 0.5, 0.7, 1.0),
)

# %% [markdown]
r"""
## Why k-means wins

Take a group of similar images, of variance $s^2$ per pixel about their mean. How far is a
new image $x$ of that group from a center? From another image $c$ of the group, or from the
mean $\bar c$ of $n$ of them,

$$
\mathbb{E}\lVert x - c \rVert^2 = 2\, d s^2,
\qquad
\mathbb{E}\lVert x - \bar c \rVert^2 = \;?
$$

The average is *nearer to everything* than any real image is. By the formula for the best
width that is worth up to

$$
\frac d2 \log \frac{2}{1 + 1/n} \;<\; \frac d2 \log 2
$$

nats: 22 for 64 pixels and 272 for 784. The score rewards centers that cover; a sample has
no reason to sit where a center should. **Question 5** is the purest case. The data are
$\mathcal N(0, I_{64})$, so the true density has a known score, $-\frac d2 \log 2\pi e$ on
average. One center, at 0, with $\sigma = 1$ is that density. The perfect generator's own
samples are far away from it:
"""

# %%
# ask: 11-mean

# %%
rng = np.random.default_rng(5)
valid_z, test_z = rng.standard_normal((2, 500, 64))
print(f"minus the entropy: {-32 * np.log(2 * np.pi * np.e):.1f} nats")
print(f"one center at 0: {evaluate_parzen(np.zeros((1, 64)), valid_z, test_z).refined}")
for count in (100, 1000, lesson.steps(10_000, 2000)):
    score = evaluate_parzen(rng.standard_normal((count, 64)), valid_z, test_z).refined
    print(f"{count:6,} samples of the truth: {score}")

# %% [markdown]
r"""
More samples help, slowly: the estimate converges, but in 64 dimensions nobody can wait for
it. On the digits the gap closes as the groups of k-means shrink to one image each:
"""

# %% tags=["fold"]
counts = (25, 50, 100, 200, 400, 800, 1297)
scores = {"training images": [], "k-means centroids": []}
for count in counts:
    for name, make in zip(scores, (drawn, k_means)):
        centers = make(min(count, len(train_x)))
        scores[name].append(evaluate_parzen(centers, valid_x, test_x).refined)

figure, axes = plt.subplots(figsize=(6.2, 2.8))
for (name, found), color in zip(scores.items(), (lesson.BLUE, lesson.GREEN)):
    mean = np.array([score.log_likelihood for score in found])
    error = [score.standard_error for score in found]
    axes.errorbar(counts, mean, error, color=color, capsize=3, marker="o", label=name)
axes.set(xscale="log", xlabel="number of centers", ylabel="log-likelihood (nats)")
axes.set_xticks(counts, [str(count) for count in counts])
axes.minorticks_off()
axes.legend(title="centers, ± SE")
lesson.show(
    "The score against the number of centers: k-means is ahead until the groups "
    "shrink to one image each."
)
gain = scores["k-means centroids"][2].log_likelihood
gain -= scores["training images"][2].log_likelihood
print(
    f"with 100 centers k-means is {gain:.1f} nats ahead; d/2 log 2 = {32 * np.log(2):.1f}"
)

# %% [markdown]
r"""
## Table 1 of the paper

| model | MNIST | TFD |
|---|---|---|
| DBN | 138 ± 2 | 1909 ± 66 |
| stacked contractive autoencoder | 121 ± 1.6 | 2110 ± 50 |
| deep GSN | 214 ± 1.1 | 1890 ± 29 |
| adversarial nets | 225 ± 2 | 2057 ± 26 |

Mean log-likelihood of the test set in nats ([Goodfellow et al.,
2014](https://arxiv.org/abs/1406.2661), Table 1). On MNIST ± is the standard error over the
test examples, on TFD that over folds. The authors themselves say that the estimate has a
high variance and does not do well in high dimensions, and that they know of nothing better.
A year later [Theis, van den Oord and Bethge](https://arxiv.org/abs/1511.01844) let k-means
take part: it scores above all models, and above real images. So a table of such scores is
honest only with two more rows: real images, and k-means. If MNIST is in `data/mnist`
(`gan-numpy data fetch mnist`), here they are in small: 1,000 centers, 1,000 test images.
"""

# %% tags=["fold"]
folder = Path("../data/mnist")
if folder.is_dir():
    mnist = load_dataset("mnist", folder)
    some = mnist.scaled("train", slice(0, lesson.steps(5000, 500)))
    count = len(some) // 5
    model = KMeans(count, init="random", n_init=1, max_iter=8, tol=0, random_state=0)
    rows = {
        "training images": some[:count],
        "k-means": model.fit(some).cluster_centers_,
    }
    for name, centers in rows.items():
        result = evaluate_parzen(
            centers.astype(np.float64),
            mnist.scaled("validation", slice(0, 500), np.float64),
            mnist.scaled("test", slice(0, 1000), np.float64),
        )
        print(f"MNIST, {count:,} centers, {name}: {result.coarse}")
else:
    print("MNIST is not here; the digits above tell the same.")

# %% [markdown]
r"""
## Break it

The score of the training images with some known mistakes. One is off by a constant and
would pass in a table: $\log 400 \approx 6$ nats too good. One forgets that there are 64
dimensions and likes the largest width best. One is right until it underflows, and with its
first $-\infty$ the mean is lost. And one takes the nearest center only, *and nobody would
see it in the picture*: in many dimensions the sum is nearly its largest term. The check
does.
"""

# %% tags=["fold"]
lesson.show_mistakes("parzen_log_likelihood")

widths = np.geomspace(0.03, 1.2, 25)
points = test_x[: lesson.steps(60, 15)]
figure, axes = plt.subplots()
tags = ("log-n-missing", "dimension-missing", "underflow", "largest-only")
for name in ("right", *tags):
    function = (
        parzen if name == "right" else lesson.mistake("parzen_log_likelihood", name)
    )
    with np.errstate(divide="ignore"):
        curve = np.array([function(points, drawn(400), w).mean() for w in widths])
    axes.plot(widths, curve, label=name)
    best = np.argmax(curve)
    print(
        f"{name:18} best {curve[best]:6.1f} nats at sigma {widths[best]:.3f}", end="; "
    )
    print(f"{np.sum(~np.isfinite(curve))} of {len(curve)} are -inf")
axes.set(xscale="log", ylim=(-150, 60), xlabel="$\\sigma$", ylabel="score (nats)")
axes.set_xticks([0.05, 0.1, 0.2, 0.5, 1], ["0.05", "0.1", "0.2", "0.5", "1"])
figure.legend(loc="outside right center")
lesson.show(
    "The score against the width with four mistakes: one is off by a constant, "
    "one likes the largest width, one is lost to minus infinity, one hardly "
    "differs."
)

# %%
check(lesson.mistake("parzen_log_likelihood", "largest-only"))

# %%
# ask: 11-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** Make centers that score better than k-means without ever looking at an image for longer than its label:
beat the table by a trick, and say what the trick proves.

<details><summary>What a good answer contains</summary>

A set of centers and its score beside the rows of the lesson (for instance more means per class where the class
varies more, or means shrunk towards the class's mean). That no sample was drawn from any model. The conclusion: what
is rewarded is covering, and a high score says nothing of the samples.

</details>
"""

# %% [markdown]
r"""
## Read next

- Goodfellow et al., [arXiv:1406.2661](https://arxiv.org/abs/1406.2661), section 5 and Table
  1; the protocol is that of Breuleux, Bengio and Vincent (2011).
- Theis, van den Oord and Bethge, *A note on the evaluation of generative models*,
  [arXiv:1511.01844](https://arxiv.org/abs/1511.01844): why a high score does not mean good
  samples, nor good samples a high score.
- The library: [evaluation/parzen.py](../gan_numpy/evaluation/parzen.py) is the protocol,
  [kernels/native/parzen.py](../gan_numpy/kernels/native/parzen.py) serves all widths from one pass of
  distances, [evaluation/baselines.py](../gan_numpy/evaluation/baselines.py) has the two
  rows that every table needs.
- Next: [lesson 12](12_batch_norm.ipynb), batch normalization.
"""
