"""The doctor's parts: what it leaves alone, what it says, and where it says nothing."""

from __future__ import annotations

import json
import shlex

import numpy as np
import pytest
from faultbank.games import new_game, play
from faultbank.names import NAMES
from faultbank.record import recorded
from faultbank.threads import THREADS, Loop, dense_players, digits

from gan_numpy import lesson
from gan_numpy.cli import build_parser, main
from gan_numpy.doctor.findings import KINDS
from gan_numpy.doctor.thresholds import LIMITS, healthy, limit, table
from gan_numpy.doctor.trace import Trace, read_rows, write_trace
from gan_numpy.doctor.verdict import HEALTHY, TOO_EARLY, UNKNOWN, judge
from gan_numpy.doctor.watch import Watch, is_due
from gan_numpy.errors import UserError
from gan_numpy.layers import Sigmoid
from gan_numpy.recipes import RECIPES, get_recipe, with_settings
from gan_numpy.stepping import names
from gan_numpy.training.algorithm1 import UPDATES, train_epoch
from gan_numpy.training.state import initial_state
from tests.recipes.examples import small, small_data
from tests.turns import share


def test_every_name_is_one_of_the_banks():
    words = [kind.name for kind in KINDS]
    assert sorted(words) == sorted(NAMES)
    for kind in KINDS:
        assert set(kind.explains) <= set(words) - {kind.name}
        assert kind.source and kind.literature and kind.next and kind.means


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_to_try_is_a_command(kind):
    """One that the parser takes, of a recipe that knows its settings."""
    words = shlex.split(kind.next.replace("RECIPE", "digits"), comments=True)
    assert words[0] == "gan-numpy"
    args = build_parser().parse_args(words[1:])
    if args.command == "train":
        with_settings(get_recipe("digits"), args.settings)
    if args.command == "explain":
        assert args.name in names()


@pytest.mark.parametrize("data", ["digits", "ring"])
def test_watching_changes_no_bit(data):
    plain, seen = new_game(data, 0), new_game(data, 0)
    play(plain, 20)
    watch = Watch(seen.data, 0)
    play(seen, 20, watch.over)
    assert [row["step"] for row in watch.rows] == [1, 2, 4, 8, 16]
    for a, b in ((plain.state.G, seen.state.G), (plain.state.D, seen.state.D)):
        for name, value in a.params.items():
            np.testing.assert_array_equal(b.params[name], value)
        for name, value in a.buffers.items():
            np.testing.assert_array_equal(b.buffers[name], value)
    assert plain.state.rng.random() == seen.state.rng.random()


def test_the_steps_that_are_looked_at():
    due = [step for step in range(1, 1025) if is_due(step)]
    assert due == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]


def test_a_trace_is_kept_and_read(tmp_path):
    rows = [{"step": 1.0, "apart": 0.25}, {"step": 2.0, "spread": 1e-9}]
    write_trace(tmp_path / "probes.csv", rows)
    assert read_rows(tmp_path / "probes.csv") == rows
    assert read_rows(tmp_path / "none.csv") == []


@pytest.mark.parametrize(
    "text, says",
    [
        ("step,apart\n1,x\n", "damaged"),
        ("step,apart\n2,0\n1,0\n", "steps do not rise"),
        ("step,apart\n1,nan\n", "not finite"),
        ("apart\n1\n", "no step"),
        ("step,apart\n1,2,3\n", "too many cells"),
    ],
)
def test_a_damaged_trace_is_one_line(tmp_path, text, says):
    path = tmp_path / "probes.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match=says) as error:
        read_rows(path)
    assert "\n" not in str(error.value)


def test_three_answers_that_name_nothing():
    assert judge(Trace((), {})).word == UNKNOWN
    trace = recorded("healthy", "ring", 0, steps=40)
    assert judge(trace).word == TOO_EARLY
    late = Trace((*trace.rows, trace.rows[-1] | {"step": 4000.0}), trace.settings)
    assert judge(late).word == HEALTHY


def test_a_finding_says_all_that_it_should():
    verdict = judge(recorded("generator_frozen", "ring", 0, steps=8))
    (found,) = verdict.as_dict()["findings"]
    assert found["name"] == verdict.word == "generator_not_moving"
    assert found["since"] == 1 and "change by 0" in found["evidence"]
    for part in ("means", "literature", "source", "next"):
        assert found[part] in str(verdict)
    assert "\n" not in verdict.line()


def test_limits_stand_beyond_what_healthy_runs_show():
    """On the wrong side of all of them, where the figure is to be compared at all."""
    for name in ("move_G_high", "move_D_high", "margin", "near", "outside", "dead"):
        seen = healthy().get(LIMITS[name].figure)
        assert seen is None or limit(name) > seen["max"], name
    for name in ("varied", "move_low"):
        assert limit(name) < healthy()[LIMITS[name].figure]["min"], name
    assert all(name in table() for name in LIMITS)


@pytest.mark.parametrize(
    "recipe",
    share(RECIPES.values(), 3, "GAN_NUMPY_DOCTOR"),
    ids=lambda recipe: recipe.name,
)
def test_every_recipe_can_be_examined(recipe):
    """A few steps of each, small: what can be measured is finite."""
    few, recipe = recipe.label_policy.few, small(recipe)
    data = small_data(recipe)
    state, watch = initial_state(recipe, data, 0), Watch(data, 0)
    train_epoch(state, recipe, data, update=watch.over(UPDATES[recipe.update]))
    assert [row["step"] for row in watch.rows] == [1, 2]
    for row in watch.rows:
        assert row["finite"] == 1 and {"apart", "move_G", "move_D"} <= row.keys()
        assert ("downhill_G" in row) != few
        assert np.isfinite(list(row.values())).all()
    assert judge(watch.trace(recipe)).word in (TOO_EARLY, "rate_too_high")


def test_the_command(tmp_path, capsys):
    run = tmp_path / "run"
    arguments = ["train", "ring", "--epochs", "1", "--quiet", "--out", str(run)]
    assert main(arguments) == 0
    assert [row["step"] for row in read_rows(run / "probes.csv")][-1] == 64
    capsys.readouterr()
    assert main(["doctor", str(run), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == HEALTHY and found["step"] == 100
    assert main(["doctor", str(run)]) == 0
    assert capsys.readouterr().out.startswith("doctor, step 100: healthy so far")
    assert main(["doctor", "--thresholds"]) == 0
    assert "move_G_high" in capsys.readouterr().out
    (run / "probes.csv").write_text("nonsense", "utf-8")
    for bad in ([str(run)], [str(tmp_path / "none")], [], [str(run), "--thresholds"]):
        assert main(["doctor", *bad]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_run_says_a_certain_thing_once(tmp_path, capsys):
    out = ["--quiet", "--out", str(tmp_path / "run"), "--set", "clip=0.001"]
    assert main(["train", "ring", "--epochs", "1", *out]) == 0
    said = [v for v in capsys.readouterr().err.splitlines() if v.startswith("doctor")]
    assert len(said) == 1 and "clipping pins the discriminator" in said[0]


def test_a_judge_does_without_any_figure():
    """Each figure in turn is missing, or is huge: a verdict says less, never fails."""
    full = recorded("healthy", "digits", 0, steps=32)
    names = sorted({name for row in full for name in row} - {"step"})
    for settings in (full.settings, {"penalty": "r1"}, {"clip": 1.0}, {}):
        for name in names:
            lacks = [{k: v for k, v in row.items() if k != name} for row in full]
            odd = [
                row | {name: value} for row in full for value in (0.0, 1e300, -1e300)
            ]
            less = judge(Trace(tuple(lacks), settings, full.labels))
            assert not less.findings, name  # of a healthy game
            for rows in (odd[::3], odd[1::3], odd[2::3]):
                verdict = judge(Trace(tuple(rows), settings, full.labels))
                assert str(verdict) and "\n" not in verdict.line()


THREAD_RUNS = share(THREADS.items(), 6, "GAN_NUMPY_DOCTOR")


@pytest.mark.parametrize("make, accepts", [t for _, t in THREAD_RUNS])
def test_what_the_doctor_says_of_public_threads(make, accepts):
    """All of them are named, by what a student's loop keeps."""
    with np.errstate(all="ignore"):
        situation = make(0)
    verdict = lesson.doctor(
        situation.G,
        situation.D,
        situation.data,
        situation.history,
        **situation.options,
    )
    assert {f.name for f in verdict.findings} <= accepts and verdict.findings


def test_a_healthy_loop_is_called_so():
    G, D = dense_players(0, 64, Sigmoid())
    history = Loop().play(G, D, digits(), 0)
    assert lesson.doctor(G, D, digits(), history).word == HEALTHY
    assert lesson.doctor(G, D, digits()).word in (UNKNOWN, TOO_EARLY)


def test_a_diverged_run_is_told_so(tmp_path, capsys):
    out = ["--quiet", "--out", str(tmp_path / "run"), "--set", "optimizer=momentum"]
    assert main(["train", "ring", *out, "--set", "learning_rate=1e30"]) == 1
    capsys.readouterr()
    assert main(["doctor", str(tmp_path / "run"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] in ("diverged", "rate_too_high")


def test_functions_are_examined_by_what_they_return(rng):
    data = rng.normal(size=(200, 2))
    one = np.full(2, 0.5)

    def G(z):
        return np.tile(one, (len(z), 1))

    history = [{"step": 100 * k} for k in range(5)]
    verdict = lesson.doctor(G, lambda x: x.sum(axis=1), data, history, latent=3)
    assert verdict.word == "collapse"
    assert "generator_not_moving" in verdict.unknown


def test_what_a_student_gives_is_checked(rng):
    data = rng.normal(size=(20, 2))

    def same(x):
        return x

    with pytest.raises(UserError, match="size of z"):
        lesson.doctor(same, same, data)
    with pytest.raises(UserError, match="unknown objective"):
        lesson.doctor(same, same, data, latent=2, objective="nonsense")
    with pytest.raises(UserError, match="steps must rise"):
        lesson.doctor(same, same, data, [{"step": 2}, {"step": 1}], latent=2)
    with pytest.raises(UserError, match="examples"):
        lesson.doctor(same, same, data[0], latent=2)
