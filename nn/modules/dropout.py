"""Dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import random_numbers
from nn.input_checks import real_tensor, within
from nn.modules.module import Module
from nn.random import Seed, generator


class Dropout(Module):
    """Set entries to zero at random during training.

    In training mode each entry is 0 with probability p, and the others are divided by 1 - p, so that the mean stays. The mask is
    drawn anew in each pass. In eval mode the input is returned unchanged.

    Parameters
    ----------
    p : float, default 0.5
        The probability p in [0, 1).
    rng : int, numpy.random.Generator or None, default None
        The seed or generator of the masks.

    Raises
    ------
    SettingError
        If ``p`` is outside [0, 1).
    DataError
        If ``rng`` is neither a seed nor a generator.

    References
    ----------
    N. Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting" (2014), section 4. The division by
    1 - p is done in training, and not afterwards.

    Examples
    --------
    >>> import numpy as np
    >>> Dropout(0.5, rng=0)(np.ones(4)).data
    array([2., 0., 0., 0.])
    """

    def __init__(self, p: float = 0.5, rng: Seed = None) -> None:
        self.p: float = within("p", p, 0.0, 1.0)
        self.rng: np.random.Generator = generator(rng)

    def forward(self, x: Any) -> Any:
        """Return the input with some entries zero.

        Parameters
        ----------
        x : Tensor or array_like, any shape
            The input.

        Returns
        -------
        Tensor, the shape of ``x``
            The output.

        Raises
        ------
        DataError
            If ``x`` holds something other than real numbers.
        """
        x = real_tensor(x, "Dropout()")
        if not self.training or not self.p:
            return x
        mask = random_numbers(self.rng, "random", x.shape) >= self.p
        return x * (mask * np.asarray(1.0 / (1.0 - self.p), dtype=x.dtype))

    def __repr__(self) -> str:
        return f"Dropout({self.p:g})"
