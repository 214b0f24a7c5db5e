"""Everything that is registered has its place in the book."""

import re
from pathlib import Path

import nbformat
from book.gallery import pictures_of
from book.links import PAGES, ROOT, TEXTS, rewrite
from book.mistakes import changed_lines, label, page_of
from book.reference import packages

from gan_numpy.doctor.findings import KINDS
from gan_numpy.doctor.thresholds import LIMITS
from gan_numpy.exercises import all_exercises, get_exercise
from gan_numpy.stepping import names


def test_every_lesson_has_a_page_as_handed_out_and_one_solved(builder, pages):
    toc = (pages / "lessons/index.md").read_text("utf-8")
    solved = (pages / "solutions/index.md").read_text("utf-8")
    for source in builder.sources():
        assert f"\n{source.stem}\n" in toc and f"\n{source.stem}\n" in solved
        texts = []
        for folder in ("lessons", "solutions"):
            page = nbformat.read(pages / folder / f"{source.stem}.ipynb", 4)
            nbformat.validate(page)
            texts.append("\n".join(cell.source for cell in page.cells))
            assert "](../gan_numpy" not in texts[-1]
            assert "made without running this lesson" in texts[-1]
            heading = texts[-1].lstrip().splitlines()[0]
            assert heading.endswith(", solved") == (folder == "solutions")
        for name in builder.exercises_of(source):
            assert f"(/exercises/{name}.md)" in texts[0]
            assert f'NotImplementedError("{name}")' in texts[0]
            assert f'NotImplementedError("{name}")' not in texts[1]


def test_every_exercise_has_a_page_with_every_mistake_and_every_name(pages):
    table = (pages / "exercises/index.md").read_text("utf-8")
    tags = set()
    for name, exercise in all_exercises().items():
        text = (pages / f"exercises/{name}.md").read_text("utf-8")
        for k, change in enumerate(exercise.mutants):
            assert f"({label(name, k)})=\n### {', '.join(change.tags)}\n" in text
            assert f"](#{label(name, k)})" in table
            tags |= set(change.tags)
        assert (f'src="../live/{name}.html"' in text) == (name in names())
    rows = set(re.findall(r"^\| `([\w-]+)` \| \[", table, re.MULTILINE))
    assert rows == tags and f"{len(tags)} names" in table


def test_a_mistake_is_shown_as_the_lines_that_change_and_with_its_verdict():
    exercise = get_exercise("dense_backward")
    change = next(m for m in exercise.mutants if m.tags == ("mean-twice",))
    shown = changed_lines(exercise, change)
    assert shown.startswith("-") and "\n+" in shown and len(shown.splitlines()) == 2
    text = page_of(exercise, "02_dense_relu", ["WRONG so"] * len(exercise.mutants))
    assert text.count(":class: verdict\n\nWRONG so\n```") == len(exercise.mutants)


def test_every_finding_and_every_limit_is_there(pages):
    text = (pages / "findings.md").read_text("utf-8")
    for kind in KINDS:
        assert f"(finding-{kind.name})=\n## {kind.name}\n" in text
        assert kind.means in text and kind.next in text and kind.source in text
        assert all(f"(#finding-{name})" in text for name in kind.explains)
    assert all(f"\n| `{name}` |" in text for name in LIMITS)


def test_every_module_has_a_section_of_the_reference(pages):
    files = (ROOT / "gan_numpy").rglob("*.py")
    modules = {
        ".".join(f.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for f in files
    }
    found = {m for package, inner in packages().items() for m in (package, *inner)}
    assert {m for m in modules if not m.rsplit(".", 1)[-1].startswith("_")} <= found
    toc = (pages / "reference/index.rst").read_text("utf-8")
    for package, inner in packages().items():
        text = (pages / f"reference/{package}.rst").read_text("utf-8")
        assert f"   {package}\n" in toc
        assert all(f".. automodule:: {m}\n" in text for m in (package, *inner))


def test_every_picture_is_in_the_gallery_with_its_command(pages):
    gallery = (pages / "gallery.md").read_text("utf-8")
    shown = set(re.findall(r"\]\(/figures/([\w-]+\.png)\)", gallery))
    figures = {path.name for path in (ROOT / "lessons/figures").glob("*.png")}
    # Drawn by what the front page says.
    assert shown == figures - {"digits.png"}
    assert gallery.count("`gan-numpy ") >= gallery.count("\n## ") > 10


def test_the_front_page_counts(pages):
    text = (pages / "index.md").read_text("utf-8")
    mistakes = sum(len(e.mutants) for e in all_exercises().values())
    assert f"one of {mistakes} mistakes" in text and f"one of {len(KINDS)}" in text
    assert "```sh\npython3 -m venv" in text
    listed = {name for name in re.findall(r"^(\w[\w/]*)$", text, re.MULTILINE)}
    own = {path.stem for path in PAGES.glob("*.md")}
    course = set(TEXTS.values()) - {"index"}
    assert own | course | {"gallery", "findings", "steps"} <= listed


def test_links_lead_to_pages_of_the_book():
    folder = ROOT / "lessons"
    text = (
        "[a](03_maxout_dropout.ipynb) [b](../gan_numpy/layers/dense.py#x) "
        "![c](figures/fig1.png) [d](https://example.org/x) [e](#here)\n"
        "[f](../tests/lessons) [`g`](../LICENSE) [h](notation.md#terms)\n"
        "```\n[kept](../nowhere.py)\n```\n[i](../gan_numpy/layers)"
    )
    changed = rewrite(text, folder)
    assert "[a](/lessons/03_maxout_dropout.ipynb)" in changed
    assert "[b](#src-gan_numpy.layers.dense)" in changed
    assert "![c](/figures/fig1.png) [d](https://example.org/x) [e](#here)" in changed
    assert "\n`f` `g` [h](/notation.md#terms)\n" in changed
    assert "[kept](../nowhere.py)" in changed
    assert changed.endswith("[i](#src-gan_numpy.layers)")
    assert "(/solutions/03_maxout" in rewrite(text, folder, solved=True)


def test_a_link_to_a_file_that_is_not_there_ends_the_build():
    try:
        rewrite("[a](nowhere.md)", Path(ROOT / "lessons"))
    except ValueError as error:
        assert "nowhere.md" in str(error)
    else:
        raise AssertionError("a dead link was taken")


def test_the_caption_of_a_picture_is_below_it_or_above():
    below = "Words.\n\n![one](a.png)\n\n*`gan-numpy train`: so.*\n\nMore."
    (one,) = pictures_of("p", below)
    assert one.caption == "*`gan-numpy train`: so.*" and one.alt == "one"
    above = "**Figure**, `gan-numpy reproduce fig1`:\n\n![two](b.png)\n\n*Small.*"
    (two,) = pictures_of("p", above)
    assert two.caption == "**Figure**, `gan-numpy reproduce fig1`:\n\n*Small.*"
