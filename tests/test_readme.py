"""The README's commands are those that CI runs; its links, and those of the book's
pages, lead somewhere."""

from __future__ import annotations

import configparser
import re
import subprocess
from pathlib import Path

from tests.contract import BOOK, PAGES

from gan_numpy.cli import COMMANDS
from gan_numpy.evaluation import METRICS
from gan_numpy.miniatures import MINIATURES

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
    paths = [ROOT / "README.md", *PAGES.glob("*.md")]
    links = [
        (path.name, path.parent / link)
        for path in paths
        for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8"))
    ]
    assert len(links) > 80
    assert [(name, link) for name, link in links if not link.exists()] == []


def test_the_readme_is_read_in_two_minutes_and_counts_right():
    """At 250 words a minute; the dependencies and the license are looked up."""
    text, _, _ = README.partition("## Dependencies")
    assert len(text.split()) < 2 * 250
    words = dict(
        zip((8, 9, 13, 18, 19), "eight nine thirteen eighteen nineteen".split())
    )
    for number, of in (
        (len(list((ROOT / "lessons").glob("*.ipynb"))), "notebooks"),
        (len(MINIATURES), "miniatures"),
        (len(METRICS), "measures"),
        (len(COMMANDS), "of them"),
    ):
        assert f"{words[number]} {of}" in text, of


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
        assert requirement.partition(";")[0] in listed


def test_the_python_example_runs():
    (example,) = re.findall(r"```python\n(.*?)```", BOOK["map"], re.S)
    names = {}
    exec(compile(example, "map.md", "exec"), names)
    assert names["dx"].shape == (7, 5) and names["dx"].dtype == "float32"
    assert names["grads"].keys() == names["layer"].params.keys()
