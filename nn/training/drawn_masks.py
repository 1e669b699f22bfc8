"""The masks of Dropout, drawn before a compiled step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import no_grad
from nn.modules.dropout import Dropout
from nn.modules.dropout_masks import MaskRequest, recorded_requests
from nn.modules.module import Module


class DropoutMasks:
    """The masks of the Dropout modules of a model, drawn before a compiled step in the order in which an eager one draws them.

    Parameters
    ----------
    model : Module or callable
        The model. What is no module has no masks.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        modules = [module for _, module in model.named_modules()] if isinstance(model, Module) else []
        self._dropouts = [module for module in modules if isinstance(module, Dropout)]
        self._requests: dict[Any, list[MaskRequest]] = {}  # by the shape of the batch, and the settings of the modules

    def append_to(self, batch: Sequence[Any]) -> list[Any]:
        """Return a batch with a tuple of masks behind it, or unchanged if no mask is needed or there is one already.

        Parameters
        ----------
        batch : sequence
            The inputs, the targets, and possibly weights.

        Returns
        -------
        list
            The batch.
        """
        active = tuple((id(module), module.p) for module in self._dropouts if module.training and module.p)
        if not active or isinstance(batch[-1], tuple):
            return list(batch)
        key = np.shape(batch[0]), active
        if key not in self._requests:
            with no_grad(), recorded_requests() as self._requests[key]:
                self.model(batch[0])
        return [*batch, tuple(request.module.draw(request) for request in self._requests[key])]
