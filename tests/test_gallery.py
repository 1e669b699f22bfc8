"""The programs of the gallery: each runs for a few steps, and its gradient agrees with differences and, where installed, PyTorch."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from autograd import grad
from autograd.scipy import odeint
from autograd.scipy.flat_arguments import FlatArguments
from oracles import assert_derivative

GALLERY = sorted((Path(__file__).parents[1] / "examples" / "gallery").glob("*.py"))
MOST_LINES = 90
DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("script", GALLERY, ids=lambda script: script.stem)
def test_a_program_of_the_gallery_runs_and_has_the_right_gradient(script, capsys):
    program = runpy.run_path(str(script))
    objective, start, arguments = program["objective"], program["start"], program.get("arguments", ())
    flat = FlatArguments(start, "start")
    gradient = FlatArguments(grad(objective)(start, *arguments), "gradient").vector
    direction = np.random.default_rng(3).normal(size=gradient.shape)
    direction /= np.linalg.norm(direction)

    def along(step):
        return float(objective(flat.unflatten(flat.vector + step * direction), *arguments))

    assert_derivative(gradient @ direction, along, scale=abs(along(0.0)), h=1e-3, rtol=2e-6)
    program["main"](steps=2)
    assert capsys.readouterr().out
    assert len(script.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def to_leaves(torch, tree):
    """A nested dict of arrays, or one array, as PyTorch's leaves."""
    if isinstance(tree, dict):
        return {key: to_leaves(torch, part) for key, part in tree.items()}
    return torch.tensor(tree, dtype=torch.float64, requires_grad=True)


def assert_same_gradients(ours, leaves, rtol):
    if isinstance(leaves, dict):
        for key, part in leaves.items():
            assert_same_gradients(ours[key], part, rtol)
    else:
        np.testing.assert_allclose(ours, leaves.grad.numpy(), rtol=rtol, atol=1e-2 * rtol)


def black_box_svi(torch, program, p):
    samples = p["mean"] + torch.exp(p["log_std"]) * torch.tensor(program["arguments"][0])
    normal = torch.distributions.Normal
    zero, spread = torch.tensor([0.0, 1.35], dtype=torch.float64)
    density = normal(zero, spread).log_prob(samples[:, 0]) + normal(zero, torch.exp(0.5 * samples[:, 0])).log_prob(samples[:, 1])
    return -(density.mean() + normal(p["mean"], torch.exp(p["log_std"])).entropy().sum())


def convolutional_net(torch, program, p):
    x, y = (torch.tensor(a) for a in program["arguments"])
    features = torch.relu(torch.nn.functional.conv2d(x[:, None], p["filters"][:, None], p["b"]))
    pooled = torch.nn.functional.avg_pool2d(features, 2).permute(0, 2, 3, 1).reshape(len(x), -1)
    return torch.nn.functional.cross_entropy(pooled @ p["W"] + p["c"], y)


def fixed_points(torch, program, a):
    x = torch.zeros(3, dtype=torch.float64)
    for _ in range(300):  # to the last digit; PyTorch differentiates every iteration
        x = torch.tanh(a[:, :3] @ x + a[:, 3])
    return ((x - torch.tensor(program["target"])) ** 2).sum()


def fluid(torch, program, velocity):
    n, rows, columns = program["N"], torch.tensor(program["rows"]), torch.tensor(program["columns"])
    inverse_laplacian = torch.tensor(program["inverse_laplacian"])

    def slope(field, axis):
        return 0.5 * (torch.roll(field, -1, axis) - torch.roll(field, 1, axis))

    def project(v_row, v_column):
        pressure = (inverse_laplacian @ (slope(v_row, 0) + slope(v_column, 1)).reshape(-1)).reshape(n, n)
        return v_row - slope(pressure, 0), v_column - slope(pressure, 1)

    def advect(field, v_row, v_column):
        from_row, from_column = rows - v_row, columns - v_column
        i, j = from_row.detach().floor().long(), from_column.detach().floor().long()
        moved = torch.zeros_like(field)
        for di, dj in ((0, 0), (0, 1), (1, 0), (1, 1)):
            weight = (1.0 - abs(from_row - (i + di))) * (1.0 - abs(from_column - (j + dj)))
            moved = moved + weight * field[(i + di) % n, (j + dj) % n]
        return moved

    carried, v = torch.tensor(program["ink"]), project(velocity[0], velocity[1])
    for _ in range(4):
        carried = advect(carried, *v)
        v = project(advect(v[0], *v), advect(v[1], *v))
    return ((carried - torch.tensor(program["target"])) ** 2).sum()


def gaussian_process(torch, program, p):
    x, y = torch.tensor(program["x"]), torch.tensor(program["y"])
    distance = (x[:, None] - x) / torch.exp(p["log_length"])
    noise = torch.exp(2 * p["log_noise"]) * torch.eye(len(x), dtype=x.dtype)
    cov = torch.exp(2 * p["log_height"]) * torch.exp(-0.5 * distance**2) + noise
    return -torch.distributions.MultivariateNormal(p["mean"] * torch.ones_like(x), cov).log_prob(y)


def gplvm(torch, program, p):
    images, z = torch.tensor(program["images"]), p["latent"]
    squared_distances = ((z[:, None, :] - z) ** 2).sum(-1)
    noise = torch.exp(p["log_noise"]) * torch.eye(len(images), dtype=images.dtype)
    cov = torch.exp(p["log_height"]) * torch.exp(-0.5 * squared_distances) + noise
    fit = (images * torch.linalg.solve(cov, images)).sum()
    return 0.5 * (images.shape[1] * torch.logdet(cov) + fit) + 0.5 * (z**2).sum()


def natural_gradient_svi(torch, program, p):
    noise, X, labels = (torch.tensor(a) for a in (program["arguments"][0], program["X"], program["labels"]))
    std = torch.exp(p["log_std"])
    likelihood = torch.nn.functional.logsigmoid(labels * ((p["mean"] + std * noise) @ X.T)).sum(1).mean()
    return (0.5 * (std**2 + p["mean"] ** 2) / 100.0 - p["log_std"]).sum() - likelihood


def ode_net(torch, program, p):
    """By 40 steps of fourth order between two times, whose error is about 1e-9."""

    def f(y):
        return p["out"] @ torch.tanh(p["W"] @ y + p["b"])

    y = torch.tensor(program["states"][0])
    found, h = [y], float(program["times"][1] - program["times"][0]) / 40
    for _ in program["times"][1:]:
        for _ in range(40):
            k1 = f(y)
            k2 = f(y + 0.5 * h * k1)
            k3 = f(y + 0.5 * h * k2)
            y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + f(y + h * k3))
        found.append(y)
    return ((torch.stack(found) - torch.tensor(program["states"])) ** 2).mean()


def variational_autoencoder(torch, program, p):
    x, noise = (torch.tensor(a) for a in program["arguments"])

    def apply(name, x):
        return x @ p[name]["W"] + p[name]["b"]

    hidden = torch.tanh(apply("encoder", x))
    posterior = torch.distributions.Normal(apply("mean", hidden), torch.exp(apply("log_std", hidden)))
    logits = apply("pixels", torch.tanh(apply("decoder", posterior.mean + posterior.stddev * noise)))
    reconstruction = torch.nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    divergence = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0)).sum()
    return (reconstruction + divergence) / len(x)


# The same programs as users of PyTorch would write them.
TRANSLATIONS = {
    f.__name__: f
    for f in (
        *(black_box_svi, convolutional_net, fixed_points, fluid, gaussian_process, gplvm),
        *(natural_gradient_svi, ode_net, variational_autoencoder),
    )
}


@pytest.mark.parametrize("script", GALLERY, ids=lambda script: script.stem)
def test_the_gradients_are_those_of_pytorch(script):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle here, is an extra of its own")
    program = runpy.run_path(str(script))
    objective = program["objective"]
    if script.stem == "ode_net":  # at the tolerances of the program, both are off by more than they differ

        def objective(p):
            states = program["states"]
            predicted = odeint(program["right_hand_side"], states[0], program["times"], (p,), rtol=1e-11, atol=1e-11)
            return ((predicted - states) ** 2).mean()

    leaves = to_leaves(torch, program["start"])
    TRANSLATIONS[script.stem](torch, program, leaves).backward()
    rtol = {"ode_net": 1e-6, "fixed_points": 1e-8}.get(script.stem, 1e-9)
    assert_same_gradients(grad(objective)(program["start"], *program.get("arguments", ())), leaves, rtol)


def test_each_program_has_a_picture_and_its_source_on_the_page():
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    drawers = runpy.run_path(str(DOCS / "thumbnails.py"))["DRAWERS"]
    assert sorted(drawer.__name__ for drawer in drawers) == [script.stem for script in GALLERY]
    for script in GALLERY:
        assert f"{{image}} thumbnails/{script.stem}.png\n" in page
        assert f"{{literalinclude}} ../examples/gallery/{script.name}\n" in page
    assert page.count(':target: "#') == len(GALLERY)
