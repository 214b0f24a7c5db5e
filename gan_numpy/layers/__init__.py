"""Layers with explicit backprop: one layer, one file, its mathematics on top.

Read `base` (the protocol), then `dense`, `relu`, `maxout`; `sequential` and
`concatenate` put layers behind and beside each other: the chain rule.
"""

from gan_numpy.layers.adain import AdaIN
from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.batchnorm import BatchNorm
from gan_numpy.layers.bias import Bias
from gan_numpy.layers.concatenate import Concatenate
from gan_numpy.layers.conv import Conv2D
from gan_numpy.layers.conv_transpose import ConvTranspose2D
from gan_numpy.layers.dense import Dense
from gan_numpy.layers.dropout import Dropout
from gan_numpy.layers.gradient_reversal import GradientReversal
from gan_numpy.layers.gram import Gram
from gan_numpy.layers.leaky_relu import LeakyReLU
from gan_numpy.layers.lstm import LSTM
from gan_numpy.layers.max_pool import MaxPool2D
from gan_numpy.layers.maxout import Maxout
from gan_numpy.layers.maxout_conv import MaxoutConv2D
from gan_numpy.layers.modulated_conv import ModulatedConv2D
from gan_numpy.layers.noise import GaussianNoise
from gan_numpy.layers.one_hot import one_hot
from gan_numpy.layers.pack import Pack
from gan_numpy.layers.pixel_shuffle import PixelShuffle
from gan_numpy.layers.relu import ReLU
from gan_numpy.layers.rescale import Rescale
from gan_numpy.layers.reshape import Reshape
from gan_numpy.layers.sequential import Sequential
from gan_numpy.layers.sigmoid import Sigmoid
from gan_numpy.layers.tanh import Tanh
from gan_numpy.layers.upsample import Upsample

__all__ = [
    "AdaIN",
    "BatchNorm",
    "Bias",
    "Cache",
    "Concatenate",
    "Conv2D",
    "ConvTranspose2D",
    "Dense",
    "Dropout",
    "GaussianNoise",
    "GradientReversal",
    "Grads",
    "Gram",
    "LSTM",
    "Layer",
    "LeakyReLU",
    "MaxPool2D",
    "Maxout",
    "MaxoutConv2D",
    "ModulatedConv2D",
    "Pack",
    "PixelShuffle",
    "ReLU",
    "Rescale",
    "Reshape",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "Upsample",
    "one_hot",
]
