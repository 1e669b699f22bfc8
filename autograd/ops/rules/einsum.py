"""Adjoint and tangent of Einstein sums."""

from __future__ import annotations

from typing import Any

LOWERCASE = "abcdefghijklmnopqrstuvwxyz"  # as string.ascii_lowercase, whose import would take 2 % of that of the library


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
    if present == target and xp.shape(back) == shape and len(operands) > 1:
        return back  # a product, and so a new array; of one operand NumPy may return a view
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
