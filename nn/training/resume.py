"""Resuming: all that a training run needs to go on to the same bits: parameters, optimizer, history, and every generator."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograd import DataError
from nn import checkpoint
from nn.modules.module import Module
from nn.optim import Optimizer
from nn.training.history import History
from nn.training.run_identity import first_difference

FIRST = "the first value of"  # how the parts begin that a model which has been trained no longer has


class Saved:
    """A run's checkpoint: written after each epoch, read when the run begins again."""

    def __init__(
        self, path: str | Path, identity: dict[str, str], model: Module, optimizer: Optimizer, rng: np.random.Generator
    ) -> None:
        self.path, self.identity, self.model, self.optimizer = Path(path), identity, model, optimizer
        self.generators = {"fit": rng, **_generators(model)}
        self.best: list[Any] = []

    def write(self, history: History, best: list[Any]) -> None:
        """Everything as it is after an epoch."""
        arrays: dict[str, Any] = {"identity": _as_bytes(self.identity)}
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
            if int(arrays.pop("names")) != _names(arrays):
                raise DataError("some of its arrays are missing")
            self._check_identity(arrays)
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

    def _check_identity(self, arrays: Mapping[str, Any]) -> None:
        """Raise DataError, which names the part, where the file is of another run. It becomes the identity of this one."""
        was = json.loads(arrays["identity"].tobytes().decode())
        now = dict(self.identity)
        if self._goes_on(arrays):
            for name in [*now, *was]:
                if name.startswith(FIRST):
                    now[name] = was.get(name, "")
        different = first_difference(now, was)
        if different:
            raise DataError(
                f"{different} is another than in the run that wrote it. Give each run a path of its own, or delete the file; a run "
                f"that is to go on needs the same seeds, data, settings and code"
            )
        self.identity = was

    def _goes_on(self, arrays: Mapping[str, Any]) -> bool:
        """Whether the model is what the run in the file left: its last parameters, or its best ones."""
        own = self.model.state_dict()
        last = all(np.array_equal(arrays.get(f"model.{name}", ()), x) for name, x in own.items())
        best = [arrays[name] for name in sorted(arrays, key=_place) if name.startswith("best.")]
        now = [p.data for p in self.model.parameters()]
        return last or (len(best) == len(now) and all(map(np.array_equal, best, now)))


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
    return _as_bytes(rng.bit_generator.state)


def _as_bytes(tree: Any) -> Any:
    return np.frombuffer(json.dumps(tree, default=lambda x: x.tolist()).encode(), dtype=np.uint8)


def _place(name: str) -> int:
    """The number behind the last dot of a name, or -1."""
    number = name.rpartition(".")[2]
    return int(number) if number.isdecimal() else -1
