"""The page: one file, small, served on this machine alone."""

import json
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import pytest

from gan_numpy import lesson
from gan_numpy.cli import main
from gan_numpy.errors import UserError
from gan_numpy.playground import build_playground, widget
from gan_numpy.playground.page import ENGINE, FACE, everything, piece
from gan_numpy.playground.serve import address, open_server
from gan_numpy.recipes import get_recipe

LARGEST = 200_000  # bytes


def test_one_small_file_without_the_network(tmp_path, capsys):
    file = tmp_path / "page.html"
    assert main(["playground", "--save", str(file)]) == 0
    content = file.read_text("utf-8")
    assert str(file) in capsys.readouterr().out
    assert len(content.encode()) < LARGEST
    assert "http://" not in content and "https://" not in content
    assert "default-src 'none'" in content and "import {" not in content


def test_no_piece_is_left_out():
    from importlib.resources import files

    for folder, names in (("engine", ENGINE), ("face", FACE)):
        own = files("gan_numpy.playground").joinpath(folder).iterdir()
        found = {p.name for p in own if p.name.endswith(".mjs")}
        assert found == {f"{name}.mjs" for name in names}
        for name in names:
            text = piece(f"{folder}/{name}.mjs")
            assert text.count("\n") <= 330 and text.startswith("// "), name


def test_the_usual_numbers_are_the_recipes():
    text = piece("engine/recipe.mjs")
    usual = text[text.index("SETTINGS = {") : text.index("};")]
    recipe = get_recipe("playground")
    told = re.findall(r"^  (\w+): (.*),$", usual, re.M)
    assert len(told) >= 24
    for key, value in told:
        assert json.loads(value) == getattr(recipe, key), key


def test_it_is_served_here_and_nothing_else_is():
    with open_server(0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = address(server)
        assert url.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(url) as answer:
            assert answer.read().decode() == build_playground().content
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(url + "engine/random.mjs")
        caught.value.close()
        with pytest.raises(UserError, match="cannot listen on port"):
            open_server(server.server_address[1])
        server.shutdown()


def test_the_command_says_where(monkeypatch, capsys):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr(
        "http.server.ThreadingHTTPServer.serve_forever",
        lambda self: (_ for _ in ()).throw(KeyboardInterrupt),
    )
    assert main(["playground"]) == 0 and main(["playground", "--no-open"]) == 0
    first, _ = capsys.readouterr().out.splitlines()
    assert opened == [first.split()[0]]


def test_a_notebook_shows_it(monkeypatch):
    assert lesson.playground is widget
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.setattr("gan_numpy.playground.notebook.find_spec", lambda name: None)
    assert "<iframe" in widget()._repr_html_()


def test_the_widget_is_a_module_of_its_own():
    """In another process: a widget tells a kernel that is not there what it is."""
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    program = "from gan_numpy.playground import widget; print(widget()._esm)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(everything()) and "export default" in done.stdout
