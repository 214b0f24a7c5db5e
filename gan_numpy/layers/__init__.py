"""Layers with explicit backprop: one layer, one file, its mathematics on top."""

from gan_numpy.layers.base import Cache, Grads, Layer
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
    "Cache",
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
