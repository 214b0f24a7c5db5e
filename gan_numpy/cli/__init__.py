"""The command line: one file per subcommand, each thin - parse, call, print.

Exit codes: 0 done, 1 the work failed (training diverged, a check is not passed), 2 bad
usage or input, 130 interrupted.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import gan_numpy
from gan_numpy.errors import TrainingDiverged, UserError

COMMANDS = (
    "train",
    "recipes",
    "sample",
    "interpolate",
    "arithmetic",
    "evaluate",
    "reproduce",
    "data",
    "check",
    "exercises",
    "bench",
)
DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line, without the usage in front."""

    def error(self, message: str) -> NoReturn:
        """Print the message and exit with 2."""
        self.exit(BAD_INPUT, f"{self.prog}: error: {message} (try --help)\n")


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
    args = build_parser().parse_args(arguments)
    # Whether matplotlib could cache its list of fonts is nobody's concern here.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.CRITICAL)
    try:
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
        # The reader of our output went away; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _complain(message: str, code: int) -> int:
    print(f"gan-numpy: error: {message}", file=sys.stderr)
    return code
