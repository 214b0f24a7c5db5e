"""A game goes from the browser to the terminal and back, from the same weights."""

import base64
import json

import numpy as np
import pytest
from tests.playground.javascript import run_engine
from tests.playground.test_engine import SMALL, furthest, game

from gan_numpy.cli import main
from gan_numpy.datasets import load_dataset
from gan_numpy.errors import UserError
from gan_numpy.kernels import use_kernels
from gan_numpy.playground.games import read_game, start_run, state_of
from gan_numpy.runs.run import create_run, open_run
from gan_numpy.training.algorithm1 import train_epoch
from gan_numpy.training.state import initial_state

POINTS = [[(i % 17) / 16, (i * i % 23) / 22] for i in range(150)]
NOISY = SMALL | {"penalty": "none", "discriminator_layers": "maxout 6 2, dropout 0.5"}


def saved_game(settings, steps, more=0):
    """What 'Save game' writes after some steps; and the arrays after some more."""
    own = settings.get("dataset") == "own"
    data = f"trainingPart({json.dumps(POINTS)})" if own else "toyPoints(s.dataset)"
    points = json.dumps(POINTS) if own else "null"
    return run_engine(
        f"const s = checked({json.dumps(settings)});"
        f"const state = startState(s, {data}, 3);"
        f"for (let i = 0; i < {steps}; i++) train(state);"
        f"const saved = JSON.parse(JSON.stringify(saveState(state, {points})));"
        f"for (let i = 0; i < {more}; i++) train(state);"
        "const again = loadState(saved);"
        f"for (let i = 0; i < {more}; i++) train(again);"
        "return [saved, saveState(state).arrays, saveState(again).arrays];"
    )


@pytest.fixture
def write(tmp_path):
    def write(saved):
        path = tmp_path / "game.json"
        path.write_text(json.dumps(saved), "utf-8")
        return path

    return write


@pytest.mark.parametrize("settings", [NOISY, SMALL | {"dataset": "own"}])
def test_a_step_from_a_saved_game_is_the_same_here_and_there(settings, write, tmp_path):
    saved, there, again = saved_game(settings, steps=5, more=3)
    assert there == again  # opened in the browser, it goes on as if never saved
    read = read_game(write(saved))
    run, data = start_run(read, tmp_path / "run")
    state = state_of(read, run.recipe, data, np.float64)
    assert state.step == 5 and 5 <= state.batch + state.epoch * 7
    with use_kernels("reference"):
        while state.step < 8:
            train_epoch(state, run.recipe, data, should_stop=lambda: state.step >= 8)
    assert furthest(state, there) < 1e-12
    kept = run.load_state(run.load_data())  # what `train` goes on from
    assert furthest(kept, saved["arrays"]) < 1e-6 and kept.step == 5


class Trained(Exception):
    """Training would begin now."""


def test_the_terminal_goes_on(write, tmp_path, capsys, monkeypatch):
    """The command hands the game's state to training, which any run goes through."""
    path = write(saved_game(SMALL | {"dataset": "own"}, steps=9)[0])
    out = tmp_path / "runs" / "mine"
    told = ["train", "--recipe", str(path), "--out", str(out), "--quiet"]

    def train(run, data, state, *rest):
        assert state.step == 9 and state.epoch < run.recipe.epochs == 30
        with use_kernels("reference"):
            monitors = train_epoch(state, run.recipe, data)
        assert 0 < monitors["d_real"] < 1 and state.step == 14  # seven an epoch
        raise Trained

    monkeypatch.setattr("gan_numpy.runs.job.train", train)
    with pytest.raises(Trained):
        main([*told, "--epochs", "30"])
    assert open_run(out).recipe.epochs == 30
    for options, complaint in {
        ("ring",): "recipe cannot be given",
        ("--seed", "1"): "seed cannot be given",
        ("--epochs", "1", "--force"): "has played 1 of 1 epochs",
    }.items():
        capsys.readouterr()
        assert main([*told, *options]) == 2
        assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("alone", [1, 6])
def test_where_the_discriminator_moved_alone(alone, write, tmp_path):
    """Half a step, or the end of an epoch: it goes on with the next whole step."""
    settings = SMALL | {"dataset": "own", "discriminator_steps": 2}
    saved = run_engine(
        f"const s = checked({json.dumps(settings)});"
        f"const points = {json.dumps(POINTS)};"
        "const state = startState(s, trainingPart(points), 3);"
        f"for (let i = 0; i < {alone}; i++) pieces.training.stepOfD(state);"
        "return saveState(state, points);"
    )
    run, data = start_run(read_game(write(saved)), tmp_path / "run")
    state = run.load_state(data)
    assert (state.epoch, state.batch) == ((0, 2) if alone == 1 else (1, 0))
    with use_kernels("reference"):
        assert train_epoch(state, run.recipe, data) is not None


def test_what_is_no_game_is_one_line(write, tmp_path):
    good, _, _ = saved_game(SMALL | {"dataset": "own"}, steps=1)

    def refused(**changes):
        with pytest.raises(UserError) as caught:
            read = read_game(write(good | changes))
            start_run(read, tmp_path / "run")
        assert "\n" not in str(caught.value) and "game.json" in str(caught.value)
        assert not (tmp_path / "run").exists()
        return str(caught.value)

    settings, arrays = good["settings"], good["arrays"]
    assert "no game" in refused(format="other")
    assert "seed" in refused(seed=-1)
    assert "objective=none" in refused(settings=settings | {"objective": "none"})
    assert "generator_layers=dense" in refused(
        settings=settings | {"generator_layers": "dense"}
    )
    assert "points" in refused(points=[[0, 0, 0]])
    assert "unit square" in refused(points=[[2, 0]] * 30)
    assert "generator/y.W" in refused(arrays=arrays | {"generator/y.W": [1]})
    assert "discriminator/y.b" in refused(arrays=arrays | {"discriminator/y.b": ["x"]})
    assert "rng" in refused(rng={"state": "1"})
    assert "order" in refused(order=[0] * 120)
    assert "step" in refused(step=1.5)


@pytest.mark.parametrize(
    "name, points", [("playground", "moons"), ("ring", "ring"), ("playground", "grid")]
)
def test_a_run_is_opened_in_the_browser(name, points, tmp_path):
    """Its checkpoint is read as NumPy wrote it; then both sides train on."""
    small = {"generator_units": (6, 5), "discriminator_units": (5, 4)}
    recipe = game_of_the_ring(small)
    if name == "playground":
        recipe = game({"dataset": points})
    data = load_dataset(points)
    run = create_run(tmp_path / "run", recipe, 3, data)
    with use_kernels("reference"):
        state = initial_state(recipe, data, 3)
        train_epoch(state, recipe, data, should_stop=lambda: state.step >= 4)
        run.save_state(state)
        content = base64.b64encode(run.checkpoint.read_bytes()).decode()
        start, after = run_engine(
            f"const bytes = Uint8Array.from(atob('{content}'), (c) => c.charCodeAt());"
            "const state = loadState(pieces.runs.readRun(bytes.buffer));"
            "const first = saveState(state); train(state);"
            "return [first, saveState(state).arrays];"
        )
        assert furthest(state, start["arrays"]) < 1e-12 and start["step"] == 4
        assert start["settings"]["dataset"] == data.name
        train_epoch(state, recipe, data, should_stop=lambda: state.step >= 5)
    # Float32 here and float64 there, over a step.
    assert furthest(state, after) < (1e-5 if name == "playground" else 2.1e-3)


def game_of_the_ring(changes):
    from gan_numpy.recipes import get_recipe

    return get_recipe("ring").replace(batch_size=20, **changes)
