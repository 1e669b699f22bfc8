"""Resuming: all that a training run needs to go on to the same bits: parameters, optimizer, history, and every generator."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from autograd import AutogradError, DataError
from nn import checkpoint
from nn.history import History
from nn.module import Module
from nn.optim import Optimizer


def fingerprint(X: Any, Y: Any, batch_size: int | None, validation: Any) -> int:
    """A number that tells data and batches apart."""
    mark = zlib.crc32(repr(batch_size).encode())
    for part in (X, Y, *(validation or ())):
        array = np.ascontiguousarray(part)
        mark = zlib.crc32(array.tobytes(), zlib.crc32(f"{array.dtype} {array.shape}".encode(), mark))
    return mark


class Saved:
    """A run's checkpoint: written after each epoch, read when the run begins again."""

    def __init__(self, path: str | Path, mark: int, model: Module, optimizer: Optimizer, rng: np.random.Generator) -> None:
        self.path, self.mark, self.model, self.optimizer = Path(path), mark, model, optimizer
        self.generators = {"fit": rng, **_generators(model)}
        self.best: list[Any] = []

    def write(self, history: History, best: list[Any]) -> None:
        """Everything as it is after an epoch."""
        arrays: dict[str, Any] = {"mark": np.int64(self.mark)}
        arrays |= {f"model.{name}": x for name, x in self.model.state_dict().items()}
        arrays |= {f"optimizer.{name}": x for name, x in self.optimizer.state_dict().items()}
        arrays |= {f"history.{name}": x for name, x in history.arrays().items()}
        arrays |= {f"best.{k}": np.asarray(x) for k, x in enumerate(best)}
        arrays |= {f"generator.{name}": _told(g) for name, g in self.generators.items()}
        checkpoint.save(self.path, arrays)

    def resume(self, history: History) -> None:
        """Go on from the file, where there is one; DataError where it is of another run."""
        if not self.path.exists():
            return
        arrays = checkpoint.load(self.path)
        try:
            if int(arrays["mark"]) != self.mark:
                raise DataError("it was written with other data or another batch size")
            part = {kind: _below(arrays, kind) for kind in ("model", "optimizer", "history", "best", "generator")}
            if set(part["generator"]) != set(self.generators):
                raise DataError("its modules draw random numbers in other places")
            told = {name: _read(x) for name, x in part["generator"].items()}
            self.model.load_state_dict(part["model"])
            self.optimizer.load_state_dict(part["optimizer"])
            history.restore(part["history"])
            self.best = [x if x.ndim else float(x) for x in part["best"].values()]
            for name, state in told.items():
                self.generators[name].bit_generator.state = state
        except (AutogradError, KeyError, TypeError, ValueError) as error:
            raise DataError(f"fit(): {self.path} is a checkpoint of another run: {error}") from None


def _below(arrays: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name.removeprefix(kind + "."): x for name, x in arrays.items() if name.startswith(kind + ".")}


def _generators(model: Module) -> dict[str, np.random.Generator]:
    """Every generator that a module holds, such as Dropout's, by its path."""
    return {
        f"{path}.{name}": x
        for path, module in model.named_modules()
        for name, x in vars(module).items()
        if isinstance(x, np.random.Generator)
    }


def _told(rng: np.random.Generator) -> Any:
    """A generator's state as bytes."""
    state = json.dumps(rng.bit_generator.state, default=lambda x: x.tolist())
    return np.frombuffer(state.encode(), dtype=np.uint8)


def _read(raw: Any) -> Any:
    return json.loads(raw.tobytes().decode())
