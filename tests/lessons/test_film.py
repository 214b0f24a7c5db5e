"""Films and live figures need no network, no ids and no script that runs by itself."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import pytest
from threadpoolctl import threadpool_info, threadpool_limits
from matplotlib.figure import Figure

from gan_numpy import lesson
from gan_numpy.lesson.film import film, picture
from gan_numpy.lesson.live import label_of


def drawn():
    figure, axes = plt.subplots(figsize=(2, 1))
    (line,) = axes.plot([0, 1], [0, 1])
    return figure, line


def test_a_film_shows_one_picture_and_has_all():
    figure = Figure(figsize=(2, 1))
    pages = [picture(figure) for _ in range(3)]
    page = film(pages, "a <line>", start=1)
    assert page.count("data:image/png;base64,") == 3 == page.count("&lt;line&gt;")
    shown = re.findall(r"display:(\w+);max", page)
    assert shown == ["none", "block", "none"]
    assert 'height="80"' in page and 'width="160"' in page  # it has a place at once
    assert "http" not in page and "<script" not in page and " id=" not in page
    assert 'max="2"' in page and 'value="1"' in page


def test_an_animation_draws_every_frame_and_closes_its_figure():
    figure, line = drawn()
    seen = []

    def draw(k):
        seen.append(k)
        line.set_ydata([0, k])

    page = lesson.animate(figure, draw, [0.1, 0.5, 0.9], "a line", start=-1).data
    assert seen == [0.1, 0.5, 0.9] and page.count("<img") == 3
    assert 'value="2"' in page and not plt.fignum_exists(figure.number)


@pytest.fixture()
def shown(monkeypatch):
    """What is displayed, in place of a notebook."""
    bundles = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, **kind: bundles.append(data)
    )
    return bundles


def test_a_live_figure_answers_and_has_a_film_for_pages_without_a_kernel(shown):
    figure, line = drawn()
    asked = []

    def look(h, k):
        asked.append((h, k))
        line.set_ydata([0, h * k])

    lesson.live(figure, look, "a line", h=(0.1, 0.5, 0.9), k=(1, 2))
    (bundle,) = shown
    assert bundle["text/html"].count("<img") == 3 and bundle["text/plain"] == "a line"
    assert {(h, 2) for h in (0.1, 0.5, 0.9)} <= set(asked)
    assert not plt.fignum_exists(figure.number)


def test_its_controls_redraw_it():
    pytest.importorskip("ipywidgets")
    from gan_numpy.lesson.live import panel

    asked, pressed = [], []

    def painted(**values):
        asked.append(values)
        return picture(Figure(figsize=(1, 1)))

    box = panel(
        painted, {"h": (0.1, 0.5)}, {"h": 0.5}, {"go": lambda: pressed.append(1)}, "a"
    )
    slider, row, image, failed = box.children
    before = len(asked)
    slider.value = 0.1
    assert asked[-1] == {"h": 0.1} and len(asked) == before + 1
    row.children[0].click()
    assert pressed == [1] and len(asked) == before + 2 and image.value[:4] == b"\x89PNG"
    assert failed.value == ""


def test_a_control_that_fails_says_so_until_it_works_again():
    pytest.importorskip("ipywidgets")
    from gan_numpy.lesson.live import panel

    def painted(h):
        if h == 0.5:
            raise ZeroDivisionError("by <0>")
        return picture(Figure(figsize=(1, 1)))

    box = panel(painted, {"h": (0.1, 0.5)}, {"h": 0.1}, {}, "a")
    slider, *_, failed = box.children
    slider.value = 0.5
    assert "ZeroDivisionError: by &lt;0&gt;" in failed.value
    slider.value = 0.1
    assert failed.value == ""


def test_with_buttons_the_film_shows_what_the_last_one_does(shown):
    figure, line = drawn()
    state = {"moves": 0}

    def anew():
        state["moves"] = 0

    def go():
        state["moves"] += 1

    lesson.live(
        figure, lambda: line.set_ydata([0, state["moves"] / 12]), "a line",
        buttons={"start anew": anew, "go": go},
    )  # fmt: skip
    assert shown[0]["text/html"].count("<img") == 13 and state["moves"] == 0


def test_values_are_short():
    assert [label_of(v) for v in (1e-5, 0.1, 3, "a")] == ["1e-05", "0.1", "3", "a"]


def test_the_opening_shows_where_a_lesson_is(shown, monkeypatch):
    monkeypatch.setenv("GAN_NUMPY_KERNELS", "native")
    with threadpool_limits(2, user_api="blas"):  # afterwards all is as before
        for number in ("00", "17"):
            lesson.opening(number)
        pools = [p for p in threadpool_info() if p["user_api"] == "blas"]
        assert pools and {p["num_threads"] for p in pools} == {1}
    assert all("data:image/png" in bundle["text/html"] for bundle in shown)
    assert all('alt="The way' in bundle["text/html"] for bundle in shown)
    assert "the gradient" in shown[0]["text/plain"]
    lesson.architecture(
        {"generator": [("z", 2), ("x", 4)], "discriminator": [("x", 4)]}
    )
    assert "generator: z 2, x 4" in shown[-1]["text/plain"]
