r"""Other people's test files: what pytest finds in them it finds with the plugin, too.

Each case: the files, the arguments of pytest. The names are those of exercises.
"""

from __future__ import annotations

LAYER = (
    "def relu_backward(dA, cache):\n"
    '    """\n    >>> relu_backward(1, 2)\n    2\n    """\n    return dA * cache\n'
)
UNIT = (
    "import unittest\n"
    "def relu_backward(dy, cache):\n    return dy\n"
    "class Relu(unittest.TestCase):\n"
    "    def test_it(self):\n        self.assertEqual(relu_backward(1, 2), 1)\n"
)
CASES = {
    "unittest": ({"test_unit.py": UNIT}, ["test_unit.py"]),
    "unittest-folder": ({"test_unit.py": UNIT}, ["."]),
    "unittest-other-name": ({"checks.py": UNIT}, ["checks.py"]),
    "helper-named-value": (
        {
            "test_value.py": "def value(x):\n    return x\n"
            "def test_it():\n    assert value(1) == 1\n"
        },
        ["test_value.py"],
    ),
    "helper-beside-tests": (
        {
            "checks.py": "def value(pd, pg, D, dx):\n    return 0\n"
            "def test_it():\n    assert value(1, 2, 3, 4) == 0\n"
        },
        ["checks.py"],
    ),
    "helper-alone": ({"tools.py": "def value(x):\n    return x\n"}, ["tools.py"]),
    "doctests": ({"src/layers.py": LAYER}, ["--doctest-modules", "src/layers.py"]),
    "doctests-folder": ({"src/layers.py": LAYER}, ["--doctest-modules", "src"]),
    "async": (
        {
            "test_async.py": "def train_step(x):\n    return x\n"
            "async def test_it():\n    assert train_step(1) == 1\n"
        },
        ["test_async.py"],
    ),
    "made-by-a-factory": (
        {
            "checks.py": "def adam_step(*a):\n    return 1\n"
            "def make(k):\n    return lambda: None\n"
            "test_one = make(1)\ntest_two = make(2)\n"
        },
        ["checks.py"],
    ),
    "made-by-globals": (
        {
            "checks.py": "def adam_step(*a):\n    return 1\n"
            "def make(k):\n    return lambda: None\n"
            "for k in range(3):\n    globals()[f'test_{k}'] = make(k)\n"
        },
        ["checks.py"],
    ),
    "imported-tests": (
        {
            "test_base.py": "class TestBase:\n    def test_it(self):\n        pass\n",
            "checks.py": "from test_base import *\n"
            "def clip_weights(p, c):\n    return p\n",
        },
        ["checks.py"],
    ),
    "class-parametrized": (
        {
            "test_relu.py": "import pytest\n"
            "def relu_backward(dy, cache):\n    return 0\n"
            "class TestRelu:\n"
            "    @pytest.mark.parametrize('k', [1, 2, 3])\n"
            "    def test_it(self, k):\n        assert relu_backward(k, k) == 0\n"
        },
        ["test_relu.py"],
    ),
    "own-option": (
        {
            "conftest.py": "def pytest_addoption(parser):\n"
            "    parser.addoption('--hints', action='store_true')\n"
            "    parser.addoption('--exercise-timeout', type=int)\n",
            "test_it.py": "def test_it(pytestconfig):\n"
            "    assert pytestconfig.getoption('--hints')\n",
        },
        ["--hints", "test_it.py"],
    ),
    "own-patterns": (
        {
            "pytest.ini": "[pytest]\npython_files = *_spec.py\n"
            "python_functions = should_*\n",
            "relu_spec.py": "def relu_backward(dy, cache):\n    return 0\n"
            "def should_be_zero():\n    assert relu_backward(1, 1) == 0\n",
        },
        ["relu_spec.py"],
    ),
    "skipped-with-our-words": (
        {
            "test_skip.py": "import pytest\n"
            "def test_it():\n    pytest.skip('not attempted')\n"
        },
        ["test_skip.py"],
    ),
    "own-fixture": (
        {
            "test_fixture.py": "import pytest\n"
            "@pytest.fixture\ndef gradcheck():\n    return 3\n"
            "def test_it(gradcheck):\n    assert gradcheck == 3\n"
        },
        ["test_fixture.py"],
    ),
    "broken": (
        {"test_broken.py": "def relu_backward(:\n", "test_b.py": "def test(): pass\n"},
        ["test_broken.py", "test_b.py"],
    ),
}
