# %% [markdown]
r"""
# 16 · Digits on demand, and learning from few labels

A GAN draws what it likes. Told a class, it draws what *we* like: one vector beside $z$ does it. And
turned around: a discriminator that must tell real from fake has looked at thousands of images
without labels. If it is a classifier at the same time, a handful of labels may be enough.

**You need** lessons 02, 06 and 10.
**You will write** `condition_backward`, `softmax_cross_entropy`, `semi_supervised_gradient` and
`feature_matching_gradient`.
"""

# %% tags=["fold"]
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from scipy.spatial.distance import cdist

from gan_numpy import lesson
from gan_numpy.datasets import load_dataset
from gan_numpy.exercises import check
from gan_numpy.layers import (
    BatchNorm,
    Dense,
    Dropout,
    GaussianNoise,
    Maxout,
    ReLU,
    Sigmoid,
)
from gan_numpy.layers.initializers import glorot_uniform, he_normal, uniform
from gan_numpy.layers.sequential import Sequential
from gan_numpy.optim import Adam, ExponentialDecay
from gan_numpy.plots import image_grid
from gan_numpy.recipes.parts import marginal_logits

lesson.opening("16")
data = load_dataset("digits")
train_x, train_y = data.scaled("train"), data.labels["train"]
held_x = np.concatenate([data.scaled("validation"), data.scaled("test")])
held_y = np.concatenate([data.labels["validation"], data.labels["test"]])

# %% [markdown]
r"""
## Predict before you run

1. In a batch the label 0 occurs three times and the label 1 not at all. What are the gradients of
   rows 0 and 1 of the embedding?
2. The labels of the data are shuffled before training. How often does the generator draw the digit
   that it was asked for?
3. All $K$ logits of an example grow by 5. What happens to the cross-entropy, and what is the sum of
   its gradient over the classes?
4. A classifier with $K$ logits judges real against fake too, without a logit for "fake". How?
5. 1,297 training digits, one label for each of the ten classes. Does it help to look at the other 1,287
   without labels? By how much?

Write your answers down. The cells below compute each of them.
"""

# %%
# ask: 16-shuffled

# %% [markdown]
r"""
## Derive: telling a network a class

[Mirza and Osindero (2014)](https://arxiv.org/abs/1411.1784) play the game of lesson 06 for each class
$c$ by itself,

$$
\min_G \max_D\; \mathbb{E}_{x, c}\big[\log D(x, c)\big]
+ \mathbb{E}_{z, c}\big[\log(1 - D(G(z, c), c))\big],
$$

with one pair of networks for all classes. $D$ no longer asks "is this a digit" but "is this
*a 7*": a perfect 3 is a fake if a 7 was ordered. Lesson 04 holds for each class: the best answer is
$p_d(x \mid c)/(p_d(x \mid c) + p_g(x \mid c))$, and the game ends at $p_g(x \mid c) = p_d(x \mid c)$.

How is a network told a class? Each class $c$ gets a vector, row $c$ of a matrix $E$, the *embedding*,
and it is put beside the input:

$$
\underset{(N,\, n+e)}{y_n} = \big[\underset{(N,\, n)}{x_n},\; E_{c(n)}\big],
\qquad E\; (K, e) .
$$

Backward. A concatenation hands each half its own columns. A row of $E$ is used by every example
of its class, so the sum runs over those:

$$
\underset{(N,\, n)}{dx} = dy[\,:\,,\, :n\,], \qquad
\underset{(K,\, e)}{dE_c} = \sum_{n:\, c(n) = c} dy_n[\,n:\,] .
$$

NumPy has a trap here: `dE[labels] += d` reads, adds and writes *once* per row, so of several
examples of a class only the last one counts.
"""

# %%
# exercise: condition_backward

# %%
condition_back = lesson.working(condition_backward)

# %% [markdown]
"""
**Question 1.**
"""

# %% tags=["fold"]
joined, cache = condition_forward(
    np.zeros((4, 2)), np.zeros((3, 1)), np.array([0, 0, 2, 0])
)
_, dE = condition_back(
    np.array([[0, 0, 1.0], [0, 0, 10], [0, 0, 7], [0, 0, 100]]), cache
)
print("dE of the labels 0, 1, 2:", dE[:, 0])

# %% [markdown]
r"""
## Train: digits on demand

The networks of lesson 10, a bit smaller, with 16 columns more:

| generator | shape | discriminator | shape |
|---|---|---|---|
| `z` and a row of `E_G` | `(N, 32 + 16)` | image and a row of `E_D` | `(N, 64 + 16)` |
| affine, ReLU | `(N, 128)` | dropout, maxout of 5 pieces | `(N, 64)` |
| affine, ReLU | `(N, 128)` | dropout, maxout of 5 pieces | `(N, 64)` |
| affine, sigmoid | `(N, 64)` | dropout, affine: the logit | `(N, 1)` |

In $D$'s step the real images come with their own labels and the fakes with those that were ordered.
"""


# %% tags=["fold"]
def networks(rng):
    """G and D, which read 16 columns more."""
    init = uniform(0.05)

    def dense(n_in, n_out, bias=0.0):
        return Dense(n_in, n_out, init=init, rng=rng, bias=bias)

    G = [("h0", dense(48, 128)), ("relu0", ReLU())]
    G += [("h1", dense(128, 128)), ("relu1", ReLU())]
    G += [("x", dense(128, 64, marginal_logits(data, 1e-7))), ("sigmoid", Sigmoid())]
    D = [("drop0", Dropout(0.9)), ("h0", Maxout(80, 64, 5, init=init, rng=rng))]
    D += [("drop1", Dropout(0.7)), ("h1", Maxout(64, 64, 5, init=init, rng=rng))]
    D += [("drop2", Dropout(0.7)), ("a", dense(64, 1))]
    return Sequential(G), Sequential(D)


def noise(rng, n):
    """z, uniform with variance 1, (n, 32)."""
    return rng.uniform(-np.sqrt(3), np.sqrt(3), (n, 32)).astype(np.float32)


def logistic(a):
    """The logistic function of small logits."""
    return 1 / (1 + np.exp(-a))


def conditional_gan(steps, condition_back, labels=train_y, m=64):
    """A function that draws the digits ordered, after so many steps of Algorithm 1."""
    rng = np.random.default_rng(0)
    G, D = networks(rng)
    E_G, E_D = rng.standard_normal((2, 10, 16)).astype(np.float32)
    G_params, D_params = G.params | {"E": E_G}, D.params | {"E": E_D}
    adam = Adam(ExponentialDecay(0.002), 0.5, 0.999)
    G_adam, D_adam = adam.init(G_params), adam.init(D_params)
    average = {name: value.copy() for name, value in G_params.items()}
    target = np.repeat([1, 0], m)[:, None]
    for _ in range(steps):
        rows, z = rng.choice(len(train_x), m), noise(rng, m)
        joined, _ = condition_forward(z, E_G, labels[rows])
        x = np.concatenate([train_x[rows], G.forward(joined)[0]])
        joined, told = condition_forward(x, E_D, np.tile(labels[rows], 2))
        a, cache = D.forward(joined, train=True, rng=rng)
        da = (logistic(a) - target).astype(np.float32) / (2 * m)
        djoined, grads = D.backward(da, cache)
        _, dE = condition_back(djoined, told)
        adam.update(D_params, grads | {"E": dE}, D_adam, 1)

        orders, z = rng.integers(10, size=m), noise(rng, m)
        joined, G_told = condition_forward(z, E_G, orders)
        fake, G_cache = G.forward(joined)
        joined, told = condition_forward(fake, E_D, orders)
        a, cache = D.forward(joined, train=True, rng=rng)
        da = (logistic(a) - 1).astype(np.float32) / m
        djoined, _ = D.backward(da, cache, param_grads=False)
        dfake, _ = condition_back(djoined, told)
        djoined, grads = G.backward(dfake, G_cache)
        _, dE = condition_back(djoined, G_told)
        adam.update(G_params, grads | {"E": dE}, G_adam, 1)
        for name, value in average.items():
            value += 0.01 * (G_params[name] - value)
    E = average.pop("E")
    G = G.with_params(average)
    return lambda z, orders: G.forward(condition_forward(z, E, orders)[0])[0]


def judge(x, k=5, known=train_x, labels=train_y):
    """The class of most of the k nearest known digits, (N,)."""
    nearest = np.argsort(cdist(x, known), axis=1)[:, :k]
    return np.eye(10)[labels[nearest]].sum(axis=1).argmax(axis=1)


print(f"the judge errs on {np.mean(judge(held_x) != held_y):.1%} of unseen digits")


def agreement(draw):
    """Share of 500 samples in which the judge sees the digit that was ordered."""
    orders = np.repeat(np.arange(10), 50)
    drawn = draw(noise(np.random.default_rng(1), 500), orders)
    return np.mean(judge(drawn) == orders)


draw = conditional_gan(lesson.steps(450, 10), condition_back)
print(f"{agreement(draw):.1%} of the samples are what was ordered")

# %% [markdown]
r"""
## See: one z, ten orders

Each column is one $z$, each row one order. The class decides what is drawn, $z$ the rest. On the right
the mean of the training digits of each class: no sample should be that.
"""

# %% tags=["fold"]
z = noise(np.random.default_rng(4), 14)
table = draw(np.tile(z, (10, 1)), np.repeat(np.arange(10), 14)).reshape(10, 14, 64)
means = np.stack([train_x[train_y == d].mean(axis=0) for d in range(10)])
figure, axes = plt.subplots(figsize=(6.2, 4.2))
pictures = np.concatenate([table, means[:, None]], axis=1).reshape(-1, 8, 8)
axes.imshow(image_grid(pictures, 15), vmin=0, vmax=1)
axes.axvline(9 * 14, color="white", linewidth=2)
axes.set(ylabel="ordered", title="samples")
axes.set_yticks(4.5 + 9 * np.arange(10), range(10))
axes.set_xticks([4.5 + 9 * 14], ["mean"])
axes.tick_params(length=0)
lesson.show(
    "A table of samples: each column one z, each row one digit that was ordered, "
    "and the mean of the training digits beside."
)
spread = np.mean([train_x[train_y == d].std(axis=0).mean() for d in range(10)])
print(f"standard deviation of a pixel within a class: data {spread:.3f},", end=" ")
print(f"samples {table.std(axis=1).mean():.3f}")

# %% [markdown]
r"""
Within a class the samples vary less than the data do. The agreement with the judge does not show it: a generator
that drew one perfect picture of each digit would score 100 %.

## Break it

**Question 2.** With shuffled labels an order tells nothing about the image, and $p_d(x \mid c)$ is the
same for all $c$: the generator does as it is told, it draws any digit. Then known mistakes of
the backward pass. With repeated labels overwritten (`repeats-overwritten`), or even with $dE = 0$ (try `all-zero`),
nearly nothing happens: ten random vectors are ten *different* vectors, and the layers above learn to read them. But the gradient for $G$
taken from the wrong columns is fatal. A mistake in what is barely needed can live for years.
"""

# %% tags=["fold"]
lesson.show_mistakes("condition_backward")

right = lesson.reference("condition_backward")
shuffled = np.random.default_rng(2).permutation(train_y)
count = lesson.steps(150, 5)
cases = {"right": (right, train_y), "labels shuffled": (right, shuffled)}
for tag in ("repeats-overwritten", "wrong-columns"):
    cases[tag] = (lesson.mistake("condition_backward", tag), train_y)
scores, pictures = {}, []
for name, (function, labels) in cases.items():
    broken = conditional_gan(count, function, labels)
    scores[name] = agreement(broken)
    pictures.append(broken(np.tile(z[:1], (10, 1)), np.arange(10)))
    print(f"{name:20}: {scores[name]:.0%} as ordered, after {count} steps")
figure, axes = plt.subplots(figsize=(4.4, 2.6))
axes.imshow(image_grid(np.concatenate(pictures).reshape(-1, 8, 8), 10), vmin=0, vmax=1)
axes.set_yticks(4.5 + 9 * np.arange(len(cases)), list(cases))
axes.set_xticks(4.5 + 9 * np.arange(10), range(10))
axes.tick_params(length=0)
lesson.show(
    "Ten orders to four generators: right, trained on shuffled labels, and with "
    "two mistakes."
)

# %%
check(lesson.mistake("condition_backward", "repeats-overwritten"))

# %% [markdown]
r"""
## Derive: softmax cross-entropy

For logits $l$ of shape $(N, K)$ and labels $y$, with $p = \mathrm{softmax}(l)$ and
$\ell_n = \log \sum_j e^{l_{nj}}$,

$$
L = \frac1N \sum_n -\log p_{n, y(n)} = \frac1N \sum_n \big( \ell_n - l_{n, y(n)} \big),
\qquad
\frac{\partial \ell_n}{\partial l_{nk}} = \frac{e^{l_{nk}}}{\sum_j e^{l_{nj}}} = p_{nk},
$$

$$
\underset{(N,\, K)}{dl} = \frac1N \big( p - \mathrm{onehot}(y) \big) .
$$

With $K = 2$ and one logit fixed at 0 this is lesson 01. Here too the function must never see
$e^{800}$: subtract the largest logit of each row first.
"""

# %%
# exercise: softmax_cross_entropy

# %%
cross_entropy = lesson.working(softmax_cross_entropy)

# %% [markdown]
r"""
**Question 3.** Nothing: only differences of logits count. So the gradient has no component in that
direction, and each of its rows adds up to 0.
"""

# %% tags=["fold"]
rng = np.random.default_rng(16)
logits, some_labels = rng.standard_normal((6, 5)), rng.integers(5, size=6)
first, dl = cross_entropy(logits, some_labels)
second, _ = cross_entropy(logits + 5, some_labels)
print(f"loss {first:.6f}, with 5 more {second:.6f};", end=" ")
print(f"largest sum of a row of dl: {np.abs(dl.sum(axis=1)).max():.0e}")

# %% [markdown]
r"""
## Derive: K classes and one more

[Salimans et al. (2016)](https://arxiv.org/abs/1606.03498), section 5: let the discriminator be a
classifier of $K + 1$ classes, the last one "generated". By question 3 one of its $K + 1$ logits can be fixed
at 0; let it be that of the fakes. **Question 4:**

$$
P(\text{real} \mid x) = \frac{\sum_j e^{l_j}}{\sum_j e^{l_j} + e^0} = \;?\;, \qquad \ell = \log \sum_j e^{l_j} .
$$

The $K$ logits have one freedom too many for $K$ classes, and it becomes the discriminator. Three kinds
of examples, of $N$, $M$ and $R$ rows:

$$
L = \frac1N \sum_{\text{labeled}} (\ell_n - l_{n,y(n)})
+ \frac{1}{2M} \sum_{\text{unlabeled}} \operatorname{softplus}(-\ell_n)
+ \frac{1}{2R} \sum_{\text{fakes}} \operatorname{softplus}(\ell_n) .
$$

By $\operatorname{softplus}' = \sigma$ and $\partial\ell/\partial l = p$:

| kind | gradient with respect to its logits | shape |
|---|---|---|
| labeled | `(p - onehot(y)) / N` | `(N, K)` |
| unlabeled | `-sigmoid(-l) * p / (2 M)` | `(M, K)` |
| fakes | `sigmoid(l) * p / (2 R)` | `(R, K)` |

An unlabeled image raises *its likeliest classes* most, in proportion to $p$: it makes the
classifier surer of what it believes already. A fake pushes them all down. So the borders between classes are driven
to where there are no real images.
"""

# %%
# ask: 16-real

# %%
# exercise: semi_supervised_gradient

# %%
semi = lesson.working(semi_supervised_gradient)

# %% [markdown]
r"""
## Derive: feature matching

What shall $G$ do? Section 3.1 of the same paper: not win, but *match*. With $f$ the last hidden layer of $D$,

$$
L_G = \lVert m_r - m_f \rVert^2, \qquad
m_r = \frac1N \sum_n f(x_n), \quad m_f = \frac1M \sum_n f(G(z_n)), \qquad (\text{features},)
$$

$$
\frac{\partial L_G}{\partial f(G(z_n))} = 2\,(m_f - m_r)\,\frac{\partial m_f}{\partial f(G(z_n))}
= -\frac2M (m_r - m_f), \qquad (M, \text{features}),
$$

the same for every fake: $G$ is told where the *mean* should go, and no single sample is judged.
"""

# %%
# exercise: feature_matching_gradient

# %%
matching = lesson.working(feature_matching_gradient)

# %% [markdown]
r"""
## Train: error with few labels

A classifier 64–128–64–10 with noise in front of each of its hidden layers, trained twice from the same start and
with the same few labels: once on the labels alone, once with the unlabeled digits and a generator. The
answers come from averaged weights, in both. The nearest labeled neighbor is there for comparison.
"""


# %% tags=["fold"]
def pair_of_networks(seed):
    """G, and the classifier in two parts."""
    rng, he, last = np.random.default_rng(seed), he_normal(), glorot_uniform()
    body = [("noise0", GaussianNoise(0.3)), ("h0", Dense(64, 128, init=he, rng=rng))]
    body += [("relu0", ReLU()), ("noise1", GaussianNoise(0.5))]
    body += [("h1", Dense(128, 64, init=he, rng=rng)), ("relu1", ReLU())]
    classes = Dense(64, 10, init=last, rng=rng)
    G = [("h0", Dense(32, 128, init=he, rng=rng)), ("norm0", BatchNorm(128))]
    G += [
        ("relu0", ReLU()),
        ("x", Dense(128, 64, init=last, rng=rng)),
        ("s", Sigmoid()),
    ]
    D = Sequential([("features", Sequential(body)), ("classes", classes)])
    return Sequential(G), D


def error(labeled, seed, steps, play, m=50):
    """Share of the held-out digits classified wrongly; and some fakes."""
    rng, (G, D) = np.random.default_rng(seed + 100), pair_of_networks(seed)
    body = D.layers["features"]
    adam = Adam(ExponentialDecay(0.005), 0.5, 0.999)
    D_adam, G_adam = adam.init(D.params), adam.init(G.params)
    average = {name: value.copy() for name, value in D.params.items()}
    for _ in range(steps):
        known, rows = rng.choice(labeled, m), rng.choice(len(train_x), m)
        fake, G_cache = G.forward(noise(rng, m), train=True)
        batches = [train_x[known], train_x[rows], fake]
        passes = [D.forward(x, train=True, rng=rng) for x in batches]
        logits = [y for y, _ in passes]
        parts = semi(logits[0], train_y[known], logits[1], logits[2])
        grads = {name: np.zeros_like(value) for name, value in D.params.items()}
        for d, (_, cache) in list(zip(parts, passes))[: 3 if play else 1]:
            _, own = D.backward(d.astype(np.float32), cache, input_grad=False)
            for name, grad in own.items():
                grads[name] += grad
        adam.update(D.params, grads, D_adam, 1)
        for name, value in average.items():
            value += 0.01 * (D.params[name] - value)
        if play:
            real_f, _ = body.forward(train_x[rows], train=True, rng=rng)
            fake_f, cache = body.forward(fake, train=True, rng=rng)
            df = matching(real_f, fake_f).astype(np.float32)
            dfake, _ = body.backward(df, cache, param_grads=False)
            _, grads = G.backward(dfake, G_cache, input_grad=False)
            adam.update(G.params, grads, G_adam, 1)
    guess = D.with_params(average).forward(held_x)[0].argmax(axis=1)
    return np.mean(guess != held_y), fake


def choose(each, seed):
    """As many training examples of each class, whose labels are known."""
    rng = np.random.default_rng(seed)
    rows = [rng.choice(np.flatnonzero(train_y == d), each, False) for d in range(10)]
    return np.concatenate(rows)


numbers, seeds = (10, 20, 50), (0, 1)
found = np.empty((3, len(numbers), len(seeds)))
for k, number in enumerate(numbers):
    for seed in seeds:
        rows = choose(number // 10, seed)
        copied = judge(held_x, 1, train_x[rows], train_y[rows])
        found[0, k, seed] = np.mean(copied != held_y)
        for j, play in ((1, False), (2, True)):
            found[j, k, seed], fake = error(rows, seed, lesson.steps(200, 5), play)

# %% [markdown]
r"""
**Question 5.** The points are two choices of the labels; the lines join their means. Looking at unlabeled images helps,
and helps most where labels are fewest; with 50 hardly any of it is left here, and the nearest neighbor, which learned
nothing, is hard to beat on images so small. But *which* digits were labeled matters as much: compare
the two points of one color. A table of such errors with a single choice of labels says little. On MNIST, with
100 labels, the paper has 93 ± 6.5 errors among 10,000, over ten choices.
"""

# %% tags=["fold"]
names = ("nearest labeled neighbor", "classifier, labels only", "with the game")
figure, axes = plt.subplots(figsize=(6.2, 2.8))
for name, errors, line in zip(names, found, (":", "--", "-")):
    (drawn_line,) = axes.plot(numbers, errors.mean(axis=1), line, label=name)
    for k, number in enumerate(numbers):
        axes.plot([number] * 2, errors[k], "o", color=drawn_line.get_color())
    shown = ", ".join(f"{e:.1%}" for e in errors.mean(axis=1))
    print(f"{name:25}: {shown} wrong with {numbers} labels")
axes.set(
    xlabel="labels", ylabel="share of unseen digits wrong", ylim=(0, None), xscale="log"
)
axes.set_xticks(numbers, numbers)
axes.minorticks_off()
axes.legend()
lesson.show(
    "Share of unseen digits classified wrongly against the number of labels: with "
    "the game fewer than with labels alone, most where labels are fewest."
)

# %% [markdown]
r"""
And these are the fakes that helped. They are not good. They need not be: if they were perfect, their push and
that of the unlabeled images would cancel, and the labels would be alone again.
[Dai et al. (2017)](https://arxiv.org/abs/1705.09783) make that precise: a *bad* generator, one that fills the
gaps between the classes, is what semi-supervised learning wants.
"""

# %% tags=["fold"]
figure, axes = plt.subplots(figsize=(6.2, 1.1))
axes.imshow(image_grid(fake[:32].reshape(-1, 8, 8), 16), vmin=0, vmax=1)
axes.axis("off")
lesson.show("Fakes of the semi-supervised game: blurred and not good.")

# %%
# ask: 16-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** How much does the choice of the labeled digits matter? Repeat the experiment with 10 labels for more
choices, and say how many you would need to claim that the game helps.

<details><summary>What a good answer contains</summary>

The errors of at least six choices for both classifiers, *paired*: the same labels in both. The mean of the
differences with its standard error. A choice of labels in which the game hurts, if there is one, and a look at its
digits.

</details>
"""

# %% [markdown]
r"""
## Read next

- Mirza and Osindero, *Conditional Generative Adversarial Nets*,
  [arXiv:1411.1784](https://arxiv.org/abs/1411.1784), section 4.1.
- Odena, Olah and Shlens, *Conditional Image Synthesis With Auxiliary Classifier GANs*,
  [arXiv:1610.09585](https://arxiv.org/abs/1610.09585): the discriminator names the class instead of being told.
- Salimans et al., *Improved Techniques for Training GANs*,
  [arXiv:1606.03498](https://arxiv.org/abs/1606.03498): sections 3.1 and 5, Table 1.
- Dai et al., *Good Semi-supervised Learning that Requires a Bad GAN*,
  [arXiv:1705.09783](https://arxiv.org/abs/1705.09783).
- The library: [concatenate.py](../gan_numpy/layers/concatenate.py) and
  [recipes/conditional_gan.py](../gan_numpy/recipes/conditional_gan.py);
  [objectives/semi_supervised.py](../gan_numpy/objectives/semi_supervised.py);
  `gan-numpy train cgan`, `acgan` and `sgan`.
- Next: [lesson 17](17_speed.ipynb), the same arithmetic, faster.
"""
