"""The game that a network plays: its rules, the gradients through time, the command."""

from __future__ import annotations

import io
import json
import os
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from gan_numpy.cli import keys, main
from gan_numpy.errors import UserError
from gan_numpy.kernels import use_kernels
from gan_numpy.miniatures.played_game import game_gan
from gan_numpy.miniatures.played_game.engine import (
    Engine,
    windows,
    windows_backward,
)
from gan_numpy.miniatures.played_game.game_gan import (
    MODEL,
    GameGAN,
    Shown,
    add_deception,
    backward,
    judge_gradients,
    reconstruction_gradient,
    weights,
)
from gan_numpy.miniatures.played_game.measures import (
    best_guess,
    figures,
    legal_ghosts,
)
from gan_numpy.miniatures.played_game.rules import (
    FLOOR,
    GHOST,
    PELLET,
    PLAYER,
    WALL,
    Level,
    Recording,
    guessed,
    new_level,
    record,
    screen,
    step,
)
from gan_numpy.miniatures.played_game.session import Session, load_engine
from gan_numpy.objectives import discriminator_loss, non_saturating_generator_loss
from tests.numeric import numerical_gradient, relative_error

WHOLE = os.environ.get("GAN_NUMPY_GAME") == "1"  # about two minutes a seed
UP, RIGHT, DOWN, LEFT = range(4)


def level(text, heading=None):
    """A level from rows of its screen."""
    rows = np.array([list(row) for row in text.split()])
    player = np.argwhere(rows == "@").tolist()
    ghost = np.argwhere(rows == "&").tolist()
    where = tuple(player[0]) if player else None
    return Level(rows == "#", rows == ".", where, tuple(ghost[0]), heading)


def shown(state):
    return ["".join("_#.@&"[c] for c in row) for row in screen(state)]


def test_the_player_walks_eats_and_stops_at_walls():
    state = level("@.# ___ _#& ".replace(" ", "\n"))
    state = step(state, RIGHT, UP)
    assert shown(state) == ["_@#", "__&", "_#_"]  # the pellet is gone
    state = step(state, RIGHT, UP)
    assert state.player == (0, 1)  # a wall
    assert step(state, UP, UP).player == (0, 1)  # the edge


def test_the_ghost_goes_straight_then_looks_to_the_right():
    state = level("#_#\n&__\n##@", RIGHT)
    state = step(state, LEFT, UP)
    assert state.ghost == (1, 1) and state.heading == RIGHT  # not up, though free
    state = step(step(state, LEFT, UP), LEFT, UP)  # at (1, 2) only down is left
    assert state.ghost == (2, 2) and state.heading == DOWN and state.player is None
    assert step(state, LEFT, LEFT).heading == UP  # left and up: the first that is free


def test_a_pellet_under_the_ghost_comes_back():
    state = step(level("&.@", None), RIGHT, RIGHT)
    assert shown(state) == ["_&@"] and state.pellets[0, 1]
    state = Level(*state[:2], None, *state[3:])._replace(heading=LEFT)
    assert shown(step(state, RIGHT, UP)) == ["&._"]


def test_who_meets_the_ghost_is_gone():
    for text, key in (("&@_", LEFT), ("&_@", LEFT)):
        state = step(level(text, RIGHT), key, UP)
        assert state.player is None
        assert shown(step(state, RIGHT, UP)).count("@") == 0


def test_a_ghost_that_is_walled_in_stays():
    state = step(level("&#@", None), LEFT, UP)
    assert state.ghost == (0, 0) and state.heading is None


def test_recordings_are_games(rng):
    one = record(5, 12, 4, rng)
    assert one.frames.shape == (5, 13, 4, 4)
    assert ((one.frames == GHOST).sum(axis=(2, 3)) == 1).all()
    assert ((one.frames == PLAYER).sum(axis=(2, 3)) <= 1).all()
    walls = one.frames == WALL
    assert (walls == walls[:, :1]).all()
    assert {FLOOR, WALL, PELLET, PLAYER, GHOST} == set(np.unique(one.frames))
    assert new_level(2, rng).walls.shape == (2, 2)  # room for two at least


def test_the_frame_follows_from_what_the_network_is_told(rng):
    """The last two frames, the key and the roll: nothing else decides, so that it can
    be learned; one frame is not enough."""
    one = record(3000, 6, 3, rng)
    by_two: dict[tuple, set] = {}
    by_one: dict[tuple, set] = {}
    for game, t in product(range(3000), range(1, 6)):
        told = one.keys[game, t], one.rolls[game, t], one.frames[game, t].tobytes()
        after = one.frames[game, t + 1].tobytes()
        by_one.setdefault(told, set()).add(after)
        past = b"".join(frame.tobytes() for frame in one.frames[game, :t])
        by_two.setdefault((*told, past, one.rolls[game, :t].tobytes()), set()).add(
            after
        )
    assert all(len(after) == 1 for after in by_two.values())
    assert any(len(after) > 1 for after in by_one.values())


@pytest.fixture
def small(rng, monkeypatch):
    """A game, an engine, a judge and a batch in float64."""
    monkeypatch.setattr(game_gan, "DTYPE", np.dtype(np.float64))
    game = GameGAN(steps=3, given=2, side=3, judge_channels=2)
    G = Engine(5, 2, 3, rng=rng, dtype=np.float64)
    for value in G.params.values():
        value += 0.3 * rng.normal(size=value.shape)
    return game, G, game.judge(rng), record(2, 3, 3, rng)


@pytest.mark.parametrize("given", [3, 2])
def test_the_engines_gradients_through_time_and_the_judge(small, given):
    game, G, D, batch = small
    when, weight, attention = np.array([2, 1]), 0.7, 3.0

    def run():
        seen, p, caches = game.rollout(G, batch, given)
        return Shown(batch, seen, p, when), p, caches

    def loss():
        seen, p, _ = run()
        true = np.take_along_axis(p, batch.frames[:, 1:, ..., None], 4)
        fooled, _ = non_saturating_generator_loss(D.forward(seen.own)[0])
        counted = weights(batch.frames[:, :-1], attention, np.dtype(np.float64))
        return -(counted * np.log(true[..., 0])).sum() + weight * fooled

    with use_kernels("reference"):
        seen, p, caches = run()
        dlogits = reconstruction_gradient(p, batch.frames, attention)
        add_deception(dlogits, D, seen, weight)
        grads = backward(G, dlogits, caches)
        for name, value in G.params.items():
            wanted = numerical_gradient(loss, value)
            assert relative_error(grads[name], wanted) < 1e-7, name


def test_the_judges_gradients(small):
    game, G, D, batch = small
    with use_kernels("reference"):
        seen, p, _ = game.rollout(G, batch, 2)
        seen = Shown(batch, seen, p, np.array([0, 2]))
        grads = judge_gradients(D, seen)

        def loss():
            logits = [D.forward(part)[0] for part in (seen.true, seen.own)]
            return discriminator_loss(*logits)[0]

        for name, value in D.params.items():
            wanted = numerical_gradient(loss, value)
            assert relative_error(grads[name], wanted) < 1e-7, name


def test_windows_and_their_transpose(rng):
    x, d = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(24, 25))
    there = float((windows(x) * d).sum())
    assert there == pytest.approx(float((x * windows_backward(d, (2, 3, 4))).sum()))
    np.testing.assert_array_equal(windows(x)[:, :5], x.reshape(-1, 5))
    beside = [x[0, 0, 1], x[0, 1, 2], x[0, 2, 1], x[0, 1, 0]]  # up, right, down, left
    np.testing.assert_array_equal(windows(x)[5, 5:], np.concatenate(beside))


def test_cells_count_by_what_stands_near_before_the_step():
    before = np.zeros((1, 1, 3, 4), dtype=int)
    before[0, 0, 0, 0], before[0, 0, 2, 1], before[0, 0, 0, 3] = GHOST, PLAYER, WALL
    wanted = np.array([[8, 8, 1, 1], [8, 8, 1, 1], [8, 8, 8, 1]]) / 12
    np.testing.assert_allclose(weights(before, 8.0, np.dtype(float))[0, 0], wanted)


def test_playing_is_stepping_from_own_frames(rng):
    G = Engine(6, 3, 4, rng=rng)
    one = record(2, 5, 4, rng)
    frames = G.play(one.frames[:, 0], one.keys, one.rolls)
    memory = G.blank((2, 4, 4))
    for t in range(5):
        p, memory, _ = G.step(frames[:, t], one.keys[:, t], one.rolls[:, t], memory)
        np.testing.assert_array_equal(p.argmax(axis=3), frames[:, t + 1])
    assert p.dtype == memory.h.dtype == memory.c.dtype == np.float32


def test_what_is_counted():
    """Two games of one step; in the first the player is lost, in both a pellet."""
    before, after = level("@_&"), level("_@&")
    frames = np.stack([[screen(before), screen(after)]] * 2)
    true = Recording(frames, np.full((2, 1), RIGHT), np.full((2, 1), UP))
    played = frames.copy()
    played[0, 1, 0, 1], played[:, 1, 0, 0] = FLOOR, PELLET
    found = figures(true, played)
    assert found["cells right after 1 steps"] == 3 / 6
    assert found["cells right if nothing moved"] == 1 / 3
    assert found["games whose player is in place"] == 1 / 2
    assert found["of those where it is not caught"] == 1 / 2
    assert found["games whose player never moved"] == 0
    assert found["games whose ghost is in place"] == 1
    assert found["games whose ghost made legal moves only"] == 0  # it could have moved
    assert found["games whose last frame is right"] == 0


def test_a_ghosts_moves():
    def one(*screens):
        return legal_ghosts(np.stack([screen(level(text)) for text in screens])[None])

    assert one("&_@", "_&@", "&_@").all()
    assert one("&#@", "&#@").all()  # walled in
    assert not one("&_@", "&_@").any()  # it stays though a way is free
    assert not one("&__@", "__&@").any()  # too far
    assert not one("&#@", "#&@").any()  # through a wall
    gone, two = np.array([[[[GHOST, 0]], [[0, 0]]]]), np.full((1, 2, 1, 2), GHOST)
    assert not legal_ghosts(gone).any() and not legal_ghosts(two).any()


def test_the_best_guess_errs_only_where_the_ghost_stood(rng):
    one = record(200, 5, 4, rng)
    guess = best_guess(one)
    ghosts = (one.frames[:, :1] == GHOST).repeat(6, axis=1)
    assert (guess == one.frames)[~ghosts].all()
    wrong = (guess != one.frames)[:, 1][ghosts[:, 1]]
    assert 0.2 < wrong.mean() < 0.5  # four cells of ten without a wall have no pellet
    alone = guessed(screen(level("&_")))
    assert alone.player is None and alone.pellets.tolist() == [[True, False]]


@pytest.mark.parametrize("change", [{"side": 2}, {"given": 9}, {"forced": 1.1}])
def test_numbers_that_make_no_game(change):
    with pytest.raises(UserError, match=next(iter(change))):
        GameGAN(**change)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A game of a moment."""
    path = tmp_path_factory.mktemp("game") / "run"
    sizes = ("games=9", "tests=2", "updates=2", "seen=5", "units=3", "hidden=4")
    settings = [part for pair in sizes for part in ("--set", pair)]
    assert main(["train", "game", "--quiet", "--out", str(path), *settings]) == 0
    return path


def played(run, pressed, monkeypatch, *options):
    monkeypatch.setattr("sys.stdin", io.StringIO(pressed))
    return main(["play", str(run), *options])


def test_keys_from_a_pipe(run, monkeypatch, capsys):
    assert played(run, "dd\ns\x1b[Dqww", monkeypatch) == 0
    printed = capsys.readouterr().out
    assert printed.count("+-------+\n|") == 5  # one more than keys before q
    assert "step 4, key a:" in printed and "4 steps; " in printed
    assert "\x1b" not in printed
    assert played(run, "dd", monkeypatch, "--beside", "--side", "3") == 0
    assert capsys.readouterr().out.count("+---+   +---+") == 6


def test_without_a_terminal_and_keys_it_says_how(run, monkeypatch, capsys):
    assert played(run, "", monkeypatch) == 0
    printed = capsys.readouterr().out
    assert "0 steps; 49 of 49 cells" in printed and "printf 'ddss'" in printed
    monkeypatch.setattr("sys.stdin", None)
    assert main(["play", str(run)]) == 0
    assert played(run, "x", monkeypatch) == 2
    assert "key 'x': expected w, a, s or d" in capsys.readouterr().err


def test_keys_that_are_no_text(run, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff"), "utf-8"))
    assert main(["play", str(run)]) == 2
    assert "cannot read the keys" in capsys.readouterr().err


def test_keys_of_a_terminal_come_at_once_and_leave_it_as_it_was(monkeypatch):
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    master, slave = pty.openpty()
    monkeypatch.setattr(keys, "at_a_keyboard", lambda: True)
    with open(slave, encoding="utf-8") as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        before = termios.tcgetattr(slave)
        pressed = keys.keys()
        os.write(master, b"d")
        assert next(pressed) == "d"  # no Enter
        os.write(master, b"\x1b[A")
        assert next(pressed) == "w"
        os.write(master, b"q")
        assert list(pressed) == []
        assert termios.tcgetattr(slave) == before
    os.close(master)


def test_what_cannot_be_played_is_refused(run, monkeypatch, capsys, tmp_path):
    assert main(["play", str(tmp_path)]) == 2
    assert "is not a directory of a game" in capsys.readouterr().err
    other = tmp_path / "other"
    other.mkdir()
    config = json.loads((run / "config.json").read_text())
    for key, value in (("miniature", "nce"), ("settings", {})):
        (other / "config.json").write_text(json.dumps({**config, key: value}))
        assert main(["play", str(other)]) == 2
    config["settings"]["side"] = "7"
    (other / "config.json").write_text(json.dumps(config))
    assert main(["play", str(other)]) == 2
    assert "damaged: side is '7'" in capsys.readouterr().err


def test_damaged_engines_are_refused(run, tmp_path):
    arrays = dict(np.load(run / MODEL))
    assert load_engine(run / MODEL).units == 3
    damages = (
        {"S": arrays["S"][:-1]},
        {"s": arrays["s"][:-1]},
        {"Q": arrays["Q"][:, :-1]},
        {"b": np.zeros(3, np.float32)},
        {"k": np.float32(1)},
        {"v": np.full_like(arrays["v"], np.nan)},
        {"V": arrays["V"].astype(np.float64)},
        {"more": arrays["v"]},
    )
    for damage in damages:
        np.savez(tmp_path / MODEL, **{**arrays, **damage})
        with pytest.raises(UserError, match="holds no engine"):
            load_engine(tmp_path / MODEL)
    (tmp_path / MODEL).write_bytes((run / MODEL).read_bytes()[:-40])
    with pytest.raises(UserError, match="cannot read"):
        load_engine(tmp_path / MODEL)


def test_a_session_keeps_the_score(run):
    one = Session(load_engine(run / MODEL), 5, 3)
    assert one.score() == "0 steps; 25 of 25 cells as in the true game"
    one.press("w")
    assert one.steps == 1 and one.score().startswith("1 step; ")


@pytest.mark.skipif(not WHOLE, reason="GAN_NUMPY_GAME=1 trains it, seeds 0 to 2")
def test_ten_played_steps_are_right_over_three_seeds_as_the_book_says():
    page = Path(__file__).parents[2] / "lessons/book/pages/miniatures.md"
    (row,) = re.findall(r"^\| `game` \|.*\|$", page.read_text("utf-8"), re.MULTILINE)
    said = [float(v) for v in re.findall(r"\.\d+", row.split("|")[4])]
    with use_kernels("reference"):
        each = [GameGAN().play(seed).figures for seed in range(3)]
    for name, goal in GameGAN.goals.items():
        assert all(goal.met(found[name]) for found in each), each
    cells, player, ghost = (
        "cells right after 10 steps",
        "games whose player is in place",
        "games whose ghost is in place",
    )
    first = (cells, "cells right if nothing moved", "cells right by the best guess")
    first += (player, "games whose player never moved", ghost)
    found = [each[0][name] for name in first]
    for name in (cells, player, ghost):
        found += [end(one[name] for one in each) for end in (min, max)]
    # Sums are rounded otherwise elsewhere, and a game of 300 is .003.
    assert said == pytest.approx(found, abs=0.04)
    of_cells = [0, 1, 2, 6, 7]
    assert [said[k] for k in of_cells] == pytest.approx(
        [found[k] for k in of_cells], abs=5e-3
    )
