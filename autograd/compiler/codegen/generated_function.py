"""A function of a program as executable Python."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from importlib import import_module
from threading import Lock
from typing import Any

import numpy as np

from autograd.backends.backend import IGNORE_FLOAT_ERRORS, MATH_ERRORS
from autograd.backends.numpy_backend import ARRAY
from autograd.compiler.codegen.aliasing import find_results_to_copy
from autograd.compiler.codegen.buffers import BufferedWriter
from autograd.compiler.codegen.numpy_source import Source, generate_source
from autograd.compiler.codegen.operation_syntax import MATH_FUNCTIONS
from autograd.compiler.codegen.source_writer import SourceWriter
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.passes.lowering import lower


class NonRaisingMath:
    """Stands for Python's math if that raised: the same functions of NumPy, which return inf and nan instead."""

    def __getattr__(self, name: str) -> Any:
        operations = {function: op_name for op_name, function in MATH_FUNCTIONS.items()}
        return np.power if name == "pow" else getattr(ARRAY, operations[name])


class GeneratedFunction:
    """Groups of instructions as a function of the program's inputs.

    Parameters
    ----------
    name : str
        Of the generated Python function.
    inputs : sequence of Instruction
    groups : sequence of sequences of Instruction or float
        The results, for example the values and the gradients.
    forward_groups : int, default 0
        How many groups, from the first, belong to the forward pass. They are written before the others, and a group of one among
        them is returned without a tuple around it.
    xp : module, optional
        The array library that runs the function, for example jax.numpy. Default: NumPy.
    buffers : bool, default False
        Whether to write intermediate results into reused buffers. Calls from several threads then wait for each other.

    Attributes
    ----------
    groups : list of list of Instruction or float
        The results after lowering.
    source : Source
    bound_arguments : list
        What the function gets after its inputs: constants, index arrays, buffers and tables.
    run : callable
        The generated Python function.
    """

    def __init__(
        self,
        name: str,
        inputs: Sequence[Instruction],
        groups: Sequence[Sequence[Any]],
        forward_groups: int = 0,
        xp: Any = None,
        buffers: bool = False,
    ) -> None:
        self.name = name
        self.groups: list[list[Any]]
        self.groups, self._lowered = _lower_groups(groups)
        self._is_bare = [k < forward_groups and len(group) == 1 for k, group in enumerate(groups)]
        self._xp = np if xp is None else xp
        self.source: Source = generate_source(
            name,
            inputs,
            self.groups,
            self._is_bare,
            writer=BufferedWriter() if buffers else SourceWriter(arrays_only=xp is not None),
            first=_order_of_passes(self.groups, forward_groups),
        )
        self.bound_arguments: list[Any] = [
            *(constant.data for constant in self.source.constants),
            *self.source.indices,
            *(np.empty(shape, dtype) for shape, dtype in self.source.buffers),
            *self.source.tables,
        ]
        self._lock = Lock() if self.source.buffers else None
        self._to_copy = find_results_to_copy(self.groups) if xp is None else []
        self._copies = any(map(any, self._to_copy))
        self.run: Callable[..., Any] = self._compile(math)
        self._run_without_raising: Callable[..., Any] | None = None

    def find_variable(self, instruction: Any) -> str:
        """Return the variable that holds an instruction of the program in the source; "" if there is none."""
        lowered_instruction = self._lowered.get(id(instruction), instruction)
        name = self.source.variables.get(id(lowered_instruction), "")
        is_in_text = re.search(rf"\b{name}\b", self.source.text)
        return name if is_in_text else ""

    def _compile(self, math_module: Any) -> Callable[..., Any]:
        scope = {"np": self._xp, "math": math_module, **_find_other_functions(self._xp)}
        for package, _, module in self.source.libraries:
            is_scipy = self._xp is not np and package == "scipy"
            scope[module] = import_module(
                f"{self._xp.__name__.split('.')[0]}.scipy.{module}" if is_scipy else f"{package}.{module}"
            )
        text = self.source.text
        if math_module is not math:
            text = _make_non_raising(text)
            scope["float"] = np.float64
        code = compile(text, f"<compiled {self.name}>", "exec")
        exec(code, scope)  # noqa: S102 - generated text in which all names are checked
        function: Callable[..., Any] = scope[self.name]
        return function

    def __call__(self, inputs: Sequence[Any]) -> list[Any]:
        """Run the function.

        Parameters
        ----------
        inputs : sequence of float or array
            Without the bound arguments.

        Returns
        -------
        list of sequences
            One sequence of results per group. Arrays in it belong to the caller.
        """
        if self._lock is None:
            return self._call(inputs)
        with self._lock:
            return self._call(inputs)

    def _call(self, inputs: Sequence[Any]) -> list[Any]:
        with np.errstate(**IGNORE_FLOAT_ERRORS):
            try:
                return self._group_results(self.run(*inputs, *self.bound_arguments))
            except MATH_ERRORS:
                if self._run_without_raising is None:
                    self._run_without_raising = self._compile(NonRaisingMath())
                numbers = [np.float64(x) if isinstance(x, float) else x for x in inputs]
                return self._group_results(self._run_without_raising(*numbers, *self.bound_arguments))

    def _group_results(self, results: Any) -> list[Any]:
        if len(self._is_bare) == 1:
            results = (results,)
        groups = [(result,) if is_bare else result for result, is_bare in zip(results, self._is_bare)]
        if self._copies:
            return [_copy_marked(group, marks) if any(marks) else group for group, marks in zip(groups, self._to_copy)]
        return groups

    def pure(self, *inputs: Any) -> Any:
        """Return what the generated function returns for these inputs; has no side effects unless there are buffers.

        It can be passed to ``jax.jit`` if ``xp`` is jax.numpy.
        """
        return self.run(*inputs, *self.bound_arguments)

    def evaluate_perturbed(self, inputs: Sequence[Any], scale: float) -> list[Any] | None:
        """Run the function on perturbed numbers, to see how far rounding errors could move its results.

        Parameters
        ----------
        inputs : sequence of float or array
        scale : float
            Each floating-point input and constant is multiplied by ``1 + u`` with u uniform in [-scale, scale].

        Returns
        -------
        list of sequences, or None
            As from a call; None if the function raises at the perturbed point.
        """
        rng = np.random.default_rng(0)
        perturbed = [_perturb(x, scale, rng) for x in (*inputs, *self.bound_arguments)]
        with np.errstate(**IGNORE_FLOAT_ERRORS):
            try:
                return self._group_results(self.run(*perturbed))
            except MATH_ERRORS:
                return None


def _perturb(x: Any, scale: float, rng: np.random.Generator) -> Any:
    if isinstance(x, list):  # a table
        return [_perturb(entry, scale, rng) for entry in x]
    return x * (1.0 + scale * rng.uniform(-1.0, 1.0, np.shape(x))) if np.asarray(x).dtype.kind in "fc" else x


def _find_other_functions(xp: Any) -> dict[str, Any]:
    """Return what generated source calls and NumPy lacks; an array library other than NumPy has the modules of JAX."""
    if xp is np:
        return {"erf": ARRAY.erf, "erfc": ARRAY.erfc}
    package = xp.__name__.split(".")[0]
    special = import_module(f"{package}.scipy.special")
    return {"erf": special.erf, "erfc": special.erfc, "scan": import_module(f"{package}.lax").scan}


def _make_non_raising(text: str) -> str:
    """Return source in which loops compute with NumPy's numbers, which become inf and nan where Python's floats raise."""
    text = text.replace(".tolist()", "")
    return re.sub(r"^(\s+\w+ = )(-?\d[\d.e+-]*)(?=\s*(?:#.*)?$)", r"\1float(\2)", text, flags=re.MULTILINE)


def _lower_groups(groups: Sequence[Sequence[Any]]) -> tuple[list[list[Any]], dict[int, Any]]:
    """Return lowered groups, and what every instruction below them became, by its identity."""
    flat, replacements = lower([result for group in groups for result in group])
    results = iter(flat)
    return [[next(results) for _ in group] for group in groups], replacements


def _order_of_passes(groups: Sequence[Sequence[Any]], forward_groups: int) -> list[Instruction]:
    """Return the results in the order of backpropagation: forward results, then gradients from the last layer to the first."""
    forward = [result for group in groups[:forward_groups] for result in group]
    backward = [result for group in groups[forward_groups:] for result in reversed(group)]
    return [result for result in (*forward, *backward) if isinstance(result, Instruction)]


def _copy_marked(group: Sequence[Any], marks: Sequence[bool]) -> list[Any]:
    return [np.array(result) if is_marked else result for result, is_marked in zip(group, marks)]
