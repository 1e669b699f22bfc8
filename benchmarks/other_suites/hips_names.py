"""The names of the package autograd of HIPS, made of this library: what its test suite imports."""

from __future__ import annotations

import builtins
import functools
import inspect
import sys
import types

import numpy as np
import scipy.stats

import autograd as ag
import autograd.scipy
from autograd.core.pytree import flatten as tree_flatten
from autograd.core.pytree import tree_map
from autograd.testing import check_grad

PACKAGE = "hips_names"


def of_one_argument(operator):
    """An operator on functions of one argument, for functions of several: ``argnum`` says which."""

    @functools.wraps(operator)
    def on_functions(fun, argnum=0, *operator_args, **operator_kwargs):
        def result(*args, **kwargs):
            def unary(x):
                changed = list(args)
                for i, part in [(argnum, x)] if isinstance(argnum, int) else zip(argnum, x, strict=True):
                    changed[i] = part
                return fun(*changed, **kwargs)

            x = args[argnum] if isinstance(argnum, int) else builtins.tuple(args[i] for i in argnum)
            return operator(unary, x, *operator_args, **operator_kwargs)

        return result

    return on_functions


def _as_number(y):
    """The entry of an array that has only one, which the transforms of HIPS take for a number."""
    return np.reshape(y, ()) if np.ndim(y) and np.size(y) == 1 else y


@of_one_argument
def grad(fun, x):
    return ag.grad(lambda x: _as_number(fun(x)))(x)


@of_one_argument
def value_and_grad(fun, x):
    return ag.value_and_grad(lambda x: _as_number(fun(x)))(x)


def core_make_vjp(fun, x):
    y, pullback = ag.vjp(fun, x)
    return (lambda g: pullback(g)[0]), y


def core_make_jvp(fun, x):
    return lambda v: ag.jvp(fun, (x,), (v,))


make_vjp, make_jvp = of_one_argument(core_make_vjp), of_one_argument(core_make_jvp)


@of_one_argument
def elementwise_grad(fun, x):
    y, pullback = ag.vjp(fun, x)
    return pullback(np.ones(np.shape(y))[()])[0]


@of_one_argument
def deriv(fun, x):
    return ag.jvp(fun, (x,), (tree_map(lambda leaf: np.ones(np.shape(leaf))[()], x),))[1]


@of_one_argument
def jacobian(fun, x):
    return ag.jacobian(fun)(x)


@of_one_argument
def hessian(fun, x):
    return ag.jacobian(ag.jacobian(fun))(x)


@of_one_argument
def holomorphic_grad(fun, x):
    return ag.grad(fun, holomorphic=True)(x)


@of_one_argument
def make_hvp(fun, x):
    y, pullback = ag.vjp(ag.grad(fun), x)
    return (lambda v: pullback(v)[0]), y


@of_one_argument
def grad_and_aux(fun, x):
    return ag.grad(fun, has_aux=True)(x)


def tensor_jacobian_product(fun, argnum=0):
    return jacobian(lambda *args: np.tensordot(args[-1], fun(*args[:-1]), axes=np.ndim(args[-1])), argnum)


def hessian_tensor_product(fun, argnum=0):
    return grad(lambda *args: np.tensordot(grad(fun, argnum)(*args[:-1]), args[-1], np.ndim(args[-1])), argnum)


def make_ggnvp(f, g=lambda x: np.sum(x**2, axis=-1) / 2, f_argnum=0):
    @of_one_argument
    def product(f, x):
        y, pullback = ag.vjp(f, x)
        return lambda v: pullback(ag.hvp(g, y, ag.jvp(f, (x,), (v,))[1]))[0]

    return product(f, f_argnum)


def multigrad_dict(fun):
    def gradients(*args, **kwargs):
        arguments = inspect.signature(fun).bind(*args, **kwargs).arguments
        return ag.grad(lambda arguments: fun(**arguments))(builtins.dict(arguments))

    return gradients


def refused(name, reason):
    """A function of the suite that has no counterpart here."""

    def refuse(*args, **kwargs):
        raise NotImplementedError(f"{name}: {reason}")

    refuse.__name__ = name
    return refuse


primitive = refused("primitive", "an operation is defined with both of its derivatives, by define()")
defvjp = refused("defvjp", "an operation is defined with both of its derivatives, by define()")
vspace = refused("vspace", "vector spaces have no class here")
const_graph = refused("const_graph", "compile() takes its place")


def flatten(tree):
    leaves, build = tree_flatten(tree)
    shapes = [np.shape(leaf) for leaf in leaves]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    vector = np.concatenate([np.ravel(leaf) for leaf in leaves]) if leaves else np.zeros(0)

    def unflatten(vector):
        parts = np.split(vector, ends[:-1]) if shapes else []
        return build([part.reshape(shape) if shape else part[0] for part, shape in zip(parts, shapes, strict=True)])

    return vector, unflatten


def check_grads(fun, argnum=0, modes=("fwd", "rev"), order=2):
    """The check of this library at the arguments ``argnum``: against measured derivatives, and forward against reverse mode."""

    def check(*args, **kwargs):
        report = check_grad(functools.partial(fun, **kwargs), *args, argnums=argnum, order=min(order, 2))
        assert report.verdict == "pass", report

    return check


def combo_check(fun, argnum=0, modes=("fwd", "rev"), order=2):
    def check(*choices, **keyword_choices):
        for args in _product(choices):
            for values in _product(builtins.list(keyword_choices.values())):
                check_grads(fun, argnum, order=order)(*args, **builtins.dict(zip(keyword_choices, values, strict=True)))

    return check


def _product(choices):
    if not choices:
        yield []
        return
    for first in choices[0]:
        for rest in _product(choices[1:]):
            yield [first, *rest]


def scalar_close(a, b):
    return abs(a - b) < 1e-6 or abs(a - b) / abs(a + b) < 1e-6


def check_equivalent(x, y):
    a, b = tree_flatten(x)[0], tree_flatten(y)[0]
    assert builtins.len(a) == builtins.len(b)
    for p, q in zip(a, b, strict=True):
        assert np.shape(p) == np.shape(q)
        np.testing.assert_allclose(np.asarray(getattr(p, "data", p)), np.asarray(getattr(q, "data", q)), rtol=1e-6, atol=1e-6)


class NumpyNames(types.ModuleType):
    """NumPy, with the constructors of this library where NumPy leaves no hook for nodes."""

    array = staticmethod(ag.array) if hasattr(ag, "array") else staticmethod(np.array)
    __all__ = ()

    def __getattr__(self, name):
        return getattr(np, name)


def install():
    """Put the modules into ``sys.modules`` under the names that the suite imports, with ``hips_names`` in place of ``autograd``."""
    package = sys.modules[PACKAGE] = types.ModuleType(PACKAGE)
    package.__path__ = []
    transforms = [grad, value_and_grad, elementwise_grad, deriv, jacobian, hessian, holomorphic_grad, make_hvp]
    transforms += [grad_and_aux, tensor_jacobian_product, hessian_tensor_product, make_ggnvp, multigrad_dict]
    kinds = [builtins.dict, builtins.list, builtins.tuple, builtins.isinstance, builtins.type]
    _add("", *transforms, *kinds, make_vjp=make_vjp, make_jvp=make_jvp, checkpoint=lambda fun: fun)
    _add("builtins", *kinds)
    _add("core", primitive, vspace, make_vjp=core_make_vjp, make_jvp=core_make_jvp, primitive_vjps={})
    _add("extend", primitive, defvjp)
    _add("wrap_util", unary_to_nary=of_one_argument)
    _add("test_util", check_grads, combo_check, scalar_close, check_equivalent)
    _add("tracer", primitive, isbox=lambda x: isinstance(x, ag.Value | ag.Tensor))
    _add("misc", flatten, const_graph)
    _add("scipy", **{name: getattr(autograd.scipy, name) for name in autograd.scipy.__all__})
    sys.modules[f"{PACKAGE}.scipy"].__path__ = []
    for name in ("special", "stats", "linalg", "integrate", "signal"):
        module = getattr(autograd.scipy, name, types.ModuleType(name))
        sys.modules[f"{PACKAGE}.scipy.{name}"] = module
        setattr(sys.modules[f"{PACKAGE}.scipy"], name, module)
    autograd.scipy.stats.dirichlet.rvs = scipy.stats.dirichlet.rvs  # the suite draws a point
    sys.modules[f"{PACKAGE}.scipy.stats.multivariate_normal"] = autograd.scipy.stats.multivariate_normal
    numpy = sys.modules[f"{PACKAGE}.numpy"] = package.numpy = NumpyNames(f"{PACKAGE}.numpy")
    numpy.__path__ = []
    for name in ("random", "linalg", "fft"):
        sys.modules[f"{PACKAGE}.numpy.{name}"] = getattr(np, name)


def _add(module_name, *functions, **others):
    name = f"{PACKAGE}.{module_name}".rstrip(".")
    module = sys.modules.setdefault(name, types.ModuleType(name))
    for key, value in {**{f.__name__: f for f in functions}, **others}.items():
        setattr(module, key, value)
    if module_name:
        setattr(sys.modules[PACKAGE], module_name, module)
