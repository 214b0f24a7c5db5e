"""The numbers that every recipe states, in one frozen dataclass; what they may be is in
`gan_numpy.recipes.validation`, what follows from them in `gan_numpy.recipes.base`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class Settings:
    r"""The fields of every recipe, in the order of ``config.json``.

    Attributes
    ----------
    dataset : str
        Name of the data set, or the path of a ``.npy`` or ``.npz`` file.
    latent, latent_size : str, int
        ``"uniform"`` on :math:`[-\sqrt3, \sqrt3]` or ``"normal"``: variance 1 both.
    objective : str
        Key of `gan_numpy.objectives.OBJECTIVES`.
    update : {"alternating", "simultaneous", "semi_supervised"}
        Algorithm 1, both players at once from the same fakes and dropout masks, or a
        classifier against a generator that matches its features.
    discriminator_steps : int
        k of Algorithm 1.
    discriminator_weight : float
        Factor of the discriminator's loss, but not of the penalty.
    penalty : {"none", "r1", "r1_r2", "gradient_penalty"}
        Penalty on the discriminator's slopes: see `gan_numpy.penalties`.
    penalty_weight : float
        :math:`\gamma` of ``r1`` and ``r1_r2``, :math:`\lambda` of ``gradient_penalty``.
    batch_size, epochs : int
    optimizer : {"momentum", "adam", "rmsprop"}
    learning_rate, learning_rate_factor, learning_rate_floor : float
        The rate is divided by the factor after each update, down to the floor.
    momentum, momentum_final, momentum_saturate
        Momentum rises linearly from epoch 1 to epoch `momentum_saturate`.
    beta1, beta2 : float
        Decay rates of Adam's moments.
    rms_decay : float
        Decay rate of RMSProp's mean square.
    generator_average : float
        Decay of the average of the generator's weights; 0 for none.
    sample_every : int
        Epochs between sample pictures.
    clip : float
        Bound of the discriminator's weights, clipped after its updates; 0 for none.
    column_limit : float
        Largest norm of the weights of a unit, of both players; 0 for none.
    packing : int
        Examples that the discriminator judges together (PacGAN, arXiv:1712.04086).
    labels : {"none", "conditional", "auxiliary", "information", "semi_supervised"}
        What labels are for: see `gan_numpy.recipes.labels`.
    classes : int
        Number of classes, with `labels`.
    class_weight : float
        Factor of the class head's loss.
    labeled : int
        Labeled training examples of ``semi_supervised``, as many of each class.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    source: ClassVar[str]
    label_choices: ClassVar[tuple[str, ...]]  # of `labels`, for which it has networks

    dataset: str
    latent: str
    latent_size: int
    objective: str
    update: str
    discriminator_steps: int
    discriminator_weight: float
    penalty: str = field(default="none", kw_only=True)
    penalty_weight: float = field(default=0.0, kw_only=True)
    batch_size: int
    epochs: int
    optimizer: str
    learning_rate: float
    learning_rate_factor: float = field(default=1.0, kw_only=True)
    learning_rate_floor: float = field(default=0.000001, kw_only=True)
    momentum: float = field(default=0.5, kw_only=True)
    momentum_final: float = field(default=0.7, kw_only=True)
    momentum_saturate: int = field(default=250, kw_only=True)
    beta1: float
    beta2: float
    rms_decay: float = field(default=0.99, kw_only=True)
    generator_average: float = field(default=0.0, kw_only=True)
    sample_every: int
    # A recipe names those above and below that have a value here only if it uses them,
    # and cites it. The schedule of momentum is that of arXiv:1406.2661's released code.
    clip: float = field(default=0.0, kw_only=True)
    column_limit: float = field(default=0.0, kw_only=True)
    packing: int = field(default=1, kw_only=True)
    labels: str = field(default="none", kw_only=True)
    classes: int = field(default=10, kw_only=True)
    class_weight: float = field(default=1.0, kw_only=True)
    labeled: int = field(default=100, kw_only=True)
