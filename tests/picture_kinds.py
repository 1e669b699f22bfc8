"""Every kind of picture, and what a reader does with it, for the tests of how pictures look."""

from functools import cache

import numpy as np

import autograd as ag
import nn
from autograd import Tensor, Value
from autograd.testing import blame
from autograd.viz import draw, network, playground
from picture_helpers import moons_loss, neuron_graph


class SvgPage:
    """The SVG of a picture on a page of its own, as wide as its window allows."""

    def __init__(self, picture):
        self.picture = picture

    def to_html(self, path):
        svg = self.picture.to_svg().replace("<svg ", '<svg style="max-width:100%;height:auto" ', 1)
        head = "<meta charset=utf-8><meta name=color-scheme content='light dark'><title>SVG</title>"
        path.write_text(f"<!doctype html><html lang=en>{head}<main><h1>SVG</h1>{svg}</main></html>", encoding="utf-8")


def expression():
    y = neuron_graph()[2]
    y.backward()
    return y


def loss(hidden=4, samples=4):
    total = moons_loss(hidden, samples)[1]
    total.backward()
    return total


def loss_with_penalty():
    model, total = moons_loss(8, 20)
    total = total + 1e-4 * sum(p * p for p in model.parameters())
    total.backward()
    return model, total


def one_sample():
    """A network whose layers have scopes."""
    model = nn.scalar.MLP(2, [4, 4, 1], rng=0)
    y = (model([Value(0.3, name="x1"), Value(-0.2, name="x2")]) - 1.0) ** 2
    y.name = "loss"
    y.backward()
    return y


def recurrence():
    w, h, x = Value(0.5, name="w"), Value(0.1, name="h"), Value(0.3, name="x")
    for _ in range(100):
        h = (h * w + x).tanh()
    h.backward()
    return h


@cache
def compiled_loop():
    @ag.compile
    def iterate(w, b, h):
        for _ in range(30):
            h = (w * h + b).tanh()
        return h

    iterate(Value(0.5), Value(0.1), Value(0.3))
    return iterate


@cache
def compiled_network():
    model = nn.scalar.MLP(2, [8, 8, 1], rng=0)
    points = np.random.default_rng(0).uniform(-1, 1, (20, 2)).tolist()
    mean_loss = ag.compile(lambda: sum((1.0 - model(x)).relu() for x in points) * 0.05)
    mean_loss()
    return mean_loss


def arrays():
    rng = np.random.default_rng(0)
    X, W, b = Tensor(rng.normal(size=(5, 3)), name="X"), Tensor(rng.normal(size=(3, 2)), name="W"), Tensor(np.zeros(2), name="b")
    y = np.sum(np.tanh(X @ W + b) ** 2)
    y.name = "loss"
    y.backward()
    return y


def first_nan():
    distance = (Value(0.0, name="p") ** 2).sqrt()
    distance.backward()
    return distance


def second_derivative():
    x = Value(0.5, name="x")
    x.tanh().backward(create_graph=True)
    slope = x.grad
    x.zero_grad()
    slope.backward()
    return slope


def failed_check():
    wrong = ag.define("wrong_smooth_abs", lambda xp, a: xp.sqrt(a * a + 0.01), lambda xp, y, a: a / (y + 0.01))
    x, w = Tensor([0.3, -1.2, 0.7], name="x"), Tensor([0.5, -0.4, 1.1], name="w")
    return blame(np.sum(np.tanh(wrong(x) * w) ** 2))


def changed(constant, bend):
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    y = (a * b + constant).tanh() * a + bend(a)
    y.name = "y"
    y.backward()
    return draw(y)


def part_of_a_network():
    model, total = loss_with_penalty()
    return draw(total).focus(model.layers[0].neurons[0].w[0], up=3)


def training():
    return playground(nn.MLP([2, 4, 3, 1], rng=0), *nn.toys.moons(40, rng=0))


# Those that open as a page that computes, and those whose page is static.
PAGES = {
    "expression": lambda: draw(expression()),
    "folded network": lambda: draw(loss()),
    "folded network with a penalty": lambda: draw(loss_with_penalty()[1]),
    "fold by scope": lambda: draw(one_sample(), fold="scope"),
    "fold by depth": lambda: draw(loss(), fold="depth"),
    "overview": lambda: draw(one_sample(), fold=False),
    "recurrence": lambda: draw(recurrence()),
    "compiled loop": lambda: draw(compiled_loop()),
    "compiled network": lambda: draw(compiled_network()),
    "arrays": lambda: draw(arrays()),
    "row that JavaScript lacks": lambda: draw(ag.gelu(Value(0.5, name="x")) * 2.0),
    "first nan": lambda: draw(first_nan()),
    "second derivative": lambda: draw(second_derivative()),
    "failed check": lambda: draw(failed_check()),
    "difference": lambda: changed(10.0, lambda a: a**2).diff(changed(9.0, lambda a: a.exp())),
    "focus": part_of_a_network,
    "coloured by data": lambda: draw(expression(), color="data"),
    "coloured by errors": lambda: draw(expression(), color="error"),
    "no colours": lambda: draw(expression(), color=None),
    "playground": training,
}

SVGS = {
    "SVG from right to left": lambda: draw(expression(), direction="RL"),
    "SVG from top to bottom": lambda: draw(expression(), direction="TB"),
    "SVG of a folded network": lambda: draw(loss(16, 100)),
    "SVG of a compiled loop": lambda: draw(compiled_loop()),
    "SVG of a compiled loop from top to bottom": lambda: draw(compiled_loop(), direction="TB"),
    "diagram": lambda: network([3, 5, 4, 2], bias=True),
    "diagram from right to left": lambda: network([3, 5, 4, 2], direction="RL"),
    "diagram from top to bottom": lambda: network([3, 5, 4, 2], direction="TB", names=["inputs", "first", "second", "outputs"]),
    "diagram of large layers": lambda: network([784, 30, 10]),
}


def press(*keys):
    return lambda page: [page.keyboard.press(key) for key in keys]


def click(*selectors):
    return lambda page: [page.click(selector) for selector in selectors]


def choose(page, selector='[data-box="0"]'):
    page.locator(selector).first.focus()
    page.keyboard.press("Enter")


def type_into_leaf(text):
    def act(page):
        choose(page)
        page.fill("#leaf", text)
        page.press("#leaf", "Enter")

    return act


def play_forward(page):
    page.select_option("#direction", "forward")
    press(*["ArrowRight"] * 3)(page)


# What a reader does: the kind of the page, and a function of the page in the browser
ACTIONS = {
    "film": ("expression", press(*["ArrowRight"] * 3)),
    "film of a folded network": ("folded network", press(*["ArrowRight"] * 3)),
    "film of the forward pass": ("expression", play_forward),
    "quiz": ("expression", lambda page: [page.click("#quiz"), choose(page)]),
    "numbers of a leaf": ("expression", choose),
    "numbers of a folded box": (
        "folded network",
        lambda page: [choose(page, ".box.many"), page.get_by_role("button", name="Expand its").click()],
    ),
    "a leaf that is nan": ("expression", type_into_leaf("nan")),
    "a leaf that is infinite": ("expression", type_into_leaf("-inf")),
    "a leaf that is text": ("expression", type_into_leaf("<b>text</b>")),
    "checked edge": ("expression", lambda page: page.evaluate("checkEdge(0)")),
    "descent": ("expression", click(*["#step"] * 20)),
    "paths": ("expression", lambda page: [choose(page), page.get_by_role("button", name="Light the paths").click()]),
    "search": ("expression", lambda page: page.fill("#search", "tanh")),
    "table": ("expression", lambda page: page.get_by_text("Table of all boxes").click()),
    "trained playground": ("playground", click(*["#step"] * 20)),
}

KINDS = {
    **{name: (make, lambda page: None) for name, make in PAGES.items()},
    **{name: (lambda make=make: SvgPage(make()), lambda page: None) for name, make in SVGS.items()},
    **{name: (PAGES[kind], act) for name, (kind, act) in ACTIONS.items()},
}
