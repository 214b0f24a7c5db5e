"""What is heard of a melody on a grid: notes, and what is counted of them.

Three kinds of statistics, each compared with that of held-out tunes:

- *motifs*: how often each pair of successive intervals comes, an octave at most. (Of
  single intervals an order-1 chain has the right frequencies by construction.)
- *scale notes*: the share of notes that lie in the major scale which holds most of
  them; C-RNN-GAN (Mogren, arXiv:1611.09904) calls it scale consistency;
- *phrase ends*: the degree in that scale of the notes that sound at the end of every
  second bar, and whether they are held.

Distances between histograms are total variations, half the sum of the differences.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gan_numpy.miniatures.melodies.tunes import BARS, FIRST, LOWEST, REST

MAJOR = np.array([0, 2, 4, 5, 7, 9, 11])
SCALES = np.array(
    [[(k - tonic) % 12 in MAJOR for k in range(12)] for tonic in range(12)]
)
OCTAVE = 12
PHRASE = 2  # bars


class Note(NamedTuple):
    """Pitch as MIDI's number, and onset and length in eighths."""

    pitch: int
    onset: int
    length: int


def notes_of(grid: np.ndarray) -> list[Note]:
    """The notes of symbols (steps,), in their order; a hold after no note is a rest."""
    notes: list[Note] = []
    sounding = False
    for step, symbol in enumerate(grid.tolist()):
        if symbol >= FIRST:
            notes.append(Note(symbol - FIRST + LOWEST, step, 1))
            sounding = True
        elif symbol == REST:
            sounding = False
        elif sounding:
            notes[-1] = notes[-1]._replace(length=notes[-1].length + 1)
    return notes


class Statistics(NamedTuple):
    """Of many melodies: histograms, and one share."""

    intervals: np.ndarray
    motifs: np.ndarray
    scale_notes: float
    phrase_ends: np.ndarray


def statistics(grids: np.ndarray) -> Statistics:
    """Count what is in melodies (n, steps) of one meter; nothing counted is all 0."""
    width = 2 * OCTAVE + 1
    motifs, ends = np.zeros((width, width)), np.zeros((12, 2))
    intervals, inside = np.zeros(width), []
    for grid in grids:
        notes = notes_of(grid)
        pitches = np.array([note.pitch for note in notes], dtype=int)
        steps = np.clip(np.diff(pitches), -OCTAVE, OCTAVE) + OCTAVE
        np.add.at(intervals, steps, 1)
        np.add.at(motifs, (steps[:-1], steps[1:]), 1)
        if notes:
            tonic, share = scale(pitches)
            inside.append(share)
            for note in _ends(notes, len(grid)):
                ends[(note.pitch - tonic) % 12, min(note.length - 1, 1)] += 1
    share = float(np.mean(inside)) if inside else 0.0
    return Statistics(_shares(intervals), _shares(motifs), share, _shares(ends))


def scale(pitches: np.ndarray) -> tuple[int, float]:
    """The tonic (0: C) of the major scale that holds most notes, and their share."""
    held = SCALES[:, pitches % 12].mean(axis=1)
    return int(held.argmax()), float(held.max())


def distances(ours: Statistics, theirs: Statistics) -> dict[str, float]:
    """By name, how far two statistics are apart."""

    def variation(p: np.ndarray, q: np.ndarray) -> float:
        return float(np.abs(p - q).sum() / 2)

    return {
        "intervals": variation(ours.intervals, theirs.intervals),
        "motifs": variation(ours.motifs, theirs.motifs),
        "scale notes": abs(ours.scale_notes - theirs.scale_notes),
        "phrase ends": variation(ours.phrase_ends, theirs.phrase_ends),
    }


def _ends(notes: list[Note], steps: int) -> list[Note]:
    """The last note to begin in each phrase."""
    phrase = steps // BARS * PHRASE
    last = {note.onset // phrase: note for note in notes}
    return list(last.values())


def _shares(counts: np.ndarray) -> np.ndarray:
    return counts / max(counts.sum(), 1)
