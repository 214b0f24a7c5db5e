"""The lessons' helpers: whose function is used, known mistakes, figures."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from gan_numpy import lesson
from gan_numpy.exercises import check, get_exercise
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits


@pytest.fixture(autouse=True)
def no_window():
    """Neither a window nor a changed style is left behind."""
    with matplotlib.rc_context():
        matplotlib.use("agg")
        yield
        plt.close("all")


def relu_backward(dy, cache):
    return np.where(cache > 0, dy, 0)


def maxout_forward(x, W, b, pieces):
    raise NotImplementedError("maxout_forward")


def maxout_backward(dy, cache):
    raise NotImplementedError("maxout_backward")


def test_your_function_is_used_if_it_is_right(capsys):
    assert lesson.working(relu_backward) is relu_backward
    assert "your relu_backward" in capsys.readouterr().out


def test_a_wrong_one_is_not(capsys):
    wrong = lesson.mistake("relu_backward", "sign")
    assert lesson.working(wrong) is lesson.reference("relu_backward")
    assert "library's relu_backward" in capsys.readouterr().out


def test_functions_that_share_a_cache_go_together(capsys):
    """A right forward with a cache of its own does not suit the library's backward."""

    def maxout_forward(x, W, b, pieces):
        z = (x @ W + b).reshape(len(x), -1, pieces)
        return z.max(axis=2), {"of my own": z}

    forward, backward = lesson.working(maxout_forward, maxout_backward)
    assert forward is lesson.reference("maxout_forward")
    assert backward is lesson.reference("maxout_backward")
    said = capsys.readouterr().out
    assert "as soon as maxout_backward passes" in said


def test_mistakes_have_names(capsys):
    dy, x = np.ones((2, 2)), np.array([[1.0, -1.0], [2.0, -2.0]])
    np.testing.assert_array_equal(
        lesson.mistake("relu_backward", "sign")(dy, x)[0], [-1, 0]
    )
    names = lesson.mistakes("relu_backward")
    assert "mask-missing" in names and len(set(names)) == len(names)
    with pytest.raises(ValueError, match="no known mistake 'nonsense'; choose among"):
        lesson.mistake("relu_backward", "nonsense")
    lesson.show_mistakes("relu_backward", "maxout_backward")
    lines = capsys.readouterr().out.splitlines()
    assert (
        max(map(len, lines)) <= 76
        and "maxout_backward: to-all-pieces" in lines[-4:][0] + lines[-3]
    )


def test_every_mistake_can_be_chosen():
    for name in ("relu_backward", "bce_logits", "train_step"):
        exercise = get_exercise(name)
        for tag in lesson.mistakes(name):
            with searching(Limits(0)):
                assert not exercise.run({name: lesson.mistake(name, tag)})


def test_the_fast_mode_takes_fewer_steps(monkeypatch):
    monkeypatch.delenv("GAN_NUMPY_FAST", raising=False)
    assert lesson.steps(100, 3) == 100
    monkeypatch.setenv("GAN_NUMPY_FAST", "1")
    assert lesson.steps(100, 3) == 3


def test_the_style_is_opaque_and_tells_lines_apart():
    lesson.style()
    assert matplotlib.rcParams["figure.facecolor"] == "white"
    lines = plt.subplots()[1].plot(np.eye(7))
    styles = {(line.get_color(), str(line._dash_pattern)) for line in lines}
    assert len({c for c, _ in styles}) == len({d for _, d in styles}) == 7


def test_a_plane_goes_around_in_rows():
    x1, x2, points = lesson.plane((0, 2, 10, 11), 3)
    np.testing.assert_array_equal(points[:3], [[0, 10], [1, 10], [2, 10]])
    np.testing.assert_array_equal(points, np.stack([x1.ravel(), x2.ravel()], 1))


def test_the_heat_map_shows_the_probability_and_the_way_up():
    """D = sigma(2 x_1): brighter to the right, arrows to the right, D = 1/2 at 0."""
    axes = Figure().subplots()

    def probability(x):
        return 1 / (1 + np.exp(-2 * x[:, 0]))

    def gradient(x):
        return np.stack([2 * np.ones(len(x)), np.zeros(len(x))], axis=1)

    mesh = lesson.heat_map(axes, probability, (-1, 1, -2, 2), gradient, arrows=4)
    values = mesh.get_array().reshape(80, 80)
    assert (np.diff(values, axis=1) > 0).all() and mesh.get_clim() == (0, 1)
    line, quiver = axes.collections[1], axes.collections[2]
    np.testing.assert_allclose(line.get_paths()[0].vertices[:, 0], 0, atol=1e-9)
    assert quiver.N == 16 and (quiver.U == quiver.U[0]).all() and quiver.U[0] > 0
    assert (quiver.V == 0).all()


def test_a_gradient_of_zero_gives_no_warning():
    axes = Figure().subplots()
    lesson.heat_map(axes, lambda x: np.full(len(x), 0.5), (0, 1, 0, 1), lambda x: 0 * x)
    assert (axes.collections[-1].U == 0).all()


def test_a_mistakes_line_is_that_of_its_function_and_no_file_is_made_up():
    with searching(Limits(60.0)):
        result = check(lesson.mistake("relu_backward", "mask-from-dy"))
    said = result.text(0)
    assert "at relu_backward, line" in said.replace("\n", " ") and "<" not in said
