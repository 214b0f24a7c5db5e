"""A byte order mark in what we have written ourselves, as Windows' editors leave it."""

from __future__ import annotations

import json

from gan_numpy.evaluation.parzen import ParzenResult, ParzenScore
from gan_numpy.exercises.progress import load_progress, save_results
from gan_numpy.grading.assignment import load_assignment
from gan_numpy.grading.course import RECORDS, load_record, load_records
from gan_numpy.reproduce.jobs import read_result, write_result
from gan_numpy.runs.run import open_run
from tests.robustness.ground import make_ground

MARK = b"\xef\xbb\xbf"


def marked(path):
    content = path.read_bytes()
    assert not content.startswith(MARK)
    path.write_bytes(MARK + content)
    return path


def test_a_kept_score(tmp_path):
    score = ParzenScore(1.0, 0.1, 0.2)
    path = tmp_path / "parzen.json"
    write_result(path, {"step": 8}, ParzenResult(score, score))
    kept = read_result(path, {"step": 8})
    assert kept is not None and read_result(marked(path), {"step": 8}) == kept


def test_records_of_a_course(tmp_path):
    (tmp_path / RECORDS).mkdir()
    path = tmp_path / RECORDS / "alice.json"
    path.write_text(json.dumps({"student": "alice", "exercises": {}}))
    assert load_record(marked(path))["student"] == "alice"
    assert [r["student"] for r in load_records(tmp_path)] == ["alice"]


def test_an_assignment(tmp_path):
    path = tmp_path / "assignment.json"
    about = {"name": "a", "points": {"relu_backward": 2.0}, "seed": 3}
    path.write_text(json.dumps(about))
    plain = load_assignment(path)
    assert load_assignment(marked(path)) == plain


def test_progress(tmp_path):
    path = tmp_path / "progress.json"
    save_results([{"title": "relu_backward", "attempted": True, "passed": True}], path)
    plain = load_progress(path)
    assert plain and load_progress(marked(path)) == plain


def test_a_run(tmp_path, monkeypatch):
    monkeypatch.setenv("GAN_NUMPY_KERNELS", "reference")
    make_ground(tmp_path)
    plain = open_run(tmp_path / "run")
    marked(tmp_path / "run" / "config.json")
    marked(tmp_path / "run" / "metrics.csv")
    assert open_run(tmp_path / "run") == plain
