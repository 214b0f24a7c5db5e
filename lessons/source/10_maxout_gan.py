# %% [markdown]
r"""
# 10 · The maxout GAN on digits

Everything is there: the layers, the losses, Algorithm 1, Adam. Now the paper's model
itself, in small: a ReLU generator against a maxout discriminator with dropout, on 8×8
digits. The question is no longer whether it trains. It is how one tells that it *learned*
something, and did not copy.

**You need** lessons 03, 06 and 08. **You will write** `recipe_gradient`, one step of this
discriminator, put together from what you wrote before; then you train, look, and judge.
"""

# %% tags=["fold"]
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.datasets import load_dataset
from gan_numpy.exercises import check
from gan_numpy.plots import image_grid
from gan_numpy.recipes import get_recipe
from gan_numpy.sampling.draw import generate, sample, trained_generator
from gan_numpy.training.state import initial_state
from gan_numpy.training.algorithm1 import steps_per_epoch, train_epoch

lesson.opening("10")
data = load_dataset("digits")
train_x, test_x = data.scaled("train"), data.scaled("test")
recipe = get_recipe("digits").replace(generator_average=0.99)
state = initial_state(recipe, data, seed=0)

# %% [markdown]
r"""
## Predict before you run

1. Before the first step, what does a sample look like: noise, gray, or something else?
2. What does $D$ say at the end of training digits, of real digits it has never seen, and of
   generated ones? And which losses belong to a perfect draw?
3. Take the training digit that is nearest to a sample. Is it nearer than the one that is
   nearest to a *real* digit of the test set?
4. Walk on a straight line from one $z$ to another. Does the picture flow or jump?
5. The learning rate becomes fifty times larger. What do 64 samples look like then?
"""

# %%
# ask: 10-draw

# %% [markdown]
r"""
## Derive: the two networks, with their shapes

| generator | shape | discriminator | shape |
|---|---|---|---|
| `z`, uniform in ±√3 | `(N, 32)` | `x` or `G(z)` | `(N, 64)` |
| affine, ReLU | `(N, 256)` | dropout, keep 0.9 | `(N, 64)` |
| affine, ReLU | `(N, 256)` | maxout, 5 pieces | `(N, 128)` |
| affine, sigmoid | `(N, 64)` | dropout, keep 0.7 | `(N, 128)` |
| | | maxout, 5 pieces | `(N, 128)` |
| | | dropout, keep 0.7 | `(N, 128)` |
| | | affine: the logit `a` | `(N, 1)` |

The paper's MNIST model has 100 numbers in $z$, layers of 1200 and 240 units, and keeps 0.8
and 0.5. What its article leaves open, the [released
code](https://github.com/goodfeli/adversarial) tells.

**The start.** Let $\bar x_i$ be the mean of pixel $i$ over the training images. The output
layer's bias is its logit,

$$
b_i = \;?
\qquad\text{so that}\qquad
\sigma(b_i) = \bar x_i ,
$$

and the weights are small. So $G(z) = \sigma(h W + b) \approx \bar x$ for every $z$
(**question 1**): the generator does not have to learn first that corners are black.

**The end.** With $p_g = p_d$ the best discriminator is $D^* = \frac12$ everywhere (lesson
04), and the losses are

$$
L_D = \tfrac12\bigl[-\log \tfrac12 - \log(1 - \tfrac12)\bigr] = \log 2, \qquad
L_G = -\log \tfrac12 = \log 2 .
$$

The factor $\frac12$ in $L_D$ is the released code's. A draw reads 0.693 on both sides; *so
does a pair of players who have learned nothing*. The losses of a GAN do not tell how good
the samples are.
"""

# %%
# ask: 10-bias

# %% tags=["fold"]
lesson.architecture(
    {
        "generator": [
            ("z", 32),
            ("affine, ReLU", 256),
            ("affine, ReLU", 256),
            ("affine, sigmoid", 64),
        ],
        "discriminator": [
            ("x or G(z)", 64),
            ("dropout, keep 0.9", 64),
            ("maxout of 5", 128),
            ("dropout, keep 0.7", 128),
            ("maxout of 5", 128),
            ("dropout, keep 0.7", 128),
            ("logit", 1),
        ],
    }
)

# %% [markdown]
r"""
## Derive: one step of the discriminator

Data and fakes run through as *one* batch of $N + M$ rows, and every row has its own label. With
the half in front of the loss the gradient of a logit is half of lesson 05's. From there on it is
lessons 02 and 03, from the last layer to the first:

| step back | shape |
|---|---|
| `da` of both batches | `(N + M, 1)` |
| through the affine unit: `dw`, `dc`, and on | `(U1, 1)`, `(1,)`, `(N + M, U1)` |
| through the coins of dropout, the same as forward | `(N + M, U1)` |
| through maxout: `dW1`, `db1`, and on | lesson 03 |
| coins, maxout: `dW0`, `db0` | lesson 03 |

Nobody needs the gradient of the images here: this is $D$'s own step.
"""

# %%
# exercise: recipe_gradient

# %%
ours = lesson.working(recipe_gradient)

# %% [markdown]
r"""
Is this the recipe's own step? Below, the library's discriminator with its dropout on; its coins are
read off from what it lets through, and your function gets the same parameters and the same coins.
"""

# %% tags=["fold"]
D, rng = state.D, np.random.default_rng(7)
x = np.concatenate([train_x[:20], sample(recipe, state, 20, rng)])
h, coins, caches = x, [], []
for name, layer in D.layers.items():
    if "drop" in name:  # what it does to ones, from the same generator
        ones = np.ones_like(h)
        coins.append(layer.forward(ones, train=True, rng=np.random.default_rng(1))[0])
    h, cache = layer.forward(h, train=True, rng=np.random.default_rng(1))
    caches.append((layer, name, cache))
labels = np.repeat([1.0, 0.0], 20)[:, None].astype(np.float32)
upstream, found = (sigmoid(h) - labels) / 40, {}
for layer, name, cache in reversed(caches):
    upstream, grads = layer.backward(upstream, cache)
    found |= {f"{name}.{key}": value for key, value in grads.items()}
names = list(D.params)
case = [*(D.params[name].astype(float) for name in names), x[:20], x[20:], *coins]
for name, mine in zip(names, ours(*case)):
    print(f"{name:5}: off by {np.abs(mine - found[name]).max():.0e} at most")

# %% tags=["fold"]
for name, network in (("G", state.G), ("D", state.D)):
    print(f"{name}: {sum(p.size for p in network.params.values()):,} parameters")
mean_image = train_x.mean(axis=0)
first = sample(recipe, state, 100, np.random.default_rng(1))
print(
    f"untrained samples differ from the mean image by {np.abs(first - mean_image).max():.3f}"
)
print(f"at most; pixels of real digits by {np.abs(train_x - mean_image).max():.3f}")

# %% [markdown]
r"""
## Train it

One call is one epoch of Algorithm 1. Before each we keep 64 samples of *always the same*
$z$, and what $D$ says, with its dropout off, of training digits, test digits and samples.
The recipe itself runs for 300 epochs, with a slower average of $G$'s weights.
"""

# %%
epochs = lesson.steps(50, 3)
frames, opinions, records = [], [], []


def opinion(x):
    """Mean D(x)."""
    return sigmoid(state.D.forward(x)[0]).mean()


for epoch in range(epochs + 1):
    drawn = sample(recipe, state, 300, np.random.default_rng(1))
    frames.append(drawn[:64])
    opinions.append([opinion(x) for x in (train_x, test_x, drawn)])
    if epoch < epochs:
        records.append(train_epoch(state, recipe, data))
opinions = np.array(opinions)
losses = np.array([[m["loss_discriminator"], m["loss_generator"]] for m in records])
print(f"{epochs} epochs of {steps_per_epoch(recipe, data)} steps")

# %% [markdown]
r"""
## See: samples over time

Each column is one $z$, each row an epoch. All begin as the mean image; then one after the
other becomes a digit, and some change their mind on the way.
"""

# %% tags=["fold"]
shown = np.unique((np.linspace(0, 1, 8) ** 2 * epochs).astype(int))
rows = np.concatenate([frames[k][:16] for k in shown])
figure, axes = plt.subplots(figsize=(6.2, 3.2))
axes.imshow(image_grid(rows.reshape(-1, 8, 8), 16), vmin=0, vmax=1)
axes.set_yticks(4.5 + 9 * np.arange(len(shown)), [f"epoch {k}" for k in shown])
axes.set_xticks([])
axes.tick_params(length=0)
lesson.show(
    "Samples of 16 noise vectors after eight epochs: from the mean image to " "digits."
)

# %% tags=["fold"]
figure, axes = plt.subplots(figsize=(3.4, 3.6))


def draw(k):
    """64 samples after epoch k."""
    axes.clear()
    axes.imshow(image_grid(frames[k].reshape(-1, 8, 8), 8), vmin=0, vmax=1)
    axes.set_title(f"epoch {k}")
    axes.axis("off")


moments = np.unique(np.linspace(0, epochs, lesson.steps(26, 3)).astype(int))
lesson.animate(
    figure,
    draw,
    moments,
    "64 samples of always the same z, epoch after epoch: all begin as the mean image, and"
    " one after the other becomes a digit.",
    fps=5,
    start=-1,
)

# %% [markdown]
r"""
**Question 2.** On the left what $D$ says, on the right the losses. At first $D$ wins
easily, and $L_G$ is large. Then the samples catch up, though never quite: $D$ stays ahead,
and no loss arrives at $\log 2$. If the upper two curves part, *the discriminator* overfits:
it believes in the digits that it trained on more than in those it has never seen, and $G$
has only this one teacher. Here they lie close together. Run the recipe's 300 epochs and
look again: 1,297 images are few.
"""

# %% tags=["fold"]
figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 2.8))
names = ("training digits", "test digits", "samples")
for curve, name, color in zip(
    opinions.T, names, (lesson.DATA, lesson.GRAY, lesson.GENERATOR)
):
    left.plot(curve, label=name, color=color)
    print(f"D on {name:15}: {curve[-1]:.2f} at the end")
left.axhline(0.5, color=lesson.GRAY, linewidth=0.8)
left.set(xlabel="epoch", ylabel="mean of $D$", ylim=(0, 1.45))
left.set_yticks([0, 0.5, 1])
left.legend(loc="upper right")
players = (("$L_D$", lesson.DISCRIMINATOR), ("$L_G$", lesson.GENERATOR))
for curve, (name, color) in zip(losses.T, players):
    right.plot(np.arange(1, epochs + 1), curve, label=name, color=color)
right.axhline(np.log(2), color=lesson.GRAY, linewidth=0.8)
right.set(xlabel="epoch", ylabel="loss; the line is log 2", ylim=(0, 5))
right.legend()
lesson.show(
    "Mean of D on training digits, test digits and samples, and both losses, "
    "against the epoch: D stays ahead, and no loss arrives at log 2."
)

# %% [markdown]
r"""
## Does it memorize?

A generator that stores the training set would win this game, and would be worthless. So we
look for the nearest training digit of each sample, by Euclidean distance over the 64
pixels. A distance means nothing without two others to compare it with:

- of *real test digits* to the training digits: what something new looks like;
- of a *copier*, which returns training digits with a little noise: what the test would say
  of a cheat.
"""


# %%
def nearest(x):
    """Index of the nearest training digit of each image, and the distance."""
    squares = (x**2).sum(1)[:, None] - 2 * x @ train_x.T + (train_x**2).sum(1)
    return squares.argmin(axis=1), np.sqrt(np.maximum(squares.min(axis=1), 0))


rng = np.random.default_rng(2)
samples = sample(recipe, state, 250, rng)
copies = train_x[:250] + rng.normal(0, 0.05, (250, 64)).astype(np.float32)
sets = {"samples": samples, "test digits": test_x, "a copier": copies}
distances = {name: nearest(x)[1] for name, x in sets.items()}

# %% tags=["fold"]
figure, axes = plt.subplots(figsize=(6.2, 2.6))
for (name, found), style in zip(distances.items(), ("-", "--", ":")):
    axes.hist(
        found, np.linspace(0, 2.5, 51), histtype="step", label=name, ls=style, lw=1.6
    )
axes.set(xlabel="distance to the nearest training digit", ylabel="images of 250")
axes.legend()
lesson.show(
    "Histograms of the distance to the nearest training digit: a copier at nearly "
    "0, test digits, and samples a little farther."
)
for name, found in distances.items():
    near = np.mean(found < np.quantile(distances["test digits"], 0.01))
    print(f"{name:11}: median {np.median(found):.2f};", end=" ")
    print(f"{near:.0%} nearer than all but 1 % of the test digits")

# %% [markdown]
r"""
**Question 3.** The samples are *farther* from the training digits than real ones are:
nothing is copied, and they do not sit as close to the data as new digits do either. Below,
samples (first row) with their nearest training digits (second row), then the same for test
digits.
"""

# %% tags=["fold"]
parts = []
for x in (samples[:16], test_x[:16]):
    parts += [x, train_x[nearest(x)[0]]]
figure, axes = plt.subplots(figsize=(6.2, 1.9))
axes.imshow(image_grid(np.concatenate(parts).reshape(-1, 8, 8), 16), vmin=0, vmax=1)
labels = ("samples", "nearest", "test digits", "nearest")
axes.set_yticks(4.5 + 9 * np.arange(4), labels)
axes.set_xticks([])
axes.tick_params(length=0)
lesson.show(
    "Samples above their nearest training digits, and test digits above theirs."
)

# %% [markdown]
r"""
How far may this be trusted? It catches copies, pixel by pixel, and nothing else. A thief
who shifts his loot by one pixel passes. ([Theis et al.,
2016](https://arxiv.org/abs/1511.01844) warn of this test, with the same trick.)
"""

# %% tags=["fold"]
shifted = np.roll(train_x[:250].reshape(-1, 8, 8), 1, axis=2).reshape(-1, 64)
own = np.sqrt(((shifted - train_x[:250]) ** 2).sum(axis=1))
print(
    f"training digits shifted by a pixel: median distance {np.median(nearest(shifted)[1]):.2f}"
)
print(f"to the nearest; to their own original {np.median(own):.2f}")

# %% [markdown]
r"""
**Question 4.** A second sign: a generator that stores pictures must jump somewhere between
two of them. Here are three walks on straight lines in $z$. The digits flow; no single step
is more than a small part of the way:
"""

# %% tags=["fold"]
G = trained_generator(recipe, state)
share = np.linspace(0, 1, 16, dtype=np.float32)[:, None]
walks, steps = [], []
for seed in (0, 5, 6):
    start, end = recipe.sample_latent(2, np.random.default_rng(seed))
    walk = generate(recipe, G, (1 - share) * start + share * end)
    walks.append(walk)
    steps.append(np.linalg.norm(np.diff(walk, axis=0), axis=1))
figure, axes = plt.subplots(figsize=(6.2, 1.4))
axes.imshow(image_grid(np.concatenate(walks).reshape(-1, 8, 8), 16), vmin=0, vmax=1)
axes.axis("off")
lesson.show("Three walks between two noise vectors: digits that flow into each other.")
for walk, step in zip(walks, steps):
    whole = np.linalg.norm(walk[-1] - walk[0])
    print(f"ends {whole:.2f} apart; 15 steps between, the longest {step.max():.2f}")

# %% [markdown]
r"""
## Break it

**Question 5.** The same system with *one* number changed, twice. Neither is an error in a
gradient, and no check finds it.

With fifty times the rate, $D$ wins for good within a few epochs, and the samples become
one picture, which is not even a digit. This is what the paper calls *the Helvetica
scenario*: many $z$ are mapped to the same $x$. The standard deviation of a pixel over the
samples gives it away.

With two units in each of $D$'s layers the players draw: $D$ near $\frac12$ for both, both losses
near $\log 2 \approx 0.693$, an equilibrium *by the numbers*. The samples are nearly one picture,
something like a 5. A generator learns no more than its discriminator can see.
"""

# %% tags=["fold"]
count = lesson.steps(20, 2)
changes = {
    "as it is": None,  # that is the training above, after as many epochs
    "rate × 50": {"learning_rate": 0.1},
    "D of 2 units": {"discriminator_units": (2, 2)},
}
spreads, seen = {}, {}
figure, panels = plt.subplots(1, 3, figsize=(6.2, 2.5))
print(f"real digits: standard deviation of a pixel {train_x.std(axis=0).mean():.3f}")
for axes, (name, change) in zip(panels, changes.items()):
    if change is None:
        x, monitors = frames[count], records[count - 1]
    else:
        other = recipe.replace(**change)
        state = initial_state(other, data, seed=0)
        for _ in range(count):
            monitors = train_epoch(state, other, data)
        x = sample(other, state, 64, np.random.default_rng(1))
    axes.imshow(image_grid(x.reshape(-1, 8, 8), 8), vmin=0, vmax=1)
    axes.set_title(name)
    axes.axis("off")
    spreads[name], seen[name] = x.std(axis=0).mean(), monitors
    print(f"{name:12}: {spreads[name]:.3f};", end=" ")
    print(
        f"D on data {monitors['d_real']:.2f}, on samples {monitors['d_fake']:.2f};",
        end=" ",
    )
    print(
        f"losses {monitors['loss_discriminator']:.2f}, {monitors['loss_generator']:.2f}"
    )
lesson.show(
    "Samples of the recipe, of fifty times the rate, all one picture, and of a "
    "discriminator with two units."
)

# %%
# ask: 10-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** Change one number of the recipe (`recipe.replace(...)`), say beforehand what you expect, and judge the
result by three things: the curves, the nearest neighbors and your eyes.

<details><summary>What a good answer contains</summary>

The expectation, written before the run. Two seeds at least for both settings, as a single run proves little.
All three judgments, and where they contradict each other, which of them you believe and why. What you would have
to do to be sure.

</details>
"""

# %% [markdown]
r"""
## Read next

- Goodfellow et al., *Generative Adversarial Nets*,
  [arXiv:1406.2661](https://arxiv.org/abs/1406.2661): section 5 and Figure 2, whose last
  columns are the nearest training examples; section 6 on the Helvetica scenario.
- Yazıcı et al., *The unusual effectiveness of averaging in GAN training*,
  [arXiv:1806.04498](https://arxiv.org/abs/1806.04498): why samples are drawn from averaged
  weights.
- The library: [recipes/digits.py](../gan_numpy/recipes/digits.py) and
  [recipes/mnist.py](../gan_numpy/recipes/mnist.py) are the two systems, number by number;
  [algorithm1.py](../gan_numpy/training/algorithm1.py) is Algorithm 1. On the command line: `gan-numpy
  train digits --out runs/digits`.
- Next: [lesson 11](11_parzen.ipynb), a number for how good the samples are, and what is wrong with it.
"""
