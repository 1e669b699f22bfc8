"""Weight decay, decoupled from the gradient or added to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.input_checks import within
from nn.optim.chains import State, Transform


class weight_decay(Transform):  # noqa: N801 - transforms are written like functions, as in optax
    """Add the parameter: u ← u + λθ.

    Behind ``adam()`` the decay is decoupled from the gradient, as in AdamW. In front of it this is the gradient of ½λ‖θ‖².

    Parameters
    ----------
    rate : float
        The factor λ ≥ 0.
    biases : bool, default True
        Whether parameters of fewer than two axes decay, too.

    Raises
    ------
    SettingError
        If ``rate`` is not a finite number of at least 0.

    References
    ----------
    I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization" (2019), algorithm 2.

    Examples
    --------
    >>> weight_decay(0.1).update_one(1.0, {}, 2.0, 1)
    1.2
    """

    def __init__(self, rate: float, biases: bool = True) -> None:
        self.rate: float = within("weight_decay", rate, 0.0, np.inf)
        self.biases = biases

    def update_one(self, update: Any, state: State, param: Any, step: int) -> Any:
        return update + self.rate * param if self.rate and (self.biases or np.ndim(param) >= 2) else update
