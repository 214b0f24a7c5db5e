"""Layers with explicit backprop: one layer, one file, its mathematics on top."""

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.batchnorm import BatchNorm
from gan_numpy.layers.conv import Conv2D
from gan_numpy.layers.conv_transpose import ConvTranspose2D
from gan_numpy.layers.dense import Dense
from gan_numpy.layers.dropout import Dropout
from gan_numpy.layers.leaky_relu import LeakyReLU
from gan_numpy.layers.maxout import Maxout
from gan_numpy.layers.relu import ReLU
from gan_numpy.layers.pack import Pack
from gan_numpy.layers.reshape import Reshape
from gan_numpy.layers.sigmoid import Sigmoid
from gan_numpy.layers.tanh import Tanh

__all__ = [
    "BatchNorm",
    "Cache",
    "Conv2D",
    "ConvTranspose2D",
    "Dense",
    "Dropout",
    "Grads",
    "Layer",
    "LeakyReLU",
    "Maxout",
    "Pack",
    "ReLU",
    "Reshape",
    "Sigmoid",
    "Tanh",
]
