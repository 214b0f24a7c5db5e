"""The command line: one file per subcommand, each thin - parse, call, print.

Exit codes: 0 done, 1 the work failed (training diverged, a check is not passed), 2 bad
usage or input, 130 interrupted. Read `train` first; `options` is what several share,
`environment` and `streams` what is settled before a command runs.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

import gan_numpy
from gan_numpy.cli.environment import check_environment, own_plots
from gan_numpy.cli.streams import open_missing_files, safe_streams
from gan_numpy.errors import TrainingDiverged, UserError

COMMANDS = (
    "train",
    "recipes",
    "sample",
    "interpolate",
    "arithmetic",
    "play",
    "playground",
    "evaluate",
    "doctor",
    "report",
    "reproduce",
    "data",
    "check",
    "exercises",
    "explain",
    "assign",
    "grade",
    "bench",
)
DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line, without the usage in front."""

    def error(self, message: str) -> NoReturn:
        """Print the message and exit with 2."""
        line = one_line(message)
        self.exit(BAD_INPUT, f"{self.prog}: error: {line} (try --help)\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; each module adds its own."""
    parser = Parser(
        prog="gan-numpy",
        description="Generative adversarial networks by hand, in NumPy.",
    )
    parser.add_argument(
        "--version", action="version", version=f"gan-numpy {gan_numpy.__version__}"
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        import_module(f"gan_numpy.cli.{name}").add_parser(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        ``sys.argv[1:]`` by default.
    """
    open_missing_files()
    # Where matplotlib keeps its list of fonts is nobody's concern here.
    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)
    try:
        with safe_streams(), own_plots():
            return _run(arguments)
        return DONE  # nobody reads the output any more
    except UserError as error:  # of the output itself
        return _complain(str(error), BAD_INPUT)


def _run(arguments: Sequence[str] | None) -> int:
    """Parse and run; every failure that people can mend is one line."""
    for argument in sys.argv[1:] if arguments is None else arguments:
        try:
            named = b"\0" not in os.fsencode(argument)
        except UnicodeEncodeError:  # half a character
            named = False
        if not named:  # no file can be called so
            return _complain(f"{ascii(argument)[:80]} is no text", BAD_INPUT)
    args = build_parser().parse_args(arguments)
    try:
        check_environment(args.command)
        return args.run(args)
    except UserError as error:
        return _complain(str(error), BAD_INPUT)
    except TrainingDiverged as error:
        return _complain(str(error), FAILED)
    except MemoryError:
        return _complain("not enough memory", FAILED)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is None:
            raise
        return _complain(f"cannot use {error.filename}: {error.strerror}", BAD_INPUT)


def _complain(message: str, code: int) -> int:
    """Print a message as one line, whatever it quotes."""
    with suppress(OSError, ValueError):
        print(f"gan-numpy: error: {one_line(message)}", file=sys.stderr)
    return code


def one_line(message: str) -> str:
    """A message whose quotations of files and arguments cannot break its line."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in message)
