"""An examination: all probes of a patient, in a row of figures."""

from __future__ import annotations

import numpy as np

from gan_numpy.doctor.looks import LOOKS
from gan_numpy.doctor.patient import Patient
from gan_numpy.doctor.probes import PROBES, Figures


def examine(patient: Patient) -> Figures:
    """All figures that can be had of a patient.

    Parameters
    ----------
    patient : Patient

    Returns
    -------
    dict of str to float
        Without those that need what is not known, and without those that are not
        finite, but for ``finite``: 0 if an output of a player is not, 1 otherwise.
    """
    with np.errstate(all="ignore"):
        outputs = (patient.drawn, patient.real_judged[0], patient.fake_judged[0])
        if not all(np.isfinite(x).all() for x in outputs):
            return {"finite": 0.0}
        figures: Figures = {"finite": 1.0}
        for probe in (*PROBES, *LOOKS):
            figures |= probe(patient)
    return {name: value for name, value in figures.items() if np.isfinite(value)}
