"""The hot operations, each under one name with interchangeable implementations.

``kernels.affine(x, W, b)`` and its siblings run the *active* implementation:

- ``reference``: plain NumPy, the definition (``reference/``);
- ``native``: Numba alone, no BLAS (``native/``, a file beside each of the reference's);
- ``fused``: NumPy's BLAS, and native's passes around it (``fused.py``).

`OPERATIONS` names them all, and each is defined in each implementation.

The environment variable ``GAN_NUMPY_KERNELS`` chooses one for the process, and
`use_kernels` for a block of code::

    with use_kernels("reference"):
        y = kernels.affine(x, W, b)

The default is ``native``. At the shapes of a training step its products are about as
fast as those of OpenBLAS where that recognizes the processor, with AVX2 or AVX-512, and
twice as fast where it does not (a Zen 5 with NumPy 2.4, for which it takes its AVX2
code). Without a BLAS there is only one pool of threads, Numba's, whose number is
``NUMBA_NUM_THREADS``. The results of ``native`` do not depend on it, bit for bit; those
of ``reference`` and ``fused`` are as reproducible as the BLAS.

Where Numba cannot be imported the default is ``reference``, and a line says so once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from gan_numpy.cache import say_once
from gan_numpy.capabilities import need, why_not

IMPLEMENTATIONS = {
    "reference": "gan_numpy.kernels.reference.{file}",
    "fused": "gan_numpy.kernels.fused",
    "native": "gan_numpy.kernels.native.{file}",
}
COMPILED = ("fused", "native")
DEFAULT, WITHOUT_NUMBA = "native", "reference"
#: The operations, under the name of the file that holds them.
FILES = {
    "affine": ("affine", "affine_input_grad", "affine_param_grads"),
    "maxout": (
        "maxout",
        "maxout_input_grad",
        "maxout_param_grads",
        "maxout_directional",
    ),
    "activations": ("sigmoid", "relu", "leaky_relu", "leaky_relu_backward"),
    "dropout": ("dropout", "dropout_backward"),
    "convolution": (
        "im2col",
        "col2im",
        "convolution",
        "convolution_transpose",
        "convolution_weight_grad",
    ),
    "maxima": (
        "piece_maximum",
        "piece_gather",
        "piece_scatter",
        "max_pool",
        "max_pool_gather",
        "max_pool_scatter",
    ),
    "normalization": (
        "channel_sum",
        "batchnorm",
        "batchnorm_statistics",
        "batchnorm_sums",
        "batchnorm_input_grad",
    ),
    "updates": ("momentum_update", "adam_update", "rmsprop_update", "average_update"),
    "parzen": ("parzen_log_density",),
}
OPERATIONS = {name: file for file, names in FILES.items() for name in names}

_chosen: ContextVar[str | None] = ContextVar("gan_numpy_kernels", default=None)


def active_kernels() -> str:
    """Name of the implementation in use.

    Raises
    ------
    ValueError
        If ``GAN_NUMPY_KERNELS`` names an implementation that does not exist.
    UserError
        If it names one that needs Numba, and there is none.
    """
    name = _chosen.get() or os.environ.get("GAN_NUMPY_KERNELS") or steady_kernels()
    if name not in IMPLEMENTATIONS:
        raise ValueError(
            f"unknown kernels {name!r} (GAN_NUMPY_KERNELS or use_kernels): "
            f"choose one of {', '.join(IMPLEMENTATIONS)}"
        )
    if name in COMPILED:
        need("numba", f"GAN_NUMPY_KERNELS={name}", "GAN_NUMPY_KERNELS=reference")
    return name


def steady_kernels() -> str:
    """``native``, whose results depend on no number of threads, or what there is.

    Where Numba cannot be imported that is ``reference``, and a line says so once.
    """
    reason = why_not("numba")
    if not reason:
        return DEFAULT
    say_once(f"note: no Numba ({reason}): the kernels are NumPy's alone, and slower")
    return WITHOUT_NUMBA


@contextmanager
def use_kernels(name: str) -> Iterator[None]:
    """Run the block with the implementation `name`.

    Raises
    ------
    ValueError
        If there is no such implementation.
    UserError
        If it needs Numba, and there is none.
    """
    token = _chosen.set(name)
    try:
        active_kernels()
        yield
    finally:
        _chosen.reset(token)


def implementation(name: str) -> SimpleNamespace:
    """All operations of the implementation `name`.

    Raises
    ------
    AttributeError
        If one is not defined there.
    """
    return SimpleNamespace(
        **{operation: _find(name, operation) for operation in OPERATIONS}
    )


def __getattr__(operation: str) -> Any:
    """Look up an operation in the active implementation."""
    if operation not in OPERATIONS:
        raise AttributeError(f"gan_numpy.kernels has no operation {operation!r}")
    return _find(active_kernels(), operation)


@cache
def _find(name: str, operation: str) -> Any:
    """The operation of an implementation; a step asks for fifty."""
    place = IMPLEMENTATIONS[name].format(file=OPERATIONS[operation])
    return getattr(import_module(place), operation)
