"""Random numbers in compiled functions: those that the function itself draws, in the same order, and new ones at each call."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
import nn
from autograd import Tensor, compile, random_numbers

X = np.linspace(-1.0, 1.0, 6)
METHODS = st.sampled_from([("random", (6,)), ("normal", 0.0, 2.0, (6,)), ("uniform", -1.0, 1.0, (2, 6)), ("standard_normal",)])


def make_function(draws, order):
    """Return a function of an array and a generator that draws and then uses the numbers in another order."""

    def f(x, rng):
        noise = [random_numbers(rng, *draw) for draw in draws]
        return sum((np.tanh(x * noise[k % len(noise)]) * (k + 1)).sum() for k in order)

    return f


@given(st.lists(METHODS, min_size=1, max_size=3), st.lists(st.integers(0, 2), min_size=1, max_size=3), st.booleans())
def test_a_compiled_function_draws_what_the_function_draws(draws, order, exact):
    f = make_function(draws, order)
    step, ours, theirs = compile(f, tensors=True, exact=exact), np.random.default_rng(7), np.random.default_rng(7)
    for _ in range(3):
        value, gradient = step.value_and_grad(X, ours)
        x = Tensor(X)
        expected = f(x, theirs)
        expected.backward()
        assert value == pytest.approx(float(expected), rel=1e-12, abs=1e-12)
        np.testing.assert_allclose(gradient, x.grad, atol=1e-12)
        assert ours.bit_generator.state == theirs.bit_generator.state
    assert step.traces == 1


def test_the_moments_of_the_numbers_are_those_of_the_distribution():
    rng = np.random.default_rng(0)
    step = compile(lambda x: (x + random_numbers(rng, "normal", 3.0, 0.5, (100,))).mean(), tensors=True)
    means = np.array([step(np.zeros(100)) for _ in range(400)])
    assert means.mean() == pytest.approx(3.0, abs=5 * 0.05 / 20)  # five standard errors
    assert means.std() == pytest.approx(0.05, rel=0.2)


def test_the_backward_pass_has_the_numbers_of_the_forward_pass():
    step = compile(lambda x, rng: (x * random_numbers(rng, "random", (6,))).sum(), tensors=True)
    rng, again = np.random.default_rng(1), np.random.default_rng(1)
    for _ in range(3):
        x = Tensor(X)
        step(x, rng).backward()
        np.testing.assert_array_equal(x.grad, again.random(6))
        several = compile(lambda x, rng: [x * random_numbers(rng, "random", (6,)), 2.0 * x], tensors=True)
        x = Tensor(X)
        first, second = several(x, rng)
        (first.sum() + second.sum()).backward()
        np.testing.assert_allclose(x.grad, again.random(6) + 2.0)


def test_forward_mode_draws_as_well():
    step = compile(lambda x, rng: (x * x * random_numbers(rng, "random", (6,))).sum(), tensors=True)
    rng = np.random.default_rng(1)
    noise = np.random.default_rng(1).random(6)
    value, tangent = step.jvp((X, rng), (X, rng))
    assert (value, tangent) == pytest.approx(((X * X * noise).sum(), (2.0 * X * X * noise).sum()))


def test_numbers_of_values_are_drawn_too():
    rng, again = np.random.default_rng(1), np.random.default_rng(1)
    step = compile(lambda x: x * random_numbers(rng, "normal"))
    for _ in range(3):
        assert step(2.0) == pytest.approx(2.0 * again.normal())


def test_without_a_trace_the_numbers_are_plain():
    assert random_numbers(np.random.default_rng(0), "random", (3,)).tolist() == np.random.default_rng(0).random(3).tolist()


@pytest.mark.parametrize(("generator", "method"), [(np.random.default_rng(0), "nothing"), (None, "random"), (np.random, "normal")])
def test_what_is_no_generator_is_refused(generator, method):
    with pytest.raises(ag.DataError, match=rf"random_numbers\(\w+, '{method}'\): pass a numpy\.random\.Generator and the name"):
        random_numbers(generator, method)


def test_a_batch_of_samples_cannot_draw():
    rng = np.random.default_rng(0)
    step = compile(lambda x: x * random_numbers(rng, "normal"), in_axes=0)
    with pytest.raises(ag.GraphError, match=r"draws random numbers for each sample.*pass them as a batched argument"):
        step(X)


def test_a_plain_draw_is_refused_and_the_message_names_the_function_for_it():
    rng = np.random.default_rng(0)
    with pytest.raises(ag.GraphError, match=r"or draw them by autograd\.random_numbers\(generator, method, …\)"):
        compile(lambda x: x * rng.normal())(2.0)


def test_compiled_training_with_dropout_is_training_with_dropout():
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(40, 3)), draw.integers(0, 2, 40)
    finals, losses = [], []
    for compiled in (False, True):
        model = nn.Sequential(nn.Linear(3, 8, rng=1), nn.Dropout(0.5, rng=3), nn.Linear(8, 6, rng=2), nn.Dropout(0.2, rng=4))
        model = nn.Sequential(model, nn.Linear(6, 2, rng=5))
        history = nn.fit(model, x, y, loss="cross_entropy", epochs=4, batch_size=8, rng=0, compiled=compiled, progress=False)
        finals.append(np.concatenate([p.data.ravel() for p in model.parameters()]))
        losses.append(history.loss)
        model.eval()
        assert np.array_equal(model(x).data, model(x).data)
    np.testing.assert_allclose(finals[1], finals[0], rtol=0.0, atol=1e-14)
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-12)


def test_the_noise_has_a_name_in_the_source():
    model = nn.Sequential(nn.Linear(3, 4, rng=1), nn.Dropout(0.5, rng=3), nn.Linear(4, 1, rng=2))
    step = nn.TrainingStep(model, "mse", nn.SGD(model.parameters(), lr=0.1), compiled=True)
    for _ in range(2):
        step(np.ones((2, 3)), np.ones((2, 1)))
    assert "noise >= 0.5" in step.program.source
    assert step.program.traces == 1
    assert not step.separate_reason
