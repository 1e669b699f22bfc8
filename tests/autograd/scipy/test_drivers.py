"""SciPy's optimizers and solvers with our derivatives, and differentiable initial value problems."""

import numpy as np
import pytest
import scipy.integrate as si
import scipy.optimize as so

from autograd import AutogradError, DataError, GraphError, SettingError, ShapeError, Tensor, Value, compile, grad, hessian, jvp
from autograd.scipy import curve_fit, least_squares, minimize, odeint, root, solve_ivp
from autograd.scipy.optimize import root_scalar
from oracles import assert_close

METHODS = ["Nelder-Mead", "CG", "BFGS", "Newton-CG", "L-BFGS-B", "TNC", "SLSQP", "trust-constr", "trust-ncg", "trust-krylov"]
METHODS += ["trust-exact", "dogleg", "Powell", None]


def rosenbrock(x):
    return 100.0 * (x[1] - x[0] ** 2) ** 2 + (1.0 - x[0]) ** 2


def quadratic(x):
    return (x[0] - 1.0) ** 2 + (x[0] - 1.0) * (x[1] - 2.0) + 2.0 * (x[1] - 2.0) ** 2


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_minimum(method):
    result = minimize(quadratic, [0.0, 0.0], method=method)
    assert isinstance(result, so.OptimizeResult)
    assert_close(result.x, [1.0, 2.0], rtol=2e-3)


def test_the_derivatives_are_those_that_scipy_gets_by_hand():
    for method, keywords in (("BFGS", {"jac": so.rosen_der}), ("trust-exact", {"jac": so.rosen_der, "hess": so.rosen_hess})):
        by_hand = so.minimize(so.rosen, [-1.0, 1.5], method=method, **keywords)
        result = minimize(rosenbrock, np.array([-1.0, 1.5]), method=method)
        assert (result.nit, result.nfev) == (by_hand.nit, by_hand.nfev)
        assert_close(result.x, by_hand.x, rtol=1e-10)


def test_structures_arguments_bounds_and_constraints():
    target = np.array([[1.0, -2.0], [0.5, 3.0]])
    result = minimize(
        lambda p, scale: scale * ((p["W"] - target) ** 2).sum() + (p["b"] - 2.0) ** 2, {"W": np.zeros((2, 2)), "b": 0.0}, (3.0,)
    )
    assert_close(result.x["W"], target, rtol=1e-5)
    assert isinstance(result.x["b"], float)
    assert result.jac["W"].shape == (2, 2)
    bounded = minimize(quadratic, [0.0, 0.0], bounds=[(None, 0.5), (None, None)])
    assert bounded.x[0] == 0.5
    wanted = [0.5, 0.5]
    circle = {"type": "eq", "fun": lambda x: x[0] + x[1] - 1.0}
    for constraints in (
        circle,
        [circle],
        so.NonlinearConstraint(lambda x: x[0] + x[1], 1.0, 1.0),
        so.LinearConstraint([[1.0, 1.0]], 1.0, 1.0),
    ):
        assert_close(minimize(lambda x: (x**2).sum(), [2.0, 0.0], constraints=constraints).x, wanted, rtol=1e-5)
    own = {"type": "eq", "fun": lambda x: x[0] + x[1] - 1.0, "jac": lambda x: np.ones(2)}
    assert_close(minimize(lambda x: (x**2).sum(), [2.0, 0.0], constraints=own).x, wanted, rtol=1e-5)
    assert minimize(lambda x, c: (x - c) ** 2, 0.0, 2.0).x == pytest.approx(2.0)


def test_least_squares_roots_and_fits():
    def residuals(p, offset):
        return np.stack([10.0 * (p["y"] - p["x"] ** 2), offset - p["x"]])

    result = least_squares(residuals, {"x": -1.2, "y": 1.0}, (1.0,))
    assert_close([result.x["x"], result.x["y"]], [1.0, 1.0], rtol=1e-8)
    for method in ("hybr", "lm", "broyden1"):
        assert_close(root(lambda x: np.cos(x) - x, [0.5, 1.0], method=method).x, [0.7390851332151607] * 2, rtol=1e-5)
    assert root(lambda x, c: x**3 - c, 1.5, 8.0).x == pytest.approx(2.0)
    for keywords in ({"x0": 1.0}, {"x0": 1.0, "method": "halley"}, {"bracket": (0.0, 2.0)}):
        assert root_scalar(lambda x, c: x * x - c, (2.0,), **keywords).root == pytest.approx(np.sqrt(2.0))
    x = np.linspace(0.0, 2.0, 30)
    for p0 in (None, [1.5, -0.5]):
        parameters, covariance = curve_fit(lambda x, a, b: a * np.exp(b * x), x, 3.0 * np.exp(-0.7 * x), p0)
        assert_close(parameters, [3.0, -0.7], rtol=1e-7)
        assert covariance.shape == (2, 2)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: minimize(quadratic, [0.0, 0.0], jac=so.rosen_der), "jac"),
        (lambda: minimize(quadratic, [0.0, 0.0], hess=so.rosen_hess), "hess"),
        (lambda: least_squares(quadratic, [0.0], jac="3-point"), "jac"),
        (lambda: root(quadratic, [0.0], jac=True), "jac"),
        (lambda: root_scalar(quadratic, fprime=True), "fprime"),
        (lambda: curve_fit(quadratic, [0.0], [0.0], jac=None), "jac"),
    ],
)
def test_derivatives_of_ones_own_are_refused(call, name):
    with pytest.raises(SettingError, match=rf"computes {name} itself: leave it out, or call SciPy's function with your own"):
        call()


def test_drivers_work_inside_transforms_and_refuse_nodes_from_outside():
    def at_the_root(a):
        x = root(lambda x: x**2 - a.data, [1.0]).x
        return (x - (x**2 - a) / (2.0 * x)).sum()  # one Newton step has the derivative of the root

    assert_close(grad(at_the_root)(2.0), 0.5 / np.sqrt(2.0), rtol=1e-9)
    assert_close(grad(lambda a: a * minimize(quadratic, [0.0, 0.0], method="trust-exact").x[1])(1.0), 2.0, rtol=1e-6)
    assert_close(grad(lambda a: a * minimize(quadratic, [0.0, 0.0], method="trust-ncg").x[1])(1.0), 2.0, rtol=1e-6)
    outside = Tensor([1.0])
    with pytest.raises(DataError, match=r"the function uses a node from outside.*use the numbers of that node \(\.data\)"):
        minimize(lambda x: ((x - outside) ** 2).sum(), [0.0])


def van_der_pol(t, y, mu):
    return [y[1], mu * (1.0 - y[0] ** 2) * y[1] - y[0]]


@pytest.mark.parametrize("method", ["Radau", "BDF", "LSODA", "RK45"])
def test_stiff_methods_get_the_jacobian(method):
    calls = []

    def jac(t, y, mu):
        calls.append(t)
        return np.array([[0.0, 1.0], [-2.0 * mu * y[0] * y[1] - 1.0, mu * (1.0 - y[0] ** 2)]])

    keywords = {"jac": jac} if method != "RK45" else {}
    by_hand = si.solve_ivp(van_der_pol, (0.0, 1.0), [2.0, 0.0], method, args=(20.0,), **keywords)
    result = solve_ivp(van_der_pol, (0.0, 1.0), [2.0, 0.0], method, args=(20.0,))
    assert_close(result.y[:, -1], by_hand.y[:, -1], rtol=1e-12)
    assert result.nfev == by_hand.nfev
    array = solve_ivp(lambda t, y: -y * np.array([1.0, 2.0]), (0.0, 1.0), [1.0, 1.0], method)
    assert_close(array.y[:, -1], np.exp([-1.0, -2.0]), rtol=1e-2)


def test_solve_ivp_refuses_nodes_and_jacobians():
    with pytest.raises(DataError, match=r"so no gradient flows to y0: use autograd\.scipy\.odeint, or pass y0\.data"):
        solve_ivp(van_der_pol, (0.0, 1.0), Tensor([1.0, 2.0]))
    with pytest.raises(SettingError, match=r"solve_ivp\(\) computes jac itself"):
        solve_ivp(van_der_pol, (0.0, 1.0), [1.0, 2.0], jac=lambda t, y: np.eye(2))


@pytest.mark.parametrize("method", ["RK45", "DOP853"])
def test_odeint_is_differentiable_in_states_times_and_parameters(method):
    def solution(y0, t1, rate):
        return odeint(lambda y, t, rate: rate * y * (1.0 - y) + 0.1 * t, y0, np.stack([0.0, t1]), (rate,), method=method)[-1].sum()

    y0, t1, rate = np.array([0.1, 0.4]), 1.5, 1.3

    def variational(t, state):
        y, by_y0, by_rate = state.reshape(3, 2)
        slope = rate * (1.0 - 2.0 * y)
        return np.concatenate([rate * y * (1.0 - y) + 0.1 * t, slope * by_y0, slope * by_rate + y * (1.0 - y)])

    start = np.concatenate([y0, np.ones(2), np.zeros(2)])
    y, by_y0, by_rate = si.solve_ivp(variational, (0.0, t1), start, "DOP853", rtol=1e-12, atol=1e-12).y[:, -1].reshape(3, 2)
    gradients = grad(solution, argnums=(0, 1, 2))(y0, t1, rate)
    assert_close(solution(y0, t1, rate), y.sum(), rtol=1e-7)
    assert_close(gradients[0], by_y0, rtol=1e-6)
    assert_close(gradients[1], (rate * y * (1.0 - y) + 0.1 * t1).sum(), rtol=1e-6)
    assert_close(gradients[2], by_rate.sum(), rtol=1e-6)


def test_odeint_has_higher_derivatives_and_forward_mode_and_follows_scipy():
    def last(rate):
        return odeint(lambda y, t, rate: -rate * y, 2.0, [0.0, 0.5, 1.0, 1.0], (rate,))[-1]

    assert_close(hessian(last)(0.7), 2.0 * np.exp(-0.7), rtol=1e-6)
    assert_close(jvp(last, (0.7,), (1.0,))[1], -2.0 * np.exp(-0.7), rtol=1e-6)
    times = np.linspace(1.0, -1.0, 4)
    states = odeint(lambda y, t: np.stack([y[1], -y[0]]), [0.0, 1.0], times)
    assert type(states) is np.ndarray
    assert_close(states, np.stack([np.sin(times - 1.0), np.cos(times - 1.0)], axis=1), atol=1e-7)
    rate = Value(0.7)
    odeint(lambda y, t: -rate * y, 1.0, [0.0, 1.0])[-1].backward()  # a node from outside
    assert_close(rate.grad, -np.exp(-0.7), rtol=1e-6)


def test_odeint_names_what_is_wrong():
    with pytest.raises(SettingError, match=r"odeint\(method='BDF'\): it must be 'RK45' or 'DOP853'"):
        odeint(lambda y, t: -y, 1.0, [0.0, 1.0], method="BDF")
    with pytest.raises(ShapeError, match=r"t must be a vector of at least one time, not an array of shape \(\)"):
        odeint(lambda y, t: -y, 1.0, 1.0)
    with pytest.raises(AutogradError, match=r"odeint\(\): .* between t = 0 and t = 1, at t = .*: loosen rtol or atol"):
        odeint(lambda y, t: y * y, 1e200, [0.0, 1.0], max_steps=50)  # it overflows, and there is no warning of NumPy
    with pytest.raises(AutogradError, match=r"more than 3 steps between t = 0 and t = 50, at t = .*: loosen rtol or atol"):
        odeint(lambda y, t: np.sin(t * y), 1.0, [0.0, 50.0], max_steps=3)
    with pytest.raises(AutogradError, match=r"between t = 0 and t = 2"):
        odeint(lambda y, t: y * y, 1.0, [0.0, 2.0])


def test_masked_data_are_not_fitted():
    y = np.ma.masked_array([1.0, 2.0, 9.0], mask=[False, False, True])
    with pytest.raises(DataError, match=r"curve_fit\(\): 1 of 3 entries are masked"):
        curve_fit(lambda x, a: a * x, np.array([1.0, 2.0, 3.0]), y)


def test_inside_a_compiled_function_it_says_what_to_compile():
    with pytest.raises(
        GraphError, match=r"odeint\(\) cannot be compiled, since its steps depend on the numbers: compile the right-"
    ):
        compile(lambda k: odeint(lambda y, t, k: -k * y, 1.0, [0.0, 1.0], (k,))[-1])(1.0)
