"""``gan-numpy assign``: what is written where, and what is refused in one line."""

from __future__ import annotations

import json

import pytest


def test_files_of_two_lessons_and_an_exercise(cli, tmp_path):
    code, out, err = cli("assign", "2", "05", "dirac_step", "--out", "hw", "--seed", 3)
    assert code == 0, err
    names = {p.name for p in (tmp_path / "hw" / "student").iterdir()}
    assert names == {
        f"lesson{n}{k}" for n in ("02", "05", "07") for k in (".ipynb", ".py")
    }
    assert out.split("\n")[0] == "hw/student/lesson02.ipynb"
    about = json.loads((tmp_path / "hw" / "instructor" / "assignment.json").read_text())
    assert about["name"] == "hw" and about["seed"] == 3
    assert "dirac_step" in about["points"] and len(about["points"]) == 6


def test_points_and_a_drawn_seed(cli, tmp_path):
    seeds = set()
    for name in ("a", "b"):
        code, _, err = cli("assign", "07", "--out", name, "--points", "dirac_step=4.5")
        assert code == 0, err
        path = tmp_path / name / "instructor" / "assignment.json"
        about = json.loads(path.read_text())
        assert about["points"] == {"dirac_step": 4.5}
        seeds.add(about["seed"])
    assert len(seeds) == 2


@pytest.mark.parametrize("form", ["nbgrader", "gradescope", "otter"])
def test_every_format(form, cli, tmp_path):
    code, out, err = cli("assign", "07", "--out", "hw", "--format", form)
    assert code == 0 and all((tmp_path / line).is_file() for line in out.split()), err


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("nonsense", "--out", "x"), "no exercise 'nonsense'"),
        (("07", "--out", "."), "choose a new folder"),
        (("07", "--out", "x", "--points", "maxout_forward=1"), "not in this assign"),
        (("07", "--out", "x", "--points", "dirac_step=many"), "not a number"),
        (("07", "--out", "x", "--points", "dirac_step"), "expected NAME=VALUE"),
        (("07", "--out", "x", "--notebook", "none.ipynb"), "no such file"),
        (("07", "--out", "x", "--name", "a b"), "expected letters"),
        (("07", "--out", "x", "--format", "moodle"), "invalid choice"),
        (("07",), "--out"),
    ],
)
def test_what_is_refused(arguments, message, cli, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = cli("assign", *arguments)
    assert code == 2 and message in err and err.count("\n") == 1
