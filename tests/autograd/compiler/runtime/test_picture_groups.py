"""Pictures of compiled functions have the boxes of their source."""

import numpy as np

import nn
from autograd import Tensor, compile
from autograd.viz import draw


def test_the_picture_of_a_compiled_program_has_the_boxes_of_its_source():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 3)), rng.normal(size=20)
    model = nn.scalar.MLP(3, [8, 1], activation="tanh", rng=0)
    step = compile(lambda: sum((model(x) - t) ** 2 for x, t in zip(X.tolist(), y.tolist(), strict=True)))
    step().backward()
    picture = draw(step)
    titles = [box.title for box in picture.drawing.boxes]
    assert set(titles[:4]) == {"b2", "b1 ×8", "W1 ×24", "W2 ×8"}
    assert {"Z1 = Σ ×160", "A1 = tanh ×160", "multiply ×480", "multiply ×160"} <= set(titles)
    for name in (title.split(" ")[0] for title in titles if " = " in title):
        assert f"    {name} = " in step.source
    assert sum(box.count for box in picture.drawing.boxes) == picture.snapshot.size
    assert len(picture.nodes("A1 = tanh ×160")) == 160
    apart = picture.expand("W2 ×8")
    assert "Z1 = Σ ×160" in [box.title for box in apart.drawing.boxes]
    assert "Z1" not in str(picture.fold(hops=1))
    assert "Z1" not in str(draw(step, max_nodes=5))


def test_the_picture_of_single_numbers_is_folded_by_structure():
    def f(x):
        return [sum(x) * 2.0, x[0] - x[1] - x[2] - x[3], -(x[0] * x[1]) - x[2] - x[3] * x[4]]

    step, exact = compile(f), compile(f, exact=True)
    step(np.arange(5.0))
    exact(np.arange(5.0))
    assert [box.title for box in draw(step, fold=True).drawing.boxes] == [
        *("x ×5", "Σ", "s1 = · × 2", "s2 = Σ", "multiply ×2", "s3 = Σ")
    ]
    assert len(draw(exact, fold=True).drawing.boxes) == 15
    tensors = compile(lambda x: (x.reshape(2, 2) @ x.reshape(2, 2))[0, 0] + 1.0)
    tensors(Tensor(np.arange(4.0)))
    assert [box.title for box in draw(tensors, fold=True).drawing.boxes] == [
        *("x", "reshape", "reshape", "Z1 = @", "getitem", "s1 = · + 1")
    ]
