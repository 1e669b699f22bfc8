"""The playground: trained in JavaScript it follows Python's numbers, and its page answers every control."""

import json
import shutil
import subprocess

import numpy as np
import pytest

import nn
from autograd import SettingError, ShapeError
from autograd.viz import playground
from autograd.viz.playground import _read
from picture_helpers import page_data

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node to run JavaScript")

SCRIPT = """
const network = makeNetwork({sizes: DATA.sizes, activations: [...DATA.activations, DATA.output], template: DATA.loss, rowNumbers: DATA.rowNumbers});
network.setParameters(DATA.W, DATA.b);
network.setOptimizer(DATA.optimizer);
const losses = [];
for (let t = 0; t < 100; t++) losses.push(network.step(DATA.X, DATA.y, RATE, BATCH));
const read = (list) => Array.isArray(list) ? list.map(read) : network.tape.values[list];
console.log(JSON.stringify([losses, read(network.weights), read(network.biases), network.gradientSizes()]));
"""


def train_in_node(page):
    script = f"{page.script}{_read('optimizers.js')}{_read('network.js')}const DATA = {json.dumps(page.data)}, RATE = {page.lr}, BATCH = {page.batch_size};"
    done = subprocess.run([NODE, "-"], input=script + SCRIPT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[:2000]
    return json.loads(done.stdout)


CASES = [
    ("tanh", "identity", None, 20, nn.losses.binary_cross_entropy_with_logits),
    ("relu", "identity", "mse", 40, nn.losses.mse),
    (["silu", "sigmoid"], "tanh", None, 7, nn.losses.mse),
]
OPTIMIZERS = {
    "sgd": nn.optim.SGD,
    "momentum": lambda parameters, lr: nn.optim.SGD(parameters, lr, momentum=0.9),
    "rmsprop": nn.optim.RMSProp,
    "adam": nn.optim.Adam,
}


@needs_node
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("hidden", "output", "loss", "batch", "python_loss"), CASES)
def test_a_hundred_steps_follow_pythons_numbers(hidden, output, loss, batch, python_loss, optimizer):
    X, y = nn.toys.moons(20, rng=0)
    model = nn.MLP([2, 4, 3, 1], hidden=hidden, output=output, rng=1)
    losses, W, b, sizes = train_in_node(playground(model, X, y, loss=loss, lr=0.05, batch_size=batch, optimizer=optimizer))
    descent = OPTIMIZERS[optimizer](model.parameters(), 0.05)
    position = 0
    for found in losses:
        rows = slice(position, min(position + batch, len(X)))
        value = python_loss(model(X[rows]), np.asarray(y, dtype=float)[rows, None])
        model.zero_grad()
        value.backward()
        assert found == pytest.approx(float(value.data), abs=1e-9)
        gradients = [np.asarray(layer.W.grad) for layer in model.layers]
        descent.step()
        position = rows.stop % len(X)
    for layer, weights, biases, gradient, size in zip(model.layers, W, b, gradients, sizes, strict=True):
        np.testing.assert_allclose(weights, layer.W.data, rtol=0, atol=1e-9)
        np.testing.assert_allclose(biases, layer.b.data, rtol=0, atol=1e-9)
        assert size == pytest.approx(float(np.sqrt(np.mean(gradient**2))), abs=1e-9)


def test_the_page_has_the_network_and_the_samples(tmp_path):
    X, y = nn.toys.gate("xor")
    model = nn.MLP([2, 3, 1], rng=0)
    page = playground(model, X, y)
    html = page.to_html(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text() == html
    data = page_data(html)
    assert data["W"][0] == np.asarray(model.layers[0].W.data).tolist()
    assert data["activations"] == ["tanh"]
    assert data["output"] == "positive"
    assert "default-src 'none'" in html
    assert len(html) < 90_000
    assert 'sandbox="allow-scripts"' in page._repr_html_()


def test_bad_arguments_are_named():
    X, y = nn.toys.gate("xor")
    model = nn.MLP([2, 3, 1], rng=0)
    with pytest.raises(ShapeError, match=r"^playground\(\) takes a network with two inputs and one output"):
        playground(nn.MLP([3, 1], rng=0), X, y)
    with pytest.raises(
        ShapeError, match=r"^playground\(\): X must have shape \(N, 2\) and y must have N targets, not \(4, 2\) and \(3,\)(?m:$)"
    ):
        playground(model, X, y[:3])
    with pytest.raises(SettingError, match=r"^playground\(\) takes at most 500 samples, not 501"):
        playground(model, np.zeros((501, 2)), np.zeros(501))
    with pytest.raises(SettingError, match=r"^playground\(\): X and y must be finite: drop or fill the other samples(?m:$)"):
        playground(model, X * np.nan, y)
    with pytest.raises(
        SettingError, match=r"^playground\(\): the page cannot compute the activation gelu; it can compute tanh, relu"
    ):
        playground(nn.MLP([2, 3, 1], hidden="gelu", rng=0), X, y)
    with pytest.raises(SettingError, match=r"^playground\(\): the page cannot compute the activation softmax"):
        playground(nn.MLP([2, 3, 1], hidden="softmax", rng=0), X, y)
    with pytest.raises(
        SettingError, match=r"^playground\(\): loss must be one of 'mse', 'binary_cross_entropy_with_logits', not 'l1'(?m:$)"
    ):
        playground(model, X, y, loss="l1")
    for lr in (0.0, -1, True, "1", float("inf")):
        with pytest.raises(SettingError, match=r"^playground\(\): lr must be a positive number, not "):
            playground(model, X, y, lr=lr)
    with pytest.raises(
        SettingError, match=r"^playground\(\): optimizer must be one of 'sgd', 'momentum', 'rmsprop', 'adam', not 'lbfgs'(?m:$)"
    ):
        playground(model, X, y, optimizer="lbfgs")
    for batch_size in (0, True, 2.5):
        with pytest.raises(SettingError, match=r"^playground\(\): batch_size must be a whole number of at least 1, not "):
            playground(model, X, y, batch_size=batch_size)
