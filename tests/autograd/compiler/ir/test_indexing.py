"""Entries of an array by their flat positions."""

import numpy as np

from autograd.compiler.ir.indexing import take_positions
from autograd.compiler.ir.program import ProgramBuilder


def test_positions_are_taken_as_numpy_takes_them():
    builder = ProgramBuilder()
    line = builder.input("x", np.arange(48.0).reshape(4, 12))
    deep = builder.input("y", np.arange(32.0).reshape(2, 2, 2, 2, 2))
    for places in (
        np.arange(48).reshape(4, 12).T,
        np.arange(48).reshape(8, 6),
        np.arange(48).reshape(4, 3, 4).transpose(1, 0, 2),
        np.arange(48).reshape(4, 3, 4)[:, 1],
        np.arange(48).reshape(4, 12)[1:3, 2:10:2],
        np.arange(48).reshape(4, 12)[[0, 2, 3]][:, 1:4],
        np.arange(48).reshape(4, 12)[:, [3, 1]].T,
        np.arange(48).reshape(4, 3, 4)[:, :2].transpose(1, 0, 2),
        np.arange(48).reshape(4, 2, 6)[:, :, ::3].transpose(1, 0, 2),
        np.arange(48)[::-1].reshape(4, 12),
        np.arange(3, 40, 5),
        np.array([7]),
        np.array([[1, 5], [1, 5]]),
        np.array([[1], [5]]),
        np.array([5, 1, 5]),
        np.array([[0, 1], [13, 14]]),
        np.array([[0, 1], [1, 2]]),
        np.array([[0, 13], [1, 14]]),
        np.array([[0, 2], [13, 14]]),
        np.array([[[0, 1], [2, 3]], [[12, 13], [14, 15]]]),
        np.array([[[0, 1], [4, 5]], [[12, 13], [16, 17]]]),
    ):
        for whole in (line, builder.reshape(line, (48,))):
            found = take_positions(builder, whole, places)
            assert np.array_equal(np.broadcast_to(found.data, places.shape), np.arange(48.0)[places])
    cube = builder.reshape(line, (4, 3, 4))
    for places in (np.arange(48).reshape(4, 3, 4).transpose(1, 0, 2).reshape(3, 16), np.arange(48)[::-1].reshape(6, 8)):
        assert np.array_equal(take_positions(builder, cube, places).data, np.arange(48.0)[places])
    order = np.arange(32).reshape(2, 2, 2, 2, 2).transpose(4, 3, 2, 1, 0)
    assert np.array_equal(take_positions(builder, deep, order).data, np.arange(32.0)[order])
    assert np.array_equal(
        take_positions(builder, deep, np.arange(32)[::-1].reshape(2, 16)).data, np.arange(32.0)[::-1].reshape(2, 16)
    )
