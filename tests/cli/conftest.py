"""A command line to call in this process, and a small run to use it on."""

from __future__ import annotations

import pytest

from gan_numpy.cli import main

SMALL = [
    *("--set", "generator_units=8"),
    *("--set", "discriminator_units=6"),
    *("--set", "batch_size=200"),
]


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    """Call the command line in an empty directory: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def small_run(cli, tmp_path):
    """A finished run of two epochs with tiny networks."""
    code, _, err = cli("train", "--epochs", 2, "--out", "small", "--quiet", *SMALL)
    assert code == 0, err
    return tmp_path / "small"
