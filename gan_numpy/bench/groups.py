"""What is measured: groups of candidates for the same work.

A candidate is made in a process of its own, by a function of the number of Parzen
points that gives its tasks: a callable for each name. Peers are asked for on demand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from gan_numpy.bench.windows import ONE, PRODUCT, TEN
from gan_numpy.kernels import DEFAULT

Tasks = dict[str, Callable[[], object]]
Make = Callable[[int], Tasks]

PRODUCTS_ONLY = "BLAS products only"


class Missing(Exception):
    """A candidate cannot be had here, and why."""


@dataclass(frozen=True)
class Group:
    """Candidates for the same work.

    Attributes
    ----------
    name, title : str
        A word for processes and JSON, and a line for people.
    ours : dict of name to function
    peers : dict of name to function
        Candidates that need a library which may not be installed.
    factor : dict of name to function
        By which a candidate's time is multiplied, if it is given less work.
    """

    name: str
    title: str
    ours: Mapping[str, Make]
    peers: Mapping[str, Make] = field(default_factory=dict)
    factor: Mapping[str, Callable[[int], float]] = field(default_factory=dict)

    @property
    def candidates(self) -> dict[str, Make]:
        """All of them."""
        return {**self.ours, **self.peers}


def _step(kernels: str, recipe: str, points: int) -> Tasks:
    from gan_numpy.bench.step import make_step

    return {"": make_step(kernels, recipe)}


def _products_only(points: int) -> Tasks:
    from gan_numpy.bench.step import products_only

    return {"": products_only()}


def _parts(points: int) -> Tasks:
    from gan_numpy.bench.step import parts

    return dict(parts(DEFAULT))


def _products(kernels: str, points: int) -> Tasks:
    from gan_numpy.bench.products import products

    return products(kernels)


def _parzen(what: str, points: int) -> Tasks:
    from gan_numpy.bench.windows import parzen_work

    return {"": parzen_work(what, points)}


def _torch(what: str, points: int) -> Tasks:
    from gan_numpy.bench.peers import torch_dcgan, torch_mlp

    made = {
        "step": torch_mlp.step,
        "r1_step": torch_mlp.r1_step,
        "dcgan_step": torch_dcgan.step,
    }
    return {"": made[what]()}


def _torch_compile(what: str, points: int) -> Tasks:
    from gan_numpy.bench.peers import torch_dcgan, torch_mlp

    made = {"step": torch_mlp.step, "dcgan_step": torch_dcgan.step}
    run = made[what](compiled=True)
    try:
        run()
    except Exception as error:  # of many kinds: no compiler of C++, no support
        raise Missing(f"it does not compile here: {str(error)[:200]}") from None
    return {"": run}


def _jax(what: str, points: int) -> Tasks:
    from gan_numpy.bench.peers import jax_mlp

    return {"": jax_mlp.step(r1=what == "r1_step")}


def _torch_parzen(points: int) -> Tasks:
    from gan_numpy.bench.peers.densities import torch_parzen
    from gan_numpy.evaluation.parzen import SIGMAS

    return {"": torch_parzen(points, float(SIGMAS[3]))}


def _kernel_density(points: int) -> Tasks:
    from gan_numpy.bench.peers.densities import sklearn_density
    from gan_numpy.evaluation.parzen import SIGMAS

    return {"": sklearn_density(points, float(SIGMAS[3]))}


def _kernel_density_factor(points: int) -> float:
    from gan_numpy.bench.peers.densities import kde_points

    return points / kde_points(points)


def _step_of(recipe: str, *kernels: str) -> dict[str, Make]:
    return {name: partial(_step, name, recipe) for name in kernels}


GROUPS = {
    group.name: group
    for group in (
        Group(
            "step",
            "the paper's training step on MNIST",
            _step_of("mnist", "reference", "fused", "native")
            | {PRODUCTS_ONLY: _products_only},
            {
                "PyTorch eager": partial(_torch, "step"),
                "torch.compile": partial(_torch_compile, "step"),
                "JAX": partial(_jax, "step"),
            },
        ),
        Group(
            "r1_step",
            "the same networks with R1, Adam and averaging",
            _step_of("mnist-fast", "native", "reference"),
            {
                "PyTorch eager": partial(_torch, "r1_step"),
                "JAX": partial(_jax, "r1_step"),
            },
        ),
        Group(
            "dcgan_step",
            "DCGAN on MNIST: convolutions, batch normalization, Adam",
            _step_of("dcgan-mnist", "native", "reference"),
            {
                "PyTorch eager": partial(_torch, "dcgan_step"),
                "torch.compile": partial(_torch_compile, "dcgan_step"),
            },
        ),
        Group("parts", f"parts of the step, {DEFAULT} kernels", {DEFAULT: _parts}),
        Group(
            "products",
            "matrix products",
            {name: partial(_products, name) for name in ("BLAS", "native")},
        ),
        Group(
            "parzen",
            "Parzen windows",
            {name: partial(_parzen, name) for name in (ONE, TEN, PRODUCT)},
            {"PyTorch": _torch_parzen, "KernelDensity": _kernel_density},
            {"KernelDensity": _kernel_density_factor},
        ),
    )
}
