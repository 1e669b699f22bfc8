"""The names of the package MyGrad, made of this library: what its test suite imports."""

from __future__ import annotations

import contextlib
import functools
import importlib.abc
import importlib.machinery
import operator
import sys
import types
from copy import copy

import numpy as np
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Tensor
from autograd.numpy_api.apply import as_tensor
from autograd.testing import check_grad

MAX_EXAMPLES = 10
INTERNAL = "a class or a function of MyGrad itself, with no counterpart here"
SETTINGS = {
    "out": "results are not written into other arrays, since graphs keep what they have used",
    "where": "a ufunc takes no mask: np.where says what stands elsewhere",
    "dtype": "the type of a result follows from its arguments: astype() changes it",
    "nan_to_num": "a setting that only MyGrad has",
}


class RefusalError(NotImplementedError):
    """What raises this is refused on purpose."""

    def __init__(self, reason):
        super().__init__(f"refused: {reason}")


def refuse(reason):
    def function(*args, **kwargs):
        raise RefusalError(reason)

    return function


class Function:
    """A function of MyGrad: one of ours, which returns a Tensor and knows the argument ``constant``."""

    def __init__(self, name, function):
        self.__name__ = self.__qualname__ = name
        self.function = function
        ufunc = getattr(np, name, None)
        if isinstance(ufunc, np.ufunc):
            self.nin, self.signature = ufunc.nin, ufunc.signature

    def __repr__(self):
        return self.__name__

    def __call__(self, *args, constant=None, **kwargs):
        for setting, reason in SETTINGS.items():
            if setting in kwargs and kwargs[setting] is not None:
                raise RefusalError(reason)
        kwargs = {key: value for key, value in kwargs.items() if key not in SETTINGS}
        result = self.function(*args, **kwargs)
        if isinstance(result, np.ndarray | np.generic) and result.dtype.kind in "fiu":
            return Tensor(result, constant=bool(constant) or self.__name__ not in CONSTRUCTORS)
        return ag.stop_gradient(result) if constant and isinstance(result, Tensor) else result


def tensor(data, dtype=None, *, constant=None, copy=True, ndmin=0):
    """A Tensor; MyGrad's settings beyond the data and ``constant`` are about memory."""
    if isinstance(data, Tensor):
        return +data if constant is None else Tensor(data.data, constant=constant)
    array = np.array(data, dtype=dtype, ndmin=ndmin)
    return Tensor(array, constant=bool(constant))


class TensorType(type):
    """The class of MyGrad's Tensors: it makes ours, and ours are its instances."""

    def __call__(cls, *args, **kwargs):
        return tensor(*args, **kwargs)

    def __getattr__(cls, name):
        return getattr(Tensor, name)

    def __instancecheck__(cls, x):
        return isinstance(x, Tensor)


class MyGradTensor(metaclass=TensorType):
    """MyGrad's Tensor."""


def of_integer_labels(loss):
    def function(x, y_true, **weights):
        scores, labels = x, y_true
        labels = labels.data.astype(int) if isinstance(labels, Tensor) else np.asarray(labels)
        if labels.dtype.kind not in "iu":
            raise TypeError("labels are integers")
        if np.ndim(scores) != 2 or labels.shape != np.shape(scores)[:1]:
            raise ValueError("labels are one number for each row of scores")
        return loss(scores, labels, **weights)

    return function


def negative_log_likelihood(scores, labels, weights=None):
    chosen = scores[np.arange(len(labels)), labels]
    return -np.mean(chosen if weights is None else chosen * to_array(weights)[labels])


def norm(x, ord=None, axis=None, keepdims=False):
    return np.linalg.norm(x, ord, axis, keepdims)


def glu(x, axis=-1):
    axis = operator.index(to_array(axis).astype(int).item() if isinstance(axis, Tensor | np.ndarray) else axis)
    first, second = np.split(x, 2, axis=axis)
    return first * ag.sigmoid(second)


def of_number(x):
    if x is None:
        raise TypeError("a bound is a number")
    return float(to_array(x))


def fold(function, arrays):
    if len(arrays) < 2:
        raise ValueError("at least two arrays")
    return functools.reduce(function, arrays)


def reduce_broadcast(gradient, shape):
    """Sum over the axes along which an array of a shape was broadcast, for the numerical derivatives of the suite."""
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    return gradient.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1 and gradient.shape[i] > 1), keepdims=True)


def drop_constant(function):
    @functools.wraps(function)
    def without_constant(*args, constant=None, **kwargs):
        return function(*args, **kwargs)

    return without_constant


ALPHA, SCALE = 1.6732632423543772, 1.0507009873554805  # of selu
ACTIVATIONS = {
    **{name: getattr(ag, name) for name in ("relu", "sigmoid", "softmax", "tanh")},
    "leaky_relu": lambda x, slope: ag.leaky_relu(x, float(to_array(slope))),
    "elu": lambda x, alpha: ag.elu(x, float(to_array(alpha))),
    "logsoftmax": ag.log_softmax,
    "selu": lambda x: SCALE * ag.elu(x, ALPHA),
    "soft_sign": lambda x: x / (1.0 + abs(x)),
    "hard_tanh": lambda x, *, lower_bound=-1, upper_bound=1: np.maximum(
        np.minimum(x, of_number(upper_bound)), of_number(lower_bound)
    ),
    "glu": glu,
}
LOSSES = {
    "softmax_crossentropy": of_integer_labels(nn.losses.cross_entropy),
    "negative_log_likelihood": of_integer_labels(negative_log_likelihood),
}
RECIPROCALS = {"sec": np.cos, "csc": np.sin, "cot": np.tan, "sech": np.cosh, "csch": np.sinh, "coth": np.tanh}
FUNCTIONS = {
    **{name: getattr(np, name) for name in dir(np) if callable(getattr(np, name)) and not isinstance(getattr(np, name), type)},
    "logsumexp": ag.logsumexp,
    "add_sequence": lambda *terms: fold(np.add, terms),
    "multiply_sequence": lambda *factors: fold(np.multiply, factors),
    **{name: (lambda x, f=f: 1.0 / f(x)) for name, f in RECIPROCALS.items()},
    **{f"arc{name}": (lambda x, name=name: getattr(np, f"arc{RECIPROCALS[name].__name__}")(1.0 / x)) for name in RECIPROCALS},
}
MODULES = {
    "mygrad.linalg": {"norm": norm, "einsum": np.einsum, "multi_dot": np.linalg.multi_dot},
    "mygrad.linalg.funcs": {"einsum": np.einsum},
    "mygrad._utils": {"reduce_broadcast": reduce_broadcast},
    "mygrad.math._special": {"logsumexp": ag.logsumexp},
    "mygrad.math.misc.funcs": {"matmul": np.matmul, "multi_matmul": np.linalg.multi_dot},
    "mygrad.nnet": ACTIVATIONS,
    "mygrad.nnet.activations": ACTIVATIONS,
    "mygrad.nnet.losses": LOSSES,
}
CONSTRUCTORS = ("arange", "empty", "eye", "full", "full_like", "linspace", "ones", "ones_like", "rand", "zeros", "zeros_like")
CONSTANTS = ("e", "pi", "inf", "nan", "euler_gamma", "newaxis")
NO_VALUE = type("_NoValueType", (), {})()


class MyGradModule(types.ModuleType):
    """A module of MyGrad. What is not known is a class that refuses to be called."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = self._find(name)
        setattr(self, name, value)
        return value

    def _find(self, name):
        special = {
            "Tensor": MyGradTensor,
            "_NoValue": NO_VALUE,
            "_NoValueType": type(NO_VALUE),
            "CONSTANT_ONLY_DTYPES": (np.integer, np.bool_),
        }
        special |= {
            "tensor": tensor,
            "astensor": tensor,
            "asarray": to_array,
            "random": types.SimpleNamespace(rand=Function("rand", np.random.rand)),
            "no_autodiff": NoAutodiff(),
        }
        special |= {"_ALPHA": ALPHA, "_SCALE": SCALE, "mem_guard_off": MemoryGuard(), "mem_guard_on": MemoryGuard()}
        if name in special:
            return special[name]
        functions = MODULES.get(self.__name__, FUNCTIONS if self.__name__ == "mygrad" else {})
        if name in functions:
            return Function(name, functions[name])
        if self.__name__ == "mygrad" and name in CONSTANTS:
            return getattr(np, name)
        return type(name, (), {"__new__": refuse(f"{self.__name__}.{name}: {INTERNAL}")})


def to_array(x, *args, **kwargs):
    return np.asarray(x.data if isinstance(x, Tensor) else x, *args, **kwargs)


class NoAutodiff:
    """``no_autodiff`` of MyGrad, a block and a decorator."""

    def __enter__(self):
        self.block = ag.no_grad()
        self.block.__enter__()

    def __exit__(self, *error):
        self.block.__exit__(*error)

    def __call__(self, function, to_numpy=False):
        def without_graph(*args, **kwargs):
            with ag.no_grad():
                result = function(*args, **kwargs)
            return to_array(result)

        return without_graph


class MemoryGuard(contextlib.ContextDecorator):
    """A block that locks or unlocks arrays in MyGrad; here arrays in graphs are always locked."""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes every module below ``mygrad``."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "mygrad":
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        module = MyGradModule(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module):
        if module.__name__ == "mygrad.typing":
            for name in ("ArrayLike", "DTypeLike", "DTypeLikeReals", "Index", "Mask", "Real", "Shape"):
                setattr(module, name, type(name, (), {}))
        if module.__name__ == "mygrad._utils.lock_management":
            module._views_waiting_for_unlock, module._array_tracker, module._array_counter = {}, {}, {}


def install():
    """Make ``import mygrad`` import these names, and let the methods of Tensors take MyGrad's arguments."""
    sys.meta_path.insert(0, Finder())
    settings.register_profile(
        "mygrad",
        max_examples=MAX_EXAMPLES,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mygrad")
    backward = Tensor.backward
    Tensor.backward = lambda self, grad=None: backward(self, np.ones(self.shape) if grad is None else grad)
    Tensor.__array__ = lambda self, dtype=None, copy=None: np.array(self.data, dtype=dtype)
    for name in ("transpose", "reshape", "clip", "sum", "mean", "std", "var", "max", "min", "prod", "cumsum", "cumprod"):
        setattr(Tensor, name, drop_constant(getattr(Tensor, name)))
    Tensor.base = None  # whether arrays share memory is not compared
    for name in ("creator",):
        setattr(Tensor, name, property(refuse(f"Tensor.{name}: {INTERNAL}")))


def make_factories(uber):
    """MyGrad's factories of tests, which draw the arrays, with the comparisons of this library."""

    def draw_call(self, shapes, data):
        missing = zip(sorted(self.missing_shapes), shapes.input_shapes, strict=True)
        self.index_to_arr_shapes.update(missing)
        from_settings = getattr(self, "arrs_from_kwargs", {})
        arrays = [data.draw(self.arrays(i)) for i in range(self.num_arrays) if i not in from_settings]
        if callable(self.kwargs):
            kwargs = dict(data.draw(self.kwargs(*map(Tensor, arrays))))
        else:
            kwargs = {
                key: data.draw(value(*map(Tensor, arrays))) if callable(value) else value for key, value in self.kwargs.items()
            }
        for i, key in sorted(from_settings.items()):
            arrays.insert(i, to_array(kwargs.pop(key)))
        if self.assumptions is not None:
            assume(self.assumptions(*map(Tensor, arrays), **kwargs))
        for i, values in self.index_to_no_go.items():
            assume(not np.isin(arrays[i], list(values)).any())
        return arrays, kwargs

    class Forward(uber.fwdprop_test_factory):
        """The values of a function are those of NumPy, for Tensors and for arrays."""

        def __call__(self, test):
            @given(shapes=self.shapes, data=st.data())
            def compare_values(shapes, data):
                arrays, kwargs = draw_call(self, shapes, data)
                wanted = self.true_func(*map(copy, arrays), **kwargs)
                for make in (Tensor, np.array):
                    result = self.op(*map(make, arrays), **kwargs)
                    np.testing.assert_allclose(to_array(result), wanted, **self.tolerances)

            return compare_values

    class Backward(uber.backprop_test_factory):
        """The derivatives of a function are measured ones, in both modes."""

        def __call__(self, test):
            @given(shapes=self.shapes, data=st.data())
            def check_derivatives(shapes, data):
                arrays, kwargs = draw_call(self, shapes, data)
                result = self.op(*map(Tensor, arrays), **kwargs)
                assert isinstance(result, Tensor)
                if not result.size:
                    result.backward()
                    return
                weights = data.draw(
                    st.integers(0, 2**16).map(lambda seed: np.random.default_rng(seed).uniform(0.5, 1.5, result.shape))
                )
                report = check_grad(lambda *tensors: np.sum(self.op(*map(as_tensor, tensors), **kwargs) * weights), *arrays)
                assert report.verdict != "fail", report
                assume(report.verdict == "pass")

            return check_derivatives

    return Backward, Forward
