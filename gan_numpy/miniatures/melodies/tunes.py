"""Irish dance tunes, as they ship with music21, on a grid of eighth notes.

The tunes are those of "O'Neill's Music of Ireland" (Francis O'Neill, Chicago 1903) and
of "The Dance Music of Ireland" (1907) in music21's corpus: jigs in 6/8 and reels in
cut time. Their parts of eight bars are taken, in the key in which they are printed,
without repeats and second endings. music21 reads the ABC notation; what it does not do
is here:

- dotted pairs (``a>b``) are played even, as their notation is a habit of the scribe;
- grace notes are left out; of shorter notes than eighths the first one is kept;
- of equal parts (some tunes were transcribed twice) one is kept.

A melody is an array of one symbol a step: `REST`, `HOLD` (the note before sounds on),
or `FIRST` + k, where a note begins that is k semitones above `LOWEST`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gan_numpy.errors import UserError

FOLDER = "oneills1850"
BARS = 8
REST, HOLD, FIRST = 0, 1, 2
LOWEST, HIGHEST = 55, 86  # g to d''', MIDI's numbers
SYMBOLS = FIRST + HIGHEST - LOWEST + 1


class Meter(NamedTuple):
    """A kind of dance: its name, its signs in the corpus, the eighths of a bar."""

    name: str
    signs: tuple[str, ...]
    eighths: int

    @property
    def steps(self) -> int:
        """Of a melody."""
        return BARS * self.eighths


METERS = (Meter("jig", ("6/8",), 6), Meter("reel", ("C|", "2/2"), 8))
Sounds = list[tuple[int, float]]  # of a bar: the pitch (-1: none) and its eighths


class Melodies(NamedTuple):
    """All melodies of a meter, (n, steps), and the number of the tune of each, (n,)."""

    grids: np.ndarray
    tunes: np.ndarray


def load_melodies(most: int) -> list[Melodies]:
    """The melodies of each meter, in the order of the books.

    Parameters
    ----------
    most : int
        How many of a meter; the rest is not read.

    Raises
    ------
    UserError
        If music21 or its corpus is not installed.
    """
    found: list[dict[bytes, tuple[np.ndarray, int]]] = [{} for _ in METERS]
    for number, score in enumerate(_scores()):
        signs = re.findall(r"^M: *(.*?) *$", score, re.MULTILINE)
        for meter, melodies in zip(METERS, found):
            # A score that changes its meter is no dance.
            if len(signs) == 1 and signs[0] in meter.signs and len(melodies) < most:
                for grid in parts(bars_of(_tokens(score)), meter.eighths):
                    melodies.setdefault(grid.tobytes(), (grid, number))
        if all(len(melodies) >= most for melodies in found):
            break
    return [
        Melodies(*(np.array(column)[:most] for column in zip(*melodies.values())))
        for melodies in found
    ]


def corpus_folder() -> Path:
    """Where music21's transcriptions of O'Neill's books are.

    Raises
    ------
    UserError
        If they are not there.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other people's code
            import music21
    except ImportError:
        raise UserError(
            "the tunes come with music21, which is not installed: "
            "pip install 'gan_numpy[music]'"
        ) from None
    folder = Path(music21.__file__).parent / "corpus" / FOLDER
    if not any(folder.glob("*.abc")):
        raise UserError(
            f"{folder} has no tunes: this music21 came without its corpus; reinstall "
            f"it with 'pip install --force-reinstall music21'"
        )
    return folder


def _scores() -> Iterator[str]:
    """The text of every score."""
    for path in sorted(corpus_folder().glob("*.abc")):
        text = path.read_text("utf-8", errors="replace")  # titles only
        yield from re.split(r"^(?=X:)", text, flags=re.MULTILINE)


def _tokens(score: str) -> list[Any]:
    """What music21 makes of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from music21 import abcFormat

        return abcFormat.ABCFile().readstr(score).tokens


def _kind(token: Any) -> str:
    return type(token).__name__.removeprefix("ABC")


def bars_of(tokens: list[Any]) -> list[Sounds]:
    """What sounds in each bar, from music21's tokens; dotted pairs are made even."""
    bars: list[Sounds] = [[]]
    grace = even = tied = second = False
    for token in tokens:
        kind = _kind(token)
        grace = (grace or kind == "GraceStart") and kind != "GraceStop"
        if kind == "Bar":
            bars.append([])
            second = "2" in token.src
        elif second:
            continue
        elif kind in ("Note", "Chord") and not grace:
            # Of a chord the lowest note, written first, is the melody's.
            note = token if kind == "Note" else (token.subTokens or [token])[0]
            bar, length = bars[-1], 2 * float(token.quarterLength or 0)
            if even and bar:
                length = (bar[-1][1] + length) / 2
                bar[-1] = bar[-1][0], length
            pitch = -1 if note.isRest else _pitch(note.pitchName)
            if tied and bar and bar[-1][0] == pitch:
                bar[-1] = pitch, bar[-1][1] + length
            else:
                bar.append((pitch, length))
            even = tied = False
        even = even or kind == "BrokenRhythmMarker"
        tied = tied or kind == "Tie"
    return bars


def _pitch(name: str) -> int:
    """MIDI's number of a name such as ``C#5`` or ``B-4``."""
    steps = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    alter = name.count("#") - name.count("-")
    return 12 * (int(name[-1]) + 1) + steps[name[0].upper()] + alter


def parts(bars: list[Sounds], eighths: int) -> Iterator[np.ndarray]:
    """Stretches of eight full bars as symbols; those of too wide a range are left out.

    The eighth may be shorter: where a part is repeated, its upbeat is missing there.
    """
    lengths = [sum(length for _, length in bar) for bar in bars]
    full = [abs(length - eighths) < 0.01 for length in lengths]
    start = 0
    while start + BARS <= len(bars):
        last = start + BARS - 1
        if all(full[start:last]) and 1 <= lengths[last] < eighths + 0.01:
            grid = np.stack([on_grid(bar, eighths) for bar in bars[start : last + 1]])
            sounds = grid[grid >= FIRST]
            if sounds.size and sounds.max() < SYMBOLS and grid.min() >= 0:
                yield grid.ravel()
            start += BARS
        else:
            start += 1


def on_grid(bar: Sounds, eighths: int) -> np.ndarray:
    """The symbols of a bar; below 0 or above the last one if it is out of range."""
    row, time = np.full(eighths, HOLD), 0.0
    for pitch, length in bar:
        step = int(time + 0.01)
        if row[step] == HOLD:
            too_low = pitch < LOWEST
            row[step] = REST if pitch < 0 else -1 if too_low else pitch - LOWEST + FIRST
        time += length
    return row
