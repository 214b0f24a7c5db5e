"""The map of the lessons is that of the territory."""

import re

from gan_numpy.exercises import all_exercises


def map_rows(builder):
    """The rows of the map by number."""
    text = (builder.LESSONS / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \d\d (?:\|[^|\n]*){5}\|$", text, re.MULTILINE)
    return {row[2:4]: row for row in rows}


def test_there_is_a_row_with_a_link_for_every_lesson_and_no_other(builder):
    links = {s.name[:2]: f"({s.stem}.ipynb)" for s in builder.sources()}
    table = map_rows(builder)
    assert sorted(table) == sorted(links)
    assert all(links[number] in row for number, row in table.items())


def test_exercises_and_points(builder):
    table = map_rows(builder)
    shown = {
        (number, name, int(points))
        for number, row in table.items()
        for name, points in re.findall(r"`(\w+)` \((\d)\)", row)
    }
    exercises = all_exercises().values()
    assert shown == {(e.lesson, e.name, e.points) for e in exercises}
    text = (builder.LESSONS / "README.md").read_text("utf-8")
    assert f"All {sum(e.points for e in exercises)} points" in text


def test_every_lesson_has_a_measured_time_below_three_minutes(builder):
    text = (builder.LESSONS / "README.md").read_text("utf-8")
    times = dict(re.findall(r"^\| (\d\d) \| (\d+) \|$", text, re.MULTILINE))
    assert sorted(times) == [s.name[:2] for s in builder.sources()]
    assert all(int(seconds) < 180 for seconds in times.values())


def test_links(builder):
    for name in ("README.md", "notation.md"):
        text = (builder.LESSONS / name).read_text("utf-8")
        links = re.findall(r"\]\(([^)#:]+)\)", text)
        assert [link for link in links if not (builder.LESSONS / link).exists()] == []


def test_the_time_table_keeps_the_other_rows(builder, monkeypatch, tmp_path):
    page = "a\n<!-- times -->\n| 01 | 7 |\n| 02 | 8 |\n<!-- end of times -->\nb\n"
    (tmp_path / "README.md").write_text(page)
    (source,) = builder.sources("02")
    monkeypatch.setattr(builder, "LESSONS", tmp_path)
    monkeypatch.setattr(builder, "sources", lambda only: [source])
    monkeypatch.setattr(builder, "execute", lambda notebook, fast: 12.4)
    builder.write_times("02")
    text = (tmp_path / "README.md").read_text()
    assert "| 01 | 7 |\n| 02 | 12 |\n<!-- end" in text
    assert text.startswith("a\n") and text.endswith("\nb\n")
