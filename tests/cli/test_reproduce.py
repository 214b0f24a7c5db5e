"""`gan-numpy reproduce` from the command line, with tiny networks."""

from __future__ import annotations

import json

from tests.cli.conftest import SMALL

TINY = ["--recipes", "digits", "--epochs", 2, "--quiet", *SMALL]


def test_table1(cli, tmp_path):
    code, out, err = cli(
        *("reproduce", "table1", "--seeds", 2, "--samples", 100, *TINY)
    )
    assert code == 0, err
    for row in ("| training images |", "| k-means |", "| digits batch_size=200 "):
        assert row in out
    assert "left: 2 of 2 runs" in err and "left: 1 of 2 runs" in err
    rows = json.loads((tmp_path / "reproduced/table1/table1.json").read_text())["rows"]
    ours = [row for row in rows if row["model"].startswith("digits ")]
    assert [row["seed"] for row in ours] == [0, 1]
    assert all(row["epochs"] == 2 and row["threads"] >= 1 for row in ours)
    # Asked for again, nothing is trained.
    code, again, err = cli(
        *("reproduce", "table1", "--seeds", 2, "--samples", 100, *TINY)
    )
    assert code == 0 and again == out and "left" not in err
    # Other recipes join those that are there.
    code, out, err = cli(
        *("reproduce", "table1", "--samples", 100, *TINY, "--recipes", "lsgan")
    )
    assert code == 0, err
    assert "| digits batch" in out and "| lsgan " in out


def test_figures_2_and_3(cli, tmp_path):
    code, out, err = cli("reproduce", "fig2", *TINY)
    assert code == 0, err
    names = ["fig2-digits-seed0.png", "fig2-distances.png", "fig2.txt", "fig2.json"]
    assert out.split() == [f"reproduced/fig2/{name}" for name in names]
    text = (tmp_path / "reproduced/fig2/fig2.txt").read_text()
    assert "paper's caption says" in text and "digits-seed0" in text
    run = "reproduced/fig2/runs/digits-seed0"
    code, out, err = cli("reproduce", "fig3", run, "--out", "three", "--quiet")
    assert code == 0, err
    for path in out.split():
        assert (tmp_path / path).is_file()


def test_collapse(cli, tmp_path):
    code, out, err = cli("reproduce", "collapse", "--out", "c", *TINY)
    assert code == 0, err
    assert "not the paper's model" in out and "collapse: momentum" in out
    assert (tmp_path / "c/collapse.png").is_file()


def test_modes(cli, tmp_path):
    arguments = ("reproduce", "modes", "--seeds", 2, "--epochs", 1, "--quiet")
    small = ("--set", "generator_units=8", "--set", "discriminator_units=6")
    code, out, err = cli(*arguments, *small)
    assert code == 0, err
    assert "| ring |" in out and "| ring-pacgan |" in out
    lines = (tmp_path / "reproduced/modes/modes.csv").read_text().splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["ring", "1", "0"],
        ["ring-pacgan", "2", "0"],
        ["ring", "1", "1"],
        ["ring-pacgan", "2", "1"],
    ]
    code, again, err = cli(*arguments, *small)  # nothing is trained again
    assert code == 0 and again == out and "left" not in err
    code, _, err = cli(*arguments, *small, "--set", "dataset=moons")
    assert code == 2 and "modes of moons are not known" in err


def test_bad_input_is_one_line(cli, tmp_path):
    for arguments, message in (
        (["table1", "--recipes", "digits,mnist"], "one table is of one data set"),
        (["table1", "--recipes", "none"], "unknown recipe"),
        (["fig2", "none"], "is not a run directory"),
        (["fig2", "none", "--recipes", "digits"], "not both"),
        (["fig2", "--recipes", "digits", "--set", "x"], "key=value"),
        (["nothing"], "invalid choice"),
        (["fig1", "--epochs", "3"], "unrecognized arguments"),
        ([], "required"),
    ):
        code, out, err = cli("reproduce", *arguments)
        assert code == 2 and out == ""
        assert message in err.strip().splitlines()[-1]
        assert "Traceback" not in err


def test_table2_stands_beside_table1_and_goes_on(cli, tmp_path):
    """The same runs by annealing; what was interrupted is not computed twice."""
    small = ("--examples", 30, "--temperatures", 4, "--chains", 2)
    code, out, err = cli("reproduce", "table2", *small, *TINY)
    assert code == 0, err
    assert "| training images | - |" in out and "| digits batch_size=200 " in out
    assert "no decoder: a finite set of centers" in out
    folder = tmp_path / "reproduced/table1"
    *baselines, row = json.loads((folder / "table2.json").read_text())["rows"]
    assert [b["ais"] for b in baselines] == [None, None]
    assert row["ais"]["examples"] == 30 and row["ais"]["gap"] > 0
    kept = folder / "runs/digits-seed0/ais.json"
    stored = json.loads(kept.read_text())
    assert list(stored["parts"]) == ["sigma", "gap", "from 0", "from 20"]
    first = stored["parts"].pop("from 20")
    stored["parts"]["gap"] = 7.5  # as if it had come from an earlier command
    kept.write_text(json.dumps(stored))
    code, out, _ = cli("reproduce", "table2", str(kept.parent), "--quiet", *small)
    assert code == 0 and "| 7.50 |" in out
    assert json.loads(kept.read_text())["parts"]["from 20"] == first
