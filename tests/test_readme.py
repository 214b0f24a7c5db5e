"""The README's commands are those that CI runs, and its links lead somewhere."""

from __future__ import annotations

import configparser
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
CI = (ROOT / ".ci" / "run").read_text()


def test_ci_runs_the_readmes_two_commands():
    """CI takes them out of the README by the same expression as a person would."""
    commands = re.findall(r"```sh\n(python3 -m venv .*)\n```", README)
    (taken,) = re.findall(r"< <\((sed -n .*) README.md\)", CI)
    found = subprocess.run(
        f"{taken} README.md", shell=True, cwd=ROOT, capture_output=True, text=True
    )
    assert len(commands) == 2
    assert found.stdout.splitlines() == commands


def test_links_to_files():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_dependency_is_named_with_a_reason_and_bounds_agree():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set((ROOT / "requirements.txt").read_text().split("\n"))
    texts = [setup["options"]["install_requires"]]
    texts += list(setup["options.extras_require"].values())
    required = [line for text in texts for line in text.split("\n") if line]
    for requirement in required:
        name = re.split("[>=<\\[]", requirement)[0]
        assert re.search(rf"^\| .*\b{name}\b.* \| .+ \|$", README, re.M), name
        assert requirement in listed


def test_the_python_example_runs():
    (example,) = re.findall(r"```python\n(.*?)```", README, re.S)
    names = {}
    exec(compile(example, "README.md", "exec"), names)
    assert names["dx"].shape == (7, 5) and names["dx"].dtype == "float32"
    assert names["grads"].keys() == names["layer"].params.keys()
