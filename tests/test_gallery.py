"""The programs of the gallery: each runs for a few steps, and its gradient agrees with differences and, where installed, PyTorch."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from autograd import grad
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


def test_the_gradients_of_four_programs_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    folder = GALLERY[0].parent

    def compare(name, translated):
        program = runpy.run_path(str(folder / f"{name}.py"))
        ours = grad(program["objective"])(program["start"], *program.get("arguments", ()))
        leaves = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in program["start"].items()}
        translated(program, leaves).backward()
        for key, leaf in leaves.items():
            np.testing.assert_allclose(ours[key], leaf.grad.numpy(), rtol=1e-9, atol=1e-11)

    def gaussian_process(program, p):
        x, y = torch.tensor(program["x"]), torch.tensor(program["y"])
        distance = (x[:, None] - x) / torch.exp(p["log_length"])
        cov = torch.exp(2 * p["log_height"]) * torch.exp(-0.5 * distance**2) + torch.exp(2 * p["log_noise"]) * torch.eye(
            len(x), dtype=x.dtype
        )
        return -torch.distributions.MultivariateNormal(p["mean"] * torch.ones_like(x), cov).log_prob(y)

    def gplvm(program, p):
        images, z = torch.tensor(program["images"]), p["latent"]
        squared_distances = ((z[:, None, :] - z) ** 2).sum(-1)
        cov = torch.exp(p["log_height"]) * torch.exp(-0.5 * squared_distances) + torch.exp(p["log_noise"]) * torch.eye(
            len(images), dtype=images.dtype
        )
        fit = (images * torch.linalg.solve(cov, images)).sum()
        return 0.5 * (images.shape[1] * torch.logdet(cov) + fit) + 0.5 * (z**2).sum()

    def convolutional_net(program, p):
        x, y = (torch.tensor(a) for a in program["arguments"])
        features = torch.relu(torch.nn.functional.conv2d(x[:, None], p["filters"][:, None], p["b"]))
        pooled = torch.nn.functional.avg_pool2d(features, 2).permute(0, 2, 3, 1).reshape(len(x), -1)
        return torch.nn.functional.cross_entropy(pooled @ p["W"] + p["c"], y)

    def natural_gradient_svi(program, p):
        noise, X, labels = (torch.tensor(a) for a in (program["arguments"][0], program["X"], program["labels"]))
        std = torch.exp(p["log_std"])
        likelihood = torch.nn.functional.logsigmoid(labels * ((p["mean"] + std * noise) @ X.T)).sum(1).mean()
        return (0.5 * (std**2 + p["mean"] ** 2) / 100.0 - p["log_std"]).sum() - likelihood

    for translated in (gaussian_process, gplvm, convolutional_net, natural_gradient_svi):
        compare(translated.__name__, translated)


def test_each_program_has_a_picture_and_its_source_on_the_page():
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    drawers = runpy.run_path(str(DOCS / "thumbnails.py"))["DRAWERS"]
    assert sorted(drawer.__name__ for drawer in drawers) == [script.stem for script in GALLERY]
    for script in GALLERY:
        assert f"{{image}} thumbnails/{script.stem}.png\n" in page
        assert f"{{literalinclude}} ../examples/gallery/{script.name}\n" in page
    assert page.count(':target: "#') == len(GALLERY)
