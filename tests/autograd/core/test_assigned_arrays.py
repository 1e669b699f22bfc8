"""An array that was assigned to does all that another Tensor with the same numbers and the same history does."""

import copy
import math
import pickle

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import (
    AutogradError,
    Tensor,
    Value,
    compile,
    explain,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    stop_gradient,
    value_and_grad,
    vjp,
    vmap,
)
from autograd.core.array_mixins.refused_attributes import REFUSED
from autograd.interop import to_sympy
from autograd.testing import blame, check_grad
from autograd.viz import draw

X = np.array([[0.3, 0.8, 0.5], [0.9, 0.2, 0.7]])
OTHER = np.array([[0.5, 0.6, 0.7], [0.8, 0.9, 1.0]])
FIRST = np.array([[True, False, False], [False, False, False]])


def plain(x):
    return np.where(FIRST, x[1, 1] ** 2, 0.5 * x + 0.1)


def assigned(x):
    y = 0.5 * x
    y += 0.1
    y[0, 0] = x[1, 1] ** 2
    return y


def filled(x):
    y = np.zeros_like(x)
    y[...] = 0.5 * x + 0.1
    y[0, 0] = x[1, 1] ** 2
    return y


def copied(x):
    return copy.deepcopy(assigned(x)) if x.constant else copy.copy(assigned(x))


def named(t):
    t.name = "t"
    return [t.name, t.path, t.describe().partition("(")[2][:4], repr(t), copy.copy(t).name]


def hooked(t):
    seen = []
    with t.register_hook(lambda g: seen.append(g.tolist()) or 2.0 * g):
        (t * t).sum().backward()
    return [seen, t.grad]


def gradient(t):
    t.backward(OTHER)
    before = t.grad.copy()
    t.zero_grad()
    return [before, t.grad, t.has_grad]


def with_gradient(t):
    t.grad = OTHER
    return t.grad


# The public names of a Tensor, each with a use of it; for methods that are functions of one array the name is enough.
SETTINGS = {
    "arccosh": lambda t: (t + 1.0).arccosh(),
    "arctan2": lambda t: t.arctan2(OTHER),
    "argpartition": lambda t: t.argpartition(1),
    "args": lambda t: len(t.args) > 0,
    "astype": lambda t: t.astype(np.float32),
    "at": lambda t: [t.at[0].set(5.0), t.at[1].add(t[0]), t.at[:, 1].multiply(2.0), t.at[0, 1].get()],
    "backward": gradient,
    "backward_steps": lambda t: [step.cotangent for step in t.backward_steps(OTHER)][:1],
    "choose": lambda t: np.choose([[0, 1, 0]], [t[0], t[1]]),
    "clip": lambda t: t.clip(0.3, 0.5),
    "compress": lambda t: t.compress([True, False, True], axis=1),
    "describe": lambda t: type(t.describe()),
    "dot": lambda t: t.dot(np.ones(3)),
    "fmod": lambda t: t.fmod(OTHER),
    "has_grad": gradient,
    "hypot": lambda t: t.hypot(OTHER),
    "item": lambda t: [t[0, 0].item(), t.item],
    "logaddexp": lambda t: t.logaddexp(OTHER),
    "maximum": lambda t: t.maximum(0.5),
    "minimum": lambda t: t.minimum(0.5),
    "name": named,
    "op": lambda t: t.op is not None,
    "parents": lambda t: len(t.parents) > 0,
    "path": named,
    "register_hook": hooked,
    "repeat": lambda t: t.repeat(2, axis=1),
    "reshape": lambda t: t.reshape(3, 2),
    "searchsorted": lambda t: np.sort(t[0]).searchsorted(0.3),
    "sources": lambda t: len(t.sources) > 0,
    "static": lambda t: type(t.static),
    "swapaxes": lambda t: t.swapaxes(0, 1),
    "take": lambda t: t.take([0, 2]),
    "to_device": lambda t: t.to_device("cpu") * 1.0,
    "zero_grad": gradient,
}
# What the library asks a node; the rows whose names end with "slope" are derivatives of others; and what changes an array.
INTERNAL = {
    *("accumulate_grad", "blank", "by_rank", "check_unchanged", "current", "dleft", "dright", "entries_of", "freeze_data"),
    *("graph_backend", "initial_cotangent", "jvp", "leaf", "left", "make_assignable", "match_type", "metadata", "numeric_jvp"),
    *("numeric_vjp", "original", "own_metadata", "propagate_grad", "rank", "record", "right", "run_hooks", "stamp"),
    *("to_gradient_data", "unbroadcast_cotangent", "vjp"),
}
CHANGES = {"descend", "fill", "move", "partition", "put", "sort"}

OPERATORS = {
    "arithmetic": lambda t: [
        -t,
        +t,
        abs(t),
        t + t,
        1 - t,
        t * t,
        t / t,
        t // 0.3,
        t % 0.3,
        t**2,
        2**t,
        t @ t.T,
        np.ones((2, 2)) @ t,
    ],
    "pairs": lambda t: [*divmod(t, 0.3), *divmod(0.9, t)],
    "comparisons": lambda t: [t > 0.5, t >= 0.5, t < 0.5, t <= 0.5, t == t, t != 0.5, 0.04 in t, t in [t]],
    "entries": lambda t: [t[0, 1:], t[t > 0.3], *t, len(t)],
    "numbers": lambda t: [float(t[0, 0]), int(t[0, 0]), bool(t[0, 0]), complex(t[0, 0]), round(t, 1), math.ceil(t[0, 0])],
    "texts": lambda t: [repr(t), str(t), f"{t}", f"{t[0, 0]:.3f}"],
    "protocols": lambda t: [t.__array_namespace__() is np, t.__dlpack_device__(), np.from_dlpack(t.detach()), hash(t) == hash(t)],
    "a plain array": np.asarray,
    "a truth value": bool,
    "memory of another library": np.from_dlpack,
    "copies": lambda t: [copy.copy(t), copy.deepcopy(t).data, pickle.loads(pickle.dumps(t)).data],
    "a copy of a graph": lambda t: gradient(copy.deepcopy(t)),
    "a pickled graph": lambda t: gradient(pickle.loads(pickle.dumps(t))),
    "a gradient of another's": with_gradient,
}


def cube(u):
    return (u**3).sum()


FUNCTIONS = {
    "constructors": lambda t: [ag.array(t), ag.array([t, t]), ag.full((2, 3), t), ag.as_tensor(t) * 1.0, ag.stack([t, t])],
    "affine": lambda t: [ag.affine(t, np.ones((4, 3)), np.ones(4)), ag.affine(OTHER, t, np.ones(2))],
    "activations": lambda t: [ag.softmax(t), ag.log_softmax(t), ag.elu(t), ag.leaky_relu(t), ag.logsumexp(t)],
    "stop_gradient": lambda t: [stop_gradient(t), stop_gradient(t) * t],
    "gradients": lambda t: [*gradients(cube(t), [t]), *gradients(cube(t), [t], create_graph=True)],
    "second derivatives": lambda t: gradients(gradients(cube(t), [t], create_graph=True)[0].sum(), [t]),
    "transforms": lambda t: [grad(cube)(t), value_and_grad(cube)(t), hessian(cube)(t), hvp(cube, t, t), vmap(cube)(t)],
    "jacobians": lambda t: [jacobian(np.square)(t), jvp(np.square, (t,), (t,)), vjp(np.square, t)[1](t)],
    "captured": lambda t: [grad(lambda u: (u * t).sum())(OTHER), vmap(lambda u: (u * t).sum())(np.ones((4, 3)))],
    "compile": lambda t: [compile(cube, tensors=True)(t), compile(cube, tensors=True).grad(t)],
    "compile of samples": lambda t: compile(cube, tensors=True, in_axes=0)(t),
    "compile with a captured array": lambda t: compile(lambda u: (u * t).sum(), tensors=True)(OTHER),
    "explain": lambda t: str(explain(t.sum(), t)),
    "check_grad": lambda t: [check_grad(cube, t, order=2), check_grad(lambda u: (u * t).sum(), OTHER)],
    "blame": lambda t: type(blame(cube(t))),
    "draw": lambda t: ["<svg" in draw(cube(t)).svg, "<svg" in draw(t).svg],
    "losses": lambda t: [nn.losses.mse(t, OTHER), nn.losses.mse(OTHER, t), nn.losses.cross_entropy(t, np.array([0, 1]))],
    "layers": lambda t: [nn.LayerNorm(3)(t), nn.Linear(3, 2, rng=np.random.default_rng(0))(t)],
    "to_sympy": lambda t: str(to_sympy(2.0 * t[0, 0])),
}


def use_name(name):
    def use(t):
        found = getattr(t, name)
        return found() if callable(found) else found

    return SETTINGS.get(name, use)


NAMES = sorted(name for name in dir(Tensor) if not name.startswith("_") and "slope" not in name)
USES = {name: use_name(name) for name in NAMES if name not in INTERNAL | CHANGES | REFUSED.keys()} | OPERATORS | FUNCTIONS


def comparable(found, x):
    """Plain numbers in place of nodes, with the gradient of a weighted sum."""
    if isinstance(found, list | tuple):
        return [comparable(part, x) for part in found]
    if not isinstance(found, Tensor | Value):
        return found.tolist() if isinstance(found, np.ndarray) else found
    numbers = np.asarray(found.data)
    if getattr(found, "constant", False) or x.constant:
        return [numbers.dtype, numbers.tolist()]
    weights = np.cos(np.arange(numbers.size)).reshape(numbers.shape).astype(numbers.dtype)
    return [numbers.dtype, numbers.tolist(), gradients((found * weights).sum() if numbers.shape else found, [x])[0].tolist()]


def outcome(use, make, constant):
    x = Tensor(X, constant=constant)
    t = make(x)
    try:
        return comparable(use(t), x)
    except (AutogradError, AttributeError) as error:
        return f"{type(error).__name__}: {str(error).replace(t.describe(), 'this Tensor')}"


def assert_same(found, expected):
    if isinstance(expected, list):
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            assert_same(a, b)
    elif isinstance(expected, float):
        np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-15)
    elif not callable(expected) or isinstance(expected, type):
        assert found == expected


@pytest.mark.parametrize("make", [assigned, filled, copied], ids=lambda f: f.__name__)
@pytest.mark.parametrize("name", USES)
def test_every_use_of_a_tensor(name, make):
    for constant in (False, True):
        assert_same(outcome(USES[name], make, constant), outcome(USES[name], plain, constant))
