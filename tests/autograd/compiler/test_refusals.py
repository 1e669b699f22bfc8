"""Wrong arguments and settings of compile() and its methods."""

import numpy as np
import pytest

from autograd import DataError, GraphError, SettingError, compile, no_grad


def test_wrong_settings_and_results_are_refused():
    with pytest.raises(DataError, match=r"compile\(\) takes a function first, not 3"):
        compile(3)
    with pytest.raises(SettingError, match="limit must be a positive integer"):
        compile(abs, limit=0)
    with pytest.raises(SettingError, match="exact=True replays the operations of the function itself"):
        compile(abs, exact=True, in_axes=0)
    with pytest.raises(SettingError, match="buffers=True writes with NumPy's out="):
        compile(abs, buffers=True, xp=np)
    with pytest.raises(GraphError, match=r"the function returned 3.0 of type float, and no node"):
        compile(lambda x: 3.0)(1.0)
    with pytest.raises(GraphError, match=r"the function returned 'text' of type str among its results"):
        compile(lambda x: [x * 2, "text"])(1.0)
    with pytest.raises(GraphError, match=r"computed 5 nodes, more than the limit of 4: .*limit=10\)"):
        compile(lambda x: x * 2 + 1 + 2 + 3 + 4, limit=4)(1.0)
    with pytest.raises(GraphError, match="has not been called"):
        _ = compile(abs).source
    with pytest.raises(GraphError, match=r"no_grad\(\) inside a compiled function"):
        compile(lambda x: inside_no_grad(x))(1.0)
    with pytest.raises(GraphError, match=r"value_and_grad\(\) of <lambda> needs a function that returns one number"):
        compile(lambda x: [x, x * 2]).value_and_grad(1.0)
    with pytest.raises(SettingError, match=r"argnums=2\): there are 1 positional"):
        compile(lambda x: x * x, argnums=2).value_and_grad(1.0)
    with pytest.raises(DataError, match=r"there is no gradient for 3 of type int"):
        compile(lambda x, n: x * n, argnums=1).value_and_grad(1.0, 3)
    step = compile(lambda x: x * x, exact=True)
    step(1.0)
    with pytest.raises(GraphError, match="there is no source: the graph is replayed as it was traced, because exact=True"):
        _ = step.source


def inside_no_grad(x):
    with no_grad():
        return x * 2


def test_wrong_arguments_of_methods_are_refused():
    with pytest.raises(DataError, match=r"hvp\(\) of <lambda>: there is no Hessian for \[\]"):
        compile(lambda x: x).hvp([], [])
    for tangent in ("a", None):
        with pytest.raises(DataError, match=r"jvp\(\) of <lambda> takes real numbers"):
            compile(lambda x: x * x).jvp((1.0,), (tangent,))
    with pytest.raises(SettingError, match=r"xp must be an array library, such as jax\.numpy, not 3 of type int"):
        compile(lambda x: x, xp=3)
    step = compile(lambda x: x * x)
    step(1.0)
    with pytest.raises(DataError, match=r"export\(\) of <lambda> takes a path, as in export\('step\.py'\), not 3"):
        step.export(3)
