r"""Figures with controls: ipywidgets where a kernel answers, a film where none runs."""

from __future__ import annotations

import html
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import PIL.Image

from gan_numpy.lesson.film import film, page_of
from gan_numpy.lesson.repaint import Repainter
from gan_numpy.lesson.style import DPI

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def live(
    figure: Figure,
    draw: Callable[..., Any],
    alt: str,
    *,
    buttons: Mapping[str, Callable[[], Any]] | None = None,
    fps: float = 3,
    **controls: Sequence[Any],
) -> None:
    """Show a figure whose controls redraw it.

    The output holds both a widget and a film over the values of the first control (the
    others at their middle value): a page without a kernel shows the film.

    Parameters
    ----------
    figure : Figure
        Laid out once, here; closed afterwards.
    draw : function of the controls, by name
        Changes the artists of the figure.
    alt : str
        What the figure shows.
    buttons : mapping of str to function, optional
        Each is called by its button, then the figure is drawn again. The first one
        starts anew, and the film shows what the last one does.
    fps : float
        Of the film.
    **controls : sequence
        The values that each control can have.
    """
    from IPython.display import display

    middle = {name: values[len(values) // 2] for name, values in controls.items()}
    first = next(iter(controls), None)
    draw(**middle)
    figure.canvas.draw()
    figure.set_layout_engine("none")  # laid out once, not for every picture
    plt.close(figure)

    painter = Repainter(figure, DPI)  # as large as the figures around it

    def painted(**values: Any) -> bytes:
        draw(**values)
        return page_of(painter.paint())

    if buttons:  # the film: the last of them pressed again and again
        pictures, start = [painted(**middle)], 0
        *_, last = buttons.values()
        for _ in range(12):
            last()
            pictures.append(painted(**middle))
        next(iter(buttons.values()))()
    else:
        painted = cache(painted)
        moments = controls[str(first)]
        pictures = [painted(**{**middle, str(first): value}) for value in moments]
        start = len(moments) // 2
    bundle: dict[str, Any] = {"text/html": film(pictures, alt, fps, start)}
    if importlib.util.find_spec("ipywidgets"):
        box = panel(painted, controls, middle, dict(buttons or {}), alt)
        bundle = {**box._repr_mimebundle_(), **bundle}
    display({**bundle, "text/plain": alt}, raw=True)


def panel(
    painted: Callable[..., bytes],
    controls: Mapping[str, Sequence[Any]],
    start: Mapping[str, Any],
    buttons: Mapping[str, Callable[[], Any]],
    alt: str,
) -> Any:
    """The widget: a slider for each control, a button for each action, the picture."""
    import ipywidgets as widgets

    sliders = {
        name: widgets.SelectionSlider(
            options=[(label_of(value), value) for value in values],
            value=start[name],
            description=name,
            continuous_update=True,
        )
        for name, values in controls.items()
    }

    def values() -> dict[str, Any]:
        return {name: slider.value for name, slider in sliders.items()}

    image = widgets.Image(value=painted(**values()), format="png")
    image.alt = alt
    with PIL.Image.open(BytesIO(image.value)) as first:  # a box would stretch it
        image.layout = {"width": f"{first.width}px", "max_width": "100%"}

    failed = widgets.HTML()

    def answer(act: Callable[[], Any] = lambda: None) -> None:
        try:
            act()
            image.value = painted(**values())
            failed.value = ""
        except Exception as error:  # else only the browser's log would tell
            said = html.escape(f"{type(error).__name__}: {error}")
            failed.value = f"<b>{said}.</b> Run the cell of this figure again."

    for slider in sliders.values():
        slider.observe(lambda _: answer(), names="value")
    row = []
    for name, act in buttons.items():
        button = widgets.Button(description=name)

        def clicked(_: Any, act: Callable[[], Any] = act) -> None:
            answer(act)

        button.on_click(clicked)
        row.append(button)
    return widgets.VBox([*sliders.values(), widgets.HBox(row), image, failed])


def label_of(value: Any) -> str:
    """How a control shows a value."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)
