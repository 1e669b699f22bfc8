"""Compiled: a function, and the programs that its traces have become."""

from __future__ import annotations

import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from autograd.compiler.codegen import export_file
from autograd.compiler.frontend.arguments import STATIC, Call, is_traced
from autograd.compiler.frontend.captured.captured_state import CapturedState
from autograd.compiler.frontend.trace import trace_function
from autograd.compiler.runtime import compile_report, self_check
from autograd.compiler.runtime.graph_replay import GraphReplay
from autograd.compiler.runtime.optimizer_update import Name, Rule, Update
from autograd.compiler.runtime.picture_groups import PictureGroups, grouped
from autograd.compiler.runtime.result_nodes import make_result
from autograd.compiler.runtime.specialization import Specialization
from autograd.core.coercion import described, to_array
from autograd.core.node import Node
from autograd.core.observation import current
from autograd.core.pytree import flatten, leaves_like, refilled, structure
from autograd.errors import AutogradError, CompileWarning, DataError, GraphError, SettingError, ShapeError, UnfitError
from autograd.state import context
from autograd.state.hooks import Hooks
from autograd.transforms import grad_and_vjp, jvp_and_hvp
from autograd.transforms.arguments import validate_argnums
from autograd.transforms.recorded_call import is_inside_transform

KEPT = 64  # specializations of one function, the least recently used of which are forgotten
UNMET = 8  # traces in a row, each for another value of an argument that is fixed, after which a warning is due
ATTEMPTS = 3  # re-traces in a row after which a function counts as one that never settles


class Compiled:
    """A compiled function: ``source`` is the program as Python, ``report()`` says what became of the scalar graph."""

    def __init__(
        self, f: Callable[..., Any], in_axes: Any, argnums: Any, exact: bool, xp: Any, buffers: bool, limit: int, tensors: bool
    ) -> None:
        if not callable(f):
            raise DataError(f"compile() takes a function first, not {described(f)}")
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise SettingError(f"compile(): limit is a whole number of nodes, not {limit!r}")
        validate_argnums("compile()", argnums)
        axes = (in_axes,) if in_axes is None or isinstance(in_axes, int) else in_axes
        if not isinstance(axes, tuple | list) or any(isinstance(a, bool) or a not in (0, None) for a in axes):
            raise SettingError(f"compile(): in_axes is 0, None, or a tuple of these, one per argument, not {in_axes!r}")
        if exact and (xp is not None or in_axes is not None or buffers):
            raise SettingError("compile(): exact=True computes as the function itself does, so it has no in_axes, xp or buffers")
        if xp is not None and not (hasattr(xp, "matmul") and hasattr(xp, "where")):
            raise SettingError(f"compile(): xp is an array library, such as jax.numpy, not {described(xp)}")
        if buffers and xp is not None:
            raise SettingError("compile(): buffers=True is NumPy's out=, which other array libraries do not have: leave out one")
        self.f = f
        self.in_axes = in_axes
        self.argnums = argnums
        self.exact = exact
        self.xp = xp
        self.buffers = buffers
        self.limit = limit
        self.tensors = tensors
        self.traces = 0
        self.__name__ = getattr(f, "__name__", "compiled")
        self.__doc__ = f.__doc__
        self._specializations: OrderedDict[Any, list[Any]] = OrderedDict()
        self._last: tuple[Any, str, tuple[int, ...]] | None = None
        self._call: Call | None = None
        self._more: Sequence[Any] = ()  # what the last call's program was given beside its inputs
        self._reasons: dict[Any, list[str]] = {}  # of each signature, why it was traced anew, since the last call that was not
        self._unmet: list[Any] = []  # signatures in a row that were traced for and not met again
        self._lock = threading.RLock()

    # -- calls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What ``f`` gives: nodes where nodes take part, else plain numbers. With in_axes, one result per sample."""
        if Hooks.living or (context.special and (current() is not None or context.current().anomaly)):
            return self.f(*args, **kwargs)  # for those who need to see every node
        call = Call(args, kwargs, self.in_axes, self.tensors)
        recorded = context.recording()

        def wanted(specialization: Any) -> tuple[tuple[str, tuple[int, ...]], tuple[int, ...]]:
            moves = specialization.outer if recorded else ()
            if recorded and call.has_nodes:
                moves = tuple(k for k in specialization.arguments if is_moving(call.leaves[specialization.slots[k].arg])) + moves
            return (("value_and_gradients", moves) if moves and specialization.single else ("value", ())), moves

        specialization, inputs, results, moves = self._run(call, wanted)
        return make_result(self, specialization, call, moves, inputs, results)

    def value_and_grad(self, *args: Any, **kwargs: Any) -> Any:
        """The value and the gradient by the arguments ``argnums``, as plain numbers and arrays; the mean over a batch.

        Inside a transform, and for arguments that are nodes, they are nodes, computed uncompiled, as those of autograd.grad are.

        Of a function without arguments, the gradient is a dict: the name in ``source`` of each parameter, and its gradient.
        GraphError where the function does not return one number.

        >>> from autograd import compile
        >>> compile(lambda x, y: x * x * y, argnums=(0, 1)).value_and_grad(3.0, 2.0)
        (18.0, (12.0, 9.0))
        """
        trace = current()
        if trace is not None:
            if not args:
                raise GraphError(
                    f"value_and_grad() of {self.__name__} inside a compiled function needs arguments: use grad() there"
                )
            return grad_and_vjp.value_and_grad(self.f, self.argnums)(*args, **kwargs)
        if args and _differentiable(args, kwargs):
            return grad_and_vjp.value_and_grad(self.f, self.argnums)(*args, **kwargs)
        call = Call(args, kwargs, self.in_axes, self.tensors)
        chosen = self._chosen(call) if args else None

        def wanted(specialization: Any) -> tuple[tuple[str, tuple[int, ...]], tuple[int, ...]]:
            self._need_one_number(specialization, "value_and_grad()")
            moves = (
                specialization.outer
                if chosen is None
                else tuple(k for k in specialization.arguments if specialization.slots[k].arg in chosen)
            )
            return ("value_and_gradients", moves), moves

        specialization, _, results, moves = self._run(call, wanted)
        (value,), gradients = results[0], results[1]
        if chosen is None:
            names = specialization.function("value_and_gradients", moves).source.parameters
            return float(value), {names[k]: plain(g) for k, g in zip(moves, gradients, strict=True)}
        by_leaf = {specialization.slots[k].arg: plain(g) for k, g in zip(moves, gradients, strict=True)}
        return float(value), self._by_argument(call, by_leaf, self.argnums)

    def grad(self, *args: Any, **kwargs: Any) -> Any:
        """The gradient alone.

        >>> from autograd import compile
        >>> compile(lambda x: x * x).grad(3.0)
        6.0
        """
        return self.value_and_grad(*args, **kwargs)[1]

    def jvp(self, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
        """The value and its tangent when the arguments ``primals`` move along ``tangents``; ShapeError where these do not fit.

        >>> from autograd import compile
        >>> compile(lambda x, y: x * y).jvp((3.0, 2.0), (1.0, 0.0))
        (6.0, 2.0)
        """
        if not isinstance(primals, tuple | list) or not isinstance(tangents, tuple | list):
            raise DataError(
                f"jvp() of {self.__name__} takes a tuple of primals and a tuple of tangents, not {described(primals)} and "
                f"{described(tangents)}"
            )
        trace = current()
        if trace is not None:
            return jvp_and_hvp.jvp(self.f, tuple(primals), tuple(tangents))
        if _differentiable(primals, tangents):
            return jvp_and_hvp.jvp(self.f, tuple(primals), tuple(tangents))
        call = Call(tuple(primals), {}, self.in_axes, self.tensors)
        along = self._along(call, tuple(tangents), "jvp()")
        specialization, _, results, _ = self._run(call, lambda specialization: (("jvp", ()), ()), along)
        return tuple(specialization.build([plain(x) for x in results[k]]) for k in (0, 1))

    def hvp(self, x: Any, v: Any, *args: Any) -> Any:
        """The Hessian by the first argument ``x``, times ``v``; ShapeError where these do not fit.

        >>> from autograd import compile
        >>> compile(lambda x: x * x * x).hvp(2.0, 1.0)
        12.0
        """
        if self.in_axes is not None:
            raise SettingError(
                f"hvp() of {self.__name__}: a batch has no Hessian here: write the mean over the samples as one function"
            )
        trace = current()
        if trace is not None:
            return jvp_and_hvp.hvp(self.f, x, v, *args)
        if _differentiable(x, v, args):
            return jvp_and_hvp.hvp(self.f, x, v, *args)
        call = Call((x, *args), {}, None, self.tensors)
        if not call.leaves or not is_traced(call.leaves[0]):
            raise DataError(f"hvp() of {self.__name__}: there is no Hessian by {described(x)}: pass a float or an array of floats")
        still = [
            refilled(a, iter([np.zeros(np.shape(y))[()] if is_traced(y) else y for y in Call((a,), {}, None).leaves])) for a in args
        ]
        along = self._along(call, (v, *still), "hvp()")

        def wanted(specialization: Any) -> tuple[tuple[str, tuple[int, ...]], tuple[int, ...]]:
            self._need_one_number(specialization, "hvp()")
            return ("hvp", ()), ()

        specialization, _, results, _ = self._run(call, wanted, along)
        by_leaf = {specialization.slots[k].arg: plain(g) for k, g in zip(specialization.arguments, results[0], strict=True)}
        return self._by_argument(call, by_leaf, 0)

    def updating(
        self,
        rule: Rule,
        tensors: Sequence[Any],
        names: Sequence[Name],
        state: Sequence[Any],
        results: Sequence[Name],
        trials: Sequence[Sequence[Any]] = (),
        watched: Sequence[Any] = (),
    ) -> Update:
        """A rule, such as an optimizer's, for the Tensors that the function captures, ready for ``value_and_update``.

        ``rule(gradients, points, state)`` takes lists of arrays and gives one: the new points, and then the new state. ``state``
        are floats and arrays like those of the calls to come; ``names`` and ``results`` say what the source calls the state and
        the results, each by a word and the number of the Tensor that it belongs to, or None. The rule is run on Tensors as well,
        and copies of it on arrays; ``trials`` are more states on which the program must give what it gives. What the rule and
        the things that are ``watched`` hold is compared at every call.

        >>> from autograd import Tensor, compile
        >>> w = Tensor([1.0, 2.0])
        >>> loss = compile(lambda: (w * w).sum())
        >>> descend = loss.updating(lambda g, p, s: [p[0] - s[0] * g[0]], [w], [("rate", None)], [0.1], [("", 0)])
        >>> value, _, moved = loss.value_and_update(descend, [0.25])
        >>> value, moved[0]
        (5.0, array([0.5, 1. ]))
        """
        return Update(rule, tensors, names, state, results, trials, watched)

    def value_and_update(self, update: Update, state: Sequence[Any], *args: Any) -> Any:
        """The value, gradients by the Tensors of an update, and what its rule makes of them, all in one program.

        None where somebody needs to see every node, or an argument has a gradient, too; UnfitError where this program cannot have
        the rule as a part of it.
        """
        if Hooks.living or context.special:
            return None
        call = Call(args, {}, self.in_axes, self.tensors)
        if call.has_nodes and any(map(is_moving, call.leaves)):
            return None

        def wanted(specialization: Any) -> tuple[tuple[str, Any], tuple[int, ...]]:
            if isinstance(specialization, GraphReplay):
                raise UnfitError(f"the function is replayed {specialization.why}")
            return ("value_and_update", update), ()

        _, _, results, _ = self._run(call, wanted, state)
        return float(results[0][0]), results[1], results[2]

    def _along(self, call: Call, tangents: tuple[Any, ...], name: str) -> list[Any]:
        """Tangents as numbers, checked against the arguments; dicts are matched by key."""
        if structure(tangents) != structure(call.args):
            raise ShapeError(
                f"{name} of {self.__name__}: the tangents have the structure {structure(tangents)}, but {structure(call.args)} is "
                f"needed"
            )
        pairs = zip(leaves_like(tangents, call.args), call.leaves, strict=True)
        found = [
            (t._primal if isinstance(t, Node) else to_array(t, f"{name} of {self.__name__}"), x) for t, x in pairs if is_traced(x)
        ]
        shapes = [[np.shape(t) for t, _ in found], [np.shape(x._primal if isinstance(x, Node) else x) for _, x in found]]
        if shapes[0] != shapes[1]:
            raise ShapeError(
                f"{name} of {self.__name__}: tangents of shapes {shapes[0]} do not fit arguments of shapes {shapes[1]}"
            )
        return [float(t) if np.ndim(t) == 0 else np.asarray(t, dtype=float) for t, _ in found]

    def _need_one_number(self, specialization: Any, call: str) -> None:
        if not specialization.lone:
            raise GraphError(f"{call} of {self.__name__}: it needs a function that returns one number: reduce it, or take jvp()")

    def _chosen(self, call: Call) -> set[int]:
        """The leaves of the arguments ``argnums``."""
        numbers = (self.argnums,) if isinstance(self.argnums, int) else tuple(self.argnums)
        if any(not -len(call.args) <= n < len(call.args) for n in numbers):
            raise SettingError(f"compile(argnums={self.argnums!r}): there are {len(call.args)} positional arguments")
        count = len(call.args)
        chosen = {k for n in numbers for k in range(call.offsets[n % count], call.offsets[n % count + 1])}
        for k in chosen:
            if not is_traced(call.leaves[k]):
                raise DataError(
                    f"compile(argnums={self.argnums!r}): there is no gradient by {described(call.leaves[k])}: pass a float or an "
                    f"array of floats"
                )
        return chosen

    def _by_argument(self, call: Call, by_leaf: dict[int, Any], argnums: Any) -> Any:
        """Gradients in the structure of the arguments."""
        numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        found = []
        for n in numbers:
            start = call.offsets[n % len(call.args)]
            found.append(refilled(call.args[n], (by_leaf[k] for k in range(start, len(call.leaves)))))
        return found[0] if isinstance(argnums, int) else tuple(found)

    # -- specializations

    def _run(
        self, call: Call, wanted: Callable[[Any], Any], more: Sequence[Any] = ()
    ) -> tuple[Any, list[Any], Any, tuple[int, ...]]:
        """The first specialization whose guards hold, run; a new one where there is none."""
        found, reason = self._known(call, wanted, more)
        if found is not None:
            return found  # type: ignore[no-any-return]  # what this method returns
        with self._lock:  # another thread may have traced meanwhile
            found, reason = self._known(call, wanted, more) if reason or call.signature in self._specializations else (None, "")
            return found or self._traced(call, wanted, more, reason)  # type: ignore[no-any-return]  # as above

    def _known(self, call: Call, wanted: Callable[[Any], Any], more: Sequence[Any]) -> tuple[Any, str]:
        """A specialization whose guards hold, run; None, and what the newest one saw otherwise."""
        reason = ""
        known = self._specializations.get(call.signature, [])
        for specialization in list(known):
            moved = specialization.captured_state.describe_change() or (
                "" if specialization.holds() else "a constant Tensor has other numbers"
            )
            if moved:
                reason = reason or moved
                continue
            (name, needed), moves = wanted(specialization)
            inputs = specialization.inputs(call.leaves)
            results = specialization.function(name, needed)([*inputs, *more])
            change = specialization.changed(results[-1]) if specialization.guards else ""
            reason = reason or change
            if not change:
                if self._reasons or self._unmet:
                    self._reasons.pop(call.signature, None)
                    self._unmet.clear()
                if specialization is not known[0]:
                    with self._lock:
                        known.sort(key=lambda other: other is not specialization)
                if len(self._specializations) > 1:
                    with suppress(KeyError):  # another thread may have dropped it
                        self._specializations.move_to_end(call.signature)
                self._last, self._call, self._more = (specialization, name, needed), call, more
                return (specialization, inputs, results, moves), ""
        return None, reason

    def _traced(self, call: Call, wanted: Callable[[Any], Any], more: Sequence[Any], reason: str) -> Any:
        """A new specialization, run."""
        self._count(call.signature, reason)
        self._count_fixed(call)
        specialization = self._new(call)
        (name, needed), moves = wanted(specialization)
        inputs = specialization.inputs(call.leaves)
        self._last, self._call, self._more = (specialization, name, needed), call, more
        results = specialization.function(name, needed)([*inputs, *more])
        if self.in_axes is not None and specialization.guards and specialization.changed(results[-1]):
            raise GraphError(
                f"compile(in_axes=): what {self.__name__} decides is not the same for every sample "
                f"({specialization.changed(results[-1])}): choose with autograd.where, which follows the numbers"
            )
        return specialization, inputs, results, moves

    def _count(self, signature: Any, reason: str) -> None:
        """Count the guards that failed in a row; GraphError where that never ends."""
        if not reason:
            return
        reasons = self._reasons.setdefault(signature, [])
        reasons.append(reason)
        if len(reasons) > ATTEMPTS:
            del self._reasons[signature]
            raise GraphError(
                f"compile(): {self.__name__} changed its structure at {ATTEMPTS + 1} calls in a row ({'; '.join(reasons)}): choose "
                f"with autograd.where, which follows the numbers, pass what changes as an argument, or call the function uncompiled"
            )

    def _count_fixed(self, call: Call) -> None:
        """Warn where call after call is traced for another value of an argument that is fixed."""
        self._unmet.append(call.signature)
        if len(self._unmet) != UNMET or len(set(map(len, self._unmet))) != 1:
            return
        for k, keys in enumerate(zip(*self._unmet, strict=True)):
            if all(key[0] == STATIC for key in keys if isinstance(key, tuple)) and len(set(keys)) == UNMET:
                warnings.warn(
                    f"compile(): {self.__name__} was traced for {UNMET} values in a row of argument {k}, now "
                    f"{described(call.args[k])}: only floats and arrays of floats are followed from call to call; pass it as "
                    f"floats, as in y.astype(float), or do without it",
                    CompileWarning,
                    stacklevel=5,
                )

    def _new(self, call: Call) -> Any:
        """A new specialization, proved against the run that it was traced from; where that fails, the graph itself is replayed."""
        traced = trace_function(self.f, call.make_nodes, self.limit, call.static_leaves)
        self.traces += 1
        specialization: Any = None
        fault = ""
        if not self.exact:
            try:
                specialization = Specialization(traced, call.traced_arguments(self.f), self.xp, self.buffers)
                del specialization.raiser  # its columns are as long as the graph
                specialization.proof = self_check.proof(specialization, traced, call)
                fault = specialization.proof.fault
            except AutogradError:
                raise
            except Exception as error:
                fault = f"it could not be raised: {type(error).__name__}: {error}"
            if fault and (self.xp is not None or self.in_axes is not None):
                raise GraphError(f"compile(): {self.__name__} cannot be compiled so: {fault}")
        if self.exact or fault:
            specialization = GraphReplay(traced, call.traced_arguments(self.f), fault)
        fault = self_check.fault_elsewhere(self.f, specialization, traced, call)
        if fault and not isinstance(specialization, GraphReplay) and self.xp is None and self.in_axes is None:
            specialization = GraphReplay(
                traced, call.traced_arguments(self.f), f"at other inputs {fault}"
            )  # which rounds as the function does
            fault = self_check.fault_elsewhere(self.f, specialization, traced, call)
        if fault:
            raise GraphError(
                f"compile(): {self.__name__} is not what was traced: at other inputs {fault}. A number that depends on the inputs "
                f"was taken for a constant: compute it from Values and Tensors, or pass it as an argument"
            )
        outside = [node for i, node in traced.leaves.items() if i not in traced.argument_leaves]
        nodes = [*outside, *(tensor for tensor, _ in traced.constants)]
        specialization.captured_state = CapturedState(self.f, call.static_leaves, nodes)
        known = self._specializations.setdefault(call.signature, [])
        known.insert(0, specialization)
        self._specializations.move_to_end(call.signature)
        while sum(map(len, self._specializations.values())) > KEPT:
            oldest = next(iter(self._specializations))
            self._specializations[oldest].pop()
            if not self._specializations[oldest]:
                del self._specializations[oldest]
        return specialization

    # -- what it became

    def _ran(self) -> tuple[Any, str, tuple[int, ...]]:
        if self._last is None:
            raise GraphError(f"compile(): {self.__name__} has not been called, so there is no program yet: call it once")
        return self._last

    @property
    def source(self) -> str:
        """The program of the last call as Python source; GraphError before the first call."""
        specialization, name, needed = self._ran()
        return specialization.function(name, needed).source.module  # type: ignore[no-any-return]

    def report(self) -> compile_report.Summary:
        """What the last call's program is: what was raised and what was not; nodes, operations, bytes, flops."""
        return compile_report.summary(self.__name__, *self._ran())

    def export(self, path: str | Path) -> Path:
        """Write the program of the last call, with its constants, as a Python file that needs NumPy only; returns the path.

        >>> import tempfile
        >>> from autograd import compile
        >>> twice = compile(lambda x: 2.0 * x); twice(1.0)
        2.0
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     twice.export(folder + "/twice.py").name
        'twice.py'
        """
        if not isinstance(path, str | Path):
            raise DataError(f"export() of {self.__name__} takes a path, as in export('step.py'), not {described(path)}")
        return export_file.export_program(self.__name__, *self._ran(), Path(path))

    @property
    def program(self) -> Callable[..., Any]:
        """The program of the last call as a function of its inputs, in the order of ``source``, constants filled in.

        With ``xp=jax.numpy`` this is what jax.jit takes: ``jax.jit(step.program)(*step.inputs)``.
        """
        specialization, name, needed = self._ran()
        return specialization.function(name, needed).pure  # type: ignore[no-any-return]

    @property
    def inputs(self) -> list[Any]:
        """The inputs of the last call's program as they are now: what parameters hold, and the last arguments."""
        specialization, _, _ = self._ran()
        assert self._call is not None
        return [*specialization.inputs(self._call.leaves), *self._more]

    def graph(self) -> PictureGroups:
        """The scalar graph of the last call, run again uncompiled, with the gradients of its nodes, in the program's groups."""
        specialization, name, needed = self._ran()
        assert self._call is not None
        traced = trace_function(self.f, self._call.make_nodes, self.limit, self._call.static_leaves)
        roots = [x for x in traced.run.outputs if isinstance(x, Node)]
        gradients: dict[int, Any] = {}
        if len(roots) == 1 and roots[0].shape == ():
            leaves = list(traced.leaves.values())
            gradients = dict(zip(map(id, leaves), self_check.pulled(roots, leaves, traced.run.start_stamp), strict=True))
        if isinstance(specialization, GraphReplay):
            return PictureGroups(roots, gradients, {}, {}, {})
        specialization = Specialization(traced, self._call.traced_arguments(self.f), None)
        if isinstance(needed, tuple):
            needed = tuple(k for k in needed if k < len(specialization.slots))  # it may have fewer parameters by now
        return grouped(roots, gradients, traced, specialization.raiser, specialization.function(name, needed))

    def __repr__(self) -> str:
        return f"<compiled {self.__name__}, traced {self.traces} time{'s' * (self.traces != 1)}>"


def _differentiable(*trees: Any) -> bool:
    """Whether somebody may differentiate what comes of these arguments, which takes the transforms themselves."""
    return context.recording() and (is_inside_transform() or any(is_moving(x) for x in flatten(trees)[0]))


def is_moving(x: Any) -> bool:
    """Whether a leaf of the arguments is a node to which gradients flow."""
    return isinstance(x, Node) and not getattr(x, "constant", False)


def plain(x: Any) -> Any:
    """A result as a float or an array of its own."""
    return float(x) if np.ndim(x) == 0 else np.asarray(x)
