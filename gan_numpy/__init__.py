"""gan_numpy: generative adversarial networks by hand, in NumPy, without autograd."""

__version__ = "0.1.0"
