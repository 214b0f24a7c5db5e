# %% [markdown]
r"""
# 14 · Least squares and Wasserstein

Two proposals of 2016 and 2017 against gradients that vanish. Both replace the
cross-entropy, each for a reason of its own: one by a square, because of samples that are
*right but far away*; the other by a difference of means, because of distributions that *do
not touch*. The two reasons are often mixed up. Here they are told apart, and measured.

**You need** lesson 05. **You will write** `least_squares_gradient`, `critic_gradient` and
`clip_weights`.
"""

# %% tags=["fold"]
import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.exercises import check
from gan_numpy.layers import Dense, Tanh
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import sigmoid
from gan_numpy.optim import ExponentialDecay, RMSProp

lesson.opening("14")

# %% [markdown]
r"""
## Predict before you run

1. A generated sample has the output $+8$: the discriminator takes it for real, and is sure.
   How large is the generator's gradient there, with the non-saturating loss? And with the
   square?
2. Two narrow distributions move from a distance of 3 to a distance of 6. What does the
   Jensen–Shannon divergence do? And the Wasserstein distance?
3. A discriminator has been trained to the end on data at $-2$ against samples at $+2$. With
   which of the losses does a sample still feel where to go?
4. The critic's loss is a difference of two means. What keeps it from going to $-\infty$?
5. Where do most of the clipped weights end up?
"""

# %%
# ask: 14-far

# %% [markdown]
r"""
## Derive: least squares

The discriminator's output $D$ is no logit any more but a plain number. It is *regressed* on
a target $b$ for real samples and $a$ for generated ones; the generator wants it to say $c$
([Mao et al., 2017](https://arxiv.org/abs/1611.04076), eq. 2):

$$
L_D = \frac1{2N} \sum_n (D^r_n - b)^2 + \frac1{2M} \sum_m (D^f_m - a)^2, \qquad
L_G = \frac1{2M} \sum_m (D^f_m - c)^2 .
$$

With the outputs `a_real`, of shape `(N,)`, and `a_fake`, of shape `(M,)`, the $\frac12$ and
the 2 cancel:

$$
\frac{\partial L_D}{\partial D^r_n} = \frac{D^r_n - b}{N}, \qquad
\frac{\partial L_D}{\partial D^f_m} = \frac{D^f_m - a}{M}, \qquad
\frac{\partial L_G}{\partial D^f_m} = \frac{D^f_m - c}{M} .
$$

**The best discriminator.** At one point $x$ the loss is $\frac12 p_d (D - b)^2 + \frac12
p_g (D - a)^2$. Its derivative is zero for

$$
D^*(x) = \;? \;,
$$

a weighted mean of the targets. With $b = 1$, $a = 0$ it is the $D^*$ of lesson 04.
"""

# %%
# ask: 14-mean

# %% tags=["answer"]
# First the formulas, one a line between the quotes; they are checked as formulas.
lesson.derive(
    "least_squares_gradient",
    """
    """,
)

# %%
# exercise: least_squares_gradient

# %%
least_squares = lesson.working(least_squares_gradient)

# %% [markdown]
r"""
## See: what an output is worth to the generator

**Question 1.** The generator's gradient $|\partial L_G/\partial D|$ for one sample, against
the output. Negative outputs mean "generated". The saturating loss dies on the left, the
non-saturating one on the right. *That right side is the argument for the square*: a sample
which is taken for real, but lies far from the decision boundary and so perhaps far from the
data, is left alone by the cross-entropy, and pulled back by the square. It is an argument
about distance from the boundary, not about vanishing gradients on the left.
"""

# %% tags=["fold"]
output = np.linspace(-10, 10, 201)
one = np.zeros(1)
square = [abs(least_squares(one, np.array([v]), 1.0, 0.0)[1][0]) for v in output]
curves = {
    "minimax: $\\sigma(a)$": sigmoid(output),
    "non-saturating: $1 - \\sigma(a)$": sigmoid(-output),
    "least squares, $c = 1$": np.array(square),
    "Wasserstein": np.ones(201),
}
figure, axes = plt.subplots(figsize=(6.2, 2.8))
for name, curve in curves.items():
    axes.plot(output, np.maximum(curve, 1e-6), label=name)
    print(f"at +8: {curve[np.argmin(np.abs(output - 8))]:.1e}   {name.split(':')[0]}")
axes.set(yscale="log", ylim=(1e-5, 30), xlabel="output of the discriminator")
axes.set(ylabel="generator's gradient")
figure.legend(loc="outside right center")
lesson.show(
    "The generator's gradient against the output of the discriminator, on a "
    "logarithmic axis: minimax dies on the left, non-saturating on the right, the "
    "square grows on both sides, Wasserstein is 1."
)

# %% [markdown]
r"""
## Derive: a distance that is never flat

Lesson 04: against the best discriminator the generator minimizes $2\,JSD(p_d, p_g) - \log
4$. If the two supports are **disjoint**, then at each $x$ one of the densities is 0, the
mixture $m = \frac12(p_d + p_g)$ is half of the other one, and

$$
JSD = \tfrac12 \int p_d \log\frac{p_d}{p_d/2} + \tfrac12 \int p_g \log \frac{p_g}{p_g/2} = \log 2 ,
$$

*whatever the distance between them is*. A constant has no gradient. (With overlapping
supports this argument says nothing.)

The Wasserstein distance is no constant. It is the least mean distance over which the mass
of one must be carried to become the other:

$$
W_1(p_d, p_g) = \inf_{\gamma} \mathbb{E}_{(x, y) \sim \gamma} |x - y| ,
\qquad \text{over all joint distributions } \gamma \text{ with these marginals;}
$$

for a translation by $\delta$ it is $\delta$. It cannot be computed so in high dimensions,
but by the duality of Kantorovich and Rubinstein (which we do not prove)

$$
W_1(p_d, p_g) = \max_{\lVert f \rVert_L \le 1} \;\mathbb{E}_{p_d} f(x) - \mathbb{E}_{p_g} f(x) ,
$$

over all functions with slope at most 1. A network in the role of $f$, the *critic*,
descends ([Arjovsky et al., 2017](https://arxiv.org/abs/1701.07875), Algorithm 1)

$$
L_D = \frac1M \sum_m f^f_m - \frac1N \sum_n f^r_n, \qquad
\frac{\partial L_D}{\partial f^r_n} = -\frac1N, \qquad
\frac{\partial L_D}{\partial f^f_m} = \frac1M , \qquad
\frac{\partial L_G}{\partial f^f_m} = -\frac1M .
$$

The simplest gradients of the course. They never saturate, and they never stop either:
nothing in the loss bounds $f$.
"""

# %%
# exercise: critic_gradient

# %%
# exercise: clip_weights

# %%
critic = lesson.working(critic_gradient)
clip = lesson.working(clip_weights)

# %% [markdown]
r"""
**Question 2.** Two Gaussians of the same width $s$ at the distance $\delta$. If they are
narrow, $JSD$ is at its ceiling, $\log 2$, before they have parted by much; if they are
wide, it is as good a guide as $W_1$ for a long way.
"""


# %% tags=["fold"]
def divergence(delta, width):
    """JSD of N(0, width^2) and N(delta, width^2), by a sum over a fine grid."""
    x = np.linspace(-8 * width, delta + 8 * width, 20_001)
    p = np.exp(-0.5 * (x / width) ** 2)
    q = np.exp(-0.5 * ((x - delta) / width) ** 2)
    p, q = p / p.sum(), q / q.sum()
    m = 0.5 * (p + q) + 1e-300
    return 0.5 * np.sum(p * np.log(p / m + 1e-300) + q * np.log(q / m + 1e-300))


deltas = np.linspace(0, 6, 61)
figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 2.7))
for width in (0.1, 0.5, 2.0):
    curve = [divergence(delta, width) for delta in deltas]
    left.plot(deltas, curve, label=f"$s = {width}$")
    print(f"s = {width}: JSD {curve[30]:.6f} at 3, {curve[60]:.6f} at 6")
left.axhline(np.log(2), color=lesson.GRAY, linewidth=0.8)
left.set(title="Jensen–Shannon", xlabel="$\\delta$", ylabel="nats", ylim=(0, 0.8))
left.legend(loc="lower right")
right.plot(deltas, deltas)
right.set(title="Wasserstein, for every $s$", xlabel="$\\delta$", ylabel="$W_1$")
lesson.show(
    "Jensen-Shannon divergence against the distance for three widths, which ends "
    "at log 2, and the Wasserstein distance, a straight line."
)

# %% [markdown]
r"""
Move the samples. The two densities, their divergence and their Wasserstein distance, and the slope of each:
"""

# %% tags=["fold"]
figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 2.6))
spots = np.linspace(-3, 9, 301)
left.fill_between(spots, np.exp(-(spots**2) / 0.5), color=lesson.GRAY, alpha=0.4)
(samples,) = left.plot(spots, spots, color=lesson.GENERATOR)
left.set(ylim=(0, 1.2), xlabel="$x$", yticks=())
divergences = np.array([divergence(d, 0.5) for d in deltas])
right.plot(deltas, divergences, color=lesson.BLACK, label="JSD")
right.plot(deltas, deltas / 6, color=lesson.PINK, label="$W_1 / 6$")
marks = right.plot([0, 0], [0, 0], "o", color=lesson.RED)
right.set(xlabel="$\\delta$", ylim=(0, 1.1))
right.legend(loc="lower right")
title = figure.suptitle("delta = 0.0: slope of JSD 0.000, of W1 1")


def look(delta):
    """Data at 0, samples at delta, both of width 0.5."""
    samples.set_ydata(np.exp(-((spots - delta) ** 2) / 0.5))
    k = int(np.argmin(np.abs(deltas - delta)))
    marks[0].set_data([delta, delta], [divergences[k], delta / 6])
    slope = np.gradient(divergences, deltas)[k]
    title.set_text(f"delta = {delta}: slope of JSD {slope:.6f}, of W1 1")


lesson.live(
    figure,
    look,
    "Two densities at the chosen distance, and both measures of it.",
    delta=(0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0),
)

# %% [markdown]
r"""
## Derive: why clipping bounds the slope

Let all entries of all parameters lie in $[-c, c]$. A layer $W$ of shape $(n_{in}, n_{out})$
stretches no vector by more than its Frobenius norm, and tanh has a slope of at most 1, so
for all $x, y$

$$
|f(x) - f(y)| \;\le\; \lVert x - y \rVert \prod_l \lVert W_l \rVert_F
\;\le\; \lVert x - y \rVert \prod_l c \sqrt{n_{in}^{(l)}\, n_{out}^{(l)}}\;.
$$

The product $K$ is a bound: $f/K$ has slope at most 1. *Some* bound is all that we need for
the maximum to exist, and all that we get. The critic then estimates $W_1$ **up to an
unknown factor**.

## Train with it: data at −2, samples at +2

**Question 3.** The same network, 1–32–32–1 with tanh, learns each of the tasks, with
standard deviation 0.5 and RMSProp. Then we ask what a sample at $x$ would feel: the
generator's gradient with respect to the output, times the slope of the output.
"""

# %%
HALF, BOUND = 64, 0.1


def cross_entropy(a_real, a_fake):
    """Lesson 05: the gradient of the discriminator's loss."""
    return -sigmoid(-a_real) / len(a_real), sigmoid(a_fake) / len(a_fake)


def squares(a_real, a_fake):
    """Targets: 1 for real, 0 for generated."""
    return least_squares(a_real, a_fake, 0.0, 1.0)


def network():
    """One number to one number; the same weights at each call."""
    rng, init = np.random.default_rng(0), normal(0.3)
    sizes = {"rng": rng, "init": init, "dtype": np.float64}
    layers = [("h0", Dense(1, 32, **sizes)), ("t0", Tanh())]
    layers += [("h1", Dense(32, 32, **sizes)), ("t1", Tanh())]
    return Sequential([*layers, ("y", Dense(32, 1, **sizes))])


optimizer = RMSProp(ExponentialDecay(0.003))


def improve(D, state, gradient, shift, rng, clipping=None):
    """One step of D against samples around `shift`; the difference of the means."""
    real, fake = rng.normal((-2, shift), 0.5, (HALF, 2)).T[:, :, None]
    a, cache = D.forward(np.concatenate([real, fake]))
    d_real, d_fake = gradient(a[:HALF, 0], a[HALF:, 0])
    upstream = np.concatenate([d_real, d_fake])[:, None]
    _, grads = D.backward(upstream, cache, input_grad=False)
    optimizer.update(D.params, grads, state, 1)
    if clipping is not None:
        for name, value in clipping(D.params, BOUND).items():
            D.params[name][:] = value
    return a[:HALF].mean() - a[HALF:].mean()


def trained(gradient, clipping=None, count=lesson.steps(600, 60)):
    """A discriminator, and the difference of its means after each step."""
    D, rng = network(), np.random.default_rng(1)
    state = optimizer.init(D.params)
    gaps = [improve(D, state, gradient, 2.0, rng, clipping) for _ in range(count)]
    return D, np.array(gaps)


# %% tags=["fold"]
def values_and_slopes(D, x):
    """D's output and its derivative at each of the points."""
    a, cache = D.forward(x[:, None])
    slope, _ = D.backward(np.ones_like(a), cache)
    return a[:, 0], slope[:, 0]


x = np.linspace(-4, 4, 161)
entropy_D, square_D = trained(cross_entropy)[0], trained(squares)[0]
critic_D, gaps = trained(critic, clip)
a, a_slope = values_and_slopes(entropy_D, x)
d, d_slope = values_and_slopes(square_D, x)
f, f_slope = values_and_slopes(critic_D, x)
felt = {
    "minimax": np.abs(sigmoid(a) * a_slope),
    "non-saturating": np.abs(sigmoid(-a) * a_slope),
    "least squares": np.abs((d - 1) * d_slope),
    "Wasserstein": np.abs(f_slope),
}

figure, (left, right) = plt.subplots(1, 2, figsize=(6.2, 3.0))
for centre, label in ((-2, "data"), (2, "samples")):
    hill = np.exp(-0.5 * ((x - centre) / 0.5) ** 2)
    left.fill_between(x, 0, 0.5 * hill, color="0.85")
    left.text(centre, -0.27, label, ha="center")
left.plot(x, sigmoid(a), label="$D$, cross-entropy")
left.plot(x, d, label="$D$, least squares")
left.plot(x, (f - f.min()) / np.ptp(f), label="critic, scaled")
left.set(xlabel="$x$", ylim=(-0.35, 1.75), yticks=[0, 0.5, 1])
left.legend(loc="upper right")
for name, curve in felt.items():
    right.plot(x, np.maximum(curve, 1e-9), label=name)
    print(f"a sample at +2 feels {curve[np.argmin(np.abs(x - 2))]:.1e} of {name}")
right.set(yscale="log", ylim=(1e-7, 1e4), xlabel="$x$", title="what a sample feels")
right.legend(ncols=2, loc="upper center", fontsize="small")
lesson.show(
    "Trained discriminators on data at -2 and samples at +2, and what a sample "
    "feels with each loss."
)

# %% [markdown]
r"""
The minimax loss is dead at the samples, as WGAN's argument says. Look closely at the
others. The *non-saturating* loss is not flat at all: its factor is nearly 1, and what it
passes on is the slope of the logit, which is there, although nothing in the loss asks it to
be useful. *Least squares* is weak: its discriminator reached the target 0 around the
samples and became flat there, so the square is no cure for disjoint supports. Only the
critic was *built* to have a slope everywhere between the two.

**The checks.** All weights lie within $\pm c$; the slope keeps to its bound $K$; and the
difference of the means is $W_1 = 4$ only up to a factor. Divided by $K$ it is a lower bound
of 4, because $f/K$ is one of the functions over which the maximum is taken. **Question 5**:
almost every weight sits *at* $\pm c$ (those at 0 are biases, which this symmetric task does
not need), and so the steepest slope even attains the bound. Such a critic has few shapes
left; that is the reason for lesson 15.
"""

# %% tags=["fold"]
weights = np.concatenate([p.ravel() for p in critic_D.params.values()])
bound = np.prod(
    [np.linalg.norm(p) for name, p in critic_D.params.items() if name.endswith("W")]
)
steepest = np.abs(f_slope).max()
print(f"largest |weight| {np.abs(weights).max():.3f} (c = {BOUND})", end="; ")
print(f"{np.mean(np.abs(weights) > 0.999 * BOUND):.0%} of the weights are at the bound")
print(f"steepest slope {steepest:.2f}, product of the norms {bound:.2f}")
print(f"difference of the means {gaps[-50:].mean():.2f},", end=" ")
print(f"divided by that product {gaps[-50:].mean() / bound:.2f}; W1 is 4")

figure, axes = plt.subplots(figsize=(6.2, 1.9))
axes.hist(weights, 41, color=lesson.BLUE)
axes.set(xlabel="weights of the clipped critic", ylabel="number")
lesson.show(
    "A histogram of the clipped critic's weights: nearly all at the two bounds, "
    "some at 0."
)

# %% [markdown]
r"""
Now the samples may move. $G(z) = \theta + 0.5 z$ starts at $\theta = 2$ and should arrive
at $-2$. The discriminator is well trained first, then makes five steps for each of the
generator's. All generators take plain gradient steps of the same rate.
"""


# %% tags=["fold"]
def chase(gradient, felt_by, clipping=None, count=lesson.steps(300, 10)):
    """The path of theta; felt_by gives dL_G/da of the outputs."""
    D, rng = trained(gradient, clipping)[0], np.random.default_rng(2)
    state, theta, path = optimizer.init(D.params), 2.0, [2.0]
    for _ in range(count):
        for _ in range(5):
            improve(D, state, gradient, theta, rng, clipping)
        a, slope = values_and_slopes(D, rng.normal(theta, 0.5, HALF))
        theta -= 0.03 * np.mean(felt_by(a) * slope)
        path.append(theta)
    return np.array(path)


paths = {
    "minimax": chase(cross_entropy, lambda a: -sigmoid(a)),
    "non-saturating": chase(cross_entropy, lambda a: -sigmoid(-a)),
    "least squares": chase(squares, lambda a: a - 1),
    "Wasserstein": chase(critic, lambda a: -np.ones_like(a), clip),
}
figure, axes = plt.subplots(figsize=(6.2, 2.8))
for name, path in paths.items():
    axes.plot(path, label=f"{name}: {path[-1]:.2f}")
axes.axhline(-2, color=lesson.GRAY, linewidth=0.8)
axes.set(
    xlabel="generator's step", ylabel="$\\theta$; the data are at −2", ylim=(-4, 3)
)
figure.legend(loc="outside right center", title="at the end")
lesson.show(
    "Theta of four generators on their way from 2 to -2: minimax never leaves, "
    "non-saturating arrives first."
)

# %% [markdown]
r"""
The minimax generator never leaves, and with the square it hardly does. The critic leads the
samples home at a steady pace, and then swings about the goal, because its slope does not
become small there. And the non-saturating loss, *with the same cross-entropy*, arrives
first. So "JSD has no gradient" is a statement about the minimax loss against the best
discriminator. What [Arjovsky and Bottou, 2017](https://arxiv.org/abs/1701.04862), section
2.2, hold against the non-saturating one is another thing: gradients that are unstable, as
the slope of an ever surer logit is. One dimension is kind to it: there are only two
directions to err in.

## Break it

**Question 4.** Nothing but the bound. Without it the difference of the means grows and
grows, and estimates nothing. With weights cut to $[0, c]$ the critic can only rise, from
data on the left to samples on the right, and does best with no weights at all. One that
clips the upper side only has found the way out. With one of the two signs wrong the critic
lowers its price of everything alike, and sees no difference.
"""

# %% tags=["fold"]
lesson.show_mistakes("least_squares_gradient", "critic_gradient", "clip_weights")

runs = {"right": gaps}
for tag in ("unclipped", "lower-bound-missing", "not-negative"):
    runs[tag] = trained(critic, lesson.mistake("clip_weights", tag))[1]
runs["sign"] = trained(lesson.mistake("critic_gradient", "sign"), clip)[1]
figure, axes = plt.subplots()
for name, curve in runs.items():
    axes.plot(range(1, len(curve) + 1), curve, label=f"{name}: {curve[-1]:.3g}")
axes.set(xlabel="step", ylabel="mean $f$ of data − mean $f$ of samples")
axes.set_yscale("symlog", linthresh=1)
figure.legend(loc="outside right center", title="at the end")
lesson.show(
    "The difference of the means against the step: bounded with clipping, growing "
    "without."
)

# %%
check(lesson.mistake("clip_weights", "lower-bound-missing"))

# %%
# ask: 14-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** The clipped critic's difference of means is $W_1$ up to a factor. Can you estimate the factor, and
so $W_1$, without knowing it?

<details><summary>What a good answer contains</summary>

A proposal, such as: dividing by the steepest slope that was seen between the two, or measuring the critic on a
shift that is known. What comes out for several shifts and bounds $c$, beside the truth. Where it fails: a critic
whose slope is steep in one place and flat elsewhere.

</details>
"""

# %% [markdown]
r"""
## Read next

- Mao et al., *Least Squares Generative Adversarial Networks*,
  [arXiv:1611.04076](https://arxiv.org/abs/1611.04076): section 3.2 and Figure 1 for the
  argument, section 3.2.1 for the $\chi^2$ divergence.
- Arjovsky, Chintala and Bottou, *Wasserstein GAN*,
  [arXiv:1701.07875](https://arxiv.org/abs/1701.07875): example 1 (two parallel lines),
  Figure 2, and Algorithm 1 with $c = 0.01$. "Weight clipping is a clearly terrible way to
  enforce a Lipschitz constraint", the authors say themselves.
- The library: [objectives/least_squares.py](../gan_numpy/objectives/least_squares.py),
  [objectives/wasserstein.py](../gan_numpy/objectives/wasserstein.py), and the clipping in
  [penalties.py](../gan_numpy/penalties.py).
- Next: [lesson 15](15_gradient_penalty.ipynb), which bounds the slope without touching the weights.
"""
