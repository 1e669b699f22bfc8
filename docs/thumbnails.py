"""Draws the pictures of the gallery: the result of each program in ``examples/gallery``. ``conf.py`` runs it first."""

import contextlib
import io
import runpy
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

PROGRAMS = Path(__file__).parents[1] / "examples" / "gallery"
# Enough that the result can be seen: the programs themselves take more.
STEPS = {"convolutional_net": 150, "fluid": 15, "gplvm": 30, "ode_net": 45, "variational_autoencoder": 300}


def gaussian_process(axes, program, p):
    x, y, kernel = program["x"], program["y"], program["kernel"]
    at = np.linspace(-4.0, 4.0, 200)
    solved = np.linalg.solve(program["covariance"](p), np.column_stack([y - p["mean"], kernel(x, at, p)]))
    mean = p["mean"] + kernel(at, x, p) @ solved[:, 0]
    variance = np.exp(2.0 * p["log_height"]) - np.sum(kernel(at, x, p).T * solved[:, 1:], axis=0)
    spread = 2.0 * np.sqrt(variance)
    axes.fill_between(at, mean - spread, mean + spread, alpha=0.2)
    axes.plot(at, mean)
    axes.plot(x, y, "k.")


def black_box_svi(axes, program, p):
    a, b = np.meshgrid(np.linspace(-4.0, 4.0, 80), np.linspace(-5.0, 5.0, 80))
    density = np.exp(program["log_density"](np.column_stack([a.ravel(), b.ravel()])))
    axes.contourf(a, b, density.reshape(a.shape) ** 0.5, cmap="Blues")
    angle = np.linspace(0.0, 2.0 * np.pi, 100)
    for radius in (1.0, 2.0):
        ellipse = p["mean"] + radius * np.exp(p["log_std"]) * np.column_stack([np.cos(angle), np.sin(angle)])
        axes.plot(*ellipse.T, "C1")


def tile(images):
    """Return images in rows, one array, with a margin between them."""
    return np.vstack([np.hstack([np.pad(image, 1, constant_values=np.nan) for image in row]) for row in images])


def convolutional_net(axes, program, p):
    axes.imshow(tile(p["filters"].reshape(2, 4, 3, 3)), cmap="RdBu")
    axes.set_axis_off()


def fixed_points(axes, program, a):
    x, path = np.zeros(3), []
    for _ in range(12):
        path.append(x)
        x = program["layer"](x, a)
    axes.plot(path, ".-")
    for level in program["target"]:
        axes.axhline(level, color="k", linewidth=0.5, linestyle=":")


def fluid(axes, program, velocity):
    axes.imshow(program["simulate"](velocity), cmap="magma")
    axes.quiver(program["columns"], program["rows"], velocity[1], -velocity[0], color="w")
    axes.set_axis_off()


def gplvm(axes, program, p):
    for digit in (0, 1):
        axes.scatter(*p["latent"][program["labels"] == digit].T, marker=f"${digit}$", s=60)


def natural_gradient_svi(axes, program, means):
    for k, (name, mean) in enumerate(means.items()):
        axes.bar(np.arange(3) + 0.25 * k, mean, width=0.25, label=name)
    axes.bar(np.arange(3) + 0.5, program["truth"], width=0.25, color="0.7", label="truth")
    axes.legend(frameon=False)


def ode_net(axes, program, p):
    at = np.linspace(0.0, 3.0, 100)
    path = program["odeint"](program["right_hand_side"], program["states"][0], at, (p,), rtol=1e-4, atol=1e-4)
    axes.plot(at, path)
    axes.plot(program["times"], program["states"], "k.")


def variational_autoencoder(axes, program, p):
    levels = np.linspace(-1.8, 1.8, 8)
    z = np.array([[[a, b] for a in levels] for b in levels[::-1]])
    apply = program["apply"]
    pixels = 1.0 / (1.0 + np.exp(-apply(p["pixels"], np.tanh(apply(p["decoder"], z)))))
    axes.imshow(tile(pixels.reshape(8, 8, 8, 8)), cmap="gray_r")
    axes.set_axis_off()


DRAWERS = (
    black_box_svi,
    convolutional_net,
    fixed_points,
    fluid,
    gaussian_process,
    gplvm,
    natural_gradient_svi,
    ode_net,
    variational_autoencoder,
)


def draw(drawer, folder):
    """Run a program, and write the picture of its result; a picture that is newer than the program stays."""
    source, picture = PROGRAMS / f"{drawer.__name__}.py", folder / f"{drawer.__name__}.png"
    if picture.exists() and picture.stat().st_mtime > source.stat().st_mtime:
        return
    program = runpy.run_path(str(source))
    with contextlib.redirect_stdout(io.StringIO()):
        result = program["main"](**({"steps": STEPS[source.stem]} if source.stem in STEPS else {}))
    with mpl.rc_context({"font.size": 8, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(3.2, 2.4), layout="constrained")
        drawer(figure.subplots(), program, result)
        figure.savefig(picture, dpi=200)


def main(folder=Path(__file__).parent / "thumbnails"):
    folder.mkdir(exist_ok=True)
    for drawer in DRAWERS:
        draw(drawer, folder)


if __name__ == "__main__":
    main()
