r"""The two functions that every GAN loss is made of; given in several exercises."""

from __future__ import annotations

from typing import Any

import numpy as np


def sigmoid(a: Any) -> np.ndarray:
    r"""The logistic function, 1/(1 + exp(-a)), without overflow for any a."""
    e = np.exp(-np.abs(a))
    return np.where(a >= 0, 1 / (1 + e), e / (1 + e))


def softplus(a: Any) -> np.ndarray:
    r"""log(1 + exp(a)) = max(a, 0) + log(1 + exp(-|a|)), for any a."""
    return np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))
