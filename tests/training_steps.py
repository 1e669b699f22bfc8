"""Training steps on one small data set, and how two outcomes are compared."""

import numpy as np

import nn

X = np.random.default_rng(0).normal(size=(24, 3))
Y = np.random.default_rng(1).integers(0, 2, 24)
T = nn.losses.one_hot(Y, 2)


def take_steps(compiled, make, batches, *, sizes=(3, 4, 2), loss="cross_entropy", labels=T, **settings):
    """Train a network for one step on each batch; return the step, the model, and all that has changed."""
    model = nn.MLP(list(sizes), rng=0, **settings)
    optimizer = make(model.parameters())
    step = nn.TrainingStep(model, loss, optimizer, compiled)
    values = np.array([step(X[part], labels[part]) for part in batches])
    gradients = [p.grad for p in model.parameters()]
    return step, model, [values, *model.state_dict().values(), *gradients, optimizer.state_dict()]


def assert_same_outcome(a, b, tolerance=1e-9):
    """Compare two lists of arrays whose last entries are state dicts of optimizers."""
    for x, y in zip(a[:-1], b[:-1], strict=True):
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance * 1e-3)
    assert a[-1].keys() == b[-1].keys()
    for name, x in a[-1].items():
        np.testing.assert_allclose(x, b[-1][name], rtol=tolerance, atol=tolerance * 1e-3, err_msg=name)
