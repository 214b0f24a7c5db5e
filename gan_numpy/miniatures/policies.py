r"""A policy: a network whose softmax is what to do, and the two ways to teach it.

- Told what was right, it *clones*: cross-entropy of the actions.
- Told what an action was worth, it follows the gradient of its expected worth
  (Williams, Machine Learning 8:229, 1992). With the advantage A, which is no function
  of the logits, and :math:`\pi` = softmax(logits),

.. math::
    L = -\tfrac1N \sum_n A_n \log \pi_n(a_n) - \beta\,\tfrac1N \sum_n H(\pi_n),
    \qquad
    \frac{\partial L}{\partial l_{nk}} = \tfrac1N \bigl( A_n (\pi_{nk} - [k = a_n])
        + \beta\, \pi_{nk} (\log \pi_{nk} + H(\pi_n)) \bigr) .

The first is the second with A = 1 and :math:`\beta` = 0: cloning takes every action of
the expert for equally good, whatever comes of it.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.layers import Dense, Sequential, Tanh
from gan_numpy.layers.initializers import glorot_uniform
from gan_numpy.optim import Adam, ExponentialDecay


def network(
    inputs: int, outputs: int, hidden: int, rng: np.random.Generator
) -> Sequential:
    """Two hidden layers of tanh units; float64, since everything here is small."""
    dense = [
        Dense(i, o, init=glorot_uniform(), rng=rng, dtype=np.float64)
        for i, o in ((inputs, hidden), (hidden, hidden), (hidden, outputs))
    ]
    first, second, last = dense
    return Sequential(
        [("h0", first), ("t0", Tanh()), ("h1", second), ("t1", Tanh()), ("y", last)]
    )


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """log pi of each row, without overflow."""
    low = logits - logits.max(axis=1, keepdims=True)
    return low - np.log(np.exp(low).sum(axis=1, keepdims=True))


def policy_gradient(
    logits: np.ndarray, actions: np.ndarray, advantages: np.ndarray, beta: float
) -> tuple[float, np.ndarray]:
    """The loss above and its gradient with respect to the logits.

    Parameters
    ----------
    logits : (N, K) ndarray
    actions : (N,) int ndarray
    advantages : (N,) ndarray
    beta : float

    Returns
    -------
    loss : float
    dlogits : (N, K) ndarray
    """
    n = np.arange(len(logits))
    log_pi = log_softmax(logits)
    pi = np.exp(log_pi)
    entropy = -(pi * log_pi).sum(axis=1, keepdims=True)
    score = pi.copy()
    score[n, actions] -= 1
    d = advantages[:, None] * score + beta * pi * (log_pi + entropy)
    loss = -np.mean(advantages * log_pi[n, actions]) - beta * np.mean(entropy)
    return float(loss), d / len(logits)


class Policy:
    """A network that drives, and its optimizer.

    Parameters
    ----------
    inputs, actions, hidden : int
    rate : float
        Of Adam.
    rng : numpy.random.Generator
        Draws the weights and, later, the actions.
    """

    def __init__(
        self,
        inputs: int,
        actions: int,
        hidden: int,
        rate: float,
        rng: np.random.Generator,
    ) -> None:
        self.network, self.rng = network(inputs, actions, hidden, rng), rng
        self.adam = Adam(ExponentialDecay(rate))
        self.state = self.adam.init(self.network.params)

    def __call__(self, senses: np.ndarray) -> np.ndarray:
        """Draw an action for each row."""
        below = np.exp(log_softmax(self.network.forward(senses)[0])).cumsum(axis=1)
        drawn = self.rng.random((len(senses), 1)) * below[:, -1:]
        return (below <= drawn).sum(axis=1)

    def learn(
        self,
        senses: np.ndarray,
        actions: np.ndarray,
        advantages: np.ndarray,
        beta: float = 0.0,
    ) -> float:
        """One step down the loss; what it was before."""
        logits, cache = self.network.forward(senses, train=True)
        loss, dlogits = policy_gradient(logits, actions, advantages, beta)
        _, grads = self.network.backward(dlogits, cache, input_grad=False)
        self.adam.update(self.network.params, grads, self.state, epoch=1)
        return loss
