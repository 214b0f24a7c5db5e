from __future__ import annotations

import json

import numpy as np

import gan_numpy


def test_evaluate_json_is_the_only_thing_on_stdout(cli, small_run):
    code, out, _ = cli("evaluate", small_run, "--json", "--samples", 500)
    result = json.loads(out)
    three = {"log_likelihood", "standard_error", "sigma"}
    assert code == 0
    assert set(result) == {"recipe", "seed", "epochs", "parzen", "baselines"}
    assert (result["recipe"], result["seed"], result["epochs"]) == ("digits", 0, 2)
    assert set(result["baselines"]) == {"training_images", "k_means"}
    for row in (result["parzen"], *result["baselines"].values()):
        assert set(row) == three | {"refined"} and set(row["refined"]) == three
    assert json.loads((small_run / "result.json").read_text()) == result


def test_evaluate_prints_a_table(cli, small_run):
    code, out, _ = cli("evaluate", small_run, "--samples", 500)
    assert code == 0
    for row in ("digits, 2 epochs", "training images", "k means"):
        assert row in out
    _, again, _ = cli("evaluate", small_run, "--samples", 500)
    assert again == out


def test_evaluate_with_a_fixed_bandwidth(cli, small_run):
    _, out, _ = cli("evaluate", small_run, "--json", "--samples", 50, "--sigma", 0.3)
    result = json.loads(out)
    assert result["parzen"]["sigma"] == result["parzen"]["refined"]["sigma"] == 0.3
    assert result["baselines"]["k_means"]["sigma"] == 0.3


def test_sample_picture_and_arrays(cli, small_run, tmp_path):
    code, out, _ = cli("sample", small_run, "-n", 7)
    assert code == 0 and out.strip() == str(small_run / "samples.png")
    assert (small_run / "samples.png").read_bytes().startswith(b"\x89PNG")
    for seed in (0, 0, 1):
        cli("sample", small_run, "-n", 7, "--seed", seed, "--out", f"s/{seed}.npz")
    draws = []
    for seed in (0, 1):
        with np.load(tmp_path / "s" / f"{seed}.npz") as archive:
            draws.append(archive["samples"])
    assert draws[0].shape == (7, 8, 8) and draws[0].dtype == np.float32
    assert 0 <= draws[0].min() and draws[0].max() <= 1
    assert (draws[0] != draws[1]).any()


def test_recipes(cli):
    code, out, _ = cli("recipes")
    assert code == 0 and "G 100-1200-1200" in out and "D maxout 240x5-240x5" in out
    code, out, _ = cli("recipes", "mnist")
    assert "learning_rate_factor=1.000004" in out


def test_data(cli):
    code, out, _ = cli("data", "list")
    assert code == 0 and "mnist    not present" in out and "digits   ready" in out
    code, out, _ = cli("data", "verify", "digits")
    assert code == 0 and "digits: ok" in out
    code, out, _ = cli("data", "fetch", "digits")
    assert code == 0 and "nothing to fetch" in out


def test_real_mnist_is_verified(cli, mnist_dir):
    code, out, _ = cli("data", "verify", "mnist", "--data-dir", mnist_dir)
    assert code == 0 and out.count("ok") == 4


def test_version_and_help(cli):
    assert gan_numpy.__version__ in cli("--version")[1]
    code, out, _ = cli("--help")
    assert code == 0 and "evaluate" in out
