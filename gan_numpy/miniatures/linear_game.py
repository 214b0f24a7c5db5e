r"""The linear-quadratic game of a controller and a disturbance, and its gradients.

.. math:: x_{t+1} = A x_t + B u_t + E w_t, \qquad u_t = -K x_t, \quad w_t = L x_t .

The controller u descends and the disturbance w ascends, from a random start of mean 0
and covariance :math:`\Sigma_0`,

.. math::
    J(K, L) = E \sum_{t \ge 0} x_t^\top Q x_t + u_t^\top R u_t
              - \gamma^2 w_t^\top w_t .

With the closed loop :math:`F = A - BK + EL`, the cost matrix P and the covariance S of
all states together solve two equations of Lyapunov,

.. math::
    P = Q + K^\top R K - \gamma^2 L^\top L + F^\top P F, \qquad
    S = \Sigma_0 + F S F^\top, \qquad J = \operatorname{tr} P \Sigma_0 ,

and the gradients follow from them. Let K change by :math:`dK`. Then
:math:`dP = M + F^\top dP\, F` with
:math:`M = dK^\top (RK - B^\top P F) + (\cdot)^\top`, so that
:math:`dJ = \operatorname{tr} dP\, \Sigma_0 = \operatorname{tr} M S`:

.. math::
    \frac{\partial J}{\partial K} = 2 (R K - B^\top P F)\, S, \qquad
    \frac{\partial J}{\partial L} = 2 (E^\top P F - \gamma^2 L)\, S .

At the saddle point both brackets vanish. It is known: with :math:`[B\; E]` for one
input and :math:`\mathrm{diag}(R, -\gamma^2 I)` for its weight, P solves the algebraic
equation of Riccati (Başar and Bernhard, *H-infinity Optimal Control and Related Minimax
Design Problems*, 1991).

Shapes: A, Q, P, S (n, n); B (n, m); E (n, q); K (m, n); L (q, n); R (m, m).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded at their first use


@dataclass(frozen=True)
class LinearGame:
    r"""The matrices of the game.

    Attributes
    ----------
    A, B, E, Q, R : ndarray
    gamma : float
        What a unit of disturbance costs the one who disturbs is its square.
    """

    A: np.ndarray
    B: np.ndarray
    E: np.ndarray
    Q: np.ndarray
    R: np.ndarray
    gamma: float

    def closed_loop(self, K: np.ndarray, L: np.ndarray) -> np.ndarray:
        """F = A - BK + EL."""
        return self.A - self.B @ K + self.E @ L

    def is_stable(self, K: np.ndarray, L: np.ndarray) -> bool:
        """Whether all eigenvalues of F are within the unit circle: J is finite."""
        return bool(np.abs(np.linalg.eigvals(self.closed_loop(K, L))).max() < 1)

    def cost_and_gradients(
        self, K: np.ndarray, L: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        r"""J for :math:`\Sigma_0 = I`, and its gradients by K and by L.

        Raises
        ------
        ValueError
            If the closed loop is not stable.
        """
        if not self.is_stable(K, L):
            raise ValueError("the closed loop is not stable: the cost is infinite")
        F, square = self.closed_loop(K, L), self.gamma**2
        stage = self.Q + K.T @ self.R @ K - square * L.T @ L
        P = scipy.linalg.solve_discrete_lyapunov(F.T, stage)
        S = scipy.linalg.solve_discrete_lyapunov(F, np.eye(len(F)))
        dK = 2 * (self.R @ K - self.B.T @ P @ F) @ S
        dL = 2 * (self.E.T @ P @ F - square * L) @ S
        return float(np.trace(P)), dK, dL

    def saddle(self) -> tuple[np.ndarray, np.ndarray]:
        """K and L of the equation of Riccati, by SciPy: no learning.

        Raises
        ------
        ValueError
            If there is none: the disturbance is too cheap.
        """
        m, both = self.B.shape[1], np.hstack([self.B, self.E])
        weight = scipy.linalg.block_diag(
            self.R, -self.gamma**2 * np.eye(self.E.shape[1])
        )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", scipy.linalg.LinAlgWarning)
                P = scipy.linalg.solve_discrete_are(self.A, both, self.Q, weight)
        except (scipy.linalg.LinAlgError, scipy.linalg.LinAlgWarning):
            raise ValueError("there is no saddle point: gamma is too small") from None
        # The cost must be positive, and what the disturbance gains concave in w: the
        # equation has other solutions, which solve no game.
        room = self.gamma**2 * np.eye(self.E.shape[1]) - self.E.T @ P @ self.E
        gains = np.linalg.solve(weight + both.T @ P @ both, both.T @ P @ self.A)
        K, L = gains[:m], -gains[m:]
        least = min(np.linalg.eigvalsh(room).min(), np.linalg.eigvalsh(P).min())
        if least <= 0 or not self.is_stable(K, L):
            raise ValueError("there is no saddle point: gamma is too small")
        return K, L

    def lqr(self) -> np.ndarray:
        """K that is best while nobody disturbs."""
        P = scipy.linalg.solve_discrete_are(self.A, self.B, self.Q, self.R)
        return np.linalg.solve(self.R + self.B.T @ P @ self.B, self.B.T @ P @ self.A)

    def gains(self, K: np.ndarray, angles: np.ndarray) -> np.ndarray:
        r"""How much of a disturbance of each frequency arrives at the cost.

        The largest singular value, at :math:`z = e^{i\omega}`, of the transfer function
        from w to :math:`(Q^{1/2} x, R^{1/2} u)`.

        Parameters
        ----------
        K : (m, n) ndarray
        angles : (F,) ndarray
            :math:`\omega`, radians per step.
        """
        C = np.vstack([_root(self.Q), -_root(self.R) @ K])
        z = np.exp(1j * angles)[:, None, None]
        E = np.broadcast_to(self.E.astype(complex), (len(z), *self.E.shape))
        states = np.linalg.solve(z * np.eye(len(self.A)) - (self.A - self.B @ K), E)
        return np.linalg.norm(C @ states, 2, axis=(1, 2))

    def worst_gain(self, K: np.ndarray, frequencies: int = 2000) -> float:
        """The norm of H-infinity: the largest of the gains, over a grid."""
        return float(self.gains(K, np.linspace(0, np.pi, frequencies)).max())


def _root(matrix: np.ndarray) -> np.ndarray:
    """The symmetric root of a matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
