r"""Files as people hand them in: solutions that are right, and the same ones wrong.

Each template holds ``MASK``: ``(x > 0)`` in the file that is right, ``(x < 0)`` in the
one that is wrong. Whatever surrounds it changes nothing about the verdict.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

RIGHT, WRONG, STUB = "right", "wrong", "not attempted"
NP = "import numpy as np\n"


@dataclass(frozen=True)
class Wrapping:
    """A file, what lies beside it, and the verdict on its exercise."""

    name: str
    filename: str
    content: bytes
    verdict: str
    exercise: str = "relu_backward"
    beside: dict[str, str] = field(default_factory=dict)


TEMPLATES: list[Wrapping] = []


def add(name, filename, text, coding="utf-8", newline="\n", head=b"", beside=None):
    """One template with its file that is right and its file that is wrong."""
    for verdict, mask in ((RIGHT, "(x > 0)"), (WRONG, "(x < 0)")):
        content = text.replace("MASK", mask).replace("\n", newline)
        raw = head + content.encode(coding)
        about = {k: v.replace("MASK", mask) for k, v in (beside or {}).items()}
        TEMPLATES.append(
            Wrapping(f"{name}-{verdict}", filename, raw, verdict, beside=about)
        )


def py(name, text, filename="solution.py", **more):
    add(name, filename, text, **more)


def cell(source, kind="code", key="source"):
    made = {"cell_type": kind, "metadata": {}, key: source.splitlines(True)}
    return {**made, "outputs": [], "execution_count": None} if kind == "code" else made


def nb(name, *sources, filename="solution.ipynb", coding="utf-8", **more):
    cells = [cell("# A lesson", "markdown"), *(cell(s) for s in (NP, *sources))]
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    add(name, filename, json.dumps(whole), coding=coding, **more)


PLAIN = "def relu_backward(dy, cache):\n    x = cache\n    return dy * MASK\n"
BROKEN = "raise SystemExit('a statement that no exercise needs has run')\n"

# What is bound at top level, and changed afterwards.
py("plain", NP + PLAIN)
py(
    "dict-changed",
    'CONFIG = {}\nCONFIG["a"] = 1\n'
    "def relu_backward(dy, cache):\n    x = cache\n"
    '    return CONFIG["a"] * dy * MASK\n',
)
py(
    "table-by-loop",
    "TABLE = []\nfor k in range(3):\n    TABLE.append(k)\n"
    "def relu_backward(dy, cache):\n    x = cache\n    return TABLE[1] * dy * MASK\n",
)
py(
    "table-by-while",
    NP + "TABLE, k = np.zeros(3), 0\nwhile k < 3:\n    TABLE[k] = k\n    k += 1\n"
    "def relu_backward(dy, cache):\n    x = cache\n    return TABLE[1] * dy * MASK\n",
)
py(
    "function-attribute",
    "def relu_backward(dy, cache):\n    relu_backward.calls += 1\n    x = cache\n"
    "    return dy * MASK\nrelu_backward.calls = 0\n",
)
py(
    "method-added",
    "class Relu:\n    pass\n"
    "def backward(self, dy, x):\n    return dy * MASK\nRelu.backward = backward\n"
    "def relu_backward(dy, cache):\n    return Relu().backward(dy, cache)\n",
)
py(
    "method-by-setattr",
    "class Relu:\n    pass\n"
    "def backward(self, dy, x):\n    return dy * MASK\n"
    "setattr(Relu, 'backward', backward)\n"
    "def relu_backward(dy, cache):\n    return Relu().backward(dy, cache)\n",
)
py(
    "augmented",
    "SCALE = 0.5\nSCALE *= 2\n"
    "def relu_backward(dy, cache):\n    x = cache\n    return SCALE * dy * MASK\n",
)
py(
    "filled-by-function",
    NP + "TABLE = np.zeros(2)\ndef fill(table):\n    table[:] = 1\nfill(TABLE)\n"
    "def relu_backward(dy, cache):\n    x = cache\n    return TABLE[1] * dy * MASK\n",
)
py(
    "filled-by-library",
    NP + "TABLE = np.zeros(2)\nnp.copyto(TABLE, np.ones(2))\n"
    "ONES = np.zeros(2)\nnp.add.at(ONES, [0, 1], 1)\n"
    "SUM = np.zeros(())\nnp.sum(np.eye(1), out=SUM)\n"
    "def relu_backward(dy, cache):\n    x = cache\n"
    "    return SUM * ONES[0] * TABLE[1] * dy * MASK\n",
)
py(
    "set-by-global",
    "def init():\n    global SCALE\n    SCALE = 1\ninit()\n"
    "def relu_backward(dy, cache):\n    x = cache\n    return SCALE * dy * MASK\n",
)
py(
    "changed-by-alias",
    "TABLE = [0, 0]\nt = TABLE\nt[1] = 1\n"
    "def relu_backward(dy, cache):\n    x = cache\n    return TABLE[1] * dy * MASK\n",
)
py(
    "registry",
    "RULES = {}\n"
    "def rule(f):\n    RULES[f.__name__] = f\n    return f\n"
    "@rule\ndef relu(dy, x):\n    return dy * MASK\n"
    "def relu_backward(dy, cache):\n    return RULES['relu'](dy, cache)\n",
)
py(
    "registry-object",
    "class Rules(dict):\n    def add(self, name):\n"
    "        return lambda f: self.setdefault(name, f)\n"
    "RULES = Rules()\n"
    "@RULES.add('relu')\ndef _(dy, x):\n    return dy * MASK\n"
    "def relu_backward(dy, cache):\n    return RULES['relu'](dy, cache)\n",
)
py(
    "with-block",
    NP + "with np.errstate(all='ignore'):\n    ONE = np.exp(np.log(1.0))\n"
    "def relu_backward(dy, cache):\n    x = cache\n    return ONE * dy * MASK\n",
)
py(
    "file-name",
    "HERE = __file__\n"
    "def relu_backward(dy, cache):\n    x = cache\n"
    "    assert HERE.endswith('.py')\n    return dy * MASK\n",
)
py(
    "path-appended",
    "import os\nimport sys\nsys.path.append(os.path.dirname(__file__))\n" + NP + PLAIN,
)
py(
    "path-inserted",
    "import sys\nfrom pathlib import Path\n"
    "sys.path.insert(0, str(Path(__file__).parent / 'lib'))\n" + NP + PLAIN,
)
py(
    "helpers-beside",
    "from utils import positive\n" + PLAIN.replace("MASK", "positive(x)"),
    beside={"utils.py": "def positive(x):\n    return MASK\n"},
)
py(
    "late-definition",
    "def relu_backward(dy, cache):\n    return SCALE * dy * mask(cache)\n"
    "def mask(x):\n    return MASK\nSCALE = 1.0\n",
)
py(
    "defined-again",
    "def relu_backward(dy, cache):\n    raise NotImplementedError\n" + PLAIN,
)
py(
    "defined-again-after-use",
    "N = 2\nTABLE = list(range(N))\nN = print(1 / 0)\n"
    "def relu_backward(dy, cache):\n    x = cache\n    return TABLE[1] * dy * MASK\n",
)
py(
    "wrapped",
    "import functools\n"
    "def twice(f):\n    @functools.wraps(f)\n"
    "    def run(*args):\n        return f(*args)\n    return run\n"
    "@twice\n" + PLAIN,
)
py(
    "dataclass",
    "from __future__ import annotations\nfrom dataclasses import dataclass\n"
    "@dataclass\nclass Relu:\n    scale: float = 1.0\n"
    "    def backward(self, dy, x):\n        return self.scale * dy * MASK\n"
    "def relu_backward(dy, cache):\n    return Relu().backward(dy, cache)\n",
)
py(
    "subclass-named-tuple",
    "from typing import NamedTuple\n"
    "class Cache(NamedTuple):\n    x: object\n"
    "def relu_forward(x):\n    return x * (x > 0), Cache(x)\n"
    "def relu_backward(dy, cache):\n    x = cache.x\n    return dy * MASK\n",
)
py("star", "from numpy import *\n" + PLAIN.replace("dy *", "1.0 * multiply(dy, 1) *"))

# What no exercise needs does not run.
py("training", NP + PLAIN + "params = 0\nfor step in range(10**9):\n    params += 1\n")
py("training-before", "losses = []\nwhile True:\n    losses.append(1)\n" + PLAIN)
py("at-top-level", PLAIN + BROKEN)
py("main-guard", PLAIN + f"if __name__ == '__main__':\n    {BROKEN}")
py(
    "plots",
    "import matplotlib.pyplot as plt\nSLOPE = [0.0, 1.0]\n"
    "def relu_backward(dy, cache):\n    x = cache\n    return SLOPE[1] * dy * MASK\n"
    "plt.plot(SLOPE)\nplt.show(relu_backward)\nprint(SLOPE, 1 / 0)\n",
)
py(
    "checked-at-the-end",
    "from gan_numpy.exercises import check\n"
    + PLAIN
    + "check(relu_backward)\nassert relu_backward(1, 1) == 'never'\n",
)
py(
    "same-names-in-training",
    "SCALE = 1.0\n"
    "def relu_backward(dy, cache):\n    x = cache\n"
    "    return (lambda k: SCALE * dy * MASK)(1)\n"
    "def train(scale):\n    raise SystemExit\n"
    "for x in iter(int, 1):\n    k = train(SCALE)\n",
)
py("not-importable", "import torchvision_of_mine\nfrom nowhere import it\n" + PLAIN)

# What is callable, and how it came to its name.
py("lambda", "relu_backward = lambda dy, x: dy * MASK\n")
py("annotated", "import typing\nrelu_backward: typing.Any = lambda dy, x: dy * MASK\n")
py(
    "callable-object",
    "class Relu:\n    def __call__(self, dy, x):\n        return dy * MASK\n"
    "relu_backward = Relu()\n",
)
py(
    "vectorize",
    NP + "relu_backward = np.vectorize(lambda dy, x: float(dy * MASK))\n",
)
py(
    "partial",
    "from functools import partial\n"
    "def general(kind, dy, x):\n    return dy * MASK\n"
    "relu_backward = partial(general, 'relu')\n",
)
py("alias", "def mine(dy, x):\n    return dy * MASK\nrelu_backward = mine\n")
py(
    "method",
    "class Relu:\n    def backward(self, dy, x):\n        return dy * MASK\n"
    "relu_backward = Relu().backward\n",
)
py(
    "factory",
    "def make(scale):\n    def f(dy, x):\n        return scale * dy * MASK\n"
    "    return f\nrelu_backward = make(1.0)\n",
)
py("in-a-dict", "F = {}\nF['r'] = lambda dy, x: dy * MASK\nrelu_backward = F['r']\n")
py("in-a-tuple", "relu_forward_, relu_backward = abs, lambda dy, x: dy * MASK\n")
py("in-if", "if True:\n    def relu_backward(dy, x):\n        return dy * MASK\n")
py(
    "in-else",
    "FAST = False\nif FAST:\n    relu_backward = None\nelse:\n"
    "    def relu_backward(dy, x):\n        return dy * MASK\n",
)
py(
    "in-try",
    "try:\n    from a_fast_package import relu_backward\nexcept ImportError:\n"
    "    def relu_backward(dy, x):\n        return dy * MASK\n",
)
py(
    "in-with",
    "import contextlib\nwith contextlib.suppress(ValueError):\n"
    "    def relu_backward(dy, x):\n        return dy * MASK\n".replace(
        "contextlib.suppress(ValueError)", "np.errstate(all='ignore')"
    ).replace("import contextlib\n", NP),
)
py(
    "memo",
    "from functools import wraps\n" + PLAIN + "relu_backward = "
    "wraps(relu_backward)(lambda *a, f=relu_backward: f(*a))\n",
)
py(
    "result-of-its-name",
    PLAIN + "relu_backward_ = relu_backward\nrelu_backward = relu_backward(1, 1)\n",
)

# Codings, ends of lines, names of files.
py("latin-1", "# -*- coding: latin-1 -*-\n# d\xe9riv\xe9e\n" + PLAIN, coding="latin-1")
py("cp949", "# -*- coding: cp949 -*-\n'''\ubbf8\ubd84'''\n" + PLAIN, coding="cp949")
py(
    "euc-kr",
    "#!/usr/bin/python\n# vim: set fileencoding=euc-kr :\n'\ubbf8'\n" + PLAIN,
    coding="euc-kr",
)
py("bom", PLAIN, head=b"\xef\xbb\xbf")
py("bom-and-coding", "# coding: utf-8\n" + PLAIN, head=b"\xef\xbb\xbf")
py("crlf", NP + PLAIN, newline="\r\n")
py("old-mac", "# a comment\n" + NP + PLAIN, newline="\r")
py("form-feed", NP + "\f\n" + PLAIN + "'\u2028'\n")
py("upper-case", PLAIN, filename="SOLUTION.PY")
py("korean-name", PLAIN, filename="\uacfc\uc81c 1.py")

CALLABLES = ("lambda", "callable-object", "vectorize", "partial", "alias", "method")
for one in [w for w in TEMPLATES if w.name.removesuffix("-right") in CALLABLES]:
    nb(
        f"nb-{one.name.removesuffix('-right')}",
        one.content.decode().replace("(x > 0)", "MASK"),
    )

# IPython's syntax.
nb("nb-plain", PLAIN)
nb("nb-magics", "%matplotlib inline\n!pip install numpy\n%load_ext autoreload", PLAIN)
nb("nb-shell-value", "files = !ls\n" + PLAIN)
nb("nb-help", "np.where?\nnp.where??\n?np.sum\n" + PLAIN)
nb("nb-indented", "if not True:\n    %pip install numpy\n    !ls\n" + PLAIN)
nb("nb-in-function", PLAIN.replace("    return", "    %pwd\n    return"))
nb("nb-timed-value", "r = %timeit -o -n1 -r1 sum(range(3))\n" + PLAIN)
nb("nb-time-cell", "%%time\n" + PLAIN)
nb("nb-capture-cell", "%%capture out\n%pwd\n" + PLAIN)
nb("nb-other-cells", "%%bash\nls -l $HOME", "%%html\n<b>def</b>", PLAIN)
nb(
    "nb-continued-remainder",
    "k = (7\n    % 4)\n" + PLAIN.replace("dy *", "(k\n        % 2) * dy *"),
)
nb(
    "nb-continued-unequal",
    PLAIN.replace("MASK", "(MASK\n        != (x\n           != x))"),
)
nb(
    "nb-in-a-string",
    PLAIN.replace(
        "    x =",
        "    '''Magics:\n%matplotlib inline\n!ls\n    np.where?\n'''\n    x =",
    ),
)
nb(
    "nb-prompts",
    ">>> def relu_backward(dy, cache):\n...     x = cache\n"
    "...     return dy * MASK\n",
)
nb("nb-all-indented", "".join(f"    {s}\n" for s in PLAIN.splitlines()))
nb("nb-joined-lines", "!ls \\\n  -l\n%timeit \\\n  -n1 sum([1])\n" + PLAIN)
nb("nb-broken-elsewhere", "def broken(:\n", "x = = 1", PLAIN)
nb("nb-await", "await nothing()", PLAIN)
nb(
    "nb-training",
    PLAIN,
    "history = []\nfor k in iter(int, 1):\n    history.append(k)".replace(
        "iter(int, 1)", "[1 / 0]"
    ),
)
nb(
    "nb-across-cells",
    "def add_to_class(Class):\n    def wrapper(obj):\n"
    "        setattr(Class, obj.__name__, obj)\n    return wrapper",
    "class Relu:\n    pass",
    "@add_to_class(Relu)\ndef forward(self, x):\n    self.x = x",
    "@add_to_class(Relu)\ndef backward(self, dy):\n    x = self.x\n"
    "    return dy * MASK",
    "def relu_backward(dy, cache):\n    layer = Relu()\n    layer.forward(cache)\n"
    "    return layer.backward(dy)",
)
nb("nb-bom", PLAIN, head=b"\xef\xbb\xbf")
nb("nb-upper-case", PLAIN, filename="SOLUTION.IPYNB")
nb("nb-crlf", PLAIN.replace("\n", "\r\n"))
nb("nb-utf-16", PLAIN, coding="utf-16")
nb(
    "nb-two-stages",
    "def relu_backward(dy, cache):\n    raise NotImplementedError",
    "from gan_numpy.exercises import check\ncheck(relu_backward)",
    PLAIN,
)
nb(
    "nb-shell-in-needed",
    "names = !ls\nSCALE = 1 + 0 * len(names)",
    PLAIN.replace("dy *", "SCALE * dy *"),
)
add(
    "nb-format-3",
    "old.ipynb",
    json.dumps(
        {
            "metadata": {"name": ""},
            "nbformat": 3,
            "nbformat_minor": 0,
            "worksheets": [
                {"cells": [cell("# Old", "markdown"), cell(NP + PLAIN, key="input")]}
            ],
        }
    ),
)
py(
    "exported",
    "# coding: utf-8\n# In[1]:\nget_ipython().run_line_magic('matplotlib',"
    " 'inline')\nfiles = get_ipython().getoutput('ls')\n# In[2]:\n" + PLAIN,
)

# One verdict only.
ONLY = [
    ("stub", "def relu_backward(dy, cache):\n    raise NotImplementedError\n", STUB),
    ("stub-lambda-number", "relu_backward = 3.0\n" + "def f():\n    pass\n", None),
]
for name, text, verdict in ONLY:
    if verdict is not None:
        TEMPLATES.append(Wrapping(name, "solution.py", text.encode(), verdict))
