r"""The picture of a run's numbers, epoch by epoch."""

from __future__ import annotations

from pathlib import Path

from gan_numpy.plots import (
    DATA,
    DISCRIMINATOR,
    GENERATOR,
    new_figure,
    own_style,
    save_figure,
)


@own_style()
def save_curves(
    path: Path, metrics: dict[str, list[float]], steps: int, draw: float | None = None
) -> None:
    r"""Write the training curves as PNG.

    Losses, mean D(x) and D(G(z)) - both approach ½ as the players approach the
    equilibrium - and the gradient norms, against the epoch.

    Parameters
    ----------
    path : Path
    metrics : dict
        Columns of ``metrics.csv``.
    steps : int
        Generator updates per epoch, for the title.
    draw : float, optional
        What both losses are where D = ½ everywhere; a line marks it.
    """
    figure = new_figure(12, 3.6)
    panels = figure.subplots(1, 3)
    epochs = metrics["epoch"]
    marker = "o" if len(epochs) == 1 else None
    curves = (
        ("loss (nats)", ("loss_discriminator", "loss_generator")),
        ("mean output of D", ("d_real", "d_fake")),
        ("gradient norm", ("grad_norm_discriminator", "grad_norm_generator")),
    )
    labels = {"d_real": "D(x), real", "d_fake": "D(G(z)), generated"}
    for axes, (title, names) in zip(panels, curves):
        players = (DISCRIMINATOR, GENERATOR)
        if names[0] == "d_real":
            players = (DATA, GENERATOR)
        for name, color, style in zip(names, players, ("-", "--")):
            label = labels.get(name, name.rpartition("_")[2])
            axes.plot(
                epochs, metrics[name], style, color=color, label=label, marker=marker
            )
        axes.set(xlabel=f"epoch ({steps} steps each)", ylabel=title)
        axes.legend()
    if draw is not None:
        panels[0].axhline(draw, color="0.7", linewidth=1, zorder=0)
        panels[0].text(epochs[0], draw, "D = ½", color="0.4", va="bottom", fontsize=8)
    panels[1].axhline(0.5, color="0.7", linewidth=1, zorder=0)
    panels[1].set_ylim(0, 1)
    save_figure(path, figure)
