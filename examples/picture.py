"""Pictures of graphs: a neuron, a network of 65 000 nodes, one of its weights, the origin of a nan, and a second derivative.

Each picture is written to ``pictures/`` as SVG, and as an HTML page that steps through the backward pass.
"""

from pathlib import Path

from sklearn.datasets import make_moons

from autograd import Value
from autograd.viz import draw
from nn.scalar import MLP

FOLDER = Path("pictures")
FOLDER.mkdir(exist_ok=True)


def write(name, picture):
    picture.to_svg(FOLDER / f"{name}.svg")
    picture.to_html(FOLDER / f"{name}.html")
    print(f"{name}: {picture.drawing.caption}")


# a neuron: σ(w₁x₁ + w₂x₂ + b)
w1, w2, b = Value(-3.0, "w1"), Value(1.0, "w2"), Value(6.88, "b")
x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
z = w1 * x1 + w2 * x2 + b
z.name = "z"
a = z.tanh()
a.name = "a"
a.backward()
neuron = draw(a)
print(neuron)
write("neuron", neuron)
assert abs(w1.grad - x1.data * (1 - a.data**2)) < 1e-15

# micrograd's demo: every scalar of a network over 100 samples
X, labels = make_moons(n_samples=100, noise=0.1, random_state=1)
model = MLP(2, [16, 16, 1], rng=0)
scores = [model([float(p), float(q)]) for p, q in X]
losses = [(1.0 - (2.0 * float(t) - 1.0) * score).relu() for t, score in zip(labels, scores, strict=True)]
loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
loss.backward()
network = draw(loss, direction="TB")
write("moons", network)
assert network.snapshot.size > 65_000
assert len(network.drawing.boxes) <= 25

# the part of the graph near one weight: a product for each sample, and one in the penalty
weight = model.layers[0].neurons[0].w[0]
neighborhood = network.focus(weight, up=3)
write("weight", neighborhood)
assert neighborhood.drawing.boxes[0].count == 1
assert neighborhood.drawing.boxes[1].title == "multiply ×100"

# a nan: √0 has an infinite derivative, and infinity times 0 is nan
p = Value(0.0, "p")
distance = (p * p).sqrt()
distance.name = "distance"
distance.backward()
nan_picture = draw(distance)
write("nan", nan_picture)
assert "first nan or inf of the backward pass" in str(nan_picture)

# the derivative of tanh as a graph, whose gradient is the second derivative
x = Value(0.5, "x")
x.tanh().backward(create_graph=True)
slope = x.grad
x.zero_grad()
slope.backward()
write("second", draw(slope))
t = x.tanh().data
assert abs(x.grad + 2 * t * (1 - t * t)) < 1e-12
