"""Compiled: what ``compile`` returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from autograd.compiler.compile_options import CompileOptions
from autograd.compiler.frontend.arguments import Call, is_traced
from autograd.compiler.runtime.derivative_arguments import (
    flatten_tangents,
    gradients_like_arguments,
    has_differentiable_leaves,
    is_differentiable,
    is_recorded_outside,
    leaves_of_arguments,
    must_record,
    to_number_or_array,
    zero_tangents,
)
from autograd.compiler.runtime.dispatcher import Dispatcher
from autograd.compiler.runtime.program_inspection import ProgramInspection
from autograd.compiler.runtime.result_nodes import make_result, to_results
from autograd.compiler.sample_loop import call_for_each_sample
from autograd.compiler.specialization.graph_replay import GraphReplay
from autograd.compiler.specialization.optimizer_update import Name, Rule, Update
from autograd.core.coercion import describe
from autograd.core.pytree import flatten
from autograd.core.tracing import current_tracer
from autograd.errors import DataError, GraphError, SettingError, UnfitError
from autograd.state import context
from autograd.state.hook_handles import Hooks
from autograd.transforms import grad_and_vjp, jvp_and_hvp


class Compiled(ProgramInspection):
    """A compiled function.

    Call it like the function itself. It is traced at its first call, and again for arguments of another structure, shape or
    static value, for another way through a branch, and after a change of what it captured.

    Parameters
    ----------
    f : callable
        The function.
    options : CompileOptions
        How it is compiled.

    Raises
    ------
    DataError
        If ``f`` is not callable.
    """

    def __init__(self, f: Callable[..., Any], options: CompileOptions) -> None:
        if not callable(f):
            raise DataError(f"compile() takes a function first, not {describe(f)}")
        super().__init__(f, Dispatcher(f, getattr(f, "__name__", "compiled"), options))
        self.options = options

    # -- calls

    def run_eagerly(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself, uncompiled; with ``in_axes``, for one sample after the other.

        Parameters
        ----------
        *args, **kwargs
            The arguments, as in a call.

        Returns
        -------
        pytree
            The results.
        """
        in_axes = self.options.in_axes
        if in_axes is None:
            return self.f(*args, **kwargs)
        axes = [in_axes] * len(args) if isinstance(in_axes, int) else list(in_axes)
        is_batched = [axis is not None for arg, axis in zip(args, axes, strict=True) for _ in flatten(arg)[0]]
        leaves, build = flatten(args)
        return call_for_each_sample(partial(self.f, **kwargs), leaves, is_batched, build)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function.

        Returns
        -------
        number, array, node, or a container of them
            What the function returns. Results are nodes if an argument is a node, or if the function captured Values or Tensors;
            else they are floats and arrays. With ``in_axes`` there is one result for each sample.
        """
        if Hooks.total_count or (context.open_block_count and (current_tracer() is not None or context.current().anomaly)):
            return self.run_eagerly(*args, **kwargs)  # hooks, tracers and anomaly() need to see every node
        options = self.options
        call = Call(args, kwargs, options.in_axes, options.tensors)
        is_recording = context.recording()

        def select(specialization: Any) -> tuple[str, Any, tuple[int, ...]]:
            wrt = specialization.captured_slots if is_recording else ()
            if is_recording and call.has_nodes:
                slots = specialization.slots
                wrt = tuple(k for k in specialization.argument_slots if is_differentiable(call.leaves[slots[k].argument])) + wrt
            if wrt and specialization.is_scalar:
                return "value_and_gradients", wrt, wrt
            return "value", (), wrt  # without derivatives, or with a pullback when one is asked for

        specialization, inputs, results, wrt = self._dispatcher.run(call, select)
        return make_result(self, specialization, call, wrt, inputs, results)

    def value_and_grad(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the value and the gradient with respect to the arguments ``argnums``, as floats and arrays.

        Parameters
        ----------
        *args, **kwargs
            The arguments of the function.

        Returns
        -------
        value : float
            What the function returns; the mean over a batch.
        gradients : float, array, or a container of them
            The gradient of ``value``, in the structure of the arguments. For a function without arguments it is a dict: the name
            that ``source`` has for each captured parameter, and its gradient.

        Raises
        ------
        GraphError
            If the function does not return one number.

        Notes
        -----
        Inside a transform or another compiled function, and for arguments that are nodes, this is
        ``autograd.value_and_grad`` of the uncompiled function, and the results are nodes.

        Examples
        --------
        >>> from autograd import compile
        >>> compile(lambda x, y: x * x * y, argnums=(0, 1)).value_and_grad(3.0, 2.0)
        (18.0, (12.0, 9.0))
        """
        if not args:
            return self._value_and_captured_gradients(kwargs)
        call = None if is_recorded_outside() else Call(args, kwargs, self.options.in_axes, self.options.tensors)
        if call is None or (call.has_nodes and has_differentiable_leaves(call.leaves)):
            return grad_and_vjp.value_and_grad(self.f, self.options.argnums)(*args, **kwargs)
        leaves = leaves_of_arguments(call, self.options.argnums)

        def select(specialization: Any) -> tuple[str, Any, tuple[int, ...]]:
            self._check_returns_one_number(specialization, "value_and_grad()")
            wrt = tuple(k for k in specialization.argument_slots if specialization.slots[k].argument in leaves)
            return "value_and_gradients", wrt, wrt

        specialization, _, results, wrt = self._dispatcher.run(call, select)
        (value,), gradients = results[0], results[1]
        by_leaf = {specialization.slots[k].argument: to_number_or_array(g) for k, g in zip(wrt, gradients, strict=True)}
        return float(value), gradients_like_arguments(call, by_leaf, self.options.argnums)

    def _value_and_captured_gradients(self, kwargs: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """The value, and the gradients with respect to the captured parameters."""
        if current_tracer() is not None:
            raise GraphError(
                f"value_and_grad() of {self.__name__} inside a compiled function needs arguments to differentiate: pass the "
                f"parameters as arguments"
            )
        call = Call((), kwargs, self.options.in_axes, self.options.tensors)

        def select(specialization: Any) -> tuple[str, Any, tuple[int, ...]]:
            self._check_returns_one_number(specialization, "value_and_grad()")
            return "value_and_gradients", specialization.captured_slots, specialization.captured_slots

        specialization, _, results, wrt = self._dispatcher.run(call, select)
        (value,), gradients = results[0], results[1]
        names = specialization.function("value_and_gradients", wrt).source.parameters
        return float(value), {names[k]: to_number_or_array(g) for k, g in zip(wrt, gradients, strict=True)}

    def grad(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the gradient alone.

        Parameters
        ----------
        *args, **kwargs :
            The arguments of the function.

        Returns
        -------
        float, array, or a container of them
            The second result of ``value_and_grad``.

        Examples
        --------
        >>> from autograd import compile
        >>> compile(lambda x: x * x).grad(3.0)
        6.0
        """
        return self.value_and_grad(*args, **kwargs)[1]

    def jvp(self, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
        """Compute the value and its tangent (a Jacobian-vector product).

        Parameters
        ----------
        primals : tuple or list
            The positional arguments.
        tangents : tuple or list
            The direction in which they move, of the same structure and shapes.

        Returns
        -------
        value, tangent
            Each in the structure of what the function returns.

        Raises
        ------
        DataError
            If ``primals`` or ``tangents`` is neither a tuple nor a list.
        ShapeError
            If the tangents do not fit the primals.

        Examples
        --------
        >>> from autograd import compile
        >>> compile(lambda x, y: x * y).jvp((3.0, 2.0), (1.0, 0.0))
        (6.0, 2.0)
        """
        if not isinstance(primals, tuple | list) or not isinstance(tangents, tuple | list):
            raise DataError(
                f"jvp() of {self.__name__} takes a tuple of primals and a tuple of tangents, not {describe(primals)} and "
                f"{describe(tangents)}"
            )
        if must_record(primals, tangents):
            return jvp_and_hvp.jvp(self.f, tuple(primals), tuple(tangents))
        call = Call(tuple(primals), {}, self.options.in_axes, self.options.tensors)
        direction = flatten_tangents(call, tuple(tangents), f"jvp() of {self.__name__}")
        specialization, _, results, _ = self._dispatcher.run(call, lambda _: ("jvp", (), ()), direction)
        value, tangent = to_results(results[0], specialization.masks), to_results(results[1], ())
        return specialization.build_result(value), specialization.build_result(tangent)

    def hvp(self, x: Any, v: Any, *args: Any) -> Any:
        """Compute the Hessian with respect to the first argument times a vector.

        Parameters
        ----------
        x : float, array, or a container of them
            The first argument of the function.
        v : like ``x``
            The vector.
        *args
            The other arguments, which stay constant.

        Returns
        -------
        like ``x``
            The product.

        Raises
        ------
        SettingError
            If the function is compiled with ``in_axes``.
        DataError
            If ``x`` has no gradient, such as an integer.
        ShapeError
            If ``v`` does not fit ``x``.
        GraphError
            If the function does not return one number.

        Examples
        --------
        >>> from autograd import compile
        >>> compile(lambda x: x * x * x).hvp(2.0, 1.0)
        12.0
        """
        if self.options.in_axes is not None:
            raise SettingError(
                f"hvp() of {self.__name__} does not support in_axes: compile a function that returns the mean over the samples"
            )
        if must_record(x, v, args):
            return jvp_and_hvp.hvp(self.f, x, v, *args)
        call = Call((x, *args), {}, None, self.options.tensors)
        if not call.leaves or not is_traced(call.leaves[0]):
            raise DataError(f"hvp() of {self.__name__}: there is no Hessian for {describe(x)}: pass a float or an array of floats")
        direction = flatten_tangents(call, (v, *map(zero_tangents, args)), f"hvp() of {self.__name__}")

        def select(specialization: Any) -> tuple[str, Any, tuple[int, ...]]:
            self._check_returns_one_number(specialization, "hvp()")
            return "hvp", (), ()

        specialization, _, results, _ = self._dispatcher.run(call, select, direction)
        products = zip(specialization.argument_slots, results[0], strict=True)
        by_leaf = {specialization.slots[k].argument: to_number_or_array(product) for k, product in products}
        return gradients_like_arguments(call, by_leaf, 0)

    def _check_returns_one_number(self, specialization: Any, method: str) -> None:
        if not specialization.is_scalar_per_sample:
            raise GraphError(
                f"{method} of {self.__name__} needs a function that returns one number: reduce the result, or use jvp()"
            )
        if specialization.has_complex_results:
            raise DataError(
                f"{method} of {self.__name__} needs a function that returns a real number, not a complex one: take the real part "
                f"or the absolute value of its result, or use autograd.grad(holomorphic=True) if it is holomorphic"
            )

    # -- updates of parameters

    def prepare_update(
        self,
        rule: Rule,
        tensors: Sequence[Any],
        names: Sequence[Name],
        state: Sequence[Any],
        results: Sequence[Name],
        trials: Sequence[Sequence[Any]] = (),
        watched: Sequence[Any] = (),
    ) -> Update:
        """Prepare a rule that updates the captured Tensors, such as an optimizer's, for ``value_and_update``.

        Parameters
        ----------
        rule : callable
            ``rule(gradients, points, state)`` takes lists of arrays and returns one list: the new points, then the new state. It is
            run on Tensors when it is traced, and copies of it are run on arrays.
        tensors : sequence of Tensor
            The Tensors that the function captures, all of them.
        names : sequence of (str, int or None)
            What the source calls each entry of ``state``: a word, and the number of the Tensor that the entry belongs to, or None.
        state : sequence of float or array
            A state like those of the calls to come: of the same types and shapes.
        results : sequence of (str, int or None)
            What the source calls each result of the rule, as in ``names``.
        trials : sequence of sequences
            More states at which the program is compared with the rule.
        watched : sequence
            Objects that the rule reads. If the rule or one of them changes, the update is no longer valid.

        Returns
        -------
        Update
            The prepared rule.

        Examples
        --------
        >>> from autograd import Tensor, compile
        >>> w = Tensor([1.0, 2.0])
        >>> loss = compile(lambda: (w * w).sum())
        >>> descend = loss.prepare_update(lambda g, p, s: [p[0] - s[0] * g[0]], [w], [("rate", None)], [0.1], [("", 0)])
        >>> value, _, moved = loss.value_and_update(descend, [0.25])
        >>> value, moved[0]
        (5.0, array([0.5, 1. ]))
        """
        return Update(rule, tensors, names, state, results, trials, watched)

    def value_and_update(self, update: Update, state: Sequence[Any], *args: Any) -> Any:
        """Compute the value, the gradients and the updated parameters in one program.

        Parameters
        ----------
        update : Update
            A prepared rule; see ``prepare_update``.
        state : sequence of float or array
            The state of the rule.
        *args
            The arguments of the function.

        Returns
        -------
        tuple or None
            The value, the gradients with respect to the Tensors of the update, and the results of its rule. None if hooks or a
            block such as ``no_grad()`` are active, or if an argument is a node with a gradient. Then the caller does these
            steps one by one.

        Raises
        ------
        UnfitError
            If the rule cannot be a part of this program.
        """
        if Hooks.total_count or context.open_block_count:
            return None
        call = Call(args, {}, self.options.in_axes, self.options.tensors)
        if call.has_nodes and any(map(is_differentiable, call.leaves)):
            return None

        def select(specialization: Any) -> tuple[str, Any, tuple[int, ...]]:
            if isinstance(specialization, GraphReplay):
                raise UnfitError(f"the function is replayed {specialization.reason}")
            return "value_and_update", update, ()

        _, _, results, _ = self._dispatcher.run(call, select, state)
        return float(results[0][0]), results[1], results[2]
