from __future__ import annotations

import json

import pytest

ROWS = (
    "Parzen log-likelihood",
    "classes captured",
    "FID",
    "classifier score",
    "precision",
    "recall",
    "MMD²",
    "sliced Wasserstein",
    "two-sample accuracy",
    "1-NN accuracy",
    "nearest training example",
    "KID, features",
    "density",
    "coverage",
    "data copying",
    "authenticity",
)


def test_all_metrics_in_one_table_and_one_json(cli, small_run):
    code, out, err = cli(
        "evaluate", small_run, "--metrics", "all", "--samples", 100, "--json"
    )
    assert code == 0, err
    result = json.loads(out)
    assert json.loads((small_run / "result.json").read_text()) == result
    assert result["parzen"]["log_likelihood"] == pytest.approx(
        result["metrics"]["parzen"]["rows"]["coarse"]["value"]
    )
    assert result["classifier"]["test_error"] < 0.04
    assert len(result["classifier"]["weights_sha256"]) == 64
    fid = result["metrics"]["fid"]["rows"]["fid"]
    assert fid["value"] > fid["real"] and fid["better"] == "lower"
    code, out, _ = cli("evaluate", small_run, "--metrics", "all", "--samples", 100)
    assert code == 0 and out.startswith("digits, 2 epochs\n")
    for row in ROWS:
        assert row in out, row
    for warning in ("k-means centroids get", "blind to memorization", "median"):
        assert warning in out, warning
    assert f"{fid['value']:.4g}" in out
    assert max(map(len, out.splitlines())) < 130


def test_some_metrics_are_added_to_what_the_file_has(cli, small_run):
    def stored(*arguments):
        cli("evaluate", small_run, "--samples", 60, "--json", *arguments)
        return json.loads((small_run / "result.json").read_text())

    assert set(stored("--metrics", "mmd")["metrics"]) == {"mmd"}
    both = stored("--metrics", " sliced_wasserstein")
    assert set(both["metrics"]) == {"mmd", "sliced_wasserstein"}
    (small_run / "result.json").write_text("{damaged")
    assert set(stored("--metrics", "mmd")["metrics"]) == {"mmd"}


def test_numbers_of_other_samples_are_not_kept(cli, small_run):
    cli("evaluate", small_run, "--samples", 60, "--metrics", "mmd")
    cli("evaluate", small_run, "--samples", 50, "--metrics", "neighbors")
    result = json.loads((small_run / "result.json").read_text())
    assert set(result["metrics"]) == {"neighbors"} and result["samples"] == 50


def test_too_few_samples_are_said(cli, small_run):
    code, out, _ = cli("evaluate", small_run, "--samples", 5, "--metrics", "fid,mmd")
    assert code == 0 and "fid: skipped; needs 10 samples, got 5" in out
    code, out, _ = cli("evaluate", small_run, "--samples", 5)
    assert code == 0 and "training images" in out


def test_unknown_metrics(cli, small_run):
    code, _, err = cli("evaluate", small_run, "--metrics", "fid,beauty")
    assert code == 2 and "unknown metric 'beauty'" in err and "all" in err
    assert len(err.splitlines()) == 1


def test_help_names_every_metric(cli):
    from gan_numpy.evaluation import METRICS

    _, out, _ = cli("evaluate", "--help")
    text = out.replace("\n", "").replace(" ", "")
    assert ",".join(METRICS) in text
