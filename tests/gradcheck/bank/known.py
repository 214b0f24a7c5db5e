r"""Where today's checker falls short on the bank; to be emptied.

`KNOWN` lists by outcome every case for which that may happen, `WRONG_NAMES` says how
many may get a name that the bank does not accept. `REACHED` holds the shares that are
reached; raise them up to `score.THRESHOLDS`.
"""

KNOWN: dict[str, tuple[str, ...]] = {
    "missed": (),
    "refused": (),
    "wrong name": ("nested_mlp/not-reversed",),
    "unmapped": (),
    "crashed": (),
}

REACHED = {"named": 0.13, "right line, of those named": 0.0}
