"""One file or folder is one student; nothing is read that is not a plain file."""

from __future__ import annotations

import os

import pytest

from gan_numpy.errors import UserError
from gan_numpy.grading.submissions import read_handin, students


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "alice.py").write_text("a = 1")
    (tmp_path / "bob.ipynb").write_text("{}")
    (tmp_path / "carol" / "week" / "__pycache__").mkdir(parents=True)
    (tmp_path / "carol" / "week" / "one.py").write_text("b = 2")
    (tmp_path / "carol" / "week" / "__pycache__" / "x.py").write_text("c = 3")
    (tmp_path / "carol" / "two.ipynb").write_text("{}")
    (tmp_path / "carol" / "notes.txt").write_text("no matter")
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "bob.py").write_text("d = 4")
    return tmp_path


def test_who_there_is(folder):
    assert list(students(folder)) == ["alice", "bob", "carol"]
    assert list(students(folder / "alice.py")) == ["alice"]


def test_what_systems_leave_and_our_own_grades_are_no_students(folder):
    for name in ("__MACOSX", ".ipynb_checkpoints", "__pycache__", "grades", "out"):
        (folder / name / "results").mkdir(parents=True)
        (folder / name / "alice.py").write_text("a = 1")
    for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "~$dave.docx", "._alice.py"):
        (folder / name).write_text("x")
    for kind in ("csv", "json"):
        (folder / "grades" / f"grades.{kind}").write_text("x")
    assert list(students(folder, folder / "out")) == ["alice", "bob", "carol"]
    (folder / "carol" / "__MACOSX").mkdir()
    (folder / "carol" / "__MACOSX" / "one.py").write_text("x")
    (folder / "carol" / "desktop.ini").write_text("x")
    handin = read_handin("carol", students(folder)["carol"])
    assert len(handin.files) == 2 and not handin.problems


def test_what_they_handed_in(folder):
    found = {s: read_handin(s, paths) for s, paths in students(folder).items()}
    names = {s: [n for n, _ in h.files] for s, h in found.items()}
    assert names == {
        "alice": ["alice.py"],
        "bob": ["bob.ipynb", "bob.py"],
        "carol": ["two.ipynb", "week/one.py"],
    }
    assert not any(h.problems for h in found.values())


def test_the_digest_is_of_names_contents_and_problems(folder):
    paths = students(folder)["alice"]
    digests = {read_handin("alice", paths).digest()}
    (folder / "alice.py").write_text("a = 2")
    digests.add(read_handin("alice", paths).digest())
    (folder / "alice.py").write_text("")
    digests.add(read_handin("alice", paths).digest())
    assert len(digests) == 3


@pytest.mark.parametrize(
    "make, problem",
    [
        (lambda p: p.write_text("  \n"), "is empty"),
        (lambda p: p.write_bytes(b"x" * 2**20 + b"y"), "is too large"),
        (lambda p: os.symlink("/etc/passwd", p), "is a link"),
        (lambda p: os.mkfifo(p), "is not a plain file"),
        (lambda p: p.mkdir(), "no .py file or notebook"),
    ],
)
def test_what_cannot_be_read_is_said(make, problem, tmp_path):
    make(tmp_path / "dora.py")
    (paths,) = students(tmp_path).values()
    handin = read_handin("dora", paths, largest=1)
    assert not handin.files and problem in handin.problems[0]


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir()])
def test_nothing_to_grade(make, tmp_path):
    make(tmp_path / "none")
    with pytest.raises(UserError, match="expected a f"):
        students(tmp_path / "none")


def test_a_folder_that_nobody_may_read(folder, monkeypatch):
    """Neither stops the command nor costs the others anything."""
    real = type(folder).stat

    def refuse(path, **keys):
        if path.parent.name == "carol":
            raise PermissionError(13, "Permission denied")
        return real(path, **keys)

    monkeypatch.setattr(type(folder), "stat", refuse)
    monkeypatch.setattr(type(folder), "lstat", refuse)
    found = students(folder)
    assert list(found) == ["alice", "bob", "carol"]
    (problem,) = read_handin("carol", found["carol"]).problems
    assert problem == "carol cannot be read (Permission denied)"
