"""Methods of compiled functions: their errors, and when the function itself is called."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import DataError, GraphError, SettingError, Value, compile


def test_errors_of_derivatives_name_what_is_missing():
    with pytest.raises(GraphError, match=r"hvp\(\) of <lambda> needs a function that returns one number"):
        compile(lambda x: [x, x * x]).hvp(1.0, 1.0)
    with pytest.raises(DataError, match="there is no Hessian for 2"):
        compile(lambda n, x: x * n).hvp(2, 1, 3.0)
    with pytest.raises(SettingError, match="does not support in_axes"):
        compile(lambda x: x * x, in_axes=0).hvp(np.ones(2), np.ones(2))
    with pytest.raises(DataError, match=r"jvp\(\) of <lambda> takes a tuple of primals"):
        compile(lambda x: x * x).jvp(2.0, 1.0)
    with pytest.raises(SettingError, match=r"compile\(\): argnums must be an integer"):
        compile(lambda x: x * x, argnums=1.0)
    square = compile(lambda x: x * x)
    assert square.jvp((2.0,), (1,)) == (4.0, 4.0)
    assert square.program(*square.inputs) == (4.0, (4.0,))
    assert ag.hvp(compile(lambda x: x * x * x), 2.0, 1.0) == pytest.approx(12.0)
    exact = compile(lambda x: x * x, exact=True)
    exact(2.0)
    with pytest.raises(GraphError, match="there is no source"):
        _ = exact.program


def test_the_function_itself_is_called_for_hooks_and_anomaly():
    w = Value(0.0, name="w")
    step = compile(lambda: w.log())
    assert step().data == -math.inf
    with pytest.raises(ag.AnomalyError, match="log made -inf of 'w'"), ag.anomaly():
        step()
    seen = []
    w.data = 2.0
    y = None
    with w.register_hook(seen.append):
        y = step()
        y.backward()
    assert seen == [0.5]
    assert y.op.name == "log"
