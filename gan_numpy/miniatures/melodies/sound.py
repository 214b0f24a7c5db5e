"""Melodies as MIDI files and as WAV files, with the standard library.

The bytes of a MIDI file are those of "Standard MIDI Files 1.0" (MIDI Manufacturers
Association 1996): a header, and one track of events, each after a time in ticks. The
sound of the WAV file is a plucked string after Karplus and Strong, Computer Music
Journal 7(2):43, 1983: a burst of noise runs round a delay line of one period, and each
sample is the mean of the two that were there a period ago.
"""

from __future__ import annotations

import io
import struct
import wave

import numpy as np

from gan_numpy.miniatures.melodies.notes import Note

RATE = 22_050  # samples a second
QUARTERS = 110  # a minute
EIGHTH = 30 / QUARTERS  # seconds
TICKS = 480  # of a quarter
LOUDNESS = 90  # of at most 127
DECAY = 0.996


def midi(notes: list[Note], eighths: int) -> bytes:
    """A MIDI file.

    Parameters
    ----------
    notes : list of Note
        In their order, none longer than until the next.
    eighths : int
        Of a bar: 6 is written as 6/8, 8 as 4/4.
    """
    numerator, power = (eighths, 3) if eighths % 4 else (eighths // 2, 2)
    track = _event(0, b"\xff\x51\x03" + struct.pack(">I", round(6e7 / QUARTERS))[1:])
    track += _event(0, bytes([0xFF, 0x58, 4, numerator, power, 24, 8]))
    now = 0
    for note in notes:
        track += _event((note.onset - now) * TICKS // 2, _tone(0x90, note))
        track += _event(note.length * TICKS // 2, _tone(0x80, note))
        now = note.onset + note.length
    track += _event(0, b"\xff\x2f\x00")
    head = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, TICKS)
    return head + struct.pack(">4sI", b"MTrk", len(track)) + track


def wav(notes: list[Note], steps: int) -> bytes:
    """A WAV file, mono, 16 bits, of so many eighths and a second more."""
    heard = np.zeros(round((steps * EIGHTH + 1) * RATE))
    for note in notes:
        start = round(note.onset * EIGHTH * RATE)
        string = pluck(note.pitch, note.length * EIGHTH + 0.5)
        heard[start : start + len(string)] += string[: len(heard) - start]
    heard *= 0.9 / max(np.abs(heard).max(), 0.9)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes((32_767 * heard).astype("<i2").tobytes())
    return file.getvalue()


def pluck(pitch: int, seconds: float) -> np.ndarray:
    """A string of that pitch (MIDI's number; 69 is 440 Hz), faded out at the end."""
    samples = round(seconds * RATE)
    # The mean of two samples delays by a half. A period of whole samples is out of
    # tune; the string is played a little faster or slower.
    wanted = RATE / (440 * 2 ** ((pitch - 69) / 12))
    period = round(wanted - 0.5)
    speed = (period + 0.5) / wanted
    string = np.random.default_rng(pitch).uniform(-1, 1, period)
    rounds = np.empty((int(speed * samples / period) + 2, period))
    for row in rounds:
        row[:] = string
        string = DECAY * (string + np.roll(string, 1)) / 2
    heard = np.interp(
        speed * np.arange(samples), np.arange(rounds.size), rounds.ravel()
    )
    fade = min(RATE // 4, samples)
    heard[samples - fade :] *= np.linspace(1, 0, fade)
    return heard


def _tone(status: int, note: Note) -> bytes:
    return bytes([status, note.pitch, LOUDNESS])


def _event(ticks: int, message: bytes) -> bytes:
    """A time as MIDI writes it, seven bits a byte, and what happens then."""
    digits = [ticks & 0x7F]
    while ticks := ticks >> 7:
        digits.insert(0, ticks & 0x7F | 0x80)
    return bytes(digits) + message
