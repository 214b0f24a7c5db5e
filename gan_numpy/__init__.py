"""gan_numpy: generative adversarial networks by hand, in NumPy, without autograd.

The public names are imported when they are first used, so ``import gan_numpy`` is quick
and pulls in neither numba nor matplotlib.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "BatchNorm": "layers",
    "Bias": "layers",
    "Conv2D": "layers",
    "ConvTranspose2D": "layers",
    "Dense": "layers",
    "Dropout": "layers",
    "GaussianNoise": "layers",
    "LSTM": "layers",
    "Layer": "layers",
    "LeakyReLU": "layers",
    "MaxPool2D": "layers",
    "Maxout": "layers",
    "MaxoutConv2D": "layers",
    "Pack": "layers",
    "ReLU": "layers",
    "Rescale": "layers",
    "Reshape": "layers",
    "Sigmoid": "layers",
    "Tanh": "layers",
    "Upsample": "layers",
    "PixelShuffle": "layers",
    "AdaIN": "layers",
    "ModulatedConv2D": "layers",
    "Gram": "layers",
    "GradientReversal": "layers",
    "one_hot": "layers",
    "Concatenate": "layers",
    "Sequential": "layers",
    "OBJECTIVES": "objectives",
    "Objective": "objectives",
    "Adam": "optim",
    "ExponentialDecay": "optim",
    "ExponentialMovingAverage": "optim",
    "LinearMomentum": "optim",
    "Momentum": "optim",
    "RMSProp": "optim",
    "Dataset": "datasets",
    "load_dataset": "datasets",
    "RECIPES": "recipes",
    "Recipe": "recipes",
    "get_recipe": "recipes",
    "clip_weights": "penalties",
    "gradient_penalty": "penalties",
    "r1": "penalties",
    "check_gradients": "gradcheck",
    "TrainingState": "training.state",
    "initial_state": "training.state",
    "discriminator_step": "training.steps",
    "generator_step": "training.steps",
    "simultaneous_step": "training.steps",
    "train_epoch": "training.algorithm1",
    "evaluate_parzen": "evaluation.parzen",
    "parzen_log_likelihood": "evaluation.parzen",
    "use_kernels": "kernels",
}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'gan_numpy' has no attribute {name!r}")
    return getattr(import_module(f"gan_numpy.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    """The names that completion offers."""
    return sorted({*globals(), *__all__})
