"""The process that waits for the next submission belongs to one process only."""

import os
import signal

import pytest

from gan_numpy.exercises.reading.submission import read_submission
from gan_numpy.exercises.running import check_submission, close_idle

SOLUTION = "def relu_backward(dy, cache):\n    return dy * (cache > 0)\n"


def is_right(path):
    """Whether the only exercise of a file passes."""
    (result,) = check_submission(read_submission(path))
    return result["passed"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_does_not_use_the_process_of_its_parent(tmp_path):
    path = tmp_path / "solution.py"
    path.write_text(SOLUTION)
    assert is_right(path)  # from now on one process waits
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # a child that waits forever is ended, and fails the test
        code = 1
        try:
            code = 0 if is_right(path) else 1
            close_idle()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert is_right(path)
