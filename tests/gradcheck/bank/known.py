r"""Where today's checker falls short on the bank; to be emptied.

`KNOWN` lists by outcome every case for which that may happen. `REACHED` holds shares
that are reached, `WRONG_NAMES` the share of names that the bank does not accept:
raise and lower them up to `score.THRESHOLDS`. A search is given its whole processor
time here, however busy the machine is: the figures do not depend on that.
"""

KNOWN: dict[str, tuple[str, ...]] = {
    "missed": (),
    "refused": (),
    "unmapped": (),
    "crashed": (),
}

REACHED = {"named": 0.85, "right line, of those named": 0.8}
WRONG_NAMES = 0.0
WRONG_DOUBLES = 0.0  # of two mistakes at once
