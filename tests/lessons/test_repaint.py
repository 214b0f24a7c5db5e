"""A picture whose background was kept is the one drawn whole."""

from __future__ import annotations


import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gan_numpy.lesson.repaint import Repainter


def pixels(canvas):
    return np.asarray(canvas.buffer_rgba()).copy()


class Scene:
    """Two panels with one artist of each kind that the lessons move."""

    def __init__(self):
        self.figure = Figure(figsize=(5, 2), layout="constrained")
        self.left, self.right = self.figure.subplots(1, 2)
        self.x = np.linspace(0, 1, 50)
        self.left.fill_between(self.x, self.x, alpha=0.4)
        (self.line,) = self.left.plot(self.x, self.x, label="a")
        self.dots = self.left.scatter(self.x[:5], self.x[:5], zorder=4)
        self.legend = self.left.legend(loc="upper left")
        self.left.set(xlim=(0, 1), ylim=(0, 1), xlabel="x")
        self.image = self.right.imshow(np.zeros((4, 4)), vmin=0, vmax=1)
        self.steps = self.left.stairs(np.zeros(5), np.linspace(0, 1, 6))
        self.right.axis("off")
        inner = self.right.inset_axes((0.6, 0.6, 0.3, 0.3))
        (self.inner,) = inner.plot(self.x, self.x)
        inner.set(xlim=(0, 1), ylim=(0, 1))
        self.title = self.figure.suptitle("0")
        self.figure.canvas.draw()
        self.figure.set_layout_engine("none")

    def move(self, k):
        """Everything that a control may move, for a step k."""
        self.line.set_ydata(self.x ** (k / 3))
        self.dots.set_offsets(np.c_[self.x[:5] * k / 5, self.x[:5]])
        self.image.set_data(np.random.default_rng(k).random((4, 4)))
        self.steps.set_data(np.random.default_rng(k).random(5))
        self.inner.set_ydata(1 - self.x**k)
        self.title.set_text(f"step {k}")
        self.left.set_title(f"k = {k}" * (k % 3))


UNUSUAL = {
    "nothing": lambda scene: None,
    "limits": lambda scene: scene.left.set_xlim(0, 0.5),
    "hidden": lambda scene: scene.line.set_visible(False),
    "removed": lambda scene: scene.dots.remove(),
    "added": lambda scene: scene.left.axvline(0.3),
    "cleared": lambda scene: scene.right.clear(),
    "label": lambda scene: scene.left.set_xlabel("y"),
    "order": lambda scene: scene.dots.set_zorder(0),
    "place": lambda scene: scene.right.set_position((0.5, 0.1, 0.3, 0.3)),
    "color": lambda scene: scene.left.set_facecolor("#eeeeff"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_repainted_is_what_is_drawn(name):
    scenes = [Scene(), Scene()]
    repainter = Repainter(scenes[0].figure, 80)
    for k in range(1, 8):
        for scene in scenes:
            scene.move(k)
            if k == 4:
                UNUSUAL[name](scene)
        scenes[1].figure.set_dpi(80)
        whole = FigureCanvasAgg(scenes[1].figure)
        whole.draw()
        differ = np.any(pixels(repainter.paint()) != pixels(whole), axis=2)
        assert differ.mean() < 1e-4  # where a curve crosses a tick on its axis


def test_axes_are_drawn_once_while_a_curve_moves(monkeypatch):
    scene = Scene()
    scene.right.child_axes[0].remove()  # axes over an image that moves: drawn whole
    repainter, drawn = Repainter(scene.figure, 80), []
    monkeypatch.setattr(
        scene.left.xaxis, "draw", lambda *a, **k: drawn.append(1), raising=True
    )
    scene.left.xaxis.stale = False
    for k in range(1, 9):
        scene.move(k)
        repainter.paint()
        scene.left.xaxis.stale = False  # a drawn axis would say so itself
    assert len(drawn) == 2  # the whole figure, then without what moves
