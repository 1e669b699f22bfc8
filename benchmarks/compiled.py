"""The time of compiled functions, beside the same functions in NumPy by hand, in eager mode, and in other libraries.

    python benchmarks/compiled.py            # everything that is installed; micrograd and casadi are optional
    python benchmarks/compiled.py --quick    # fewer rounds

In each section all programs compute the same value and gradient, which is checked first. They take turns for several rounds, and the
table has the median over rounds in milliseconds, the ratio to the first line, and the seconds of the first call, which compiles.
"""

import argparse
import gc
import importlib.util
import statistics
import time

import numpy as np
from programs import gaussian_mixture, language_model
from programs.networks import (
    DECAY,
    IMAGES_SIZES,
    MOONS_SIZES,
    images,
    images_by_hand,
    initial_weights,
    moons,
    moons_by_hand,
    scalar_moons,
)
from programs.small_programs import determinant, lstm, orbit

import nn
from autograd import Tensor, Value, compile
from nn.scalar import MLP

# Calls longer than this many seconds are timed once in a round; shorter ones REPEATS times, of which the fastest counts.
LONG_CALL = 0.05
REPEATS = 10

EPOCH_IMAGES, EPOCH_BATCH = 60_000, 128
LARGE_BATCH = 16_384


def time_call(f):
    start = time.perf_counter()
    f()
    return time.perf_counter() - start


def compare(title, makers, rounds):
    """Time steps in turn, print a table, and return the median time of each. Each maker returns a step."""
    print(f"\n{title}")
    steps, first_calls, repeats = {}, {}, {}
    for name, make in makers.items():
        steps[name] = make()
        first_calls[name] = time_call(steps[name])
        repeats[name] = 1 if time_call(steps[name]) > LONG_CALL else REPEATS
    times = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            gc.collect()
            times[name].append(min(time_call(step) for _ in range(repeats[name])))
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    reference = next(iter(medians.values()))
    for name, median in medians.items():
        print(f"  {name:<44} {median * 1e3:10.3f} ms  {median / reference:9.2f} ×   first call {first_calls[name]:.2f} s")
    return medians


def assert_close(a, b, tolerance=1e-8):
    """Compare two lists of arrays, relative to the largest number."""
    a, b = (np.concatenate([np.ravel(x) for x in arrays]) for arrays in (a, b))
    assert np.allclose(a, b, rtol=tolerance, atol=tolerance * np.max(np.abs(b))), np.max(np.abs(a - b))


def flatten(pairs):
    return [x for pair in pairs for x in pair]


# -- micrograd's demo


def moons_compiled():
    model, loss = scalar_moons(MLP, Value)
    parameters = model.parameters()
    check_gradients(loss, parameters)
    step = compile(loss)

    def run():
        for p in parameters:
            p._grad = 0.0
        step().backward()

    return lambda: run() if step.traces else step().backward()


def moons_eager(network=MLP, value=Value):
    model, loss = scalar_moons(network, value)

    def step():
        for p in model.parameters():
            p.grad = 0.0
        loss().backward()

    return step


def check_gradients(f, leaves):
    """Compare the gradients of a compiled function with those in eager mode."""
    compile(f)().backward()
    compiled = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = 0.0
    f().backward()
    assert_close(compiled, [leaf.grad for leaf in leaves])


def moons_in_numpy():
    X, y = moons()
    layers = initial_weights(MOONS_SIZES)
    return lambda: moons_by_hand(X, y, layers)


def moons_casadi():
    """The same loss as an expression of casadi, whose virtual machine evaluates it and its gradient."""
    import casadi

    X, y = moons()
    initial = np.concatenate([np.concatenate([W.ravel(), b]) for W, b in initial_weights(MOONS_SIZES)])
    theta = casadi.SX.sym("theta", len(initial))
    layers = unflatten(theta, MOONS_SIZES)
    total = 0
    for row, t in zip(X.tolist(), y[:, 0].tolist()):
        a = row
        for k, (W, b) in enumerate(layers):
            a = [sum((w * x for w, x in zip(weights, a)), bias) for weights, bias in zip(W, b)]
            a = a if k == len(layers) - 1 else [casadi.fmax(z, 0) for z in a]
        total += casadi.fmax(1 - t * a[0], 0) / len(X)
    total += DECAY * sum(w * w for W, _ in layers for weights in W for w in weights)
    f = casadi.Function("f", [theta], [total, casadi.gradient(total, theta)])
    buffer, run = f.buffer()
    value, gradient = np.zeros(1), np.zeros(len(initial))
    buffer.set_arg(0, memoryview(initial))
    buffer.set_res(0, memoryview(value))
    buffer.set_res(1, memoryview(gradient))

    def step():
        run()
        return value, gradient, initial, buffer  # these must stay alive as long as the step

    return step


def unflatten(theta, sizes):
    """Return the layers (W, b) in nested lists from all parameters in one row."""
    start, layers = 0, []
    for m, n in zip(sizes, sizes[1:]):
        W = [[theta[start + i * m + j] for j in range(m)] for i in range(n)]
        layers.append((W, [theta[start + n * m + i] for i in range(n)]))
        start += n * m + n
    return layers


def compare_moons(rounds):
    makers = {"by hand": moons_in_numpy, "compiled, .grad of 337 Values": moons_compiled, "eager": moons_eager}
    if importlib.util.find_spec("casadi"):
        makers["casadi, built before"] = moons_casadi
    if has_micrograd():
        from micrograd import engine
        from micrograd import nn as micrograd_nn

        makers["micrograd"] = lambda: moons_eager(micrograd_nn.MLP, engine.Value)
    medians = compare("micrograd's demo step, value and gradient", makers, rounds)
    print(f"  eager / compiled {medians['eager'] / medians['compiled, .grad of 337 Values']:.0f} ×")


# -- 784-16-16-10 with sigmoids


def sample_loss(layers, x, target):
    """Return the quadratic cost of one sample, with a loop over scalars."""
    a = list(x)
    for W, b in layers:
        a = [1.0 / (1.0 + (-sum((wi * ai for wi, ai in zip(row, a)), bi)).exp()) for row, bi in zip(W, b)]
    return 0.5 * sum((p - q) * (p - q) for p, q in zip(a, target))


def images_in_numpy(X, Y):
    layers = initial_weights(IMAGES_SIZES)
    return lambda: images_by_hand(X, Y, layers)


def images_scalar(X, Y, buffers=False):
    layers = initial_weights(IMAGES_SIZES)
    value, gradient = compile(sample_loss, in_axes=(None, 0, 0), buffers=buffers).value_and_grad(layers, X, Y)
    expected_value, expected_gradient = images_by_hand(X, Y, layers)
    assert_close([value, *flatten(gradient)], [expected_value, *flatten(expected_gradient)])
    step = compile(sample_loss, in_axes=(None, 0, 0), buffers=buffers)
    return lambda: step.value_and_grad(layers, X, Y)


def images_tensor(X, Y, compiled):
    model = nn.MLP(IMAGES_SIZES, hidden="sigmoid", output="sigmoid", rng=0)
    parameters = model.parameters()

    def loss():
        return nn.losses.quadratic(model(X), Y)

    f = compile(loss) if compiled else loss

    def step():
        for p in parameters:
            p.zero_grad()
        f().backward()

    return step


def time_epoch():
    """Return the seconds of an epoch over random images, updates included."""
    X, Y = images(EPOCH_IMAGES)
    layers = initial_weights(IMAGES_SIZES)
    step = compile(sample_loss, in_axes=(None, 0, 0))
    step.value_and_grad(layers, X[:EPOCH_BATCH], Y[:EPOCH_BATCH])
    start = time.perf_counter()
    for k in range(0, EPOCH_IMAGES - EPOCH_BATCH + 1, EPOCH_BATCH):
        _, gradient = step.value_and_grad(layers, X[k : k + EPOCH_BATCH], Y[k : k + EPOCH_BATCH])
        for (W, b), (dW, db) in zip(layers, gradient):
            W -= 0.1 * dW
            b -= 0.1 * db
    return time.perf_counter() - start


def compare_images(rounds):
    def scalar_makers(X, Y):
        return {
            "by hand": lambda: images_in_numpy(X, Y),
            "scalars of one sample, in_axes": lambda: images_scalar(X, Y),
            "the same, buffers=True": lambda: images_scalar(X, Y, buffers=True),
        }

    X, Y = images()
    makers = scalar_makers(X, Y)
    makers["Tensors, compiled"] = lambda: images_tensor(X, Y, compiled=True)
    makers["Tensors, eager"] = lambda: images_tensor(X, Y, compiled=False)
    compare("784-16-16-10, batch of 128, value and gradient", makers, rounds)
    compare("the same network, batch of 16 384", scalar_makers(*images(LARGE_BATCH)), rounds)
    print(f"  an epoch of 60 000 images, scalars of one sample, updates included: {time_epoch():.1f} s")


# -- programs on scalars


def compare_language_models(rounds):
    p = language_model.initial_parameters()
    tokens = [26, *np.random.default_rng(1).integers(0, 26, language_model.MAX_LENGTH - 1).tolist(), 26]
    value, gradient = compile(language_model.scalar_loss).value_and_grad(p, tokens)
    expected_value, expected_gradient = language_model.loss_by_hand(p, tokens)()
    assert_close([value, *(gradient[name] for name in p)], [expected_value, *(expected_gradient[name] for name in p)])
    step = compile(language_model.scalar_loss)
    values = to_scalars(p, Value)
    with_captured_values = compile(lambda: language_model.scalar_loss(values, tokens))
    makers = {
        "by hand": lambda: language_model.loss_by_hand(p, tokens),
        "compiled, arrays in, arrays out": lambda: lambda: step.value_and_grad(p, tokens),
        "compiled, .grad of 4 192 Values": lambda: lambda: with_captured_values().backward(),
        "eager": lambda: lambda: language_model.scalar_loss(values, tokens).backward(),
    }
    if has_micrograd():
        from programs.micrograd_extension import Value as MicrogradValue

        micrograd_values = to_scalars(p, MicrogradValue)
        makers["micrograd, with exp and log"] = lambda: lambda: language_model.scalar_loss(micrograd_values, tokens).backward()
    compare(f"a language model in the manner of microgpt, {len(tokens) - 1} letters", makers, rounds)


def to_scalars(parameters, value):
    """Return a dict of matrices as nested lists of scalars."""
    return {name: [[value(x) for x in row] for row in W.tolist()] for name, W in parameters.items()}


def compare_mixtures(rounds):
    alphas, means, factors, X = gaussian_mixture.random_data()
    points = X.tolist()

    def loss(*parameters):
        return gaussian_mixture.loss_with_loops(*parameters, points)

    tensors = [Tensor(x) for x in (alphas, means, factors)]
    y = gaussian_mixture.loss_with_arrays(*tensors, X)
    y.backward()
    value, gradient = compile(loss, argnums=(0, 1, 2)).value_and_grad(alphas, means, factors)
    assert_close([value, *gradient], [y.data, *(t.grad for t in tensors)])
    values = [[Value(a) for a in alphas], *([[Value(x) for x in row] for row in M.tolist()] for M in (means, factors))]
    loops = compile(loss, argnums=(0, 1, 2))
    arrays = compile(lambda: gaussian_mixture.loss_with_arrays(*tensors, X))
    makers = {
        "arrays, compiled": lambda: lambda: arrays.value_and_grad(),
        "loops, compiled": lambda: lambda: loops.value_and_grad(alphas, means, factors),
        "arrays, eager": lambda: lambda: gaussian_mixture.loss_with_arrays(*tensors, X).backward(),
        "loops, eager": lambda: lambda: loss(*values).backward(),
    }
    compare("GMM of 100 points, 4 dimensions, 5 components", makers, rounds)


def eager_and_compiled(f, *arguments):
    """Return makers for a function of nested lists of Values, after comparing the gradients."""

    def to_values(x):
        return [to_values(item) for item in x] if np.ndim(x) else Value(x)

    nodes = [to_values(x) for x in arguments]
    check_gradients(lambda: f(*nodes), [leaf for x in nodes for leaf in np.ravel(np.array(x, dtype=object))])
    step = compile(lambda: f(*nodes))
    return {"eager": lambda: lambda: f(*nodes).backward(), "compiled": lambda: lambda: step().backward()}


def compare_small_programs(rounds):
    rng = np.random.default_rng(0)
    compare("determinant by minors, 7 × 7", eager_and_compiled(determinant, rng.normal(size=(7, 7))), max(1, rounds // 3))
    compare("an orbit of 200 Runge-Kutta steps", eager_and_compiled(orbit, 1.1, 0.4), rounds)
    cell = [rng.normal(0, 0.5, shape) for shape in ((32, 4), (32, 8), (32,), (50, 4))]
    compare("an LSTM cell of 8 over 50 steps", eager_and_compiled(lstm, *cell), rounds)


def has_micrograd():
    return importlib.util.find_spec("micrograd") is not None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="3 rounds instead of 15")
    rounds = 3 if parser.parse_args().quick else 15
    for section in (compare_moons, compare_images, compare_language_models, compare_mixtures, compare_small_programs):
        section(rounds)


if __name__ == "__main__":
    main()
