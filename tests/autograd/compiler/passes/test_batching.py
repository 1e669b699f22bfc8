"""Programs of one sample, batched by in_axes."""

import numpy as np
import pytest

import autograd as ag
from autograd import GraphError, SettingError, compile

BATCHED = [
    lambda w, x: sum(x) * w[0] + w[1],
    lambda w, x: sum(a * b for a, b in zip(x, reversed(list(x)))) * w[0],
    lambda w, x: max(v.data for v in x) * w[0] + x[0],
    lambda w, x: ag.where(x[0] > 0, x[1] * w[0], x[2] * w[1]),
    lambda w, x: ag.logsumexp(ag.stack(list(x))) * w[0] + ag.norm(ag.stack([w[0], w[1] * x[0]])),
    lambda w, x: ag.softmax(ag.stack(list(x)))[1] * w[0],
    lambda w, x: (ag.concatenate([ag.stack(list(x)), ag.stack(list(w))])[1:4] ** 2).sum(),
    lambda w, x: (ag.stack(list(x))[np.array([2, 0, 2])] * ag.stack([x[0], x[1], w[0]])).sum(),
    lambda w, x: ag.matmul(ag.stack([ag.stack(list(x)), ag.stack(list(x))]), ag.stack(list(x)))[0] * w[0],
    lambda w, x: ag.matmul(ag.stack(list(x)), ag.stack([ag.stack([x[0], w[0]]), ag.stack([x[1], w[1]]), ag.stack([x[2], w[1]])]))[
        1
    ],
    lambda w, x: ag.matmul(ag.stack([ag.stack([w[0], w[1], w[0]])] * 2), ag.stack(list(x)))[1],
    lambda w, x: ag.matmul(ag.stack(list(x)), np.ones((3, 2)))[1] * w[0],
    lambda w, x: ag.matmul(ag.stack([ag.stack(list(x))] * 2), ag.stack([ag.stack(list(x))] * 2).T)[0, 1] * w[0],
    lambda w, x: ag.matmul(np.ones(3), ag.stack(list(x))) * w[0] + ag.matmul(ag.stack(list(x)), np.ones(3)) * w[1],
    lambda w, x: ag.broadcast_to(ag.stack(list(x)).reshape(3, 1), (3, 2)).sum() * w[0],
    lambda w, x: ag.transpose(ag.stack([ag.stack(list(x)), ag.stack(list(w)[:1] * 3)]))[0, 1] * x[0],
    lambda w, x: ag.vdot(ag.stack(list(x)), ag.stack([w[0], x[0], w[1]])) + np.isfinite(x[0].data) * x[0],
    lambda w, x: sum(a * b for a, b in zip(x, [w[0], w[1], w[0]])) * x[0],
    lambda w, x: ag.sum(ag.stack([ag.stack(list(x))] * 2) ** 2, axis=(0, 1)) * w[0],
    lambda w, x: (lambda z, top: sum((v - top).exp() for v in z).log() - sum(w[0] * (v - top) for v in z))(
        x, max(v.data for v in x)
    ),
    lambda w, x: ag.sum(ag.stack([ag.stack([ag.stack(list(x))] * 2)] * 2), axis=(0, 1))[1] * w[0],
    lambda w, x: ag.stack([ag.stack(list(x)), ag.stack([*w, x[0]])])[np.array([0, 1]), np.array([1, 2])].sum() * w[1],
    lambda w, x: ag.max(ag.stack(list(x))) * w[0] + ag.stop_gradient(x[0]) * x[1],
]


@pytest.mark.parametrize("k", range(len(BATCHED)))
def test_a_batch_gives_the_mean_over_its_samples(k):
    f = BATCHED[k]
    w, X = np.array([0.7, -1.2]), np.array([[0.5, -0.3, 1.0], [0.4, -0.2, 1.5], [0.1, -0.9, 2.0]])
    value, slope = compile(f, in_axes=(None, 0)).value_and_grad(w, X)
    each = [compile(f).value_and_grad(w, x) for x in X]
    assert value == pytest.approx(np.mean([v for v, _ in each]))
    assert slope == pytest.approx(np.mean([g for _, g in each], axis=0))


def test_what_cannot_be_batched_is_refused():
    total = ag.define(
        "total", lambda xp, a: xp.sum(a), vjp=lambda xp, i, g, y, a: g + 0.0 * a, jvp=lambda xp, i, t, y, a: xp.sum(t)
    )
    with pytest.raises(SettingError, match=r"total on whole arrays cannot be batched"):
        compile(lambda x: total(x), in_axes=0, tensors=True)(np.ones((2, 3)))
    branch = compile(lambda x: x * 2 if x > 0 else x * 3, in_axes=0)
    assert branch(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]
    with pytest.raises(GraphError, match="not the same for every sample"):
        branch(np.array([1.0, -2.0]))


def test_batches_in_buffers_give_the_same_numbers():
    for f in BATCHED:
        w, X = np.array([0.7, -1.2]), np.array([[0.5, -0.3, 1.0], [0.4, -0.2, 1.5], [0.1, -0.9, 2.0]])
        one, other = (compile(f, in_axes=(None, 0), buffers=b).value_and_grad(w, X) for b in (True, False))
        assert one[0] == pytest.approx(other[0])
        assert one[1] == pytest.approx(other[1])


def test_a_batch_may_have_several_results():
    a, b = compile(lambda x: [x * 2.0, x * 3.0], in_axes=0)(np.array([1.0, 2.0]))
    assert (a.tolist(), b.tolist()) == ([2.0, 4.0], [3.0, 6.0])
