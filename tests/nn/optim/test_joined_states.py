"""Small parameters of a group move by one joined update, to the bits of an optimizer for each parameter."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Tensor, Value
from nn import optim
from nn.optim import Optimizer, chain, scale
from nn.optim.joined_states import MOST_JOINED_ENTRIES

CHAINS = {
    "sgd": lambda: chain(scale(0.1)),
    "momentum": lambda: chain(optim.weight_decay(0.1), optim.momentum(0.9, nesterov=True), scale(0.1)),
    "adam": lambda: chain(optim.clip_by_value(0.5), optim.adam(), optim.weight_decay(0.01), scale(optim.cosine(0.1, steps=4))),
    "decay of matrices": lambda: chain(optim.weight_decay(0.1, biases=False), optim.adam(), scale(0.1)),
    "no decay": lambda: chain(optim.weight_decay(0.0, biases=False), optim.adam(), scale(0.1)),
    "adagrad": lambda: chain(optim.adagrad(), scale(0.1)),
    "rmsprop": lambda: chain(optim.rmsprop(centered=True), scale(0.1)),
    "lion": lambda: chain(optim.lion(), scale(0.1)),
    "two rates": lambda: chain(scale(0.5), optim.lion(), scale(0.1)),
}


def is_joined(optimizer):
    return optimizer.groups[0]._joined is not None


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(CHAINS)),
    st.lists(st.sampled_from([(3,), (2, 3), (1, 1), (), (4, 1, 2)]), min_size=2, max_size=4),
    st.lists(st.sampled_from(["step", "read", "reload", "copy"]), min_size=1, max_size=6),
    st.integers(0, 10**6),
)
def test_a_joined_update_has_the_bits_of_separate_ones(name, shapes, actions, seed):
    rng = np.random.default_rng(seed)
    start = [rng.normal(size=shape) for shape in shapes]
    together = [Tensor(x) for x in start]
    apart = [Tensor(x) for x in start]
    joint, single = Optimizer(together, CHAINS[name]()), [Optimizer([p], CHAINS[name]()) for p in apart]
    for action in ["step", *actions, "step"]:
        if action == "step":
            gradients = [rng.normal(size=shape) for shape in shapes]
            for p, g in zip([*together, *apart], gradients * 2, strict=True):
                p.zero_grad()
                (p * g).sum().backward()
            joint.step()
            for optimizer in single:
                optimizer.step()
        elif action == "read":
            assert len(joint.groups[0].states[0]) == len(shapes)
        elif action == "reload":
            joint.load_state_dict(joint.state_dict())
        else:
            joint = copy.deepcopy(joint)
            together = joint.parameters
    for p, q in zip(together, apart, strict=True):
        np.testing.assert_array_equal(p.data, q.data)
    expected = {
        key.replace(".0.", f".{k}.", 1): x for k, o in enumerate(single) for key, x in o.state_dict().items() if key != "steps"
    }
    found = {key: x for key, x in joint.state_dict().items() if key != "steps"}
    assert {key.split(".", 1)[1] for key in found} == {key.split(".", 1)[1] for key in expected}
    for key, x in expected.items():
        np.testing.assert_array_equal(found[key], x, err_msg=key)


def moved(transform, parameters, steps=2):
    """Return an optimizer after some steps with gradients of one."""
    optimizer = Optimizer(parameters, transform)
    for _ in range(steps):
        for p in parameters:
            p.zero_grad()
            (p.sum() if isinstance(p, Tensor) else p * 1.0).backward()
        optimizer.step()
    return optimizer


class OwnAdam(optim.adam):
    """A transform that looks at the whole array."""

    def update_one(self, update, state, param, step):
        return update / np.abs(update).max()


class OwnSum(optim.chains.Transform):
    def update_all(self, updates, states, params, step):
        return [u * len(updates) for u in updates]


def two():
    return [Tensor(np.ones(3)), Tensor(np.ones((2, 2)))]


def test_what_is_joined_and_what_is_not():
    adam = chain(optim.adam(), scale(0.1))
    assert is_joined(moved(adam, two()))
    half = MOST_JOINED_ENTRIES // 2
    assert is_joined(moved(adam, [Tensor(np.ones(half)), Tensor(np.ones(half))]))
    for transform, parameters in (
        (adam, [Tensor(np.ones(half)), Tensor(np.ones(half + 1))]),
        (adam, [Tensor(np.ones(3))]),
        (adam, [Tensor(np.ones(3, dtype=np.float32)), Tensor(np.ones(3))]),
        (adam, [Value(1.0), Value(2.0)]),
        (chain(optim.clip_by_norm(1.0), scale(0.1)), two()),
        (chain(OwnAdam(), scale(0.1)), two()),
        (chain(OwnSum(), scale(0.1)), two()),
    ):
        optimizer = moved(transform, parameters)
        assert not is_joined(optimizer)
        for p in parameters:
            assert np.all(np.asarray(p.data) < 1.0 if isinstance(p, Tensor) else p.data < 2.0)


def test_a_transform_of_the_user_sees_each_parameter_alone():
    optimizer = moved(chain(OwnSum(), scale(0.25)), two(), steps=1)
    np.testing.assert_array_equal(optimizer.parameters[0].data, 0.5)


@pytest.mark.parametrize(
    "state", [{}, {"m": 0.0, "v": 0.0}, {"m": np.zeros(1), "v": np.zeros(1)}, {"m": np.zeros(3, np.float32), "v": np.zeros(3)}]
)
def test_states_that_do_not_fit_together_are_left_apart(state):
    """They broadcast, as they do in an optimizer of one parameter."""
    optimizer = moved(chain(optim.adam(), scale(0.1)), two())
    optimizer.groups[0].states[0][0] = dict(state)
    for p in optimizer.parameters:
        p.zero_grad()
        p.sum().backward()
    optimizer.step()
    assert not is_joined(optimizer)
    assert optimizer.groups[0].states[0][0]["m"].shape == (3,)
    optimizer.groups[0].states[0].append({})
    optimizer.step()
    assert not is_joined(optimizer)
    optimizer.groups[0].states[0].pop()
    optimizer.step()
    assert is_joined(optimizer)


def test_a_parameter_of_another_shape_is_joined_anew():
    optimizer = moved(chain(optim.clip_by_value(2.0), scale(0.5)), two(), steps=1)
    new = optimizer.groups[0].parameters[0] = Tensor(np.ones(5))
    new.sum().backward()
    optimizer.step()
    np.testing.assert_array_equal(new.data, np.full(5, 0.5))
    assert is_joined(optimizer)


@pytest.mark.parametrize("name", ["rate", "biases"])
def test_a_changed_decay_counts_from_the_next_step_on(name):
    decay = optim.weight_decay(0.5, biases=False)
    optimizer = moved(chain(decay, scale(1.0)), two(), steps=1)
    assert is_joined(optimizer)
    bias, matrix = optimizer.parameters
    np.testing.assert_array_equal(bias.data, 0.0)  # 1 - 1
    np.testing.assert_array_equal(matrix.data, -0.5)  # 1 - (1 + 0.5)
    if name == "rate":
        decay.rate = 0.25
    else:
        decay.biases = True
    bias.data = np.ones(3)
    optimizer.step()
    np.testing.assert_array_equal(bias.data, 0.0 if name == "rate" else -0.5)
    np.testing.assert_array_equal(matrix.data, -1.5 + decay.rate * 0.5)


def test_other_transforms_than_before_are_joined_anew():
    optimizer = moved(chain(optim.weight_decay(0.0), scale(1.0)), two(), steps=1)
    optimizer.groups[0].transforms[0] = optim.weight_decay(0.5)
    optimizer.groups[0].parameters[0].data = np.ones(3)
    optimizer.step()
    np.testing.assert_array_equal(optimizer.parameters[0].data, -0.5)
    optimizer.groups[0].transforms[0] = optim.clip_by_norm(1.0)
    optimizer.step()
    assert not is_joined(optimizer)


def test_the_state_of_a_parameter_owns_its_memory():
    """Kept, it would otherwise keep the states of all parameters."""
    optimizer = moved(CHAINS["momentum"](), [Tensor(np.ones((2, 3))), Tensor(np.ones(3))])
    assert is_joined(optimizer)
    arrays = [x for own in optimizer.groups[0].states for state in own for x in state.values()]
    assert len(arrays) == 2
    assert all(x.base is None for x in arrays)
