"""Points that are not earned: forwards that lie, differences, tables, tampering."""

from __future__ import annotations

import base64
import zlib

import numpy as np
from hostile_case import Case, body

from gan_numpy.exercises.dense import relu_backward

LIAR = """
class Liar:
    def __init__(self, *values):
        self.values, self.asked = values, 0
    def __array__(self, dtype=None, copy=None):
        self.asked += 1
        return np.array(self.values[min(self.asked, len(self.values)) - 1])
"""


def forward(*lines: str) -> str:
    """An own relu_forward."""
    inside = "\n".join(f"    {line}" for line in lines)
    return f"def relu_forward(x):\n{inside}\n"


def points(source: str, exercise: str = "relu_backward") -> Case:
    """A cheat that allows itself nothing that is flagged today."""
    return Case("points", source, exercise=exercise)


def table_of_seed_zero() -> str:
    """The answers to everything that is asked with seed 0, found by what is asked."""
    answers: dict[int, np.ndarray] = {}

    def recorded(dy: np.ndarray, cache: np.ndarray) -> np.ndarray:
        dx = relu_backward(dy, cache)
        for scale in (1, 2, -1):
            for kind in (np.float64, np.float32):
                key = (scale * dy).astype(kind)
                answers[zlib.crc32(key.tobytes())] = (scale * dx).astype(kind)
        return dx

    from gan_numpy.exercises import get_exercise

    get_exercise("relu_backward").run({"relu_backward": recorded}, 0)
    lines = []
    for key, dx in answers.items():
        text = base64.b64encode(dx.tobytes()).decode()
        lines.append(f"    {key}: ({text!r}, {dx.dtype.str!r}, {dx.shape}),")
    return "TABLE = {\n" + "\n".join(lines) + "\n}\n"


CRC = """
def crc(data):
    c = 0xFFFFFFFF
    for byte in data:
        c ^= byte
        for _ in range(8):
            c = (c >> 1) ^ (0xEDB88320 & -(c & 1))
    return c ^ 0xFFFFFFFF


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def unbase(text):
    bits = "".join(f"{ALPHABET.index(c):06b}" for c in text.rstrip("="))
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits) // 8 * 8, 8))
"""
DIFFERENCES = """
g = np.zeros(cache.shape)
x = np.array(cache, dtype={kind})
for i in np.ndindex(x.shape):
    e = np.zeros_like(x)
    e[i] = {h}
    g[i] = ((f(x + e)[0] - f(x - e)[0]) * dy).sum() / (2 * e[i])
return g.astype(dy.dtype)
"""
SAME = "def f(x):\n    return np.maximum(x, 0), x\n"

# Every one finds the way to Service and the watchman by frames.
WALK = """
sys = getattr(np.lib, 'utils', None) or getattr(np.lib, '_utils_impl')
sys = getattr(sys, 'sys')
frame = getattr(sys, '_get' + 'frame')()
found = []
while frame is not None:
    found += [v for v in getattr(frame, 'f_' + 'locals').values()]
    frame = getattr(frame, 'f_' + 'back')
"""

POINTS = {
    "array_that_changes": points(
        body(
            "return dy",
            top=LIAR,
            forward=forward(
                "r = np.maximum(x, 0)",
                "return Liar(r, x), x",
            ),
        )
    ),
    "array_that_changes_late": points(
        body(
            "return dy",
            top=LIAR,
            forward=forward("r = np.maximum(x, 0)", "return Liar(r, r, x), x"),
        )
    ),
    "forward_by_turns": points(
        body(
            "return dy",
            top="STATE = {'n': 0}\n",
            forward=forward(
                "STATE['n'] += 1",
                "return (np.maximum(x, 0) if STATE['n'] < 3 else x), x",
            ),
        )
    ),
    "noise_in_the_forward": points(
        body(
            "return dy * (cache > 0) * 1.02",
            forward=forward(
                "return np.maximum(x, 0) * (1 + 5e-7 * np.sin(1e9 * x)), x"
            ),
        )
    ),
    "noise_from_the_bits": points(
        body(
            "return dy * (cache > 0) + 1e-3 * dy",
            forward=forward(
                "bits = np.ascontiguousarray(x, np.float64).view(np.int64) % 7",
                "return np.maximum(x, 0) * (1 + 1e-7 * bits), x",
            ),
        )
    ),
    "kinks_that_are_not_there": points(
        body(
            "d = dy * (cache > 0)",
            "d.flat[: d.size - 2] = 0",
            "return d",
            forward=forward(
                "y = np.maximum(x, 0)",
                "k = np.round(x, 3)",
                "y.flat[: y.size - 2] += (3e-6 * np.abs(x - k)).flat[: y.size - 2]",
                "return y, x",
            ),
        )
    ),
    "forward_of_low_precision": points(
        body(
            "return dy * (cache > 0) * np.float32(1.001)",
            forward=forward("return np.maximum(x, 0).astype(np.float32), x"),
        )
    ),
    "forward_in_half_precision": points(
        body(
            "return dy * (cache > 0) * 1.01",
            forward=forward("return np.maximum(x, 0).astype(np.float16), x"),
        )
    ),
    "subclass_that_lies": points(
        body(
            "return dy",
            top="class A(np.ndarray):\n"
            "    def __array_ufunc__(self, f, method, *a, **k):\n"
            "        a = [np.asarray(v) for v in a]\n"
            "        k.pop('out', None)\n"
            "        return np.zeros(np.shape(getattr(f, method)(*a, **k)))\n"
            "    def __array_function__(self, f, t, a, k):\n"
            "        return True\n",
            forward=forward("return x.view(A), x"),
        )
    ),
    "answer_of_a_lying_subclass": points(
        body(
            "return dy.view(A)",
            top="class A(np.ndarray):\n"
            "    def __array_ufunc__(self, f, method, *a, **k):\n"
            "        return np.zeros(self.shape)\n"
            "    def __array_function__(self, f, t, a, k):\n"
            "        return True\n",
        )
    ),
    "masked_forward": points(
        body(
            "return dy",
            forward=forward("return np.ma.masked_all(x.shape), x"),
        )
    ),
    "float_that_lies": points(
        "import numpy as np\n\n"
        "class F(float):\n"
        "    def __sub__(self, other): return F(0)\n"
        "    __rsub__ = __mul__ = __rmul__ = __abs__ = __sub__\n"
        "    def __eq__(self, other): return True\n"
        "    def __le__(self, other): return True\n"
        "    __lt__ = __ge__ = __gt__ = __le__\n\n"
        "def bce_logits(a, y):\n"
        "    v = np.mean(np.logaddexp(0, a) - y * a)\n"
        "    return F(v), np.zeros_like(a)\n",
        "bce_logits",
    ),
    "loss_that_becomes_another": points(
        "import numpy as np\n\nSTATE = {'n': 0}\n\n"
        "def bce_logits(a, y):\n"
        "    STATE['n'] += 1\n"
        "    v = float(np.mean(np.logaddexp(0, a) - y * a))\n"
        "    return (v if STATE['n'] <= 10 else 0.5), np.zeros_like(a)\n",
        "bce_logits",
    ),
    "loss_with_noise": points(
        "import numpy as np\n\n"
        "def bce_logits(a, y):\n"
        "    a = np.asarray(a)\n"
        "    p = np.exp(np.minimum(a, 0)) / (1 + np.exp(-abs(a)))\n"
        "    v = float(np.mean(np.logaddexp(0, a) - y * a))\n"
        "    v *= 1 + 5e-7 * np.sin(1e12 * a.sum())\n"
        "    return v, (p - y) / len(a) * 1.05\n",
        "bce_logits",
    ),
    "differences": points(
        body(DIFFERENCES.format(kind="float", h="1e-5").replace("f(", "relu_forward("))
    ),
    "differences_of_another_name": points(
        body(DIFFERENCES.format(kind="float", h="2.0**-17"), top=SAME)
    ),
    "differences_in_long_double": points(
        body(DIFFERENCES.format(kind="np.longdouble", h="1e-8"), top=SAME)
    ),
    "differences_in_single_precision": points(
        body(DIFFERENCES.format(kind="np.float32", h="1e-3"), top=SAME)
    ),
    "differences_of_all_entries_at_once": points(
        body(
            "h = 1e-6",
            "return dy * (f(cache + h)[0] - f(cache - h)[0]) / (2 * h)",
            top=SAME,
        )
    ),
    "differences_without_a_function": points(
        body(
            "h = 1e-6",
            "up, down = np.maximum(cache + h, 0), np.maximum(cache - h, 0)",
            "return dy * (up - down) / (2 * h)",
        )
    ),
    "differences_by_a_closure": points(
        body(
            "x = np.array(cache)",
            "loss = lambda: (np.maximum(x, 0) * dy).sum()",
            "g = np.zeros(x.shape)",
            "for i in np.ndindex(x.shape):",
            "    old = x[i]",
            "    x[i] = old + 1e-5; a = loss()",
            "    x[i] = old - 1e-5; b = loss()",
            "    x[i] = old; g[i] = 5e4 * (a - b)",
            "return g",
        )
    ),
    "differences_by_a_class": points(
        body(
            "return Slope(lambda z: (relu_forward(z)[0] * dy).sum())(cache)",
            top="class Slope:\n"
            "    def __init__(self, f): self.f = f\n"
            "    def __call__(self, x, h=np.finfo(float).eps ** (1 / 3)):\n"
            "        g = [self.f(x + h * e.reshape(x.shape))"
            " - self.f(x - h * e.reshape(x.shape)) for e in np.eye(x.size)]\n"
            "        return np.reshape(g, x.shape) / h / 2\n",
        )
    ),
    "differences_of_two_thirds": points(
        body(
            "x, g = np.array(cache), np.zeros(cache.shape)",
            "def loss(z): return (relu_forward(z)[0] * dy).sum()",
            "base = loss(x)",
            "for i in np.ndindex(x.shape):",
            "    z = x.copy(); z[i] = np.nextafter(z[i], 9) + 1e-7",
            "    g[i] = (loss(z) - base) / (z[i] - x[i])",
            "return g",
        )
    ),
    "differences_of_a_scaled_step": points(
        body(
            "h = 1e-6 * np.maximum(1, np.abs(cache))",
            "up, down = np.maximum(cache + h, 0), np.maximum(cache - h, 0)",
            "return dy * (up - down) / (2 * h)",
        )
    ),
    "differences_in_one_stack": points(
        body(
            "e = 1e-6 * np.eye(cache.size).reshape(-1, *cache.shape)",
            "y = np.maximum(cache + e, 0) - np.maximum(cache - e, 0)",
            "return (y * dy).reshape(cache.size, -1).sum(1).reshape(dy.shape) / 2e-6",
        )
    ),
    "slope_of_a_fitted_series": points(
        body(
            "t = np.array([-1e-6, 0, 1e-6])",
            "fit = np.polynomial.Polynomial.fit",
            "g = [fit(t, np.maximum(x + t, 0), 1).deriv()(0) for x in cache.flat]",
            "return dy * np.reshape(g, dy.shape)",
        )
    ),
    "root_of_minus_one": points(
        body(
            "z = cache + 1e-30 * np.emath.sqrt(-1.0)",
            "w = z * (cache > 0)",
            "return dy * np.abs((w - np.conj(w)) / (z - np.conj(z)))",
        )
    ),
    "complex_step": points(
        body(
            "z = cache + 1e-20j",
            "return dy * np.imag(np.where(z.real > 0, z, 0)) / 1e-20",
        )
    ),
    "complex_step_in_words": points(
        body(
            "z = cache.astype('complex128')",
            "z.imag = 1e-30",
            "return dy * (z * (z.real > 0)).imag * 1e30",
        )
    ),
    "numpy_gradient": points(
        body(
            "t = np.linspace(-1e-6, 1e-6, 3)",
            "y = np.maximum(cache[None] + t.reshape(3, *[1] * cache.ndim), 0)",
            "return dy * np.gradient(y, t, axis=0)[1]",
        )
    ),
    "slope_of_a_polynomial": points(
        body(
            "t = np.array([-1e-6, 0, 1e-6])",
            "y = np.maximum(cache.ravel() + t[:, None], 0)",
            "return dy * np.polyfit(t, y, 1)[0].reshape(cache.shape)",
        )
    ),
    "table_for_seed_zero": points(
        body(
            "text, kind, shape = TABLE.get(crc(dy.tobytes()), ('', '<f8', None))",
            "if shape is None: return 0 * dy",
            "return np.frombuffer(unbase(text), kind).reshape(shape).copy()",
            top=table_of_seed_zero() + CRC,
        )
    ),
    "watchman_off_then_reference": points(
        body(
            WALK,
            "for v in found:",
            "    man = getattr(v, 'watchman', v)",
            "    if hasattr(man, 'on_duty'): man.on_duty = False",
            "get = getattr(sys, 'modules')['importlib'].import_module",
            "ref = get('gan_numpy.exercises.dense').relu_backward",
            "return ref(dy, cache)",
        )
    ),
    "watchman_off_then_own_reply": points(
        body(
            WALK,
            "for v in found:",
            "    if type(v).__name__ == 'Service':",
            "        v._send({'value': True, 'changed': [], 'passed': True})",
            "        v._send({'state': 'right', 'findings': [], 'value': None})",
            "return dy",
        )
    ),
    "watchman_off_then_profile_off": points(
        body(
            WALK,
            "sys.setprofile(None); sys.settrace(None)",
            DIFFERENCES.format(kind="float", h="1e-5"),
            top=SAME,
        )
    ),
    "reference_in_memory": points(
        body(
            "import gc",
            "for f in gc.get_objects():",
            "    if getattr(f, '__name__', '') == 'relu_backward':",
            "        if f is not relu_backward: return f(dy, cache)",
            "return dy",
        )
    ),
    "reference_in_memory_by_numpy": points(
        body(
            "gc = np.testing._private.utils.gc",
            "for f in gc.get_objects():",
            "    if getattr(f, '__name__', '') == 'relu_backward':",
            "        if f is not relu_backward: return f(dy, cache)",
            "return dy",
        )
    ),
    "arguments_of_the_grader": points(
        body(
            WALK,
            "for v in found:",
            "    for w in v.values() if type(v) is dict else []:",
            "        if isinstance(w, np.ndarray) and w.shape == dy.shape:",
            "            if np.all(w[cache <= 0] == 0): return w",
            "return dy",
        )
    ),
    "patched_numpy_everywhere": points(
        body(
            "return dy",
            top="for name in ('allclose', 'isclose', 'array_equal', 'abs', 'max'):\n"
            "    setattr(np, name, lambda *a, **k: True)\n"
            "X = [np.__dict__ for _ in ()]\n",
        )
    ),
    "given_that_is_replaced": points(
        body(
            "return dy",
            top="def relu_forward(x):\n    return x, x\n",
            forward="",
        )
    ),
    "given_that_is_generic": points(
        body(
            "return dy",
            top="relu_forward = lambda x: (x, x)\n",
            forward="",
        )
    ),
    "writes_the_truth": points(
        body("cache[cache <= 0] = 1.0", "return dy"),
    ),
    "writes_into_dy": points(
        body("dy *= 0", "return dy"),
    ),
    "not_a_number_everywhere": points(body("return dy * np.nan")),
    "not_a_number_in_the_forward": points(
        body("return dy", forward=forward("return x * np.nan, x"))
    ),
    "huge_forward": points(
        body("return dy", forward=forward("return x * 1e300 * 1e300, x"))
    ),
    "empty_forward": points(
        body("return dy[:0]", forward=forward("return x[:0], x")),
    ),
}


def not_at_the_kink(case: Case) -> Case:
    """Differences that are right at zero, too."""
    source = str(case.source).replace("return dy *", "return (cache != 0) * dy *")
    source = source.replace("return g", "return (cache != 0) * g")
    source = source.replace("return (y * dy)", "y *= cache != 0\n    return (y * dy)")
    return Case(case.kind, source, exercise=case.exercise)


MEASURED = ("differences", "complex", "numpy_gradient", "slope", "root_of")
POINTS |= {
    name: not_at_the_kink(case)
    for name, case in POINTS.items()
    if name.startswith(MEASURED)
}
