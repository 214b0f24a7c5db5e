"""The rules of the design that no other test would notice."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "gan_numpy"
# Imports go one way: a module may import from groups to its left.
ORDER = [
    {"errors", "files", "cache", "capabilities", "progress"},
    {"kernels"},
    {"layers"},
    {"objectives", "optim", "datasets", "penalties"},
    {"recipes"},
    {"training"},
    {"sampling"},
    {"evaluation", "plots"},
    {"doctor"},
    {"miniatures"},
    {"runs"},
    {"bench"},
    {"reproduce"},
    {"gradcheck"},
    {"exercises"},
    {"derive", "stepping"},
    {"report"},
    {"playground"},
    {"lesson", "grading"},
    {"cli", "__main__"},
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
LABEL_MODES = {"none", "conditional", "auxiliary", "information", "semi_supervised"}
NUMPY_ONLY = {"objectives", "optim", "datasets", "gradcheck"}
ALLOWED = {  # groups that these may import besides errors and files
    "objectives": set(),
    "optim": {"kernels"},
    "datasets": set(),
    "gradcheck": set(),
}


def module_files():
    """All files but the package's own, which offers the public names lazily."""
    return sorted(set(PACKAGE.rglob("*.py")) - {PACKAGE / "__init__.py"})


def group(path: Path) -> str:
    """The top-level module or package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Names of all modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # A relative import would hide from the rules below.
            assert node.level == 0 and node.module, f"{path}:{node.lineno} is relative"
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own_groups(path: Path) -> set[str]:
    parts = (name.split(".") for name in imports(path))
    return {p[1] for p in parts if p[0] == "gan_numpy" and len(p) > 1} & RANK.keys()


@pytest.mark.parametrize("path", module_files(), ids=lambda p: str(p.name))
def test_imports_go_one_way(path):
    here = group(path)
    assert here in RANK, f"{here} has no place in the order of imports"
    later = {name for name in own_groups(path) if RANK[name] > RANK[here]}
    assert not later


@pytest.mark.parametrize("path", module_files(), ids=lambda p: str(p.name))
def test_some_groups_need_numpy_only(path):
    if group(path) in NUMPY_ONLY:
        allowed = ALLOWED[group(path)] | {
            "errors",
            "files",
            "capabilities",
            group(path),
        }
        assert own_groups(path) <= allowed
        assert not {name.split(".")[0] for name in imports(path)} & {"numba", "torch"}


def module_imports(path: Path, modules: set[str]) -> set[str]:
    """Those of `modules` that a file imports when it is read, or for its types.

    Imports inside functions are left out: they run when both modules are complete.
    """
    found: set[str] = set()
    blocks = [ast.parse(path.read_text()).body]
    while blocks:
        for node in blocks.pop():
            if isinstance(node, ast.ImportFrom) and node.module:
                names = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= (names & modules) or {node.module}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.If | ast.Try):
                blocks += [node.body, node.orelse]
    return found & modules


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other, directly or through others."""
    reach = {name: set(targets) for name, targets in graph.items()}
    for middle in reach:
        for name, targets in reach.items():
            if middle in targets:
                targets |= reach[middle]
    found = {
        frozenset(b for b in reach[a] if a in reach[b]) for a in reach if a in reach[a]
    }
    return sorted(sorted(group) for group in found)


def test_circles_are_seen():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"e"}}
    assert circles(graph) == [["a", "b", "c"], ["e"]]


def test_no_modules_import_each_other():
    """No circles, not even for the types' sake alone."""
    names = {module_name(path): path for path in module_files()}
    graph = {name: module_imports(path, names.keys()) for name, path in names.items()}
    assert circles(graph) == []


def test_layers_do_not_import_each_other():
    """Only branches are made of networks."""
    for path in (PACKAGE / "layers").glob("*.py"):
        if path.name in ("__init__.py", "base.py", "checks.py"):
            continue
        own = {n.split(".")[2] for n in imports(path) if "gan_numpy.layers." in n}
        allowed = {"sequential"} if path.name == "concatenate.py" else set()
        assert own <= {"base", "checks", "initializers"} | allowed, path


def test_nothing_imports_tests_or_lessons():
    for path in module_files():
        roots = {name.split(".")[0] for name in imports(path)}
        assert not roots & {"tests", "lessons"}, path


def test_no_global_random_state_and_no_pickle():
    for path in module_files():
        text = path.read_text()
        assert "np.random.seed" not in text and "allow_pickle=True" not in text
        used = {part for name in imports(path) for part in name.split(".")}
        assert "random" not in {n.split(".")[0] for n in imports(path)}
        pickles = {"pickle", "_pickle", "cloudpickle", "dill", "marshal", "shelve"}
        # Numba's form of compiled code, from a folder of the user's alone.
        exception = path == PACKAGE / "kernels" / "native" / "compiled.py"
        assert not used & pickles - ({"cloudpickle"} if exception else set()), path


def test_files_hold_one_idea():
    for path in module_files():
        assert len(path.read_text().splitlines()) <= 330, path


def test_importing_the_package_is_light():
    """Neither numba nor matplotlib nor scikit-learn until they are needed."""
    code = (
        "import sys, gan_numpy, gan_numpy.cli; gan_numpy.cli.build_parser(); "
        "print(*{'numba', 'matplotlib', 'sklearn', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.strip() == ""


def test_public_names_are_there():
    import gan_numpy

    assert gan_numpy.Dense.__name__ == "Dense"
    for name in gan_numpy.__all__:
        assert getattr(gan_numpy, name) is not None
    assert set(gan_numpy.__all__) <= set(dir(gan_numpy))
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        gan_numpy.Nonsense


def test_label_modes_are_asked_not_compared():
    """`gan_numpy.recipes.labels` has an answer for each mode; nobody asks which it is.

    A sixth mode would otherwise have to be found in every file that compares.
    """
    for path in module_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                named = any(
                    isinstance(s, ast.Attribute) and s.attr == "labels" for s in sides
                )
                strings = [
                    c.value
                    for s in sides
                    for c in ast.walk(s)
                    if isinstance(c, ast.Constant)
                ]
                assert not (
                    named and set(strings) & LABEL_MODES
                ), f"{path}:{node.lineno}"


def test_no_two_test_modules_have_one_name():
    """pytest keeps them by their names: the second of two would not be collected."""
    names = sorted(path.name for path in Path(__file__).parent.rglob("test_*.py"))
    assert len(names) > 100 and len(names) == len(set(names))
