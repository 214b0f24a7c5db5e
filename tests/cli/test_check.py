"""``gan-numpy check`` and ``gan-numpy exercises``."""

import argparse
import json

import pytest

from gan_numpy.cli import check, exercises
from gan_numpy.errors import UserError
from gan_numpy.exercises.registry import NAMES

RIGHT = "def relu_backward(dy, cache):\n    return dy * (cache > 0)\n"
WRONG = "def relu_backward(dy, cache):\n    return dy\n"
STUB = "def relu_backward(dy, cache):\n    raise NotImplementedError\n"


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("GAN_NUMPY_PROGRESS", str(tmp_path / "deep" / "progress.json"))


def call(module, *words):
    """Parse and run one command, as the main program does."""
    parser = argparse.ArgumentParser()
    module.add_parser(parser.add_subparsers())
    args = parser.parse_args([module.__name__.split(".")[-1], *map(str, words)])
    return args.run(args)


def test_exit_codes_and_text(tmp_path, capsys):
    path = tmp_path / "solution.py"
    expected = [
        (RIGHT, 0, "1 right"),
        (WRONG, 1, "mask-missing"),
        (STUB, 0, "1 not attempted"),
    ]
    for source, code, says in expected:
        path.write_text(source)
        assert call(check, path) == code
        assert says in capsys.readouterr().out


def test_json_is_one_object_and_nothing_else(tmp_path, capsys):
    path = tmp_path / "solution.py"
    path.write_text("import numpy\nprint('noise')\n" + WRONG)
    assert call(check, path, "--json", "--hints", 1) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["right"], found["wrong"], found["not_attempted"]) == (0, 1, 0)
    (one,) = found["exercises"]
    assert one["tags"] == ["mask-missing"] and one["title"] == "relu_backward"
    assert "hint 1" in one["text"] and one["findings"][0]["evidence"]["skipped"] == 0


def test_progress_is_kept(tmp_path, capsys):
    path = tmp_path / "solution.py"
    path.write_text(RIGHT)
    call(check, path)
    capsys.readouterr()
    assert call(check, "--progress") == 0
    shown = capsys.readouterr().out
    assert (
        "[x] 02  relu_backward" in shown
        and f"1 of {len(NAMES)} exercises right" in shown
    )
    path.write_text(STUB)  # the next lesson's file: what was solved stays solved
    call(check, path, "--progress")
    assert f"1 of {len(NAMES)} exercises right" in capsys.readouterr().out
    (tmp_path / "deep" / "progress.json").write_text("[]")
    with pytest.raises(UserError, match="holds no progress"):
        call(check, "--progress")


BAD = {
    "missing.py": (None, "no such file"),
    "empty.py": ("", "defines no exercise"),
    "broken.py": ("x = (\n", "SyntaxError: '\\(' was never closed at .*line 1"),
    "other.txt": ("hello", "expected a .py file or an .ipynb notebook"),
    "bad.ipynb": ("not JSON", "is not a notebook"),
    "list.ipynb": ("[1, 2]", "is not a notebook"),
    "old.ipynb": ('{"worksheets": []}', "is not a notebook"),
    "binary.py": (b"\xff\xfe\x00", "is not a text file"),
    "folder.py": ("", "not a .py file"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_line(name, tmp_path):
    content, says = BAD[name]
    path = tmp_path / name
    if name == "folder.py":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.write_text(content)
    with pytest.raises(UserError, match=says) as caught:
        call(check, path)
    assert "\n" not in str(caught.value)


def test_no_file_is_bad_usage():
    with pytest.raises(UserError, match="no file to check"):
        call(check)


def test_the_list_the_description_and_a_near_name(capsys):
    assert call(exercises) == 0
    listed = capsys.readouterr().out
    assert len(listed.splitlines()) == len(NAMES)
    assert max(map(len, listed.splitlines())) <= 80
    call(exercises, "relu_backward")
    assert "y = max(x, 0)" in capsys.readouterr().out
    with pytest.raises(UserError, match="did you mean relu_backward"):
        call(exercises, "relu_backwards")


def test_a_stub_is_written_once_and_is_not_attempted(tmp_path, capsys):
    path = tmp_path / "stub.py"
    assert call(exercises, "--stub", path) == 0
    before = path.read_text()
    compile(before, "stub.py", "exec")
    assert max(map(len, before.splitlines())) <= 88
    with pytest.raises(UserError, match="exists"):
        call(exercises, "relu_backward", "--stub", path)
    assert path.read_text() == before
    capsys.readouterr()
    assert call(check, path) == 0
    assert f"{len(NAMES)} not attempted" in capsys.readouterr().out
    call(exercises, "relu_backward", "--stub", path, "--force")
    assert path.read_text() != before
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["stub.py"]
    with pytest.raises(UserError, match="expected a name in .py"):
        call(exercises, "--stub", tmp_path / "stub.txt")


def test_the_mutation_table_of_a_lesson(capsys):
    assert call(exercises, "7", "--mutants") == 0
    assert "13 of 13 mutants fail with their own name" in capsys.readouterr().out
