"""Resuming: all that a training run needs to go on to the same bits: parameters, optimizer, history, and every generator."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd import DataError
from nn import checkpoint
from nn.training.history import History
from nn.modules.module import Module
from nn.optim import Optimizer, scale


def fingerprint(model: Module, optimizer: Optimizer, arrays: Iterable[Any], *settings: Any) -> int:
    """A number that tells runs apart: the data, the kinds of modules, the sentence of the optimizer, and other settings."""
    mark = zlib.crc32(repr(settings).encode())
    for array in map(np.ascontiguousarray, arrays):
        mark = zlib.crc32(array.tobytes(), zlib.crc32(f"{array.dtype} {array.shape}".encode(), mark))
    for path, module in model.named_modules():
        said = repr(module)
        mark = zlib.crc32(f"{path} {type(module).__name__} {'' if ' at 0x' in said else said}".encode(), mark)
    for group in optimizer.groups:
        for word in group.transforms:
            plain = {name: x for name, x in vars(word).items() if isinstance(x, int | float)}
            rates = [word.rate(t) for t in (0, 1, 10, 1000)] if isinstance(word, scale) else []
            mark = zlib.crc32(f"{type(word).__name__} {plain} {rates}".encode(), mark)
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
        checkpoint.save(self.path, arrays | {"names": _names(arrays)})

    def resume(self, history: History) -> None:
        """Go on from the file, where there is one; DataError where it is of another run, and then nothing has changed."""
        if not self.path.exists():
            return
        arrays = checkpoint.load(self.path)
        before = self.model.state_dict(), self.optimizer.state_dict(), history.arrays()
        states = [rng.bit_generator.state for rng in self.generators.values()]
        try:
            if int(arrays.pop("names")) != _names(arrays) or int(arrays["mark"]) != self.mark:
                raise DataError("it was written with other data or settings")
            part = {kind: _below(arrays, kind) for kind in ("model", "optimizer", "history", "best", "generator")}
            self.model.load_state_dict(part["model"])
            self.optimizer.load_state_dict(part["optimizer"])
            history.restore(part["history"])
            self.best = [x if x.ndim else float(x) for x in part["best"].values()]
            for p, x in zip(self.model.parameters(), self.best, strict=bool(self.best)):
                if np.shape(p.data) != np.shape(x):
                    raise DataError(f"its best parameters have shape {np.shape(x)}, where {np.shape(p.data)} belongs")
            for name, rng in self.generators.items():
                rng.bit_generator.state = json.loads(part["generator"][name].tobytes().decode())
        except Exception as error:  # whatever a file of another run makes of it
            self.model.load_state_dict(before[0])
            self.optimizer.load_state_dict(before[1])
            history.restore(before[2])
            for rng, state in zip(self.generators.values(), states, strict=True):
                rng.bit_generator.state = state
            raise DataError(f"fit(): {self.path} is a checkpoint of another run: {error}") from None


def _names(arrays: Mapping[str, Any]) -> int:
    """A number that tells when one of the arrays is missing."""
    return zlib.crc32("\n".join(sorted(arrays)).encode())


def _below(arrays: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name.removeprefix(kind + "."): x for name, x in arrays.items() if name.startswith(kind + ".")}


def _generators(model: Module) -> dict[str, np.random.Generator]:
    """Every generator that a module holds, such as Dropout's, also in lists and dicts, by its path."""
    found: dict[str, np.random.Generator] = {}

    def look(path: str, thing: Any) -> None:
        if isinstance(thing, np.random.Generator):
            found[path] = thing
        elif isinstance(thing, dict):
            for key, part in thing.items():
                look(f"{path}.{key}", part)
        elif isinstance(thing, list | tuple):
            for k, part in enumerate(thing):
                look(f"{path}.{k}", part)

    for path, module in model.named_modules():
        look(path, vars(module))
    return found


def _told(rng: np.random.Generator) -> Any:
    """A generator's state as bytes."""
    state = json.dumps(rng.bit_generator.state, default=lambda x: x.tolist())
    return np.frombuffer(state.encode(), dtype=np.uint8)
