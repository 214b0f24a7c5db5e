"""Melodies: reading tunes, both players' gradients, counting, the rival, the sound."""

from __future__ import annotations

import io
import os
import re
import struct
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from gan_numpy.cli import main
from gan_numpy.errors import UserError
from gan_numpy.kernels import use_kernels
from gan_numpy.miniatures.melodies import melodies, tunes
from gan_numpy.miniatures.melodies.composer import Composer
from gan_numpy.miniatures.melodies.gumbel import (
    choice_backward,
    gumbel,
    hard_choice,
    soft_choice,
)
from gan_numpy.miniatures.melodies.judge import Judge
from gan_numpy.miniatures.melodies.markov import MarkovChain
from gan_numpy.miniatures.melodies.melodies import (
    MelodyGAN,
    clock_of,
    composer_gradients,
    judge_gradients,
)
from gan_numpy.miniatures.melodies.notes import (
    Note,
    distances,
    notes_of,
    scale,
    statistics,
)
from gan_numpy.miniatures.melodies.sound import EIGHTH, RATE, midi, pluck, wav
from gan_numpy.miniatures.melodies.tunes import FIRST, HOLD, LOWEST, METERS, REST
from gan_numpy.objectives import discriminator_loss, non_saturating_generator_loss
from tests.numeric import numerical_gradient, relative_error

WHOLE = os.environ.get("GAN_NUMPY_MELODIES") == "1"  # two minutes a seed
F64 = np.dtype(np.float64)


def players(rng, T=6, hard=False):
    """Both players in float64, with a clock, noise and tunes."""
    G = Composer(5, 3, 4, temperature=0.7, rng=rng, hard=hard, dtype=F64)
    D = Judge(5, 3, 3, rng=rng, dtype=F64)
    for player in (G, D):
        for value in player.params.values():
            value += rng.normal(size=value.shape)
    clock, noise = rng.normal(size=(T, 3)), gumbel((4, T, 5), rng, F64)
    return G, D, clock, noise, rng.integers(0, 5, (4, T))


@pytest.mark.parametrize("T", [1, 6])
def test_the_generators_gradients_through_time_and_the_judge(rng, T):
    """What is heard feeds what is chosen next: the loop is differentiated, too."""
    G, D, clock, noise, _ = players(rng, T)
    with use_kernels("reference"):
        y, cache = G.forward(noise, clock)
        grads = composer_gradients(G, D, y, cache, clock)

        def loss():
            said, _ = D.forward(G.forward(noise, clock)[0], clock)
            return non_saturating_generator_loss(said)[0]

        for name, value in G.params.items():
            wanted = numerical_gradient(loss, value)
            assert relative_error(grads[name], wanted) < 1e-7, name


def test_the_judges_gradients(rng):
    G, D, clock, noise, heard = players(rng)
    with use_kernels("reference"):
        y, _ = G.forward(noise, clock)
        grads = judge_gradients(D, heard, y, clock)

        def loss():
            logits = [D.forward(part, clock)[0] for part in (np.eye(5)[heard], y)]
            return discriminator_loss(*logits)[0]

        for name, value in D.params.items():
            wanted = numerical_gradient(loss, value)
            assert relative_error(grads[name], wanted) < 1e-7, name


def test_the_gradients_of_imitation(rng):
    G, _, clock, _, heard = players(rng)
    with use_kernels("reference"):
        _, grads = G.imitate(heard, clock)
        for name, value in G.params.items():
            wanted = numerical_gradient(lambda: G.imitate(heard, clock)[0], value)
            assert relative_error(grads[name], wanted) < 1e-7, name


def test_it_imitates_what_it_would_compose(rng):
    """Teacher forcing and the closed loop are the same network: its own melodies have
    the logits that chose them."""
    G, _, clock, noise, _ = players(rng, hard=True)
    with use_kernels("reference"):
        y, cache = G.forward(noise, clock)
        chosen = y.argmax(axis=2)
        h, V, v = cache[2][:, 1:], G.params["V"], G.params["v"]
        a = h @ V + v
        a -= np.log(np.exp(a).sum(axis=2, keepdims=True))
        loss, _ = G.imitate(chosen, clock)
    assert loss == pytest.approx(-np.take_along_axis(a, chosen[..., None], 2).mean())


def test_straight_through_is_hard_forward_and_soft_backward(rng):
    a, g, ds = (rng.normal(size=(3, 5)) for _ in range(3))
    s = soft_choice(a, g, 0.5)
    assert (hard_choice(s).argmax(axis=1) == (a + g).argmax(axis=1)).all()
    assert set(hard_choice(s).ravel()) == {0, 1}
    wanted = numerical_gradient(lambda: float((soft_choice(a, g, 0.5) * ds).sum()), a)
    assert relative_error(choice_backward(ds, s, 0.5), wanted) < 1e-8


def test_gumbel_noise_chooses_with_the_softmaxs_probabilities(rng):
    a = np.log(np.array([0.1, 0.2, 0.7]))
    s = soft_choice(a, gumbel((20_000, 3), rng, F64), 1.0)
    np.testing.assert_allclose(hard_choice(s).mean(axis=0), [0.1, 0.2, 0.7], atol=0.015)


def test_all_stays_in_single_precision(rng):
    G = Composer(5, 3, 4, temperature=0.7, rng=rng)
    D = Judge(5, 3, 3, rng=rng)
    clock = np.ones((4, 3), dtype=np.float32)
    with use_kernels("reference"):
        y, cache = G.forward(gumbel((1, 4, 5), rng, clock.dtype), clock)
        grads = composer_gradients(G, D, y, cache, clock)
        grads |= judge_gradients(D, y.argmax(axis=2), y, clock)
        grads |= {
            f"by heart {k}": g for k, g in G.imitate(y.argmax(2), clock)[1].items()
        }
    assert y.dtype == np.float32
    assert {grad.dtype for grad in grads.values()} == {clock.dtype}


def test_notes_of_a_grid():
    grid = np.array([HOLD, FIRST + 5, HOLD, REST, HOLD, FIRST + 7, FIRST + 7])
    wanted = [Note(LOWEST + 5, 1, 2), Note(LOWEST + 7, 5, 1), Note(LOWEST + 7, 6, 1)]
    assert notes_of(grid) == wanted
    assert notes_of(np.full(8, HOLD)) == [] == notes_of(np.full(8, REST))


def test_statistics_of_a_scale():
    """C major up and down: steps, all inside, and phrases that end on known degrees."""
    up = np.array([60, 62, 64, 65, 67, 69, 71, 72])
    grid = np.concatenate([up, up[::-1], up, up[::-1]]) - LOWEST + FIRST
    grid = np.tile(grid, 2)  # 64 steps: a reel
    counted = statistics(grid[None])
    assert scale(up) == (0, 1.0) and counted.scale_notes == 1
    assert counted.intervals[12] == pytest.approx(7 / 63)  # the turning points
    assert counted.motifs.sum() == pytest.approx(1)
    assert counted.phrase_ends[0, 0] == 1  # always c, never held
    assert set(distances(counted, counted).values()) == {0.0}


def test_statistics_of_silence_and_of_one_note():
    silent = statistics(np.full((2, 48), REST))
    one = statistics(np.array([[FIRST] + [HOLD] * 47]))
    assert silent.scale_notes == 0 and silent.motifs.sum() == 0
    assert one.intervals.sum() == 0 and one.phrase_ends.sum() == 1
    assert all(np.isfinite(v) for v in distances(silent, one).values())


def test_a_chain_of_order_one_repeats_only_what_it_heard(rng):
    grids = np.array([[5, HOLD, 6, 7, 6, 5], [6, 7, HOLD, HOLD, 5, 5]])
    drawn = MarkovChain(grids).draw(200, rng)
    assert drawn.shape == (200, 6) and set(drawn[:, 0]) == {5, 6}
    pairs = {(a, b) for row in drawn for a, b in zip(row, row[1:])}
    heard = {(a, b) for row in grids for a, b in zip(row, row[1:])}
    assert (7, 7) not in pairs and heard <= pairs
    assert MarkovChain(np.full((1, 4), HOLD)).draw(1, rng).tolist() == [[HOLD] * 4]


def test_bars_of_tokens_and_their_grids():
    """A triplet keeps two of three, a bar that is too short ends a part."""
    bar = [(62, 2.0), (64, 1.0), (65, 2 / 3), (67, 2 / 3), (69, 2 / 3), (-1, 1.0)]
    row = tunes.on_grid(bar, 6).tolist()
    wanted = [62, None, 64, 65, 69, -1]
    symbols = {None: HOLD, -1: REST}
    assert row == [symbols.get(p, FIRST + (p or 0) - LOWEST) for p in wanted]
    full = [[(62, 6.0)]] * 8
    assert len(list(tunes.parts([[(60, 1.0)], *full, *full, [(60, 5.0)]], 6))) == 2
    assert len(list(tunes.parts([*full[:7], [(62, 5.0)]], 6))) == 1
    assert list(tunes.parts(full[:7], 6)) == []
    for pitch in (LOWEST - 1, 200):  # out of range
        assert list(tunes.parts([*full[:7], [(pitch, 6.0)]], 6)) == []
    assert list(tunes.parts([[(-1, 6.0)]] * 8, 6)) == []  # a rest is no melody


def test_a_midi_file_read_byte_by_byte():
    data = midi([Note(62, 0, 1), Note(64, 2, 200)], 6)
    kind, size, form, tracks, ticks = struct.unpack(">4sIHHH", data[:14])
    assert (kind, size, form, tracks, ticks) == (b"MThd", 6, 0, 1, 480)
    assert data[14:18] == b"MTrk" and len(data) == 22 + int.from_bytes(
        data[18:22], "big"
    )
    assert bytes([0xFF, 0x58, 4, 6, 3]) in data  # 6/8
    assert bytes([0xFF, 0x58, 4, 4, 2]) in midi([], 8)
    time, at, tones = 0, 22, []
    while at < len(data):
        delta = 0
        while True:
            at, delta = at + 1, delta << 7 | data[at] & 0x7F
            if data[at - 1] < 0x80:
                break
        time += delta
        status = data[at]
        if status == 0xFF:
            at += 3 + data[at + 2]
        else:
            tones.append((status, data[at + 1], time))
            at += 3
    on, off = 0x90, 0x80
    wanted = [(on, 62, 0), (off, 62, 240), (on, 64, 480), (off, 64, 480 + 200 * 240)]
    assert tones == wanted


def test_a_wav_file_can_be_opened_and_is_in_tune():
    with wave.open(io.BytesIO(wav([Note(69, 0, 2), Note(90, 47, 1)], 48))) as sound:
        about = sound.getnchannels(), sound.getsampwidth(), sound.getframerate()
        frames = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    assert about == (1, 2, RATE) and len(frames) == round((48 * EIGHTH + 1) * RATE)
    assert 20_000 < np.abs(frames.astype(int)).max() <= 32_767
    for pitch in (LOWEST, 69, 86):
        heard = pluck(pitch, 1.0)
        spectrum = np.abs(np.fft.rfft(heard, 2**18))
        spectrum[: int(100 / RATE * 2**18)] = 0
        wanted = 440 * 2 ** ((pitch - 69) / 12)
        near = int(wanted * 2**18 / RATE)
        low = int(near * 0.9)
        found = (low + spectrum[low : int(near * 1.1)].argmax()) * RATE / 2**18
        assert abs(1200 * np.log2(found / wanted)) < 6  # hundredths of a semitone
    assert not np.frombuffer(wav([], 6)[44:], "<i2").any()


def test_the_clock():
    jig, reel = (clock_of(meter) for meter in METERS)
    assert jig.shape[0] == 48 and reel.shape[0] == 64
    assert (jig.sum(axis=1) == 3).all() and (reel.sum(axis=1) == 3).all()
    assert len({row.tobytes() for row in (*jig, *reel)}) == 48 + 64


def test_without_music21_one_line_says_so(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "music21", None)
    assert main(["train", "melodies", "--quiet", "--out", str(tmp_path / "run")]) == 2
    said = capsys.readouterr().err
    assert "pip install 'gan_numpy[music]'" in said and said.count("\n") == 1


def test_without_its_corpus_one_line_says_so(monkeypatch, tmp_path):
    fake = type(sys)("music21")
    fake.__file__ = str(tmp_path / "__init__.py")
    monkeypatch.setitem(sys.modules, "music21", fake)
    with pytest.raises(UserError, match="came without its corpus"):
        tunes.load_melodies(1)


def test_tunes_of_the_corpus():
    """Well-known facts: Irish tunes keep to a scale, and most end on a held note."""
    pytest.importorskip("music21", reason="music21 is not installed")
    for meter, found in zip(METERS, tunes.load_melodies(30)):
        grids = found.grids
        assert grids.shape == (30, meter.steps) and len(found.tunes) == 30
        assert grids.min() >= 0 and grids.max() < tunes.SYMBOLS
        assert len({grid.tobytes() for grid in grids}) == 30
        assert statistics(grids).scale_notes > 0.95


def own_tunes(most):
    """Tunes of our own: walks on the scale of G that end on g."""
    rng, scale_of_g = np.random.default_rng(0), np.array(
        [62, 64, 66, 67, 69, 71, 72, 74]
    )
    found = []
    for meter in METERS:
        walk = rng.integers(-1, 2, (40, meter.steps)).cumsum(axis=1) % 8
        grids = scale_of_g[walk] - LOWEST + FIRST
        grids[:, 1::4] = HOLD
        grids[:, -1] = 67 - LOWEST + FIRST
        found.append(tunes.Melodies(grids[:most], np.arange(40)[:most] // 2))
    return found


def test_the_whole_on_tunes_of_our_own(monkeypatch):
    monkeypatch.setattr(melodies, "load_melodies", own_tunes)
    small = MelodyGAN(imitation_steps=3, adversarial_steps=2, drawn=5, batch_size=1)
    with use_kernels("reference"):
        one, same, other = (small.play(seed) for seed in (1, 1, 2))
    assert one.figures == same.figures != other.figures and one.files == same.files
    assert one.files["jig.mid"].startswith(b"MThd")
    assert one.files["reel.wav"].startswith(b"RIFF")
    for dance in small.dances(np.random.default_rng(0)):
        both = {g.tobytes() for g in dance.training} & {
            g.tobytes() for g in dance.held_out
        }
        assert len(dance.training) + len(dance.held_out) == 40 and not both


@pytest.mark.parametrize("change", [{"held_out": 1.0}, {"tunes": 7}])
def test_numbers_that_leave_nothing(change):
    with pytest.raises(UserError, match=next(iter(change))):
        MelodyGAN(**change)


@pytest.mark.skipif(not WHOLE, reason="GAN_NUMPY_MELODIES=1 trains it, seeds 0 to 2")
@pytest.mark.parametrize("seed", range(3))
def test_it_is_nearer_to_held_out_tunes_than_a_chain(seed):
    pytest.importorskip("music21", reason="music21 is not installed")
    with use_kernels("reference"):
        figures = MelodyGAN().play(seed).figures
    for name, goal in MelodyGAN.goals.items():
        assert goal.met(figures[name]), name
    if seed == 0:
        page = Path(__file__).parents[2] / "lessons/book/pages/miniatures.md"
        (row,) = re.findall(
            r"^\| `melodies` \|.*\|$", page.read_text("utf-8"), re.MULTILINE
        )
        said = [float(v) for v in re.findall(r"\.\d+", row.split("|")[4])]
        kinds = ("motifs", "scale notes", "phrase ends")
        pairs = [f"{kind}, {who}" for kind in kinds for who in ("network", "chain")]
        rest = [
            f"{kind}, {who}"
            for who in ("training tunes", "imitation alone")
            for kind in kinds
        ]
        found = [figures[name] for name in (*pairs, *rest)]
        assert said == pytest.approx(found, abs=0.02)


@pytest.mark.skipif(not WHOLE, reason="GAN_NUMPY_MELODIES=1 trains it twice")
def test_imitation_alone_at_the_lower_rate_comes_as_near():
    pytest.importorskip("music21", reason="music21 is not installed")
    game = MelodyGAN()
    longer = MelodyGAN(
        imitation_steps=game.adversarial_steps, imitation_rate=game.generator_rate
    )

    def done(_):
        """No progress is shown."""

    apart = []
    for adversary in (True, False):
        rng = np.random.default_rng(0)
        dances, sizes = game.dances(rng), (tunes.SYMBOLS, melodies.CLOCK)
        G = Composer(*sizes, game.units, temperature=game.temperature, rng=rng)
        D = Judge(*sizes, game.judge_units, rng=rng)
        with use_kernels("reference"):
            game.imitate(G, dances, rng, done)
            if adversary:
                game.compete(G, D, dances, rng, done)
            else:
                longer.imitate(G, dances, rng, done)
            drawn = [game.compose(G, dance, rng) for dance in dances]
        apart.append(melodies.far_from(dances, drawn))
    for kind in ("motifs", "phrase ends"):
        assert apart[0][kind] == pytest.approx(apart[1][kind], abs=0.02)
