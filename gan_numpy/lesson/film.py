r"""A film of pictures that plays wherever HTML does, with nothing from the network.

Each control's few lines of script stand in the control itself and find their film by
walking up from it: no script has to run when the page is put together, and so none runs
too early, before the picture is on the page.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from gan_numpy.lesson.repaint import Repainter

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

DPI = 80
GO_TO = (
    "var v=+this.value;this.closest('.gan-film').querySelectorAll('img')"
    ".forEach(function(m,k){m.style.display=k==v?'block':'none'})"
)
PLAY = (
    "var f=this.closest('.gan-film'),s=f.querySelector('input'),b=this;"
    "function stop(){clearInterval(f.clock);f.clock=0;b.textContent='\u25b6'}"
    "if(f.clock){stop();return}"
    "function go(v){s.value=v;s.oninput()}"
    "if(+s.value>=+s.max)go(0);"
    "b.textContent='\u275a\u275a';"
    "f.clock=setInterval(function(){"
    "if(!f.isConnected||+s.value>=+s.max){stop()}else{go(+s.value+1)}},%d)"
)


def picture(figure: Figure, dpi: int = DPI) -> bytes:
    """A figure as PNG."""
    return page_of(Repainter(figure, dpi).paint())


def page_of(canvas: FigureCanvasAgg) -> bytes:
    """What is on a canvas as PNG, compressed little: it is drawn for the moment."""
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    page = BytesIO()
    colors = image.quantize(256, method=Image.Quantize.FASTOCTREE)  # 7 times as fast
    colors.save(page, "PNG", compress_level=3)
    return page.getvalue()


def film(pictures: Sequence[bytes], alt: str, fps: float = 8, start: int = 0) -> str:
    """Pictures with a button that plays them and a slider that goes to one.

    Parameters
    ----------
    pictures : sequence of bytes
        PNG, all of one size.
    alt : str
        What the film shows, for whoever cannot see it.
    fps : float
        Pictures per second.
    start : int
        The picture that is shown at first.

    Returns
    -------
    str
        HTML.
    """
    with Image.open(BytesIO(pictures[0])) as first:
        width, height = first.size
    alt = html.escape(alt, quote=True)
    shown = []
    for k, page in enumerate(pictures):
        data = base64.b64encode(page).decode("ascii")
        style = f"display:{'block' if k == start else 'none'};max-width:100%"
        shown.append(
            f'<img alt="{alt}" width="{width}" height="{height}"'
            f' style="{style};height:auto" src="data:image/png;base64,{data}">'
        )
    play = html.escape(PLAY % round(1000 / fps), quote=True)
    go_to = html.escape(GO_TO, quote=True)
    return (
        f'<div class="gan-film" style="max-width:{width}px">{"".join(shown)}'
        '<div style="display:flex;gap:8px;align-items:center">'
        f'<button type="button" aria-label="play or pause" onclick="{play}"'
        ' style="width:3em">\u25b6</button>'
        f'<input type="range" aria-label="picture" min="0" max="{len(pictures) - 1}"'
        f' value="{start}" oninput="{go_to}" style="flex:1"></div></div>'
    )


def animate(
    figure: Figure,
    draw: Callable[[Any], Any],
    frames: Sequence[Any],
    alt: str,
    fps: float = 8,
    start: int = 0,
) -> Any:
    """Play a figure in the notebook.

    Parameters
    ----------
    figure : Figure
        Laid out for the first picture; closed afterwards.
    draw : function of one element of `frames`
        Redraws the figure.
    frames : sequence
        Some 40 at most: each is kept as a picture.
    alt : str
        What the film shows.
    fps : float
        Pictures per second.
    start : int
        The picture that is shown at first; -1 is the last.

    Returns
    -------
    IPython.display.HTML
    """
    from IPython.display import HTML

    pictures, painter = [], Repainter(figure, DPI)
    for frame in frames:
        draw(frame)
        pictures.append(page_of(painter.paint()))
        figure.set_layout_engine("none")  # laid out once: a film that keeps still
    plt.close(figure)
    return HTML(film(pictures, alt, fps, start % len(pictures)))
