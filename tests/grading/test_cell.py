"""The hidden test of a notebook: right and wrong, also where NumPy has been patched."""

from __future__ import annotations

import hostile
import numpy as np
import pytest

from gan_numpy.grading.cell import check_cells


def test_right():
    check_cells("relu_backward", ["", hostile.RIGHT], seed=3)


def test_wrong_is_printed_with_its_diagnosis(capsys):
    with pytest.raises(AssertionError, match="relu_backward: wrong"):
        check_cells("relu_backward", ["%pip list", hostile.WRONG, "x = ("], seed=3)
    assert "mask-missing" in capsys.readouterr().out


def test_the_patches_of_this_process_do_not_reach_it(monkeypatch, capsys):
    for name in ("allclose", "isclose", "array_equal"):
        monkeypatch.setattr(np, name, lambda *a, **k: True)
    with pytest.raises(AssertionError):
        check_cells("relu_backward", [hostile.WRONG])
    assert "mask-missing" in capsys.readouterr().out


def test_nothing_there(capsys):
    with pytest.raises(AssertionError, match="missing"):
        check_cells("relu_backward", ["x = 1"])
