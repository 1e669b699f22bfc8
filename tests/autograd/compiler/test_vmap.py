"""vmap gives what the function gives for each sample, composes with every transform, and says why where it goes sample by sample."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import (
    CompileWarning,
    DataError,
    SettingError,
    ShapeError,
    Tensor,
    compile,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
    vmap,
)
from autograd.core.pytree import flatten
from autograd.ops import TABLE

rng = np.random.default_rng(0)
W, X, Y = rng.normal(size=(3, 2)), rng.normal(size=(5, 2)), rng.normal(size=(5, 3))


def numbers(tree):
    """The leaves of a result as plain arrays."""
    return [np.asarray(leaf.data if isinstance(leaf, ag.Node) else leaf) for leaf in flatten(tree)[0]]


def assert_equal_to_each_sample(f, *args, rtol=1e-11):
    """Compare vmap(f), computed at once, with f called for each sample."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        together = numbers(vmap(f)(*args))
    each = zip(*(numbers(f(*(Tensor(a) for a in sample))) for sample in zip(*args, strict=True)), strict=True)
    for a, b in zip(together, each, strict=True):
        np.testing.assert_allclose(a, np.stack(b), rtol=rtol, atol=1e-13)


def draw(domain, shape):
    """Numbers inside a domain, near 0 if possible."""
    low, high = max(domain.low, -2.0), min(domain.high, 2.0)
    return rng.uniform(low + 0.1, max(high, low + 0.5) - 0.1, shape)


@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize(
    "f",
    [
        np.linalg.cholesky,
        np.linalg.eigvalsh,
        np.linalg.svdvals,
        np.linalg.pinv,
        lambda a: np.linalg.eig(a).eigenvalues,
        lambda a: np.linalg.qr(a).R,
    ],
)
def test_factorizations_are_computed_at_once(f, kind):
    matrices = rng.normal(size=(4, 3, 3)) * kind(0.1 if kind is float else 0.1j) + np.diag([1.0, 2.0, 4.0])
    matrices = matrices + np.conj(np.swapaxes(matrices, 1, 2))
    assert_equal_to_each_sample(f, matrices)
    assert_equal_to_each_sample(grad(lambda a: (abs(f(a)) ** 3).sum()), matrices)


ELEMENTWISE = [
    op
    for op in TABLE.values()
    if op.kind == "elementwise" and not op.library and op.name not in ("where", "clip", "power_derivative", "leaky_relu", "elu")
]


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_entry_by_entry(op):
    from autograd.core.operators import apply

    samples = [draw(domain, (4, 3)) for domain in op.domains]
    assert_equal_to_each_sample(lambda *args: apply(op, *args), *samples)


M = rng.normal(size=(4, 3, 3))
ON_ARRAYS = {
    "affine of a vector": lambda a: ag.affine(a[0], a, a[1]),
    "affine with shared weights": lambda a: ag.affine(a, np.ones((2, 3)), np.ones(2)),
    "affine of rows": lambda a: ag.affine(np.ones((4, 3)), a, a[2]),
    "clip": lambda a: np.clip(a, -0.5, 0.5),
    "set_entries": lambda a: a.at[0].set(a[1] * 2.0).at[1:, 0].set(a[0, 0]).at[np.array([1, 0]), np.array([2, 1])].set(7.0),
    "concatenate": lambda a: np.concatenate([a, a[:1] * 2.0, np.ones((1, 3))], axis=0),
    "cross": lambda a: np.cross(a[0], a[1]),
    "cumsum": lambda a: np.cumsum(a, axis=-1) + np.cumsum(a)[3],
    "det": lambda a: np.linalg.det(a + 3.0 * np.eye(3)),
    "einsum": lambda a: np.einsum("ij,kj,k->i", a, a, np.ones(3)),
    "einsum of a diagonal": lambda a: np.einsum("ii->i", a),
    "expand_dims": lambda a: np.expand_dims(a, 1) * a,
    "flip": lambda a: np.flip(a) + np.flip(a, axis=0),
    "index with arrays": lambda a: a[[0, 2, 0], [1, 1, 2]] + a[[0, 1, 1]][:, 0],
    "index with a mask": lambda a: a[np.eye(3, dtype=bool)],
    "inv": lambda a: np.linalg.inv(a + 3.0 * np.eye(3)),
    "logsumexp": lambda a: ag.logsumexp(a, axis=0),
    "matmul": lambda a: a @ a + a @ np.ones(3) + (np.ones(3) @ a) * (a[0] @ a[1]),
    "max": lambda a: np.max(a, axis=1) + np.min(a),
    "mean": lambda a: np.mean(a, axis=0),
    "norm": lambda a: np.linalg.norm(a, axis=1),
    "outer": lambda a: np.outer(a[0], a),
    "pad": lambda a: np.pad(a, ((1, 0), (0, 2))),
    "prod": lambda a: np.prod(a, axis=-1),
    "ravel": lambda a: np.ravel(a),
    "reshape": lambda a: a.reshape(9) + a.reshape((1, -1)),
    "roll": lambda a: np.roll(a, 1, axis=1),
    "slogdet": lambda a: np.linalg.slogdet(a + 3.0 * np.eye(3))[1],
    "convolve": lambda a: np.convolve(a[0], a[1, :2]) + np.convolve(a[0, :1], np.ones(4), "valid"),
    "softmax": lambda a: ag.softmax(a, axis=0) + ag.log_softmax(a, axis=1),
    "solve a matrix": lambda a: np.linalg.solve(a + 3.0 * np.eye(3), a),
    "solve a vector": lambda a: np.linalg.solve(a + 3.0 * np.eye(3), a[0]),
    "squeeze": lambda a: np.squeeze(a[:1]),
    "stack": lambda a: np.stack([a, a * 2.0], axis=1),
    "std": lambda a: np.std(a, axis=0),
    "sum": lambda a: np.sum(a, axis=(0, 1)) + a.sum(axis=0, keepdims=True),
    "swapaxes": lambda a: np.swapaxes(a, -1, 0),
    "trace": lambda a: np.trace(a, 1),
    "transpose": lambda a: a.T,
    "tril": lambda a: np.tril(a),
    "vdot": lambda a: np.vdot(a, a),
    "where": lambda a: np.where(a > 0, a, a * a),
    "cross-entropy": lambda a: nn.losses.cross_entropy(a, np.eye(3)),
}


@pytest.mark.parametrize("name", ON_ARRAYS)
def test_whole_arrays_and_their_gradients(name):
    f = ON_ARRAYS[name]
    assert_equal_to_each_sample(f, M)
    assert_equal_to_each_sample(grad(lambda a: np.sum(np.tanh(f(a)))), M, rtol=1e-9)


def loss(W, x, y):
    return ((np.tanh(W @ x) - y) ** 2).sum()


def test_derivatives_of_single_samples():
    for transform in (grad, value_and_grad, hessian, jacobian):
        derivative = transform(loss)
        together = numbers(vmap(derivative, in_axes=(None, 0, 0))(W, X, Y))
        each = zip(*(numbers(derivative(W, x, y)) for x, y in zip(X, Y, strict=True)), strict=True)
        for a, b in zip(together, each, strict=True):
            np.testing.assert_allclose(a, np.stack(b), rtol=1e-12)
    pushed = vmap(lambda x: jvp(np.tanh, (x,), (x * x,))[1])(X)
    np.testing.assert_allclose(pushed, X**2 / np.cosh(X) ** 2)
    pulled = vmap(lambda x: vjp(np.tanh, x)[1](x)[0])(X)
    np.testing.assert_allclose(pulled, X / np.cosh(X) ** 2)


@pytest.mark.parametrize("argnum", [0, 1])
def test_derivatives_of_a_batch(argnum):
    def batch(W, X):
        return (vmap(lambda W, x: loss(W, x, np.ones(3)), in_axes=(None, 0))(W, X) ** 2).sum()

    def one_by_one(W, X):
        return sum(loss(W, X[k], np.ones(3)) ** 2 for k in range(5))

    for transform in (grad, hessian):
        np.testing.assert_allclose(transform(batch, argnum)(W, X), transform(one_by_one, argnum)(W, X), rtol=1e-9, atol=1e-12)
    direction = (np.ones_like(W), np.ones_like(X))
    np.testing.assert_allclose(jvp(batch, (W, X), direction)[1], jvp(one_by_one, (W, X), direction)[1], rtol=1e-11)
    products = [hvp(lambda pair, f=f: f(*pair), (W, X), direction)[argnum] for f in (batch, one_by_one)]
    np.testing.assert_allclose(*products, rtol=1e-9)


@settings(max_examples=15)
@given(st.permutations([0, 1, 2]), st.integers(0, 2), st.integers(-3, 2))
def test_axes_are_where_they_are_said_to_be(order, in_axis, out_axis):
    a = np.arange(24.0).reshape(2, 3, 4).transpose(order)
    out = vmap(lambda x: x * x, in_axes=in_axis, out_axes=out_axis)(a)
    np.testing.assert_array_equal(out, np.moveaxis(np.moveaxis(a, in_axis, 0) ** 2, 0, out_axis))


def test_containers_have_axes_of_their_own():
    params = {"W": W, "b": np.ones((3, 5))}

    def f(p, pair):
        return {"z": p["W"] @ pair[0] + p["b"], "parts": (pair[1] * 2.0, p["W"].sum())}

    out = vmap(f, in_axes=({"b": 1, "W": None}, [0, 0]), out_axes={"z": 1, "parts": (0, None)})(params, [X, Y])
    np.testing.assert_allclose(out["z"], W @ X.T + params["b"])
    np.testing.assert_allclose(out["parts"][0], 2.0 * Y)
    assert out["parts"][1] == pytest.approx(W.sum())


def test_nested_batches():
    kernel = vmap(vmap(lambda x, y: np.exp(-((x - y) ** 2).sum()), in_axes=(None, 0)), in_axes=(0, None))
    np.testing.assert_allclose(kernel(X, X), np.exp(-((X[:, None] - X) ** 2).sum(axis=-1)))
    inner = compile(lambda w, x: (w @ x).sum(), in_axes=(None, 0), tensors=True)
    outer = compile(lambda w, X: inner(w, X), in_axes=(0, None), tensors=True)
    np.testing.assert_allclose(outer(np.stack([W, 2.0 * W]), X), [(X @ W.T).sum(axis=1), 2.0 * (X @ W.T).sum(axis=1)])


def test_tensors_keep_their_graph_and_are_found_when_captured():
    x, w = Tensor(X), Tensor(W)
    vmap(lambda x: (w @ x).sum())(x).sum().backward()
    np.testing.assert_allclose(x.grad, np.tile(W.sum(axis=0), (5, 1)))
    np.testing.assert_allclose(w.grad, np.tile(X.sum(axis=0), (3, 1)))


def test_keywords_are_shared():
    scaled = vmap(lambda x, power: x**power)
    np.testing.assert_allclose(scaled(X, power=2), X**2)
    np.testing.assert_allclose(scaled(X, power=3), X**3)


@pytest.mark.parametrize(
    ("f", "reason"),
    [
        (lambda x: x.sum() if float(x.sum()) > 0 else x.prod(), "a guard of .* is not the same for every sample"),
        (lambda x: np.sort(x), "a guard of .* is not the same for every sample"),
        (lambda x: x * rng.normal(), "random"),
        (lambda x: 3.0, "the function returned 3.0"),
    ],
)
def test_functions_that_need_each_sample_get_it_with_one_warning(f, reason):
    batched = vmap(f)
    with pytest.warns(CompileWarning, match=f"the samples are computed one after the other, since .*{reason}"):
        out = batched(X)
    assert len(out) == 5
    assert len(batched(X)) == 5  # without a second warning


def test_a_second_kind_of_call_does_not_warn_again():
    batched = vmap(lambda x, scale=1.0: x[0] * scale if float(x[0]) > 0 else x[1])
    with pytest.warns(CompileWarning):
        batched(X)
    np.testing.assert_array_equal(batched(X, scale=2.0), np.where(X[:, 0] > 0, 2.0 * X[:, 0], X[:, 1]))


def test_integers_are_taken_sample_by_sample():
    labels = np.array([0, 1, 1, 0, 1])
    with pytest.warns(CompileWarning, match="pass labels as one-hot rows"):
        out = vmap(lambda x, label: x[label] * 2.0)(X, labels)
    np.testing.assert_array_equal(out, 2.0 * X[np.arange(5), labels])
    with pytest.warns(CompileWarning):
        gradient = vmap(grad(lambda x, label: x[int(label)] ** 2))(X, labels)
    np.testing.assert_array_equal(gradient, 2.0 * X * (np.arange(2) == labels[:, None]))


def test_errors_of_the_function_are_its_own():
    with pytest.warns(CompileWarning), pytest.raises(ShapeError, match=r"matmul of shapes \(3, 2\) and \(3,\)"):
        vmap(lambda y: Tensor(W) @ y)(Y)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: vmap(3), DataError, r"vmap\(\) takes a function first, not 3 of type int"),
        (lambda: vmap(np.add)(X, Y[:3]), ShapeError, r"arrays have different numbers of samples: 5 in argument 0, 3 in argument 1"),
        (lambda: vmap(np.add, in_axes=(None, (0, 0)))(1.0, (X, Y[:3])), ShapeError, r"different numbers of samples: 5 in argument 1, 3 in argument 1"),
        (lambda: vmap(np.add, in_axes=(0,))(X, Y), SettingError, r"in_axes must be one axis or a tuple with one for each of 2 arguments, not \(0,\)"),
        (lambda: vmap(np.add, in_axes=None)(X, Y), SettingError, "in_axes is None for all arguments, so there are no samples"),
        (lambda: vmap(np.add, in_axes=(0, [0]))(X, Y), SettingError, r"in_axes has \[0\] where there is ndarray: give an axis, None, or the same container"),
        (lambda: vmap(len, in_axes=({"a": 0},))({"b": X}), SettingError, r"in_axes has the keys \['a'\] where there are \['b'\]"),
        (lambda: vmap(np.tanh, in_axes=2)(X), ShapeError, r"there is no axis 2 in an array of shape \(5, 2\)"),
        (lambda: vmap(np.tanh)(3.0), ShapeError, r"there is no axis 0 in an array of shape \(\)"),
        (lambda: vmap(np.tanh)(np.ones((0, 2))), ShapeError, "there are no samples"),
        (lambda: vmap(np.tanh, out_axes=2)(X), ShapeError, r"out_axes has axis 2, but the result has shape \(5, 2\)"),
        (lambda: vmap(np.tanh, out_axes=None)(X), SettingError, "out_axes is None for a result that is not the same for all samples"),
        (lambda: vmap(np.tanh, out_axes=(0, 0))(X), SettingError, r"out_axes has \(0, 0\) where there is ndarray"),
    ],
)  # fmt: skip
def test_axes_that_do_not_fit_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
