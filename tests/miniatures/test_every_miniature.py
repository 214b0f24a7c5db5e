"""Every miniature, shrunk: it plays, says what it was told, and draws."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gan_numpy.cli import main
from gan_numpy.errors import UserError
from gan_numpy.miniatures import MINIATURES, Goal
from gan_numpy.recipes import RECIPES, with_settings
from tests.miniatures.games import SMALL

PAGE = Path(__file__).parents[2] / "lessons/book/pages/miniatures.md"
TEXT = PAGE.read_text("utf-8")


@pytest.mark.parametrize("name", MINIATURES)
def test_it_is_played_by_train(name, tmp_path, capsys):
    if name == "melodies":
        pytest.importorskip("music21", reason="its tunes come with music21")
    out = tmp_path / "game"
    settings = [part for pair in SMALL[name] for part in ("--set", pair)]
    command = ["train", name, "--seed", "3", "--quiet", "--out", str(out), *settings]
    assert main(command) == 0
    printed = capsys.readouterr().out
    result = json.loads((out / "result.json").read_text())
    assert (out / "picture.png").read_bytes().startswith(b"\x89PNG")
    config = json.loads((out / "config.json").read_text())
    assert (config["miniature"], config["seed"]) == (name, 3)
    for figure, said in result.items():
        assert figure in printed and isinstance(said["figure"], float)
    goals = MINIATURES[name].goals
    assert goals.keys() <= result.keys()  # every figure that has a goal was measured
    for figure, goal in goals.items():
        assert result[figure]["met"] == goal.met(result[figure]["figure"])
    assert main(command) == 2 and "--force" in capsys.readouterr().err
    assert main([*command, "--force"]) == 0
    assert json.loads((out / "result.json").read_text()) == result  # bit for bit
    assert main(["sample", str(out)]) == 2
    assert f"holds a game of {name}" in capsys.readouterr().err


def test_none_needs_a_compiler(tmp_path):
    """Where Numba compiles nothing, the reference kernels play; melodies add only
    music21's import to what the others use. Super-resolution has a judge whose scores
    must not depend on kernels: the classifier, which is always compiled."""
    left_out = {"melodies", "super-resolution"}
    commands = [
        ["train", name, "--quiet", "--out", name]
        + [part for pair in SMALL[name] for part in ("--set", pair)]
        for name in MINIATURES
        if name not in left_out
    ]
    program = f"from gan_numpy.cli import main\nassert not any(map(main, {commands}))"
    none = {"NUMBA_DISABLE_JIT": "1", "GAN_NUMPY_KERNELS": "reference"}
    subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=os.environ | none, check=True
    )
    played = {path.parent.name for path in tmp_path.glob("*/result.json")}
    assert played == MINIATURES.keys() - left_out


@pytest.mark.parametrize("name", MINIATURES)
def test_it_says_what_it_is(name, capsys):
    game = MINIATURES[name]
    assert game.name == name and name not in RECIPES
    assert f"``{name}``" in (type(game).__doc__ or "")
    assert re.search(rf"^\| `{name}` \|.*\d.*\|$", TEXT, re.M), "a row with a figure"
    assert game.source and game.description and "\n" not in game.description
    assert main(["recipes", name]) == 0
    printed = capsys.readouterr().out
    for field in dataclasses.fields(game):
        assert f"  {field.name}=" in printed
        if isinstance(getattr(game, field.name), (int, float)):
            with pytest.raises(UserError, match=field.name):
                with_settings(game, [f"{field.name}=-1"])


def test_they_are_listed(capsys):
    assert main(["recipes"]) == 0
    printed = capsys.readouterr().out
    assert all(game.description in printed for game in MINIATURES.values())


def test_options_of_trainings_are_refused(capsys):
    for option in ("--epochs=3", "--data=x.npy", "--data-dir=.", "--resume=x"):
        assert main(["train", "nce", option]) == 2
        assert "a miniature is played as a whole" in capsys.readouterr().err


def test_a_game_replaces_no_run(tmp_path, capsys):
    (tmp_path / "config.json").write_text('{"recipe": "digits"}')
    (tmp_path / "result.json").write_text("{}")
    command = ["train", "nce", "--out", str(tmp_path), "--force", "--quiet"]
    assert main(command) == 2
    assert "holds no game" in capsys.readouterr().err


def test_goals():
    assert Goal(0.1).met(0.1) and not Goal(0.1).met(0.2)
    assert Goal(0.9, at_least=True).met(0.9) and not Goal(0.9, at_least=True).met(0.8)
    assert not Goal(0.1).met(np.nan) and not Goal(0.1, at_least=True).met(np.nan)
