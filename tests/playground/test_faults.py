"""Every fault of the menu makes a difference; without one every slope agrees."""

import json

from tests.playground.javascript import run_engine
from tests.playground.test_engine import GAMES, SMALL

# Between them, every fault is possible.
CHOSEN = {
    "adam": {"discriminator_layers": "maxout 8 3, dropout 0.5, dense 8 tanh, dense 8"},
    "momentum": {
        "generator_layers": "dense 8 relu, dense 8 tanh",
        "optimizer": "momentum",
        "learning_rate": 0.05,
        "penalty": "none",
        "clip": 0.2,
    },
}
SEEN_IN_SLOPES = {
    *("G_climbs", "detached", "no_slope", "untransposed", "no_mask", "first_piece"),
    *("no_bias_gradient", "sum"),
}


def test_each_fault_shows():
    settings = [SMALL | changes for changes in CHOSEN.values()]
    told = run_engine(
        "const { FAULTS, flagsOf, possible } = pieces.faults, out = [];"
        "const { compareSlope } = pieces.training;"
        "const off = (r) => Math.abs(r.hand - r.numeric) >"
        "  1e-3 * Math.max(Math.abs(r.hand), Math.abs(r.numeric)) + 1e-7;"
        f"for (const given of {json.dumps(settings)}) {{"
        "  const s = checked(given);"
        "  const play = (faults) => {"
        "    const state = startState(s, toyPoints('ring'), 2);"
        "    state.faults = faults;"
        "    for (let i = 0; i < 15; i++) train(state);"
        "    return [state, saveState(state).arrays];"
        "  };"
        "  const [, healthy] = play({});"
        "  for (const f of possible(s)) {"
        "    const [state, arrays] = play(flagsOf(f));"
        "    const names = Object.keys(arrays).filter((n) => !/optim/.test(n));"
        "    const gaps = names.flatMap("
        "      (n) => arrays[n].map((v, i) => Math.abs(v - healthy[n][i])));"
        "    const gap = Math.max(...gaps);"
        "    out.push([f.name, gap, compareSlope(state).filter(off).length]);"
        "  }"
        "}"
        "return [FAULTS.map((f) => f.name), out];"
    )
    names, shown = told
    assert {name for name, _, _ in shown} == set(names) and len(names) >= 18
    for name, gap, off in shown:
        assert gap > 1e-7 or name == "no_penalty" and gap > 0, name
        assert (off > 0) == (name in SEEN_IN_SLOPES), name


def test_without_a_fault_every_slope_agrees():
    told = run_engine(
        f"return {json.dumps([SMALL | g for g in GAMES.values()])}.map((given) => {{"
        "  const s = checked(given), state = startState(s, toyPoints(s.dataset), 2);"
        "  for (let i = 0; i < 5; i++) train(state);"
        "  return pieces.training.compareSlope(state, 24);"
        "});"
    )
    for name, rows in zip(GAMES, told):
        assert len(rows) == 24 and any(abs(row["hand"]) > 1e-6 for row in rows), name
        for row in rows:
            scale = max(abs(row["hand"]), abs(row["numeric"]))
            gap = abs(row["hand"] - row["numeric"])
            assert gap <= 1e-3 * scale + 1e-7, (name, row)


def test_a_round_of_the_game_has_a_score():
    told = run_engine(
        "const { Round, possible } = pieces.faults, s = checked({}), out = [];"
        "for (let i = 0; i < 40; i++) {"
        "  const round = new Round(s, new Generator(i));"
        "  const others = round.options.filter((f) => f !== round.fault);"
        "  round.hints = i % 3;"
        "  const no = round.guess(others[0].name), yes = round.guess(round.fault.name);"
        "  out.push([round.options.map((f) => f.name), round.fault.name, no, yes,"
        "    round.worth, round.over]);"
        "}"
        "return [possible(s).map((f) => f.name), out];"
    )
    possible, rounds = told
    for i, (options, fault, no, yes, worth, over) in enumerate(rounds):
        assert len(set(options)) == 4 and {*options} <= {*possible} and fault in options
        assert (no, yes, over, worth) == (False, True, True, 10 - 3 - 2 * (i % 3))
    assert len({fault for _, fault, *_ in rounds}) >= 6
