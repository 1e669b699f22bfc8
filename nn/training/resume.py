"""Resuming: all that a training run needs to go on to the same bits, in one file."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograd import DataError
from nn import checkpoint
from nn.callbacks.callback import Callback
from nn.modules.module import Module
from nn.optim import Optimizer
from nn.training.history import History
from nn.training.run_identity import FIRST_VALUE, first_difference


class RunCheckpoint:
    """The checkpoint of a run: parameters, states of the optimizer, history, best parameters, and every generator.

    Parameters
    ----------
    path : str or Path
        The file, written after each epoch, and read when the run begins again.
    identity : dict
        What :func:`nn.training.run_identity.identity` returned.
    model : Module
        The model.
    optimizer : Optimizer
        The optimizer.
    rng : numpy.random.Generator
        The generator of the shuffles.
    callbacks : sequence of Callback
        The callbacks of the run, whose states are a part of the file.

    Attributes
    ----------
    best : dict
        The state dict of the model after the epoch with the least validation loss, as read from the file.
    """

    def __init__(
        self,
        path: str | Path,
        identity: dict[str, str],
        model: Module,
        optimizer: Optimizer,
        rng: np.random.Generator,
        callbacks: Sequence[Callback] = (),
    ) -> None:
        self.path: Path = Path(path)
        self.identity: dict[str, str] = identity
        self.model: Module = model
        self.optimizer: Optimizer = optimizer
        self.generators: dict[str, np.random.Generator] = {"fit": rng, **_module_generators(model)}
        self.callbacks = callbacks
        self.best: dict[str, Any] = {}

    def write(self, history: History, best: dict[str, Any]) -> None:
        """Write the state of the run after an epoch.

        Parameters
        ----------
        history : History
            The history.
        best : dict
            The best state dict of the model, empty if it is not kept.
        """
        arrays: dict[str, Any] = {"identity": _to_json_bytes(self.identity)}
        arrays |= {f"model.{name}": x for name, x in self.model.state_dict().items()}
        arrays |= {f"optimizer.{name}": x for name, x in self.optimizer.state_dict().items()}
        arrays |= {f"history.{name}": x for name, x in history.arrays().items()}
        arrays |= {f"best.{name}": x for name, x in best.items()}
        arrays |= {f"generator.{name}": _to_json_bytes(rng.bit_generator.state) for name, rng in self.generators.items()}
        for k, callback in enumerate(self.callbacks):
            arrays |= {f"callback.{k}.{name}": x for name, x in callback.state_dict().items()}
        checkpoint.save(self.path, arrays | {"names": _checksum_of_names(arrays)})

    def resume(self, history: History) -> None:
        """Restore the state of the run from the file, if there is one.

        Parameters
        ----------
        history : History
            The history, which is replaced.

        Raises
        ------
        DataError
            If the file belongs to another run. Nothing changes then.
        """
        if not self.path.exists():
            return
        arrays = checkpoint.load(self.path)
        model, optimizer, columns = self.model.state_dict(), self.optimizer.state_dict(), history.arrays()
        states = [rng.bit_generator.state for rng in self.generators.values()]
        try:
            self._restore(arrays, history)
        except Exception as error:  # whatever the contents of another run make the loaders raise
            self.model.load_state_dict(model)
            self.optimizer.load_state_dict(optimizer)
            history.restore(columns)
            for rng, state in zip(self.generators.values(), states, strict=True):
                rng.bit_generator.state = state
            raise DataError(f"fit(): {self.path} is a checkpoint of another run: {error}") from None

    def _restore(self, arrays: dict[str, Any], history: History) -> None:
        """Restore everything from the arrays of a file."""
        if int(arrays.pop("names")) != _checksum_of_names(arrays):
            raise DataError("some of its arrays are missing")
        self._check_identity(arrays)
        self.model.load_state_dict(_with_prefix(arrays, "model."))
        self.optimizer.load_state_dict(_with_prefix(arrays, "optimizer."))
        history.restore(_with_prefix(arrays, "history."))
        for k, callback in enumerate(self.callbacks):
            own = _with_prefix(arrays, f"callback.{k}.")
            if own:
                callback.load_state_dict(own)
        self.best = _with_prefix(arrays, "best.")
        last = self.model.state_dict()
        for name, x in self.best.items():
            if name not in last or x.shape != last[name].shape:
                raise DataError(f"its best parameters do not fit the model: {name} has shape {x.shape}")
        states = _with_prefix(arrays, "generator.")
        for name, rng in self.generators.items():
            rng.bit_generator.state = json.loads(states[name].tobytes().decode())

    def _check_identity(self, arrays: Mapping[str, Any]) -> None:
        """Raise DataError with the name of the part if the file is of another run; take over its identity otherwise."""
        before = json.loads(arrays["identity"].tobytes().decode())
        now = dict(self.identity)
        if self._is_trained_model(arrays):
            first_values = [name for name in [*now, *before] if name.startswith(FIRST_VALUE)]
            now |= {name: before.get(name, "") for name in first_values}
        different = first_difference(now, before)
        if different:
            raise DataError(
                f"{different} is not the same as in the run that wrote it. Give each run a path of its own, or delete the file; "
                f"to continue a run, use the same seeds, data, settings and code"
            )
        self.identity = before

    def _is_trained_model(self, arrays: Mapping[str, Any]) -> bool:
        """Whether the model is what the run in the file left: it has the last parameters, or the best ones."""
        now = self.model.state_dict()
        return any(
            all(np.array_equal(arrays.get(f"{prefix}.{name}", ()), x) for name, x in now.items()) for prefix in ("model", "best")
        )


def _checksum_of_names(arrays: Mapping[str, Any]) -> int:
    """Return a number that shows whether one of the arrays is missing."""
    return zlib.crc32("\n".join(sorted(arrays)).encode())


def _with_prefix(arrays: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return the arrays whose names begin with ``prefix``, under the rest of their names."""
    return {name.removeprefix(prefix): x for name, x in arrays.items() if name.startswith(prefix)}


def _to_json_bytes(tree: Any) -> Any:
    return np.frombuffer(json.dumps(tree, default=lambda x: x.tolist()).encode(), dtype=np.uint8)


def _module_generators(model: Module) -> dict[str, np.random.Generator]:
    """Return every generator that a module holds, such as Dropout's, also in lists and dicts, by its path."""
    return {path: rng for start, module in model.named_modules() for path, rng in _generators_below(start, vars(module))}


def _generators_below(path: str, x: Any) -> Iterator[tuple[str, np.random.Generator]]:
    if isinstance(x, np.random.Generator):
        yield path, x
    elif isinstance(x, dict):
        for key, part in x.items():
            yield from _generators_below(f"{path}.{key}", part)
    elif isinstance(x, list | tuple):
        for k, part in enumerate(x):
            yield from _generators_below(f"{path}.{k}", part)
