# %% [markdown]
r"""
# 06 · Algorithm 1

Both players are networks now, and both learn. The whole of the method is a loop of a few
lines: some steps of the discriminator, one of the generator, and again. What makes it
delicate is that the generator's gradient runs *through* the discriminator, which must carry it
and stay exactly as it is.

**You need** lesson 02: backward passes of networks; lesson 05: the two gradients.
**You will write** `train_step`.
"""

# %% tags=["fold"]
import hashlib
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.exercises import check
from gan_numpy.objectives import softplus

lesson.opening("06")

# %% [markdown]
r"""
## Predict before you run

1. The generator's step computes a gradient that crosses every layer of $D$. Which numbers
   of $D$ change? How would you prove it?
2. One iteration has $k$ steps of $D$ and one of $G$. How often does each network run forward?
3. In each of its steps $D$ gets two gradients, one from the real batch and one from the
   fakes. Are they averaged or added?
4. The generator never sees a real sample. How does it know what the data look like?
5. The game ends in $D = \frac12$. Everywhere?
"""

# %%
# ask: 06-forwards

# %% [markdown]
r"""
## Derive: two gradients through the same network

$D$ has parameters $\theta_D$, $G$ has $\theta_G$; fakes are $\tilde x = G(z)$.

**A step of $D$.** By lesson 05, the loss's gradient with respect to the logits is
$da^r = (\sigma(a^r) - 1)/N$ on real samples and $da^f = \sigma(a^f)/N$ on fakes. The same
parameters produced both batches of logits, so the chain rule *adds* two backward passes,
each with the cache of its own forward:

$$
\frac{\partial L_D}{\partial \theta_D}
= \sum_n da^r_n \, \frac{\partial a(x_n)}{\partial \theta_D}
+ \sum_n da^f_n \, \frac{\partial a(\tilde x_n)}{\partial \theta_D},
\qquad
\theta_D \leftarrow \theta_D - \eta\, \frac{\partial L_D}{\partial \theta_D} .
$$

**A step of $G$.** Its loss is $\frac1N \sum_n \mathrm{softplus}(-a(G(z_n)))$. Down through both
networks:

$$
da_n = \;?, \qquad
d\tilde x_n = da_n\, \frac{\partial a}{\partial x}(\tilde x_n), \qquad
\frac{\partial L_G}{\partial \theta_G} = \sum_n d\tilde x_n\, \frac{\partial G(z_n)}{\partial \theta_G},
\qquad
\theta_G \leftarrow \theta_G - \eta\, \frac{\partial L_G}{\partial \theta_G} .
$$

$D$'s backward pass computes its own parameters' gradients on the way, and they are thrown
away. All that $G$ ever learns of the data is $d\tilde x$: for each of its samples, *in which
direction it would look more real*. That answers question 4.

| step | computes | shape |
|---|---|---|
| noise | `z` | `(N, n_z)` |
| `G.forward` | fakes | `(N, n_x)` |
| `D.forward` | logits | `(N, 1)` |
| lesson 05 | gradient of the logits | `(N, 1)` |
| `D.backward` | gradient of the fakes | `(N, n_x)` |
| `G.backward` | gradients of G's parameters | those of the parameters |

One caution. For fixed $\theta_G$ the inner loop climbs towards $D^*$, and only there is
$L_G$ the divergence of lesson 04. The paper's $k$ is the number of steps that one is
willing to pay for; it used $k = 1$.
"""

# %%
# ask: 06-slope

# %%
# exercise: train_step

# %%
step = lesson.working(train_step)

# %% [markdown]
r"""
Networks to play with: dense layers with $\tanh$ between them, by lesson 02. For $h = \tanh(z)$
the backward pass is $dz = dh\,(1 - h^2)$. The caches are returned, not stored: $D$ runs on
real samples and on fakes before either of its backward passes.
"""


# %% tags=["fold"]
class Network:
    """Dense layers with tanh between them."""

    def __init__(self, sizes, rng):
        self.depth, self.params = len(sizes) - 1, {}
        for layer in range(self.depth):
            n_in, n_out = sizes[layer : layer + 2]
            last = layer == self.depth - 1
            self.params[f"W{layer}"] = rng.normal(0, n_in**-0.5, (n_in, n_out))
            self.params[f"b{layer}"] = rng.normal(0, 0.0 if last else 0.5, n_out)

    def forward(self, x):
        outputs = [x]
        for layer in range(self.depth):
            x = x @ self.params[f"W{layer}"] + self.params[f"b{layer}"]
            x = x if layer == self.depth - 1 else np.tanh(x)
            outputs.append(x)
        return x, outputs

    def backward(self, dy, outputs):
        found = {}
        for layer in reversed(range(self.depth)):
            if layer < self.depth - 1:
                dy = dy * (1 - outputs[layer + 1] ** 2)
            found[f"W{layer}"] = outputs[layer].T @ dy
            found[f"b{layer}"] = dy.sum(axis=0)
            dy = dy @ self.params[f"W{layer}"].T
        return dy, found


def players(seed=1):
    """A generator and a discriminator of numbers."""
    rng = np.random.default_rng(seed)
    return Network([1, 16, 16, 1], rng), Network([1, 24, 24, 1], rng)


# %% [markdown]
r"""
**Questions 1 and 2.** Hash the bytes of all parameters: the same hash, the same network, to the last
bit. A network that takes notes writes down, at each of its forward passes, both players'
hashes. With $k = 2$ the discriminator runs $2k + 1 = 5$ times and the generator
$k + 1 = 3$ times. $D$'s hash changes twice, before $G$ is touched; then $G$'s changes, once.
"""


# %% tags=["fold"]
def fingerprint(network):
    """Six hexadecimal digits of all parameters' bytes."""
    data = b"".join(network.params[name].tobytes() for name in sorted(network.params))
    return hashlib.sha256(data).hexdigest()[:6]


def note(log, who, G, D):
    log.append((who, fingerprint(G), fingerprint(D)))


def watched(step, k):
    """What a step does to two networks, as a list of notes."""
    G, D = players()
    rng, log = np.random.default_rng(0), []
    run_G, run_D = G.forward, D.forward
    G.forward = lambda x: (note(log, "G forward", G, D), run_G(x))[1]
    D.forward = lambda x: (note(log, "D forward", G, D), run_D(x))[1]
    step(G, D, rng.normal(0, 1, (k, 8, 1)), rng.uniform(-1, 1, (k + 1, 8, 1)), k)
    note(log, "at the end", G, D)
    return log


# %%
print("              G       D")
for who, g, d in watched(step, k=2):
    print(f"{who:10}  {g}  {d}")

# %% [markdown]
r"""
With $k = 0$ only the generator moves, so *any* change of $D$ in the following line would be a
gradient that leaked out of G's step:
"""

# %%
(_, g_before, d_before), *_, (_, g_after, d_after) = watched(step, k=0)
print("G moved:", g_before != g_after, "  D moved:", d_before != d_after)

# %% [markdown]
r"""
## See: two densities meet

The data have two bumps, the noise is uniform on $[-1, 1]$. The generator has to tear an
interval in two. We measure how far the two distributions are apart by sorting 999 samples
of each and averaging the distances of equal ranks: the Wasserstein distance of order one,
exact in one dimension. It serves only for looking; nobody trains on it.
"""


# %% tags=["fold"]
def data(n, rng):
    """0.6 N(-1, 0.4^2) + 0.4 N(1.2, 0.3^2), shape (n, 1)."""
    left = rng.random((n, 1)) < 0.6
    return np.where(left, rng.normal(-1, 0.4, (n, 1)), rng.normal(1.2, 0.3, (n, 1)))


def density(x):
    """The density of `data`."""
    left = np.exp(-(((x + 1) / 0.4) ** 2) / 2) / 0.4
    right = np.exp(-(((x - 1.2) / 0.3) ** 2) / 2) / 0.3
    return (0.6 * left + 0.4 * right) / np.sqrt(2 * np.pi)


even = np.linspace(-1, 1, 1001)[1:-1, None]  # 999 values of z, equally spaced
ranked = np.sort(data(999, np.random.default_rng(9)), axis=0)


def play(step, steps=lesson.steps(3000, 40), k=1, seed=1, pictures=lesson.steps(25, 3)):
    """Play the game; distances and, now and then, what both players look like."""
    G, D = players(seed)
    rng = np.random.default_rng(seed)
    moments = np.unique(np.round(steps * np.linspace(0, 1, pictures) ** 2))
    distances, film = [], []
    for count in range(steps + 1):
        if count in moments:
            fakes = np.sort(G.forward(even)[0], axis=0)
            distances.append((count, np.mean(np.abs(fakes - ranked))))
            film.append((count, G.forward(even)[0][:, 0], sigmoid(D.forward(grid)[0])))
        if count < steps:
            x = np.stack([data(128, rng) for _ in range(k)])
            step(G, D, x, rng.uniform(-1, 1, (k + 1, 128, 1)), k, lr=0.2)
    return np.array(distances), film


grid = np.linspace(-2.6, 2.6, 261)[:, None]
distances, film = play(step)
print(
    f"distance to the data: {distances[0, 1]:.3f} at first, {distances[-1, 1]:.3f} at last"
)

# %% [markdown]
r"""
Play it, or drag the slider. Above, the data's density (filled), the fakes' (a histogram of 999
of them) and $D$ (dashed). Below, the generator: every line leads from a $z$ to its $x$.
Watch $D$ fall where there are too many fakes, and the fakes leave for where it is higher.
"""

# %% tags=["fold"]
figure, (top, bottom) = plt.subplots(2, 1, height_ratios=(3, 1), figsize=(7.2, 4.6))


def draw(frame):
    """One picture of the film."""
    count, fakes, D = frame
    top.clear()
    bottom.clear()
    top.fill_between(grid[:, 0], density(grid[:, 0]), color=lesson.GRAY, alpha=0.4)
    top.hist(
        fakes, 60, range=(-2.6, 2.6), density=True, histtype="step", color=lesson.GENERATOR,
        linewidth=1.6,
    )  # fmt: skip
    top.plot(grid, D, color=lesson.DISCRIMINATOR, linestyle="--")
    top.set(title=f"iteration {count:.0f}", ylim=(0, 1.3), yticks=(0, 0.5, 1))
    for text, x, color in (
        ("data", -2.5, lesson.GRAY),
        ("fakes", -2.0, lesson.GENERATOR),
    ):
        top.text(x, 1.15, text, color=color, fontsize=12)
    top.text(-1.4, 1.15, "$D$", color=lesson.DISCRIMINATOR, fontsize=12)
    bottom.plot(
        np.stack([2.4 * even[::20, 0], fakes[::20]]), [[0], [1]], color=lesson.BLACK,
        linestyle="-", linewidth=0.6,
    )  # fmt: skip
    bottom.set(xlim=(-2.6, 2.6), ylim=(0, 1), yticks=(0, 1), yticklabels=("$z$", "$x$"))
    bottom.set_xticks([-2.4, 0, 2.4], ["$z$ = -1", "0", "1"])
    top.set_xlim(-2.6, 2.6)


draw(film[-1])
figure.canvas.draw()  # lay it out once, not for every picture
figure.set_layout_engine("none")
lesson.animate(
    figure,
    draw,
    film,
    "The game in one dimension: the histogram of the fakes approaches the data's two"
    " bumps, and D the line one half; below, lines from z to x.",
    fps=5,
    start=-1,
)

# %% [markdown]
r"""
Now play both players yourself. *step D* and *step G* move one of them, *ten rounds* both in turn, with the $k$
and the rate that you choose. What happens after fifty steps of $G$ alone?
"""

# %% tags=["fold"]
figure, axes = plt.subplots(figsize=(6.2, 2.6))
bins = np.linspace(-2.6, 2.6, 61)
axes.fill_between(grid[:, 0], density(grid[:, 0]), color=lesson.GRAY, alpha=0.4)
fakes = axes.stairs(np.zeros(60), bins, color=lesson.GENERATOR, linewidth=1.6)
(answer,) = axes.plot(grid, grid, color=lesson.DISCRIMINATOR, linestyle="--")
axes.set(xlim=(-2.6, 2.6), ylim=(0, 1.5), xlabel="$x$")
title = axes.set_title("0 steps of D, 0 of G; loss of G 0.00")
table = {}


def anew():
    """Both players as at the start."""
    G, D = players()
    table.update(G=G, D=D, rng=np.random.default_rng(1), moves=[0, 0], k=1, rate=0.2)


def move(k, of_G):
    """k steps of D and, if it is G's turn, one of G."""
    G, D, rng = table["G"], table["D"], table["rng"]
    kept = {name: value.copy() for name, value in G.params.items()}
    x = data(128 * k, rng).reshape(k, 128, 1)
    step(G, D, x, rng.uniform(-1, 1, (k + 1, 128, 1)), k, table["rate"])
    if not of_G:
        G.params.update(kept)
    table["moves"] = [table["moves"][0] + k, table["moves"][1] + of_G]


def look(k, rate):
    """The two densities and D as they are now."""
    table.update(k=k, rate=rate)
    x = table["G"].forward(even)[0]
    fakes.set_data(np.histogram(x, bins, density=True)[0])
    answer.set_ydata(sigmoid(table["D"].forward(grid)[0]))
    loss = softplus(-table["D"].forward(x)[0]).mean()
    of_D, of_G = table["moves"]
    title.set_text(f"{of_D} steps of D, {of_G} of G; loss of G {loss:.2f}")


anew()
lesson.live(
    figure,
    look,
    "The densities of data and fakes and D, after the steps that were chosen.",
    buttons={
        "start anew": anew,
        "step D": lambda: move(1, False),
        "step G": lambda: move(0, True),
        "ten rounds": lambda: [move(table["k"], True) for _ in range(10)],
    },
    k=(1, 2, 5),
    rate=(0.05, 0.1, 0.2, 0.3, 0.5),
)

# %% [markdown]
r"""
The same as a curve, and the last picture. **Question 5:** at the end $D$ is near $\frac12$ *where
samples are*. Between and beside the bumps hardly anything was ever drawn, and what it
says there means little. Nor does the distance fall steadily: nobody descends it. With one
common loss a rising curve would be a bug; here it is the other player's move.

And is $p_g = p_d$? No. The *total variation*, half the area between the two densities, is far from
0, and some of the data lie where the generator never goes. Lesson 04 proved that $D = \frac12$
certifies a perfect generator, *for the best of all $D$*. This one has 24 units in a layer, moves a
little in each step, and sees 128 samples at a time: it cannot follow a difference that is narrow or
new. So $D \approx \frac12$ says that *this* discriminator is at a loss, and no more.
"""

# %%
last, where = film[-1][2][:, 0], density(grid[:, 0]) > 0.1
print(
    f"mean |D - 1/2| where the data are: {np.mean(abs(last[where] - 0.5)):.3f},",
    end=" ",
)
print(f"elsewhere: {np.mean(abs(last[~where] - 0.5)):.3f}")
edges = np.linspace(-2.6, 2.6, 53)
middles = (edges[1:] + edges[:-1]) / 2
found = np.histogram(film[-1][1], edges, density=True)[0]
variation = np.abs(found - density(middles)).sum() * 0.1 / 2
low, high = film[-1][1].min(), film[-1][1].max()
outside = np.mean((ranked < low) | (ranked > high))
print(
    f"total variation {variation:.2f}; {outside:.0%} of the data lie outside of G's range"
)

# %% tags=["fold"]
figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 2.6))
left.plot(*distances.T)
left.set(xlabel="iteration", ylabel="distance to the data", ylim=(0, None))
right.fill_between(grid[:, 0], density(grid[:, 0]), color=lesson.GRAY, alpha=0.4)
right.hist(
    film[-1][1],
    60,
    range=(-2.6, 2.6),
    density=True,
    histtype="step",
    color=lesson.GENERATOR,
)
right.plot(grid, last, color=lesson.DISCRIMINATOR, linestyle="--", label="$D$")
right.set(xlabel="$x$", yticks=(0, 0.5, 1), title="the last picture")
lesson.show(
    "The distance to the data against the iteration, which falls and wavers, and "
    "the last picture."
)

# %% [markdown]
r"""
## Break it

Four known mistakes. Without the fakes' term $D$ learns to say *real* to everything and the
generator stands still. A $D$ that ascends its loss, or a generator whose gradient lacks the
$1/N$, is thrown far away. The fourth is the one to remember: a $D$ that moves in G's
step, too, because its gradients were left from there. Half of its updates teach it to be fooled,
and still the game goes on, only worse. Change the list and see for yourself.
"""

# %% tags=["fold"]
lesson.show_mistakes("train_step")

figure, axes = plt.subplots(figsize=(6.2, 2.8))
axes.plot(*distances.T, label=f"right: ends at {distances[-1, 1]:.2f}")
for tag in ("fake-term-missing", "d-ascends", "d-moves-in-g-step", "mean-missing"):
    with np.errstate(all="ignore"):
        broken, _ = play(lesson.mistake("train_step", tag), lesson.steps(1000, 40))
    axes.plot(*broken.T, label=f"{tag}: ends at {broken[-1, 1]:.2f}")
axes.set(xlabel="iteration", ylabel="distance to the data", yscale="log")
axes.legend(loc="center right", fontsize=7)
lesson.show(
    "The distance to the data under four mistakes: without the fakes' term "
    "nothing moves, the others are thrown away or go on, only worse."
)

leaky = lesson.mistake("train_step", "d-moves-in-g-step")
(_, _, d_before), *_, (_, _, d_after) = watched(leaky, k=0)
print("\nd-moves-in-g-step: D moved in G's step:", d_before != d_after)

# %% [markdown]
r"""
Its curve says at most that something is slow. The hashes say what, after a single step, and
the check names it:
"""

# %%
check(lesson.mistake("train_step", "d-moves-in-g-step"))

# %%
# ask: 06-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** Which $k$ would you pay for? Compare $k = 1, 2, 5$ at equal *work*, that is at equal numbers of
forward passes, for three seeds.

<details><summary>What a good answer contains</summary>

A definition of work ($2k + 1$ passes of $D$ and $k + 1$ of $G$ per iteration) and curves against it. The
spread over seeds beside the differences of the means. A conclusion that does not say more than three seeds can.

</details>
"""

# %% [markdown]
r"""
## Read next

- Goodfellow et al., [arXiv:1406.2661](https://arxiv.org/abs/1406.2661): Algorithm 1, and
  section 4.2 on what it would take to converge.
- The code released with the paper, [github.com/goodfeli/adversarial](https://github.com/goodfeli/adversarial),
  does not alternate: both gradients are computed from the same fakes, then both players
  move. The library offers both.
- The library: [steps.py](../gan_numpy/training/steps.py) computes the two gradients, and a step there is
  *only* a gradient; [algorithm1.py](../gan_numpy/training/algorithm1.py) is Algorithm 1 and decides who moves.
- Next: [lesson 07](07_dirac_gan.ipynb), the smallest GAN there is, and why it does not converge.
"""
