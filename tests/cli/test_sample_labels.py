"""``gan-numpy sample --label``: digits on demand, and who has none."""

import numpy as np
import pytest

from gan_numpy import plots
from gan_numpy.datasets import load_dataset
from gan_numpy.runs.job import real_rows
from gan_numpy.runs.run import open_run
from tests.cli.test_bad_input import assert_refused

TINY = [
    *("--set", "joint_units=8"),
    *("--set", "x_maxout=6"),
    *("--set", "joint_maxout=6"),
    *("--set", "generator_average=0"),
    *("--set", "init=0.3"),
    *("--set", "batch_size=200"),
]


@pytest.fixture
def told_run(cli, tmp_path):
    """A finished run of two epochs whose generator is told a class."""
    code, _, err = cli("train", "cgan", "--epochs", 2, "--out", "told", *TINY)
    assert code == 0, err
    return tmp_path / "told"


def arrays(cli, run, *options):
    out = run / "drawn.npz"
    code, _, err = cli("sample", run, "--out", out, *options)
    assert code == 0, err
    with np.load(out) as file:
        return dict(file)


@pytest.fixture
def drawn(monkeypatch):
    """The grids of each picture, by the end of its path."""
    seen = {}

    def remember(path, sheets, rows=()):
        seen[path.name] = [(title, x.shape, n) for title, x, n in sheets], list(rows)
        save_sheets(path, sheets, rows)

    save_sheets = plots.save_sheets
    monkeypatch.setattr(plots, "save_sheets", remember)
    return seen


def size_of(path):
    from matplotlib.image import imread

    return imread(path).shape[:2]


def grid(rows, columns, zoom=7):
    return zoom * (rows * 9 + 1), zoom * (columns * 9 + 1)


def test_one_class_a_row(cli, told_run):
    """All by default; the samples of a class are those of its row."""
    every = arrays(cli, told_run)
    np.testing.assert_array_equal(every["labels"], np.repeat(np.arange(10), 10))
    assert every["samples"].shape == (100, 8, 8)
    asked = arrays(cli, told_run, "--label", "all")
    np.testing.assert_array_equal(asked["samples"], every["samples"])
    some = arrays(cli, told_run, "--label", "3,5,7")
    np.testing.assert_array_equal(some["labels"], np.repeat([3, 5, 7], 10))
    rows = every["samples"].reshape(10, 10, 8, 8)
    np.testing.assert_allclose(
        some["samples"].reshape(3, 10, 8, 8), rows[[3, 5, 7]], atol=1e-6
    )
    assert np.abs(rows[3] - rows[5]).max() > 1e-3


def test_pictures(cli, told_run, drawn):
    """Several classes stand in named rows; of one class there is a plain grid."""
    for options, classes, each in (
        ([], "0123456789", 10),
        (["-n", 30], "0123456789", 3),
        (["--label", "3,5,7"], "357", 10),
    ):
        code, _, err = cli("sample", told_run, *options)
        assert code == 0, err
        ((_, shape, columns),), rows = drawn["samples.png"]
        assert (shape, columns) == ((len(classes) * each, 8, 8), each)
        assert rows == list(classes)
    for options, shape in ((["-n", 4], (2, 2)), (["-n", 9], (3, 3))):
        code, _, err = cli("sample", told_run, "--label", "3", *options)
        assert code == 0, err
        assert size_of(told_run / "samples.png") == grid(*shape)


def test_the_preview_has_one_class_a_row_and_real_digits_beside(drawn, told_run):
    sheets, rows = drawn["epoch-0002.png"]
    assert sheets == [("epoch 2", (100, 8, 8), 10), ("data", (30, 8, 8), 3)]
    assert rows == list("0123456789")
    labels = load_dataset("digits").labels["test"]
    run = open_run(told_run)
    shown = labels[real_rows(run, run.load_data())]
    np.testing.assert_array_equal(shown, np.repeat(np.arange(10), 3))


def test_samples_without_a_class_have_no_labels(cli, small_run):
    assert set(arrays(cli, small_run)) == {"samples"}


@pytest.mark.parametrize("label", ["10", "-1", "3,x", "", "3,", "every"])
def test_classes_that_are_none(cli, told_run, label):
    expected = "expected 'all', or classes from 0 to 9"
    assert_refused(cli("sample", told_run, f"--label={label}"), expected)


def test_samples_that_cannot_be_shared_out(cli, told_run):
    assert_refused(cli("sample", told_run, "-n", 7), "-n 7", "a multiple of 10")


def test_a_run_that_is_not_told_a_class(cli, small_run):
    result = cli("sample", small_run, "--label", "all")
    assert_refused(result, "recipe digits is not told a class", "cgan")


def test_train_reports_the_classifiers_error(cli):
    small = ["--set", "classifier_units=16", "--set", "generator_units=8"]
    code, out, err = cli("train", "sgan", "--epochs", 1, "--quiet", *small)
    assert code == 0, err
    last = next(line for line in out.splitlines() if "classifier's error" in line)
    assert 0 < float(last.split()[-1]) < 1
