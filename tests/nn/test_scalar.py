"""micrograd's programs run after a change of their imports."""

import random
import subprocess
import sys

import nn
from autograd import Value

MICROGRAD = """
import random
{imports}
random.seed(1337)
model = MLP(3, [4, 4, 1])
xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
ys = [1.0, -1.0, -1.0, 1.0]
for k in range(5):
    ypred = [model(list(map(Value, x))) for x in xs]
    loss = sum(((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred)), Value(0.0))
    loss = loss + 1e-4 * sum((p * p for p in model.parameters()))
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= 0.05 * p.grad
    print(f"{{loss.data:.12f}}", f"{{sum(p.grad for p in model.parameters()):.10f}}")
"""


MICROGRAD_PRINTS = """
18.433192025597 272.2786612474
8.706374461420 4.8327830090
4.463570974437 -3.8636287665
4.083978271700 -2.9193784193
3.926207007316 -1.0425792015
"""


def test_a_micrograd_program_runs_after_changing_its_imports():
    # These are the numbers that micrograd 0.1.0 prints for this program.
    code = MICROGRAD.format(imports="from autograd import Value\nfrom nn.scalar import MLP")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == MICROGRAD_PRINTS.split()


def test_weights_come_from_pythons_random_as_in_micrograd():
    random.seed(3)
    model = nn.scalar.Layer(2, 1)
    random.seed(3)
    assert [p.data for p in model.parameters()] == [random.uniform(-1, 1), random.uniform(-1, 1), 0.0]
    assert isinstance(model([1.0, 2.0]), Value)
    assert isinstance(nn.scalar.Layer(2, 2, nonlin=False)([1.0, 2.0]), list)


def test_scalar_networks_are_modules():
    model = nn.scalar.MLP(2, [3, 1], activation="sigmoid", output="tanh", rng=0)
    y = model([0.5, -0.5])
    y.backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())
    assert next(model.named_parameters())[0] == "layers.0.neurons.0.w.0"
