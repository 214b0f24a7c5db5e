"""What happens to runs between two commands: each is one clear line, or mended."""

from __future__ import annotations

import json
import os
import shutil
import tracemalloc
import zipfile

import numpy as np
import pytest

from gan_numpy.evaluation.parzen import ParzenResult, ParzenScore
from gan_numpy.files import TEMPORARY, read_arrays
from gan_numpy.runs.lock import exclusive
from tests.robustness.ground import TINY, call, contents, idx

QUIET = ("--quiet", "--save-every", "0")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Own data, the files of a data set, and a run on each, of two epochs."""
    folder = tmp_path_factory.mktemp("accidents")
    rng = np.random.default_rng(1)
    np.save(folder / "own.npy", rng.random((40, 2, 2), dtype=np.float32))
    mnist = folder / "mnist"
    mnist.mkdir()
    for part, n in (("train", 60), ("t10k", 20)):
        images, labels = rng.integers(0, 256, (n, 6, 6)), rng.integers(0, 10, n)
        (mnist / f"{part}-images-idx3-ubyte").write_bytes(idx(np.uint8(images)))
        (mnist / f"{part}-labels-idx1-ubyte").write_bytes(idx(np.uint8(labels)))
    with pytest.MonkeyPatch.context() as patch:
        cheap(patch)
        for out, *data in (
            ("run", "--data", folder / "own.npy"),
            ("set", "--data-dir", mnist, "--set", "dataset=mnist"),
        ):
            place = ("--out", folder / out, "--epochs", 2)
            code, _, err = call("train", *data, *place, *QUIET, *TINY)
            assert code == 0, err
    return folder


def cheap(patch):
    """No score of 10,000 samples after a training."""
    score = ParzenScore(1.0, 0.1, 0.2)
    for name in ("score_state", "score_untrained"):
        place = f"gan_numpy.evaluation.state_score.{name}"
        patch.setattr(place, lambda *a: ParzenResult(score, score))
    patch.setenv("GAN_NUMPY_KERNELS", "reference")


@pytest.fixture
def folder(trained, tmp_path, monkeypatch):
    """A copy to spoil."""
    cheap(monkeypatch)
    shutil.copytree(trained, tmp_path / "a")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "a"


def resume(run, *more):
    return call("train", "--resume", run, *QUIET, *more)


def refused(answer, *words):
    code, out, err = answer
    assert code == 2 and out == "" and len(err.splitlines()) == 1, err
    for word in words:
        assert word in err, err


# -- two at once -----------------------------------------------------------------------


def test_two_resumes_at_once(folder):
    """The second one refuses, and changes nothing; afterward it may."""
    with exclusive(folder / "run"):
        before = contents(folder / "run")
        answer = resume(folder / "run", "--epochs", 3)
        refused(answer, "another process is training in", "wait for it, or stop it")
        assert contents(folder / "run") == before
        force = ("--out", folder / "run", "--force", "--data", folder / "own.npy")
        refused(call("train", *force, *QUIET, *TINY), "another process is training in")
        assert contents(folder / "run") == before
    assert resume(folder / "run", "--epochs", 3)[0] == 0


# -- data that moved -------------------------------------------------------------------

READERS = {
    "resume": lambda run: ("train", "--resume", run, "--epochs", 3, *QUIET),
    "sample": lambda run: ("sample", run, "-n", 4, "--out", "s.png"),
    "evaluate": lambda run: ("evaluate", run, "--samples", 5, "--sigma", 0.3),
    "interpolate": lambda run: (
        *("interpolate", run, "--rows", 1, "--steps", 2, "--out", "w.png"),
    ),
    "arithmetic": lambda run: (
        *("arithmetic", run, 0, 0, 0, "--samples", 200, "--exemplars", 1),
        *("--out", "a.png"),
    ),
}


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("option", ["--data", "--data-dir"])
def test_data_that_moved(option, command, folder, trained, monkeypatch):
    name, run = ("own.npy", "run") if option == "--data" else ("mnist", "set")
    config = folder / run / "config.json"
    config.write_text(config.read_text().replace(str(trained), str(folder)))
    words = READERS[command](folder / run)
    if command == "arithmetic" and option == "--data":
        refused(call(*words), "label")  # concepts need them
        return
    (folder / name).rename(folder / f"moved-{name}")
    refused(call(*words), name)
    code, _, err = call(*words, option, folder / f"moved-{name}")
    if command == "arithmetic":  # the data are there; too few to learn classes from
        assert "a classifier needs at least 64 training examples" in err
    else:
        assert code == 0, err
    if option == "--data":  # other data are not mistaken for the run's
        np.save(folder / "other.npy", np.zeros((40, 2, 2), np.float32))
        refused(call(*words, option, folder / "other.npy"), "SHA-256 differs")
    else:
        refused(call(*words, option, folder), str(folder))


# -- files that were changed, or are gone ----------------------------------------------


@pytest.mark.parametrize(
    "key, value",
    [("learning_rate", 0.5), ("momentum", 0.1), ("beta1", 0.3), ("seed", 9)],
)
def test_an_edited_config_whose_checkpoint_still_fits(folder, key, value):
    path = folder / "run" / "config.json"
    values = json.loads(path.read_text())
    part = values if key == "seed" else values["settings"]
    assert part[key] != value
    part[key] = value
    path.write_text(json.dumps(values))
    before = contents(folder / "run")
    for command in READERS.values():
        answer = call(*command(folder / "run"))
        if "label" not in answer[2]:
            refused(answer, f"says {key}={value}", "the checkpoint was trained with")
    assert contents(folder / "run") == before


def test_a_deleted_checkpoint_is_not_a_new_start(folder):
    (folder / "run" / "checkpoint.npz").unlink()
    before = contents(folder / "run")
    for command in ("resume", "sample", "evaluate"):
        answer = call(*READERS[command](folder / "run"))
        refused(answer, "checkpoint.npz is gone", "put it back, or start anew")
    assert contents(folder / "run") == before


@pytest.mark.parametrize("kept", [True, False])
def test_an_empty_folder_of_samples_that_an_archive_drops(folder, kept):
    """``git`` and ``zip`` of files alone know no empty folders."""
    shutil.rmtree(folder / "run" / "samples")
    with zipfile.ZipFile(folder / "run.zip", "w") as archive:
        for path in (folder / "run").rglob("*"):
            if path.is_file() and (kept or path.name != "curves.png"):
                archive.write(path, path.relative_to(folder))
    shutil.rmtree(folder / "run")
    with zipfile.ZipFile(folder / "run.zip") as archive:
        archive.extractall(folder)
    assert not (folder / "run" / "samples").exists()
    code, _, err = resume(folder / "run", "--epochs", 3)
    assert code == 0, err
    assert (folder / "run" / "samples" / "epoch-0003.png").is_file()


def test_temporary_files_of_the_dead_are_swept_and_those_of_the_living_stay(folder):
    run = folder / "run"
    left = [run / f"{TEMPORARY}dead.tmp", run / "samples" / f"{TEMPORARY}dead.tmp"]
    for path in left:
        path.write_bytes(b"half")
    with (run / f"{TEMPORARY}alive.tmp").open("wb") as alive:
        fcntl = pytest.importorskip("fcntl")
        fcntl.flock(alive, fcntl.LOCK_EX)
        assert call(*READERS["sample"](run))[0] == 0
        assert not any(path.exists() for path in left)
        assert (run / f"{TEMPORARY}alive.tmp").exists()
    assert resume(run, "--epochs", 3)[0] == 0
    assert not [*run.rglob(f"{TEMPORARY}*")]


# -- what is claimed -------------------------------------------------------------------


def claiming(path, name, shape, content):
    """An archive in which one array says that it has another shape."""
    arrays = read_arrays(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, value in arrays.items():
            with archive.open(f"{key}.npy", "w") as member:
                if key != name:
                    np.lib.format.write_array(member, value)
                    continue
                claimed = {"descr": "<f4", "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(member, claimed)
                member.write(content)


@pytest.mark.parametrize(
    "shape, content, reason",
    [
        ((2**30,), b"1234" * 9, "its header claims shape"),
        ((2**62, 4), b"1234" * 9, "its header claims shape"),
        ((-1, 4), b"1234" * 9, "its header claims shape"),
        ((2**24,), bytes(2**26), "does not belong to this recipe"),
    ],
)
def test_a_checkpoint_that_claims_gigabytes(folder, shape, content, reason):
    """It is refused before anything of that size is allocated, also if it holds it."""
    path = folder / "run" / "checkpoint.npz"
    name = next(k for k in read_arrays(path) if k.startswith("generator/"))
    claiming(path, name, shape, content)
    for command in ("resume", "sample", "evaluate"):
        tracemalloc.start()
        answer = call(*READERS[command](folder / "run"))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        refused(answer, "checkpoint.npz", reason)
        assert peak < 2**24, "allocated"


# -- results ---------------------------------------------------------------------------


def test_a_metric_that_cannot_be_computed_costs_its_own_row(folder, monkeypatch):
    """Constant data have no median distance; and one whose algebra fails."""
    np.save(folder / "flat.npy", np.full((400, 2, 2), 0.5, np.float32))
    place = ("--data", folder / "flat.npy", "--out", folder / "flat", "--epochs", 1)
    assert call("train", *place, *QUIET, *TINY)[0] == 0
    names = ("mmd", "sliced_wasserstein")
    chosen = ("--metrics", ",".join(names), "--samples", 30)
    code, out, err = call("evaluate", folder / "flat", *chosen, "--json")
    assert code == 0 and err == "", err
    assert set(json.loads(out)["metrics"]) == set(names)

    def fails(*_):
        raise np.linalg.LinAlgError("singular")

    monkeypatch.setattr("gan_numpy.evaluation.mmd.measure", fails)
    code, out, err = call("evaluate", folder / "flat", *chosen, "--json")
    assert code == 0 and err == "", err
    found = json.loads(out)["metrics"]
    assert found["mmd"] == {"skipped": "cannot be computed: singular"}
    assert found["sliced_wasserstein"]["rows"]
    code, out, err = call("evaluate", folder / "flat", *chosen)
    assert code == 0 and "mmd: skipped; cannot be computed: singular" in out
    assert "sliced Wasserstein" in out


def test_an_evaluation_of_a_run_that_cannot_be_written(folder, monkeypatch):
    """The result is printed; a note says that it is not kept."""
    run = folder / "run"
    if os.geteuid() == 0:  # permissions do not count for root
        real = os.replace

        def refuse(source, target, **options):
            if str(target).endswith("result.json"):
                raise PermissionError(13, "Permission denied")
            return real(source, target, **options)

        monkeypatch.setattr(os, "replace", refuse)
    else:
        run.chmod(0o555)
    try:
        code, out, err = call(*READERS["evaluate"](run))
    finally:
        run.chmod(0o755)
    assert code == 0 and "Parzen log-likelihood" in out
    assert len(err.splitlines()) == 1 and "note: the result is not kept" in err
    assert not (run / "result.json").exists()


# -- marks and capitals ----------------------------------------------------------------


def test_json_with_a_byte_order_mark(folder, trained):
    """As editors of Windows write it."""
    run = folder / "run"
    code, out, err = call(*READERS["evaluate"](run))
    assert code == 0, err
    for name in ("config.json", "result.json"):
        (run / name).write_bytes(b"\xef\xbb\xbf" + (run / name).read_bytes())
    for command in READERS.values():
        answer = call(*command(run))
        assert answer[0] == 0 or "label" in answer[2], answer


@pytest.mark.parametrize("name", ["own.NPY", "own.Npz"])
def test_names_in_capitals(folder, name):
    array = np.load(folder / "own.npy")
    with (folder / name).open("wb") as file:
        if name.endswith("Y"):
            np.save(file, array)
        else:
            np.savez(file, train=array, validation=array, test=array)
    place = ("--data", folder / name, "--out", folder / "new", "--epochs", 1)
    code, _, err = call("train", *place, *QUIET, *TINY)
    assert code == 0, err
    for out in ("S.PNG", "S.NPZ"):
        code, _, err = call("sample", folder / "new", "-n", 4, "--out", folder / out)
        assert code == 0 and (folder / out).is_file(), err
    assert (folder / "S.PNG").read_bytes().startswith(b"\x89PNG")
    with np.load(folder / "S.NPZ") as archive:
        assert archive["samples"].shape == (4, 2, 2)


# -- metrics ---------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [1, 0, None])
def test_rows_that_are_gone(folder, kept):
    """What does not lead up to the checkpoint is refused before anything is trained."""
    path = folder / "run" / "metrics.csv"
    lines = path.read_text().splitlines(keepends=True)
    if kept is None:
        path.unlink()
    else:
        path.write_text("".join(lines[: 1 + kept]))
    before = contents(folder / "run")
    answer = resume(folder / "run", "--epochs", 4)
    if kept:
        refused(answer, "metrics.csv ends at epoch 1, the checkpoint at 2")
        assert contents(folder / "run") == before
        return
    assert answer[0] == 0, answer  # given up: the rows begin anew
    epochs = [line.split(",")[0] for line in path.read_text().splitlines()]
    assert epochs == ["epoch", "3", "4"]
    assert resume(folder / "run", "--epochs", 5)[0] == 0
