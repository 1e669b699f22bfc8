"""Which sums of products are a matrix product."""

import numpy as np

from autograd.compiler.passes.vectorization.matmul_detection import find_matmul


def test_sums_are_a_matrix_product_if_their_factors_pair_up_in_nearly_every_combination():
    rows, columns = np.arange(12).reshape(4, 3), 100 + np.arange(6).reshape(2, 3)
    y, x = (table.reshape(8, 3) for table in np.broadcast_arrays(rows[:, None], columns[None]))
    found = find_matmul(x, y, x, y)
    assert found.layout.table.shape == (4, 2)
    assert np.array_equal(found.rows[0], rows)
    assert np.array_equal(found.columns[0], columns)
    assert find_matmul(x[:-1], y[:-1], x[:-1], y[:-1]).layout.mask.sum() == 7
    assert find_matmul(x[[0, 3]], y[[0, 3]], x[[0, 3]], y[[0, 3]]) is None
    twice_ = np.concatenate([x, x]), np.concatenate([y, y])
    assert find_matmul(*twice_, *twice_) is None
    uneven = np.array([0, 1, 2, 4, 6])
    assert find_matmul(x[uneven], y[uneven], x[uneven], y[uneven]) is not None
    ragged = np.array([[1, 2, -1], [1, 3, 4]]), np.array([[5, 6, -1], [5, 7, 8]])
    assert find_matmul(*ragged, *ragged) is None
    swapped = np.array([[1, 2, -1], [3, 4, 5]]), np.array([[5, 6, -1], [5, 6, 7]])
    assert find_matmul(*swapped, *swapped).rows[0].tolist() == [[5, 6, 7]]
    other = swapped[::-1]
    assert find_matmul(*other, *other).columns[0].tolist() == [[5, 6, 7]]
