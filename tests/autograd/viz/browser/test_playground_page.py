"""The playground in a real browser: a hundred steps beside Python, what the thumbnails and the bars show, and every control."""

import base64
import io

import matplotlib.image
import numpy as np
import pytest

import nn
from autograd.viz import playground

OPTIMIZERS = {
    "sgd": nn.optim.SGD,
    "momentum": lambda parameters, lr: nn.optim.SGD(parameters, lr, momentum=0.9),
    "rmsprop": nn.optim.RMSProp,
    "adam": nn.optim.Adam,
}
PARAMETERS = """
() => {
  const read = (list) => Array.isArray(list) ? list.map(read) : network.tape.values[list];
  return [read(network.weights), read(network.biases)];
}
"""


def train_in_python(model, X, y, optimizer, steps):
    descent = OPTIMIZERS[optimizer](model.parameters(), 0.05)
    for _ in range(steps):
        loss = nn.losses.binary_cross_entropy_with_logits(model(X), y[:, None])
        model.zero_grad()
        loss.backward()
        descent.step()
    return float(nn.losses.binary_cross_entropy_with_logits(model(X), y[:, None]).data)


def assert_same_parameters(page, model):
    W, b = page.evaluate(PARAMETERS)
    for layer, weights, biases in zip(model.layers, W, b, strict=True):
        np.testing.assert_allclose(weights, layer.W.data, rtol=0, atol=1e-9)
        np.testing.assert_allclose(biases, np.ravel(layer.b.data), rtol=0, atol=1e-9)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_hundred_steps_follow_python(page_of, optimizer):
    X, y = nn.toys.moons(20, rng=0)
    y = np.asarray(y, dtype=float)
    model = nn.MLP([2, 4, 3, 1], rng=1)
    page = page_of(playground(model, X, y, lr=0.05, optimizer=optimizer))
    for _ in range(5):
        page.click("#step")
    page.evaluate("() => { for (let t = 0; t < 95; t++) train(); paint(); }")
    loss = train_in_python(model, X, y, optimizer, 100)
    assert_same_parameters(page, model)
    assert page.inner_text("#loss") == f"Step 100: mean loss {float(f'{loss:.4g}'):g}"


def test_a_network_that_was_changed_in_the_page_follows_python(page_of):
    X, y = nn.toys.moons(20, rng=0)
    y = np.asarray(y, dtype=float)
    page = page_of(playground(nn.MLP([2, 4, 1], rng=1), X, y, lr=0.05))
    page.select_option("#activation", "silu")
    page.fill("#widths", "3, 5")
    page.keyboard.press("Enter")
    page.click("#step")
    page.select_option("#optimizer", "adam")
    assert page.inner_text("#shape") == "2-3-5-1"
    model = nn.MLP([2, 3, 5, 1], hidden="silu", rng=0)
    for layer, weights, biases in zip(model.layers, *page.evaluate(PARAMETERS), strict=True):
        layer.W.data = np.array(weights)
        layer.b.data = np.reshape(biases, layer.b.shape)
    page.evaluate("() => { for (let t = 0; t < 100; t++) train(); paint(); }")
    train_in_python(model, X, y, "adam", 100)
    assert_same_parameters(page, model)


def image_of(page, n):
    """The n-th canvas of the drawing, as an array of colours."""
    url = page.evaluate("(n) => document.querySelectorAll('#network canvas')[n].toDataURL()", n)
    return matplotlib.image.imread(io.BytesIO(base64.b64decode(url.split(",")[1])))


def test_thumbnails_show_the_signs_of_the_neurons(page_of):
    X, y = nn.toys.moons(20, rng=0)
    model = nn.MLP([2, 3, 1], rng=2)
    page = page_of(playground(model, X, y))
    (x_low, x_high), (y_low, y_high) = page.evaluate("bounds")
    cells = page.evaluate("CELLS")
    middles = (np.arange(cells) + 0.5) / cells
    x1, x2 = np.meshgrid(x_low + middles * (x_high - x_low), (y_high - middles * (y_high - y_low)))
    points = np.column_stack([x1.ravel(), x2.ravel()])
    hidden = np.tanh(points @ np.asarray(model.layers[0].W.data).T + np.ravel(model.layers[0].b.data))
    for n, expected in enumerate([points[:, 0], points[:, 1], *hidden.T]):
        red, _, blue = np.moveaxis(image_of(page, n)[..., :3], -1, 0)
        is_clear = np.abs(expected.reshape(cells, cells)) > 0.1
        np.testing.assert_array_equal(np.sign(blue - red)[is_clear], np.sign(expected.reshape(cells, cells))[is_clear])


def test_edges_show_weights_by_sign_and_size(page_of):
    model = nn.MLP([2, 3, 1], rng=2)
    page = page_of(playground(model, *nn.toys.gate("xor")))
    weights = np.concatenate([np.ravel(layer.W.data) for layer in model.layers])
    lines = page.evaluate("lines.map(([line]) => [line.getAttribute('class'), Number(line.getAttribute('stroke-width'))])")
    assert [sign for sign, _ in lines] == ["minus" if w < 0 else "plus" for w in weights]
    widths = np.array([width for _, width in lines])
    assert np.all(np.diff(widths[np.argsort(np.abs(weights))]) >= 0)


def test_vanishing_gradients_show(page_of):
    X, y = nn.toys.moons(20, rng=0)
    model = nn.MLP([2, 4, 4, 4, 4, 1], hidden="sigmoid", rng=0)
    page = page_of(playground(model, X, y))
    page.click("#step")
    nn.losses.binary_cross_entropy_with_logits(model(X), np.asarray(y, dtype=float)[:, None]).backward()
    sizes = np.array([np.sqrt(np.mean(np.square(layer.W.grad))) for layer in model.layers])
    bars = page.evaluate("[...document.querySelectorAll('#flow meter')].map((bar) => bar.value)")
    decades_of_a_bar = 5
    np.testing.assert_allclose(bars, np.maximum(0.02, 1 + np.log10(sizes / sizes.max()) / decades_of_a_bar), atol=1e-9)
    assert bars[0] < 0.7 * bars[-1]


def test_the_curve_and_the_samples_survive_a_run(page_of, wait_until):
    X, y = nn.toys.moons(30, rng=0)
    page = page_of(playground(nn.MLP([2, 6, 1], rng=0), X, y, lr=0.5, optimizer="momentum"))
    first = float(page.inner_text("#loss").split()[-1])
    page.click("#play")
    wait_until(page, "steps > 300")
    page.click("#play")
    stopped = page.inner_text("#loss")
    page.wait_for_timeout(100)
    assert page.inner_text("#loss") == stopped
    assert float(stopped.split()[-1]) < first / 2
    assert len(page.get_attribute("#curve polyline", "points").split()) > 5
    page.select_option("#optimizer", "adam")
    page.click("#reset")
    assert page.input_value("#optimizer") == "momentum"
    assert float(page.inner_text("#loss").split()[-1]) == first


def test_the_large_surface_shows_the_unit_that_is_pointed_at(page_of):
    X, y = nn.toys.moons(20, rng=0)
    page = page_of(playground(nn.MLP([2, 3, 1], rng=2), X, y))
    picture = "document.getElementById('surface').toDataURL()"
    output = page.evaluate(picture)
    units = page.locator("#network canvas")
    units.nth(3).hover()
    assert page.inner_text("#unit") == "Layer 1, unit 2"
    assert page.inner_text("#low"), page.inner_text("#high") == ("-1", "1")
    unit = page.evaluate(picture)
    assert unit != output
    page.mouse.move(2, 2)
    assert page.inner_text("#unit") == "Output"
    assert page.evaluate(picture) == output
    units.nth(3).focus()
    page.keyboard.press("Enter")
    page.mouse.move(2, 2)
    assert page.evaluate(picture) == unit
    assert units.nth(3).get_attribute("aria-pressed") == "true"
    page.click("#step")
    assert page.inner_text("#unit") == "Layer 1, unit 2"
    page.click("#reset")
    assert page.inner_text("#unit") == "Output"
    assert page.evaluate(picture) == output


def test_inputs_and_layers_have_names(page_of):
    page = page_of(playground(nn.MLP([2, 3, 4, 1], rng=2), *nn.toys.gate("xor")))
    assert page.locator("#network text").all_text_contents() == ["inputs", "layer 1", "layer 2", "output", "x1", "x2"]
    assert page.inner_text("#range") == "x1: -0.15 to 1.15, x2: -0.15 to 1.15"
