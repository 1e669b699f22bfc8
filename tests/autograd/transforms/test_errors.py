"""What transforms say about arguments and results that they cannot differentiate."""

import numpy as np
import pytest

from autograd import (
    AutogradError,
    SettingError,
    Value,
    grad,
    gradients,
    hessian,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)

CASES = [
    (
        lambda: grad(lambda x: x)(np.ones(3)),
        r"grad\(\) needs a function that returns one number, not shape \(3,\): reduce it, or use jacobian or vjp",
    ),
    (lambda: hessian(lambda x: 2.0 * x)(np.ones(2)), r"hessian\(\) needs a function that returns one number, not shape \(2,\)"),
    (lambda: hessian(lambda x: x)("a"), r"hessian\(\) differentiates floats, arrays, nodes .*, not 'a' of type str"),
    (lambda: grad(lambda x: (x, x))(1.0), r"grad\(\) needs a function that returns one number, not 2 results"),
    (lambda: value_and_grad(lambda x: x)(np.ones(1)), r"value_and_grad\(\) needs .* not shape \(1,\)"),
    (
        lambda: grad(lambda x: x * x)(True),
        r"grad\(\) differentiates numbers, not True of type bool: pass a float, as in float\(x\) .*, or exclude the argument",
    ),
    (
        lambda: grad(lambda x: x.sum())(np.array([True])),
        r"not an array of dtype bool and shape \(1,\): pass a float, as in .* or x.astype\(float\)",
    ),
    (lambda: grad(lambda x: x)("abc"), "not 'abc' of type str; convert it first"),
    (lambda: grad(lambda x: x)(1j), r"grad\(\) needs a function that returns real numbers, not complex ones: take the real part"),
    (
        lambda: grad(lambda x: x)(i for i in range(3)),
        "grad\\(\\) differentiates floats, arrays, nodes and nested containers of them, not <generator",
    ),
    (lambda: grad(lambda x: "abc")(1.0), "the function must return nodes, numbers or containers of them, not 'abc' of type str"),
    (lambda: grad(3), None),
    (lambda: grad(3)(1.0), r"grad\(\) takes a function first, not 3"),
    (
        lambda: grad(lambda x: x, argnums=1)(1.0),
        r"argnums is 1, but the number of positional arguments is 1: pass differentiated arguments by position",
    ),
    (lambda: grad(lambda x: x, argnums="x"), "argnums must be an integer or a tuple of integers, not 'x'"),
    (
        lambda: grad(lambda x: x, 3.0),
        r"grad\(\): argnums must be an integer or .*, not 3.0; pass the arguments of f to the returned function",
    ),
    (lambda: grad(lambda x: x, has_aux=True)(1.0), r"with has_aux=True takes a function that returns \(result, aux\)"),
    (
        lambda: vjp(lambda x: x * 1.0, np.ones(2))[1](np.ones(3)),
        r"pullback\(\): a cotangent has shape \(3,\), but \(2,\) is needed",
    ),
    (lambda: vjp(lambda x: (x, x), 1.0)[1](1.0), r"the cotangent has the structure \*, but \('\*', '\*'\) is needed"),
    (lambda: jvp(lambda x: x, (1.0,), (np.ones(2),)), r"jvp\(\): a tangent has shape \(2,\), but \(\) is needed"),
    (lambda: jvp(lambda x: x, (1.0,), ([1.0],)), r"the tangent has the structure \(\['\*'\],\), but \('\*',\) is needed"),
    (lambda: jvp(lambda x: x, 1.0, 1.0), r"jvp\(\) takes a tuple of primals and a tuple of tangents, not 1.0"),
    (lambda: jacobian(lambda x: x, mode="both"), "mode must be 'rev', 'fwd' or 'auto', not 'both'"),
    (lambda: gradients(3.0, Value(1.0)), r"gradients\(\) takes a Value or a Tensor first, not 3.0"),
    (lambda: gradients(Value(1.0), 3.0), r"gradients\(\) differentiates with respect to nodes, not 3.0"),
]


@pytest.mark.parametrize(("attempt", "text"), [case for case in CASES if case[1]], ids=[text[:30] for _, text in CASES if text])
def test_errors_name_the_wrong_input(attempt, text):
    with pytest.raises(AutogradError, match=text):
        attempt()


@pytest.mark.parametrize("numbers", [(0, 0), (1, -1)])
def test_an_argument_named_twice_raises(numbers):
    with pytest.raises(SettingError, match="names an argument twice"):
        grad(lambda x, y: x * y, numbers)(3.0, 2.0)
