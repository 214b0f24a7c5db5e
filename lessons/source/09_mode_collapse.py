# %% [markdown]
r"""
# 09 · Mode collapse

Eight small heaps of points on a circle; a generator that draws one of them and the other seven
never. Each of its samples may be good. The set of them is not, and no sample taken alone shows it. The paper names this failure in its section 6, after a British comedy:
the *Helvetica scenario*. Too many values of $z$ are mapped to the same $x$. That is not overfitting: a
generator that has overfitted reproduces its training set, all of it.

**You need** lesson 06: how $G$ learns through $D$; lesson 08: Adam.
**You will write** `modes_covered`.
"""

# %% tags=["fold"]
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.datasets.toy import ring_centers, sample_ring
from gan_numpy.exercises import check
from gan_numpy.layers import Dense, LeakyReLU
from gan_numpy.layers.initializers import he_normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import NON_SATURATING, sigmoid
from gan_numpy.optim import Adam, ExponentialDecay
from gan_numpy.training.steps import discriminator_step, generator_step

lesson.opening("09")

# %% [markdown]
r"""
## Predict before you run

1. All of 2500 samples lie on one of the eight heaps. How many modes are covered, and what
   share of the samples is good?
2. 2500 samples are spread evenly over the square around the circle. The same two numbers?
3. The discriminator is held fixed and the generator trained for as long as you like. What
   does it map the $z$ to?
4. Two fakes lie on the same point. In which directions does the discriminator push them?
5. While a generator collapses, what does its loss do?
"""

# %%
# ask: 09-scattered

# %% [markdown]
r"""
## Derive: two numbers instead of one

The data are eight Gaussians on the unit circle with $\sigma = 0.01$. Since we know their centers
$\mu_j$ we can count. A sample is *good* if its nearest center is at most $\rho$ away, and a mode is
*covered* if it is the nearest of some good sample:

$$
\begin{gathered}
d_{n,j} = \lVert x_n - \mu_j \rVert, \qquad
j_n = \arg\min_j\, d_{n,j}, \\
\text{share} = \frac1N \sum_n [\, d_{n,j_n} \le \rho \,], \qquad
\text{covered} = \bigl|\{\, j_n : d_{n,j_n} \le \rho \,\}\bigr| .
\end{gathered}
$$

PacGAN ([arXiv:1712.04086](https://arxiv.org/abs/1712.04086), section 4.1) takes 2500 samples and
$\rho = 3\sigma = 0.03$.

| quantity | shape |
|---|---|
| samples | `(N, 2)` |
| modes | `(K, 2)` |
| every sample minus every mode | `(N, K, 2)` |
| distances | `(N, K)` |
| nearest mode, and whether it is near enough | `(N,)` |
"""

# %%
# exercise: modes_covered

# %%
cover = lesson.working(modes_covered)

# %% [markdown]
r"""
**Questions 1 and 2.** Either number alone can be had for little: a high share by collapsing,
several modes by scattering, with a handful of lucky hits. Only together do they say something,
and even then nothing of *how often* each mode is hit.
"""

# %% tags=["fold"]
rng = np.random.default_rng(8)
modes = ring_centers()
sets = {
    "the data": sample_ring(2500, rng),
    "one heap": modes[0] + rng.normal(0, 0.01, (2500, 2)),
    "scattered": rng.uniform(-1.2, 1.2, (2500, 2)),
}
for name, points in sets.items():
    covered, share = cover(points, modes, 0.03)
    print(f"{name:>10}: {covered} modes of 8, {share:.1%} of the samples are good")

# %% [markdown]
r"""
## Derive: why one heap is enough

Hold $D$ fixed. The generator's loss is an average over its samples,

$$
L_G = \mathbb{E}_z\bigl[\mathrm{softplus}(-a(G(z)))\bigr]
    = \int p_g(x)\, \mathrm{softplus}(-a(x))\, dx
    \;\ge\; ?\;,
$$

*linear* in $p_g$, and the bound is reached by putting all of $p_g$ on a point where $D$ is
largest. A spread-out $p_g$ never does better. So **the best answer to any fixed discriminator
is a single point** (to $D = \frac12$ everywhere all answers are equally good). The solution of
lesson 04, $p_g = p_d$, is the best answer to a discriminator that adapts *at once*:
$\min_G \max_D V$. A generator that runs ahead plays $\max_D \min_G V$ instead, which never asks
for more than one point. Nothing in Algorithm 1 but the speed of the players says which of the
two is played.

The gradient shows the same from nearby. For a batch of fakes $x_n = G(z_n)$, shape $(N, 2)$,

$$
\frac{\partial L_G}{\partial x_n} = \frac{\sigma(a(x_n)) - 1}{N}\, \frac{\partial a}{\partial x}(x_n),
$$

depends on $x_n$ and on no other sample. **Question 4:** two fakes on the same point receive the
same push. In the direct path nothing drives them apart; only $D$ can, by learning that this
place is full, and that takes it some steps.
"""

# %%
# ask: 09-bound


# %% tags=["fold"]
def network(sizes, rng):
    """Dense layers with leaky ReLUs between them."""
    layers = []
    for k, (n_in, n_out) in enumerate(zip(sizes, sizes[1:])):
        layers.append((f"dense{k}", Dense(n_in, n_out, init=he_normal(), rng=rng)))
        layers.append((f"relu{k}", LeakyReLU()))
    return Sequential(layers[:-1])


def noise(n, rng):
    return rng.standard_normal((n, 2)).astype(np.float32)


class Game:
    """Both players and their optimizers."""

    def __init__(self, beta1, seed):
        self.rng = np.random.default_rng(seed)
        self.G = network([2, 64, 64, 2], self.rng)
        self.D = network([2, 64, 64, 1], self.rng)
        self.adam = Adam(ExponentialDecay(0.001), beta1=beta1)
        self.of_G = self.adam.init(self.G.params)
        self.of_D = self.adam.init(self.D.params)

    def move_D(self):
        x, z = sample_ring(128, self.rng), noise(128, self.rng)
        step = discriminator_step(self.G, self.D, NON_SATURATING, x, z, self.rng)
        self.adam.update(self.D.params, step.grads, self.of_D, epoch=1)

    def move_G(self):
        z = noise(128, self.rng)
        step = generator_step(self.G, self.D, NON_SATURATING, z, self.rng)
        self.adam.update(self.G.params, step.grads, self.of_G, epoch=1)
        return step.monitors["loss_generator"]

    def samples(self, n=2500):
        return self.G.forward(noise(n, np.random.default_rng(99)))[0]

    def probability(self, points):
        return sigmoid(self.D.forward(points.astype(np.float32))[0][:, 0])

    def push(self, points):
        """Where a fake at each point is driven: -N dL/dx."""
        a, cache = self.D.forward(points.astype(np.float32))
        pushed, _ = self.D.backward(1 - sigmoid(a), cache, param_grads=False)
        return pushed


# %% [markdown]
r"""
## See: a generator that runs in circles

Two games, the same but for one number: $\beta_1$ of Adam, the memory of its momentum
(lesson 08). With $\beta_1 = 0.9$, Adam's default, both players overshoot; with 0.5, the
choice of DCGAN, they do less. For each we count the modes along the way, with $\rho = 0.03$
and with a generous 0.15. (Networks so small, after 1000 steps, find the heaps and not yet their width: within
0.03 the share stays at a few percent even in the good game.)
"""

# %% tags=["fold"]
box = (-1.6, 1.6, -1.6, 1.6)


def train(game, steps, moments):
    """Alternate; counts of modes, and pictures of the state at these moments."""
    counts, film = [], []
    for count in range(steps + 1):
        if count in moments:
            x = game.samples()
            counts.append((count, cover(x, modes, 0.03)[0], cover(x, modes, 0.15)[0]))
            _, _, points = lesson.plane(box, 60)
            D = game.probability(points).reshape(60, 60)
            film.append((count, x[:600], D))
        if count < steps:
            game.move_D()
            game.move_G()
    return np.array(counts), film


steps = lesson.steps(1000, 20)
moments = np.unique(np.round(np.linspace(0, steps, lesson.steps(21, 3))))
games, counts, films = {}, {}, {}
for beta1 in (0.5, 0.9):
    games[beta1] = Game(beta1, seed=1)
    counts[beta1], films[beta1] = train(games[beta1], steps, moments)
    x = games[beta1].samples()
    for radius in (0.15, 0.03):
        covered, share = cover(x, modes, radius)
        print(f"beta1 = {beta1}: {covered} modes within {radius}, share {share:.1%}")
twice = games[0.5].push(np.array([[0.5, 0.2], [0.5, 0.2]]))
print("\nquestion 4, two fakes at (0.5, 0.2) are pushed along", *np.round(twice, 3))

# %% [markdown]
r"""
Play it. Left $\beta_1 = 0.5$, right 0.9. Color: $D$, light where it believes; dots: fakes; circles: the
eight modes. On the right the fakes move as one. $D$ learns that this place is fake, they leave for
where it believes, and $D$ follows: a chase in circles, lesson 07 in two dimensions.
"""

# %% tags=["fold"]
figure, panels = plt.subplots(1, 2, sharey=True, figsize=(7.6, 4.2))
maps, dots = [], []
for axes, beta1 in zip(panels, films):
    _, x, D = films[beta1][0]
    maps.append(
        axes.imshow(D, cmap="cividis", vmin=0, vmax=1, extent=box, origin="lower")
    )
    axes.plot(*modes.T, "o", color="white", fillstyle="none", markersize=12)
    dots += axes.plot(*x.T, ".", color=lesson.GENERATOR, markersize=3)
    axes.set(xlim=box[:2], ylim=box[2:], title=f"$\\beta_1 = {beta1}$", xlabel="$x_1$")
panels[0].set_ylabel("$x_2$")
figure.suptitle("step 0")
figure.canvas.draw()  # lay it out once, not for every picture
figure.set_layout_engine("none")


def draw(number):
    """One moment of both games."""
    for map_, dot, film in zip(maps, dots, films.values()):
        count, x, D = film[number]
        map_.set_data(D)
        dot.set_data(*x.T)
    figure.suptitle(f"step {count:.0f}")


lesson.animate(
    figure,
    draw,
    range(len(moments)),
    "Two games on the ring: on the left the fakes spread over the modes, on the right they"
    " move as one, and D after them.",
    fps=4,
    start=-1,
)

# %% [markdown]
r"""
The last picture again, with the arrows along which the fakes are driven,
$-N\, \partial L_G/\partial x = (1 - D)\, \partial a/\partial x$. The white line is $D = \frac12$. On the left nearly every mode has an
island of its own, and neighbors are driven to different ones. On the right the arrows of the whole
plane agree, and carry all fakes along together. Below, the counts on the way.
"""

# %% tags=["fold"]
figure, panels = plt.subplots(1, 2, sharey=True, figsize=(6.2, 3.3))
for axes, (beta1, game) in zip(panels, games.items()):
    lesson.heat_map(axes, game.probability, box, game.push)
    x = game.samples(600)
    axes.plot(*x.T, ".", color=lesson.GENERATOR, markersize=2)
    axes.set(title=f"$\\beta_1 = {beta1}$", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
panels[1].set_ylabel("")
lesson.show(
    "D over the plane in both games, with arrows along which fakes are driven: on "
    "the left towards several islands, on the right all the same way."
)

figure, axes = plt.subplots(figsize=(6.2, 2.4))
for (beta1, c), color in zip(counts.items(), (lesson.BLACK, lesson.RED)):
    axes.plot(
        c[:, 0],
        c[:, 2],
        color=color,
        linestyle="-",
        label=f"$\\beta_1$ = {beta1}, within 0.15",
    )
    axes.plot(
        c[:, 0],
        c[:, 1],
        color=color,
        linestyle=":",
        label=f"$\\beta_1$ = {beta1}, within 0.03",
    )
axes.set(xlabel="step", ylabel="modes covered", ylim=(0, 8.3), yticks=range(0, 9, 2))
axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), fontsize=7, ncols=4)
lesson.show("Modes covered against the step for both games and both radii.")

# %% [markdown]
r"""
Is it $\beta_1$, or luck? Small games of 120 steps, for three $\beta_1$ and two seeds:
"""

# %% tags=["fold"]
choices = {}
for beta1 in (0.0, 0.5, 0.9):
    for seed in (1, 2):
        game = Game(beta1, seed)
        for _ in range(lesson.steps(120, 3)):
            game.move_D()
            game.move_G()
        x = game.samples(600)
        D = game.probability(lesson.plane(box, 60)[2]).reshape(60, 60)
        choices[beta1, seed] = x, D, cover(x, modes, 0.15)
figure, axes = plt.subplots(figsize=(3.8, 3.9))
field = axes.imshow(D, cmap="cividis", vmin=0, vmax=1, extent=box, origin="lower")
axes.plot(*modes.T, "o", color="white", fillstyle="none", markersize=12)
(cloud,) = axes.plot(*x.T, ".", color=lesson.GENERATOR, markersize=3)
axes.set(xlim=box[:2], ylim=box[2:], xticks=(-1, 0, 1), yticks=(-1, 0, 1))
title = axes.set_title("0 modes within 0.15, share 100 %")


def look(beta1, seed):
    """The game with these two numbers after its 120 steps."""
    x, D, (covered, share) = choices[beta1, seed]
    field.set_data(D)
    cloud.set_data(*x.T)
    title.set_text(f"{covered} modes within 0.15, share {share:.0%}")


lesson.live(
    figure,
    look,
    "D and the fakes after 120 steps, for the chosen beta_1 and seed.",
    beta1=(0.0, 0.5, 0.9),
    seed=(1, 2),
)

# %% [markdown]
r"""
## Break it: a discriminator that stands still

**Question 3**, to the letter. $D$ has learned for 300 steps to tell the ring from fakes that lie anywhere in
the square; from here on it is *held*. The generator begins as a small blob in the middle, $z \sim N(0, 0.1^2)$,
and climbs for 200 steps. Nothing tells it of the other heaps: it ends with *all* samples on one of the
eight. Three games with other seeds, and the same end.
"""


# %% tags=["fold"]
class Anywhere:
    """A generator that has learned nothing: it returns its noise."""

    params: dict[str, Any] = {}

    def forward(self, z, train=False, rng=None):
        return z, None


def climb(seed):
    """A game whose discriminator is held; samples before and after."""
    game = Game(0.5, seed)
    game.adam = Adam(ExponentialDecay(0.003), beta1=0.5)
    for _ in range(300):
        x = sample_ring(128, game.rng)
        fakes = game.rng.uniform(-1.5, 1.5, (128, 2)).astype(np.float32)
        move = discriminator_step(
            Anywhere(), game.D, NON_SATURATING, x, fakes, game.rng
        )
        game.adam.update(game.D.params, move.grads, game.of_D, epoch=1)
    z = 0.1 * noise(1000, np.random.default_rng(99))
    before = game.G.forward(z)[0]
    for _ in range(200):
        move = generator_step(
            game.G, game.D, NON_SATURATING, 0.1 * noise(128, game.rng), game.rng
        )
        game.adam.update(game.G.params, move.grads, game.of_G, epoch=1)
    return game, before, game.G.forward(z)[0]


def moment(axes, D, x, title):
    """D's opinion, the eight modes, the fakes."""
    D = D.reshape(60, 60)
    axes.imshow(D, cmap="cividis", vmin=0, vmax=1, extent=box, origin="lower")
    axes.plot(*modes.T, "o", color="white", fillstyle="none", markersize=8)
    axes.plot(*x.T, ".", color=lesson.GENERATOR, markersize=3)
    axes.set(xlim=box[:2], ylim=box[2:], title=title)
    axes.set(xticks=(-1, 0, 1), yticks=(-1, 0, 1))


collapsed = {}
seeds = (1, 2, 3)[: lesson.steps(3, 1)]
figure, panels = plt.subplots(1, 3, sharey=True, figsize=(6.2, 2.5))
for axes, seed in zip(panels, seeds):
    game, before, x = climb(seed)
    collapsed[seed] = covered, share = cover(x, modes, 0.15)
    print(f"seed {seed}: {covered} mode of 8 within 0.15, share {share:.1%}")
    axes.plot(*before.T, ".", color=lesson.RED, markersize=2)
    moment(axes, game.probability(lesson.plane(box, 60)[2]), x, f"seed {seed}")
lesson.show(
    "Three generators against a discriminator that is held: a blob in the middle, red,"
    " has climbed onto one of the eight modes, green."
)

# %% [markdown]
r"""
## Break it: a generator that runs ahead

**Question 5.** The paper's own warning: *"G must not be trained too much without
updating D"*. The good game again, $\beta_1 = 0.5$ and the same seed, but 10 steps of $G$ after each
of $D$. While $D$ is held, the whole of $p_g$ slides uphill: gradient descent finds *a* maximum of $D$,
not always the largest. All the while the generator's loss *falls*. Then $D$ takes one step, and the
place is worth less: the loss is a saw. A falling loss of the generator is no good sign. The samples
remain one blob that hunts what $D$ believes in, rarely near a heap.
"""

# %% tags=["fold"]
ahead = Game(0.5, seed=1)
losses, numbers, pictures = [], [], []
rounds = lesson.steps(120, 4)
for count in range(1, rounds + 1):
    ahead.move_D()
    losses.append([ahead.move_G() for _ in range(10)])
    x = ahead.samples()
    numbers.append(cover(x, modes, 0.15)[0])
    if count in (rounds // 2, 3 * rounds // 4, rounds):
        D = ahead.probability(lesson.plane(box, 60)[2])
        pictures.append((count, x[:600], D))

first, last = np.mean(losses, axis=0)[[0, -1]]
print(
    f"generator's loss, on average: {first:.2f} before its 10 steps, {last:.2f} after them"
)
print(f"modes within 0.15: {np.mean(numbers):.1f} of 8 on average;", end=" ")
same = np.searchsorted(counts[0.5][:, 0], rounds)
print(f"after as many steps of D, the first game: {counts[0.5][same, 2]}")

figure, panels = plt.subplots(1, 3, sharey=True, figsize=(6.2, 2.5))
for axes, (count, x, D) in zip(panels, pictures):
    moment(axes, D, x, f"after {count} steps of $D$")
lesson.show(
    "Three moments of the generator that runs ahead: its samples are one blob, and D"
    " has already turned away from where they are."
)

figure, axes = plt.subplots(figsize=(6.2, 2.2))
saw = np.ravel(losses[-20:])
axes.plot(np.arange(len(saw)) / 10, saw)
axes.set(xlabel="the last 20 rounds: one step of $D$, 10 of $G$", ylabel="loss of $G$")
lesson.show(
    "The generator's loss over the last rounds: it falls in ten steps and jumps "
    "when D moves, a saw."
)

# %% [markdown]
r"""
## Break it: the ruler

Who measures wrongly does not see a collapse. Known mistakes of the count, on the three sets from
above and on the last two generators. Without the radius a mode is covered by
whatever lies nearest to it, however far; without the square root
a circle of radius 0.03 has grown to $\sqrt{0.03} = 0.17$.
"""

# %% tags=["fold"]
lesson.show_mistakes("modes_covered")

sets["first game"] = games[0.5].samples()
sets["ran ahead"] = ahead.samples()
rulers = {"right": cover}
for tag in ("radius-ignored", "squared-distance", "share-of-modes", "uncovered"):
    rulers[tag] = lesson.mistake("modes_covered", tag)
print("\n" + " " * 16 + "".join(f"{name:>13}" for name in sets))
for name, ruler in rulers.items():
    answers = [ruler(points, modes, 0.03) for points in sets.values()]
    print(f"{name:>16}" + "".join(f"{c:>5}, {share:6.1%}" for c, share in answers))

# %%
check(lesson.mistake("modes_covered", "squared-distance"))

# %%
# ask: 09-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** Pack two samples: let $D$ see pairs, $(N, 4)$, and count again for three seeds with and without. (One
`concatenate` forward; backward, a reshape.)

<details><summary>What a good answer contains</summary>

What $D$ gets of the data and of the fakes, and how its gradient is divided between the two of a pair. Counts for
the same seeds, both radii, and the spread. PacGAN's own numbers beside them, and why yours are smaller or larger: fewer
steps, smaller networks.

</details>
"""

# %% [markdown]
r"""
What helps. A discriminator that sees several samples *together* can tell that they are all alike: minibatch
discrimination, and packing, which is one `concatenate`. Unrolling lets the generator look some
steps of $D$ ahead. Losses that know of distances (lesson 14) and penalties (lesson 15) let $D$
keep up. None of them is a proof against collapse, and the outcome depends on the seed: change it
above. PacGAN's table for this ring gives 6.3 ± 0.5 modes to a plain GAN and 7.9 ± 0.1 with two
samples packed.

## Read next

- Goodfellow et al., [arXiv:1406.2661](https://arxiv.org/abs/1406.2661), section 6: the Helvetica
  scenario. Goodfellow, *NIPS 2016 Tutorial*, [arXiv:1701.00160](https://arxiv.org/abs/1701.00160),
  section 5.1.1: mode collapse, and why the divergence alone does not explain it.
- Lin, Khetan, Fanti and Oh, *PacGAN*, [arXiv:1712.04086](https://arxiv.org/abs/1712.04086),
  section 4.1; Metz, Poole, Pfau and Sohl-Dickstein, *Unrolled GANs*,
  [arXiv:1611.02163](https://arxiv.org/abs/1611.02163), section 3.1: the ring.
- The library: [datasets/toy.py](../gan_numpy/datasets/toy.py) has the ring and the grid,
  [layers/pack.py](../gan_numpy/layers/pack.py) packing.
- Next: [lesson 10](10_maxout_gan.ipynb), the paper's model in small.
"""
