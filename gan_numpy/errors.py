"""Errors that are shown to people as one line."""

from __future__ import annotations


class UserError(Exception):
    """Bad usage or bad input: says what is wrong, what was expected, how to mend it.

    The command line prints the message as one line and exits with 2.
    """


class TrainingDiverged(Exception):
    """Training produced a value that is not finite.

    Parameters
    ----------
    step : int
        The update, counted from 1, in which the value appeared.
    player : str
        ``"discriminator"`` or ``"generator"``.
    what : str
        What is not finite: ``"loss"`` or the name of a parameter.
    """

    def __init__(self, step: int, player: str, what: str) -> None:
        super().__init__(
            f"training diverged at step {step}: the {player}'s {what} is not finite"
        )
        self.step, self.player, self.what = step, player, what
