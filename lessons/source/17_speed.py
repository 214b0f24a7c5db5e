# %% [markdown]
r"""
# 17 · Speed: from three loops to a BLAS, and past it

Nearly all time of this course went into one line, $Y = XW$. Here we take it apart: why three loops
in Python are slow, why three compiled loops are still slow, what a matrix library does
instead, and where even that leaves time on the table. The arithmetic is always the same. What
differs is how often a number travels.

**You need** lesson 02. **You will write** `blocked_product`, and measure your own machine.
"""

# %% tags=["fold"]
import sys
import time
from contextlib import redirect_stderr

import matplotlib.pyplot as plt
import numpy as np

from gan_numpy import lesson
from gan_numpy.exercises import check

try:
    import numba
    from gan_numpy.kernels.native.matmul import DEPTH, matmul
    from gan_numpy.kernels.native.registers import ROWS, VECTOR_BYTES, VECTORS
except ImportError:  # a Python in a browser
    numba = matmul = None
    print("There is no Numba here, so what is compiled is left out below.")

lesson.opening("17")

# %% [markdown]
r"""
## Predict before you run

1. How many multiplications are in the product of two 64×64 matrices? About how many can Python do in a
   second?
2. The three loops may be nested in any order, and do the same additions and multiplications. Compiled: does
   the order matter?
3. The product of two $n \times n$ matrices of float32: how many operations are there for each byte that has
   to be fetched at least once? And in $v \leftarrow \mu v - \eta g$, $\theta \leftarrow \theta + v$?
4. Is our product the same as NumPy's, bit for bit?
5. How often do the arrays of a momentum update travel if it is written in NumPy, one operation after the
   other? And how often must they?

**About the numbers below.** Every time here was measured on the machine that ran the notebook, while
it did whatever else it did. So candidates take turns, and what is printed is the *median of ratios* of runs
side by side. Expect other figures than your neighbor's, and the same order.
"""

# %% tags=["fold"]
rng = np.random.default_rng(17)


def take_turns(candidates, rounds=lesson.steps(21, 3), turn=0.001):
    """Seconds of one call for each candidate, once a round; in turn, (rounds,)."""
    calls, times = {}, {name: [] for name in candidates}
    for name, run in candidates.items():
        run()  # compiles, allocates, warms the caches
        start = time.perf_counter()
        run()
        calls[name] = 1 + int(turn / (time.perf_counter() - start))
    for _ in range(rounds):
        for name, run in candidates.items():
            start = time.perf_counter()
            for _ in range(calls[name]):
                run()
            times[name].append((time.perf_counter() - start) / calls[name])
    return {name: np.array(values) for name, values in times.items()}


def ratio(times, name, other):
    """Median over the rounds of one candidate's time over another's."""
    return np.median(times[name] / times[other])


# %%
# ask: 17-trips

# %% [markdown]
r"""
## Derive: the same sum, six ways

$$
\underset{(M,\, N)}{C_{ij}} = \sum_{k=1}^{K} \underset{(M,\, K)}{A_{ik}}\; \underset{(K,\, N)}{B_{kj}} :
\qquad M N K \text{ multiplications and as many additions, } 2MNK \text{ operations.}
$$

**Question 1.** $64^3 = 262{,}144$. For each of them the interpreter looks up names, checks types, makes an
object for the result and counts references; the multiplication is the least of it. Compilation removes all
that. What remains is memory.

**Question 2.** Rows lie side by side in memory, and memory comes in lines of 64 bytes, 16 float32. In the
order $i, j, k$ the innermost loop walks down a *column* of $B$: each step is a new line, and of each line one
number is used. In the order $i, k, j$ the innermost loop is

$$
C_{i,:} \mathrel{+}= A_{ik}\, B_{k,:}, \qquad (N,)
$$

which runs along rows of $B$ and $C$, and several of its columns can be computed at once: that is
a *vector register*. (In the order $i, j, k$ the compiler may not do that either. It would add up the terms
in another order, and round differently.)
"""


# %%
def python_loops(A, B):
    """Three loops in Python."""
    C = np.zeros((len(A), B.shape[1]), A.dtype)
    for i in range(len(A)):
        for j in range(B.shape[1]):
            for k in range(len(B)):
                C[i, j] += A[i, k] * B[k, j]
    return C


def numpy_rows(A, B):
    """Two loops in Python, the third in NumPy."""
    C = np.zeros((len(A), B.shape[1]), A.dtype)
    for i in range(len(A)):
        for k in range(len(B)):
            C[i] += A[i, k] * B[k]
    return C


# %% tags=["fold"]
def compiled(function, **options):
    """The function, compiled; None where that cannot be done."""
    return numba and numba.njit(**options)(function)


@compiled
def compiled_ijk(A, B):
    """Three compiled loops, down the columns of B."""
    C = np.zeros((len(A), B.shape[1]), A.dtype)
    for i in range(len(A)):
        for j in range(B.shape[1]):
            for k in range(len(B)):
                C[i, j] += A[i, k] * B[k, j]
    return C


@compiled
def compiled_ikj(A, B):
    """Three compiled loops, along the rows of B."""
    C = np.zeros((len(A), B.shape[1]), A.dtype)
    for i in range(len(A)):
        for k in range(len(B)):
            for j in range(B.shape[1]):
                C[i, j] += A[i, k] * B[k, j]
    return C


products = {
    "three loops in Python": python_loops,
    "two loops in Python": numpy_rows,
    "compiled, i j k": compiled_ijk,
    "compiled, i k j": compiled_ikj,
    "this library": matmul,
    "NumPy's BLAS": np.matmul,
}
products = {name: product for name, product in products.items() if product}
A, B = rng.random((2, 64, 64), dtype=np.float32)
first_call = {}
with redirect_stderr(sys.stdout):  # the library's kernels say when they compile
    for name, product in products.items():
        start = time.perf_counter()
        product(A, B)
        first_call[name] = time.perf_counter() - start

# %% [markdown]
r"""
## Check before you time: the kernel equals `np.dot`

A fast wrong answer is the easiest thing in the world. **Question 4:** not bit for bit. Floating-point addition
is not associative, and not all of the six add up in the same order. A sum of $K$ products may be wrong by up to

$$
|\hat C_{ij} - C_{ij}| \le K u \sum_k |A_{ik}|\,|B_{kj}| \;(1 + O(Ku)), \qquad u = 2^{-24}
$$

in float32 ([Higham, 2002](https://epubs.siam.org/doi/book/10.1137/1.9780898718027), section 3.1). So the truth
is computed in float64, and every product must be within this bound, at all kinds of edges: the library's kernel
works in tiles, and tiles do not divide 7 or 65.
"""

# %% tags=["fold"]
shapes = ((7, 5, 3), (17, 33, 65), (64, 64, 64), (100, 300, 31))
worst = dict.fromkeys(products, 0.0)
for M, K, N in shapes:
    A = rng.standard_normal((M, K)).astype(np.float32)
    B = rng.standard_normal((K, N)).astype(np.float32)
    truth = A.astype(float) @ B.astype(float)
    bound = K * 2.0**-24 * (np.abs(A).astype(float) @ np.abs(B).astype(float))
    for name, product in products.items():
        if "Python" not in name or M * N * K < 50_000:
            share = np.abs(product(A, B) - truth) / bound
            worst[name] = max(worst[name], share.max())
for name, share in worst.items():
    print(f"{name:22}: at most {share:.2f} of the bound")

bias = rng.standard_normal(31).astype(np.float32)
turned = np.asfortranarray(A)
if matmul:
    same = np.allclose(matmul(A, B, bias), A @ B + bias, atol=1e-4)
    same &= np.allclose(matmul(turned, B), A @ B, atol=1e-4)
    print("with a bias, and with a transposed operand, equal to np.dot:", same)

# %% [markdown]
r"""
## See: the ladder

Each bar is the time of one product of two 64×64 matrices, in units of the BLAS's. The axis is logarithmic.
"""

# %% tags=["fold"]
A, B = rng.random((2, 64, 64), dtype=np.float32)
times = take_turns({n: (lambda p=p: p(A, B)) for n, p in products.items()})
figure, axes = plt.subplots(figsize=(6.2, 2.6))
for k, name in enumerate(products):
    factor = ratio(times, name, "NumPy's BLAS")
    library = name in ("this library", "NumPy's BLAS")
    axes.barh(-k, factor, color=lesson.ORANGE if library else lesson.BLUE)
    axes.text(
        factor * 1.15,
        -k,
        f"{factor:,.3g}" if factor < 100 else f"{factor:,.0f}",
        va="center",
    )
axes.set(xscale="log", xlabel="time, in that of NumPy's BLAS")
axes.set_yticks(-np.arange(len(products)), list(products))
axes.set_xlim(right=axes.get_xlim()[1] * 5)
lesson.show(
    "Bars of the time of one product of 64 by 64 in units of the BLAS's: three "
    "loops in Python are thousands of times slower, compiled loops tens of times "
    "or less."
)
if numba:
    order = ratio(times, "compiled, i j k", "compiled, i k j")
    print(f"compiled, the same operations: i j k takes {order:.3g} times i k j")

# %% [markdown]
r"""
## Derive: the roofline

A machine can do at most $P$ operations a second (the *peak*) and move at most $\beta$ bytes a second (the
*bandwidth*). A task of $F$ operations on $Q$ bytes takes at least

$$
T \ge \max\Big( \frac{F}{P},\; \frac{Q}{\beta} \Big)
\qquad\Longrightarrow\qquad
\frac FT \le \min\big( P,\; I \beta \big), \qquad I = \frac FQ .
$$

$I$ is the *arithmetic intensity*, in operations per byte
([Williams, Waterman and Patterson, 2009](https://doi.org/10.1145/1498765.1498785)). Below $I = P/\beta$ a task
waits for memory, and no cleverness in arithmetic helps. **Question 3:**

| task | operations | bytes, at least | intensity |
|---|---|---|---|
| product of two `(n, n)` | `2 n³` | `3 · 4 n²` | `n / 6` |
| momentum update, `n` weights | `4 n` | `5 · 4 n` | `0.2` |

The product's intensity *grows*: every number is used $n$ times. But "at least" is only true of somebody who fetches
every number once. Three loops do not: without reuse each step fetches anew, $I \approx 2/8$.

**Tiles.** Keep a tile of $C$ of $r \times c$ numbers in registers while $k$ runs. Step $k$ fetches $r$ numbers of
$A$ and $c$ of $B$, and does $r c$ multiplications and additions with them:

$$
I_{\text{tile}} = \;?
$$

This is all that a fast product does, once for the registers and again for each cache
([Goto and van de Geijn, 2008](https://doi.org/10.1145/1356052.1356053)).
"""

# %%
# ask: 17-tile

# %% [markdown]
r"""
**The same by hand.** Cut $A$ and $B$ into square tiles of side $t$, so that
$C_{ij} = \sum_k A_{ik} B_{kj}$ holds for tiles as it does for numbers. For each of the three loops over tiles one
fetches a tile of $A$ and one of $B$. Write it, and count what is fetched.
"""

# %%
# exercise: blocked_product

# %%
blocked = lesson.working(blocked_product)

# %%
A, B = rng.random((2, 60, 60))
for side in (1, 4, 15, 60):
    C, fetched = blocked(A, B, side)
    print(f"tiles of {side:2}: {fetched:7,} numbers fetched,", end=" ")
    print(f"{2 * 60**3 / (8 * fetched):.2f} operations per byte of float64;", end=" ")
    print("equal to A @ B:", np.allclose(C, A @ B))

# %% tags=["fold"]
if numba:
    columns = VECTORS * VECTOR_BYTES // 4
    tile = f"{ROWS} x {columns}"
    intensity = 2 * ROWS * columns / (4 * (ROWS + columns))
    print(f"this library's tile here: {tile}, {intensity:.1f} operations per byte;")
    print(f"it keeps {DEPTH} rows of a panel of B in the nearest cache")

# %% [markdown]
r"""
## See: the roof over this machine

The slope is the bandwidth: the better of two passes, a copy and a change of sign in place, over arrays
larger than most caches. The ceiling is the best rate that any product here reached. A roof is a maximum, so
this picture, and only this one, shows the *best* of the rounds. The intensities are those of the table, so a task may lie above
the slope if its numbers stay in a cache: the roof is that of memory. The momentum update is at the far left, where the roof is
lowest. It will never be fast; it can only come near the roof.
"""

# %% tags=["fold"]
count = lesson.steps(1 << 23, 1 << 18)  # 32 MB each; the tests take fewer
theta, velocity, gradient = rng.standard_normal((3, count)).astype(np.float32)
rate, mu = np.float32(0.01), np.float32(0.9)


def numpy_momentum(theta, velocity, gradient, rate, mu):
    """One operation after the other."""
    velocity *= mu
    velocity -= rate * gradient
    theta += velocity


@compiled
def fused_momentum(theta, velocity, gradient, rate, mu):
    """All operations on a number while it is in a register."""
    for i in range(len(theta)):
        velocity[i] = mu * velocity[i] - rate * gradient[i]
        theta[i] += velocity[i]


own, others = [theta.copy(), velocity.copy()], [theta.copy(), velocity.copy()]
numpy_momentum(*own, gradient, rate, mu)
(fused_momentum or numpy_momentum)(*others, gradient, rate, mu)
largest = max(np.abs(a - b).max() for a, b in zip(own, others))
print(f"the two updates differ by {largest:.1e} at most")

copy = np.empty_like(theta)
tasks = {
    "copy": lambda: np.copyto(copy, theta),
    "sign": lambda: np.negative(copy, out=copy),
    "update, NumPy": lambda: numpy_momentum(theta, velocity, gradient, rate, mu),
}
if fused_momentum:
    tasks["update, fused"] = lambda: fused_momentum(theta, velocity, gradient, rate, mu)
sizes = lesson.steps(1, 0) * [256, 384] + [4, 8, 16, 32, 64, 128]
for n in sorted(sizes):
    operands = rng.random((2, n, n), dtype=np.float32)
    tasks[n] = lambda operands=operands: np.matmul(*operands)
A, B = rng.random((2, 64, 64), dtype=np.float32)
if numba:
    tasks["i j k"] = lambda: compiled_ijk(A, B)
    tasks["i k j"] = lambda: compiled_ikj(A, B)
times = take_turns(tasks)

figure, axes = plt.subplots(figsize=(6.2, 3.4))
best = {name: values.min() for name, values in times.items()}
bandwidth = 8 * count / min(best["copy"], best["sign"])
rates = {n: 2 * n**3 / best[n] for n in sorted(sizes)}
peak = max(rates.values())
x = np.geomspace(0.08, 100, 200)
axes.plot(x, np.minimum(peak, bandwidth * x) / 1e9, "k-", linewidth=2)
axes.plot(
    [n / 6 for n in rates],
    [r / 1e9 for r in rates.values()],
    "o-",
    label="BLAS, $n$ = 4 …",
)
for name, marker in (("i j k", "s"), ("i k j", "D")):
    if name in best:
        axes.plot(64 / 6, 2 * 64**3 / best[name] / 1e9, marker, label=f"{name}, 64")
for name, marker in (("update, NumPy", "v"), ("update, fused", "^")):
    if name in best:
        axes.plot(0.2, 4 * count / best[name] / 1e9, marker, ms=8, label=name)
axes.set(
    xscale="log",
    yscale="log",
    xlabel="operations per byte",
    ylabel="10⁹ operations per second",
)
axes.legend(loc="lower right", fontsize=8)
lesson.show(
    "Rates of products and updates over operations per byte, under a roof: the "
    "momentum updates at the far left, products near the ceiling."
)
print(f"here: {bandwidth / 1e9:.3g} GB/s and {peak / 1e9:.3g} G operations/s;", end=" ")
print(f"they meet at {peak / bandwidth:.2g} operations per byte")

# %% [markdown]
r"""
## Past the BLAS: fusing

A BLAS multiplies, and writes the result to memory. What comes next reads it again: a bias, a maximum over
pieces, a mask, an update. Each is a pass of intensity near 0, and a call into a library cannot join two of them.
*Fusing* does: everything that concerns one number while it is in a register.

**Question 5.** Count the trips of the update in NumPy:

| operation | reads | writes |
|---|---|---|
| `velocity *= mu` | velocity | velocity |
| `rate * gradient` | gradient | a temporary |
| `velocity -= …` | velocity, the temporary | velocity |
| `theta += velocity` | theta, velocity | theta |

Count them. The fused loop has 5 of $4n$ bytes: it reads three arrays and writes two. So it should be *twice* as fast if memory is all
that counts, more if the temporary must be allocated anew, less if a part stays in a cache. Adam has more
operations, and gains more. A layer's forward pass gains the bias and the winners.
"""

# %% tags=["fold"]
if numba:
    slower = ratio(times, "update, NumPy", "update, fused")
    print(f"NumPy's update takes {slower:.2f} times", end=" ")
    print("the fused one's time; by counting trips, 2")

# %% [markdown]
r"""
That is how code without a BLAS may pass one that has it: not in the product, where a BLAS is
near the ceiling, but around it. `gan-numpy bench` measures both on your machine, layer by layer.

## Break it

Four ways to fool oneself.

**Time the first call.** It compiles, or wakes threads, or loads a library.

**Forget a dtype.** A single float64 array makes all that follows float64: twice the bytes, half the numbers per
register, and nobody says a word. Below, one float64 matrix meets a float32 batch. (NumPy 2 keeps
*Python's* numbers weak: `0.5 * x` stays float32. `np.float64(0.5) * x` does not.)

**Permit everything.** `fastmath=True` lets the compiler assume that there is no NaN, and a test for NaN is then
compiled to "no". A training that has diverged looks healthy.

**Forget that small is different.** For a product of 4×4 nearly all of the time is the *call*.
"""


# %% tags=["fold"]
def search(x):
    """Whether there is a NaN in x."""
    for value in x:
        if value != value:
            return True
    return False


for name in first_call.keys() & {"compiled, i k j", "NumPy's BLAS"}:
    again = take_turns({"it": lambda p=products[name]: p(A, B)})["it"]
    slower = first_call[name] / np.median(again)
    print(f"first call of {name}: {slower:,.3g} times a later one")

batch = rng.random((128, 256), dtype=np.float32)
weights = rng.random((256, 256), dtype=np.float32)
wide = weights.astype(float)
times = take_turns({"32": lambda: batch @ weights, "64": lambda: batch @ wide})
print(f"float32 @ float64 is {(batch @ wide).dtype}:", end=" ")
print(f"{ratio(times, '64', '32'):.2f} times the time of float32 @ float32")

poisoned = np.array([1.0, np.nan, 2.0], np.float32)
if numba:
    print("is there a NaN? compiled:", compiled(search)(poisoned), end="; ")
    unsafe = compiled(search, fastmath=True)
    print("compiled with fastmath:", unsafe(poisoned))

pair = rng.random((2, 4, 4), dtype=np.float32)
times = take_turns({"call": lambda: np.matmul(*pair), "large": lambda: np.matmul(A, B)})
share = (2 * 4**3) / (2 * 64**3) * np.median(times["large"] / times["call"])
print(
    f"the 4 x 4 product computes for {share:.1%} of its time, at the speed of 64 x 64"
)

# %%
# ask: 17-fault

# %% [markdown] tags=["open"]
r"""
## Go further

**An open task.** Find the largest tile that still pays on your machine: time `A @ B` done by tiles of several sides, and
explain the curve by its caches.

<details><summary>What a good answer contains</summary>

A timing in which candidates take turns, and medians of ratios. A curve with a flat part, and where it begins
and ends in bytes: $3 \cdot 8 t^2$ beside the sizes of the caches (`lscpu`). That in Python the loop over tiles
costs, too, so small tiles lose for another reason.

</details>
"""

# %% [markdown]
r"""
## Read next

- Goto and van de Geijn, *Anatomy of High-Performance Matrix Multiplication*,
  [ACM TOMS 34(3), 2008](https://doi.org/10.1145/1356052.1356053): sections 4 and 5.
- Williams, Waterman and Patterson, *Roofline*,
  [CACM 52(4), 2009](https://doi.org/10.1145/1498765.1498785).
- Higham, *Accuracy and Stability of Numerical Algorithms*, second edition, 2002, chapter 3.
- The library: [kernels/native/registers.py](../gan_numpy/kernels/native/registers.py) is the tile,
  [kernels/native/matmul.py](../gan_numpy/kernels/native/matmul.py) the loops around it,
  [kernels/native/maxout.py](../gan_numpy/kernels/native/maxout.py) and
  [kernels/native/updates.py](../gan_numpy/kernels/native/updates.py) what is fused.
- Next: [lesson 18](18_before_2014.ipynb), where all this came from; or
  [the timeline](timeline.md).
"""
