"""Adjoints and tangents of matrix products, of Einstein sums, and of a layer's affine map."""

from __future__ import annotations

from math import prod
from typing import Any

LOWERCASE = "abcdefghijklmnopqrstuvwxyz"  # as string.ascii_lowercase, whose import would take 2 % of that of the library


def as_column(xp: Any, v: Any) -> Any:
    """Return a vector, or a stack of vectors, as columns."""
    return xp.expand_dims(v, axis=-1)


def matmul_adjoint_left(xp: Any, g: Any, a: Any, b: Any) -> Any:
    """Return ḡ Bᵀ. A vector on either side counts as a row or a column, whose axis the product has dropped."""
    if len(xp.shape(b)) == 1:
        return (as_column(xp, g) if len(xp.shape(a)) > 1 else g) * b
    if len(xp.shape(a)) == 1:
        return xp.getitem(xp.matmul(b, as_column(xp, g)), index=(..., 0))
    return xp.matmul(g, xp.swapaxes(b, -1, -2))


def matmul_adjoint_right(xp: Any, g: Any, a: Any, b: Any) -> Any:
    """Return Aᵀ ḡ. A vector on either side counts as a row or a column, whose axis the product has dropped."""
    if len(xp.shape(a)) == 1:
        return a * g if len(xp.shape(b)) == 1 else as_column(xp, a) * xp.expand_dims(g, axis=-2)
    if len(xp.shape(b)) == 1:
        return xp.getitem(xp.matmul(xp.swapaxes(a, -1, -2), as_column(xp, g)), index=(..., 0))
    return xp.matmul(xp.swapaxes(a, -1, -2), g)


def einsum_adjoint(xp: Any, i: int, g: Any, y: Any, *args: Any, subscripts: str) -> Any:
    """Return the cotangent of the i-th operand of an Einstein sum.

    Parameters
    ----------
    xp : backend
    i : int
        The operand.
    g : array
        The cotangent of the result.
    y : array
        The result, which is not needed.
    *args : array
        The operands.
    subscripts : str
        The subscripts, with the result written out and without an ellipsis.

    Returns
    -------
    array
        In the shape of the operand, or in one that broadcasting has made of it.

    Notes
    -----
    The adjoint is an Einstein sum again: the letters of the result and of the other operands go in, those of the i-th come out.
    A letter that only the i-th operand has was summed over, and comes back by broadcasting. A letter that it has twice selected a
    diagonal; a product with the identity puts the cotangent back on the diagonal.
    """
    *inputs, result = subscripts.replace("->", ",").split(",")
    shape = xp.shape(args[i])
    target, identities = _rename_repeated_letters(inputs[i], subscripts)
    operands = [g, *(a for j, a in enumerate(args) if j != i)]
    operands += [xp.eye(shape[position], shape[position], 0) for position in identities]
    letters = [result, *(s for j, s in enumerate(inputs) if j != i), *identities.values()]
    present = "".join(letter for letter in target if letter in "".join(letters))
    back = xp.einsum(",".join(letters) + "->" + present, *operands)
    lengths = dict(zip(present, xp.shape(back), strict=True))
    reduced = tuple(lengths.get(letter, 1) for letter in target)
    full = tuple(n if length == 1 else length for length, n in zip(reduced, shape, strict=True))
    return xp.broadcast_to(xp.reshape(back, reduced), full)


def _rename_repeated_letters(letters: str, subscripts: str) -> tuple[str, dict[int, str]]:
    """Give every repeated letter a new name; also return, by position, the letter and its new name, as those of an identity."""
    unused = iter(sorted(set(LOWERCASE) - set(subscripts)))
    renamed, pairs = "", {}
    for position, letter in enumerate(letters):
        if letter in renamed:
            pairs[position] = letter + next(unused)
        renamed += pairs.get(position, letter)[-1]
    return renamed, pairs


def einsum_tangent(xp: Any, i: int, t: Any, y: Any, *args: Any, subscripts: str) -> Any:
    """Return the sum with the tangent in the place of the i-th operand."""
    return xp.einsum(subscripts, *args[:i], t, *args[i + 1 :])


def affine_adjoint(xp: Any, i: int, g: Any, y: Any, x: Any, W: Any, b: Any) -> Any:
    """Return ∂C/∂x = δ W, ∂C/∂W = δᵀ x or ∂C/∂b = Σ δ over the batch, with δ = g.

    Notes
    -----
    The reverse pass sums over the batch, as it does wherever an argument was broadcast.

    References
    ----------
    S2:151 and S2:157, corrected.
    """
    if i == 0:
        return xp.matmul(g, W)
    if i == 2:
        return g
    if len(xp.shape(g)) != 2:
        (n_out, n_in), samples = xp.shape(W), prod(xp.shape(g)[:-1])
        g, x = xp.reshape(g, (samples, n_out)), xp.reshape(x, (samples, n_in))
    return xp.matmul(xp.transpose(g, axes=None), x)


def affine_tangent(xp: Any, i: int, t: Any, y: Any, x: Any, W: Any, b: Any) -> Any:
    """Return the tangent of x Wᵀ + b for a tangent of x, of W or of b."""
    if i == 0:
        return xp.matmul(t, xp.transpose(W, axes=None))
    if i == 1:
        return xp.matmul(x, xp.transpose(t, axes=None))
    return xp.broadcast_to(t, xp.shape(y))
