"""The notebooks follow from their sources, and give no solution away."""

import ast
import asyncio
import json
import re
from types import SimpleNamespace

import pytest

from gan_numpy.exercises import all_exercises, get_exercise
from gan_numpy.exercises.base import source_of, split_source

HARMLESS = re.compile(r"return [\w, ()]*|[\w, ]+ = \w+|\)")  # a name for a name


def code_of(notebook):
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell.source for cell in cells if cell.id != "install"]


def solution_lines(name):
    """The lines of a reference solution that would help somebody.

    Those that it shares with the functions that are given, loops for instance, do not.
    """
    exercise = get_exercise(name)
    _, body = split_source(exercise.reference)
    given = "\n".join(source_of(f) for f in exercise.given)
    lines = {line.strip() for line in body.splitlines()}
    lines -= {line.strip() for line in given.splitlines()}
    return {s for s in lines if s and not HARMLESS.fullmatch(s)}


def test_there_are_lessons(builder):
    assert len(builder.sources()) >= 1
    assert [s.name[:2] for s in builder.sources("03")] == ["03"]


def test_the_committed_notebook_is_in_step(builder, source):
    path = builder.LESSONS / f"{source.stem}.ipynb"
    assert path.exists(), "run: python lessons/build.py"
    text = builder.text_of(builder.build(source))
    assert path.read_text("utf-8") == text, "run: python lessons/build.py"


def test_no_notebook_is_without_a_source(builder):
    stems = {path.stem for path in builder.LESSONS.glob("*.ipynb")}
    assert stems == {source.stem for source in builder.sources()}


def test_no_solution_reaches_the_student(builder, source):
    shown = "\n".join(code_of(builder.build(source))).splitlines()
    shown = {line.strip() for line in shown}
    names = builder.exercises_of(source)
    for name in names:
        lines = solution_lines(name)
        assert lines, name
        assert not lines & shown, name


def test_the_solved_version_has_them_all(builder, source):
    shown = "\n".join(code_of(builder.build(source, solutions=True))).splitlines()
    shown = {line.strip() for line in shown}
    for name in builder.exercises_of(source):
        assert solution_lines(name) <= shown, name


def test_outputs_are_stripped_and_cells_are_named_for_good(builder, source):
    notebook = json.loads(builder.text_of(builder.build(source)))
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    code = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    assert all(c["outputs"] == [] and c["execution_count"] is None for c in code)


def test_every_exercise_is_followed_by_its_check(builder, source):
    cells = code_of(builder.build(source))
    for name in builder.exercises_of(source):
        (place,) = [
            k for k, c in enumerate(cells) if f'NotImplementedError("{name}")' in c
        ]
        assert cells[place + 1] == f"check({name})"
        assert get_exercise(name).lesson == source.name[:2]


def test_it_begins_by_installing_the_package_where_it_is_missing(builder, source):
    title, install = builder.build(source).cells[:2]
    assert title.cell_type == "markdown" and title.source.startswith("# ")
    assert install.source == builder.INSTALL.strip()
    assert install.metadata.tags == ["hide-input", "install"]


@pytest.mark.parametrize("platform", ["linux", "emscripten"])
@pytest.mark.parametrize("absent", [False, True])
def test_it_is_installed_only_where_it_is_missing(builder, platform, absent):
    """In a browser by JupyterLite's own, elsewhere by pip."""
    done = []

    async def install(name):
        done.append(("piplite", name))

    class Shell:
        def run_line_magic(self, name, line):
            done.append((name, line))

    modules = {
        "sys": SimpleNamespace(platform=platform),
        "piplite": SimpleNamespace(install=install),
    }

    def imported(name, *arguments):
        if name == "gan_numpy" and absent:
            raise ModuleNotFoundError(name)
        return modules.get(name)

    flag = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(builder.INSTALL, "cell", "exec", flags=flag)
    names = {"__import__": imported, "ImportError": ImportError}
    running = eval(code, {"__builtins__": names, "get_ipython": Shell})
    asyncio.run(running)
    how = {
        "linux": ("pip", "install --quiet gan_numpy"),
        "emscripten": ("piplite", "gan_numpy"),
    }
    assert done == [how[platform]] * absent


def test_no_cell_of_a_notebook_needs_ipython_to_be_read(builder, source):
    cells = builder.build(source, solutions=True).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    trees = [ast.parse(text) for text in code]  # %, ! and ? are no Python
    assert len(trees) > 3 and all(tree.body for tree in trees)


def test_badges_open_the_notebook_of_the_repository(builder):
    (source,) = builder.sources("03")
    title = builder.build(source, url="https://github.com/who/what.git").cells[0].source
    path = "lessons/03_maxout_dropout.ipynb"
    colab = f"(https://colab.research.google.com/github/who/what/blob/main/{path})"
    binder = (
        "mybinder.org/v2/gh/who/what/main?labpath=lessons%2F03_maxout_dropout.ipynb"
    )
    assert colab in title and binder in title
    plain = builder.build(source, url="").cells[0].source
    assert "Colab" not in plain and title.startswith(plain)
    assert (
        "Colab"
        not in builder.build(source, url="https://example.org/a").cells[0].source
    )


def test_the_committed_notebooks_have_badges_if_the_project_has_a_place(builder):
    (source,) = builder.sources("00")
    text = (builder.LESSONS / f"{source.stem}.ipynb").read_text("utf-8")
    assert ("colab-badge" in text) == bool(builder.badges("", builder.repository()))


def test_a_lesson_has_its_parts(builder, source):
    text = source.read_text("utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    titles = " / ".join(headings)
    for part in ("Predict before you run", "Derive", "See", "Break it", "Read next"):
        assert part in titles, part
    assert f"# {source.name[:2]} · " in text
    names = builder.exercises_of(source)
    lesson = [e.name for e in all_exercises().values() if e.lesson == source.name[:2]]
    assert sorted(names) == sorted(lesson)
    assert all(f"`{name}`" in text for name in names)


def test_links_lead_somewhere(builder, source):
    links = re.findall(r"\]\(([^)#:]+)\)", source.read_text("utf-8"))
    # A folder cannot be opened from a notebook: JupyterLab refuses it.
    missing = [link for link in links if not (builder.LESSONS / link).is_file()]
    assert links and not missing


def test_a_given_function_that_is_an_exercise_is_not_given(builder):
    """`maxout_backward` is given `maxout_forward`, which the lesson asks for first."""
    (source,) = builder.sources("03")
    for solutions in (False, True):
        cells = code_of(builder.build(source, solutions))
        trees = [ast.parse(cell) for cell in cells]
        defined = [
            s.name for t in trees for s in t.body if isinstance(s, ast.FunctionDef)
        ]
        assert defined.count("maxout_forward") == 1


def test_an_unknown_exercise_is_refused(builder, tmp_path):
    source = tmp_path / "99_nonsense.py"
    source.write_text("# %%\n# exercise: nonsense\n")
    with pytest.raises(ValueError, match="no exercise 'nonsense'"):
        builder.build(source)


def test_only_the_announcement_of_the_kernels_is_no_complaint(builder):
    says = builder.ANNOUNCEMENT.fullmatch
    assert says("compiling Numba kernels, once (about 20 s) ...\n")
    assert not says("compiling Numba kernels ...\nRuntimeWarning: overflow\n")
    assert not says("RuntimeWarning: overflow\n")
