"""What a lesson says it needs, and how much of it is read before something is seen."""

from __future__ import annotations

import importlib.util
import re

import pytest


@pytest.fixture(scope="module")
def counts(builder):
    path = builder.LESSONS / "counts.py"
    spec = importlib.util.spec_from_file_location("counts", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_map_and_the_lesson_need_the_same(builder, source):
    text = source.read_text("utf-8")
    needs = re.search(r"\*\*You need\*\*(.*?)\*\*You will", text, re.DOTALL)[1]
    said = set(re.findall(r"\b\d\d\b", needs))
    readme = (builder.LESSONS / "README.md").read_text("utf-8")
    number = source.name[:2]
    row = re.search(rf"^\| {number} \|[^|]*\|([^|]*)\|", readme, re.MULTILINE)[1]
    assert said == set(re.findall(r"\b\d\d\b", row))
    assert all(other < number for other in said)


def test_little_is_given_and_something_is_seen_soon(builder, source, counts):
    notebook = builder.build(source)
    assert counts.visible_lines(notebook) <= 40
    assert counts.words_to_figure(notebook) <= 200
    found = counts.kinds(notebook)
    assert all(found[kind] >= 1 for kind in counts.KINDS)


def test_the_next_lesson_is_linked(builder, source):
    names = [s.stem for s in builder.sources()]
    text = source.read_text("utf-8")
    following = names[names.index(source.stem) + 1 :][:1]
    assert all(f"]({name}.ipynb)" in text.split("- Next: ")[1] for name in following)


def test_every_figure_has_a_text_for_whoever_cannot_see_it(source):
    text = source.read_text("utf-8")
    assert "plt.show(" not in text and "lesson.show(" in text


def test_the_readmes_table_can_be_printed(counts, capsys):
    counts.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].split()[0] == "all" and len(lines) >= 20
