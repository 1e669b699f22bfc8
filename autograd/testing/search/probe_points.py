"""The points that every search tries before the random ones: each extreme number among ordinary ones, and empty arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.testing.search.argument_specs import Array, Choice, Real, Spec, get_dimension_lengths, input_specs
from autograd.testing.search.point_strategies import DomainNumbers, get_domain_numbers, get_shape

# The length of named dimensions, if it is allowed: the least at which an extreme entry has an ordinary one next to it. Doubled,
# every probe of a matrix has four times as many entries to measure.
PROBE_LENGTH = 2

# How far apart in the list of extreme numbers those of two inputs are, so that different ones meet. It has no divisor in common
# with the 20 numbers of an unbounded domain, so that several inputs meet in many combinations. 14 would meet in half as many.
STRIDE = 7


def probe_points(specs: dict[str, Spec]) -> list[dict[str, Any]]:
    """Return the fixed points of a search: one for each extreme number of each domain, each with another option of each setting,
    and one with empty arrays.

    >>> [point["x"] for point in probe_points({"x": Real(0.0, 1.0)})][:3]
    [0.0, 1e-12, 1e-09]
    """
    numbers = {name: get_domain_numbers(spec.low, spec.high) for name, spec in input_specs(specs).items()}
    lengths = get_dimension_lengths(specs)
    probe_lengths = {dim: min(PROBE_LENGTH, max(options)) for dim, options in lengths.items()}
    least_lengths = {dim: min(options) for dim, options in lengths.items()}
    probes = [_probe_point(specs, numbers, probe_lengths, k) for k in range(max(len(n.extreme) for n in numbers.values()))]
    if 0 in least_lengths.values():
        probes.append(_probe_point(specs, numbers, least_lengths, 0))
    return probes


def _probe_point(specs: dict[str, Spec], numbers: dict[str, DomainNumbers], lengths: dict[str, int], k: int) -> dict[str, Any]:
    """Return probe number ``k``. Its inputs have different extreme numbers, in different places."""
    values: dict[str, Any] = {}
    for j, (name, spec) in enumerate(specs.items()):
        if isinstance(spec, Choice):
            values[name] = spec.options[k % len(spec.options)]
        elif isinstance(spec, Real):
            values[name] = _get_extreme(numbers[name], k, j)
        else:
            values[name] = _probe_array(spec, numbers[name], get_shape(spec, lengths), k, j)
    return values


def _get_extreme(numbers: DomainNumbers, k: int, j: int) -> float:
    """Return the extreme number of input ``j`` in probe ``k``, or an ordinary one if there is none."""
    return numbers.extreme[(k + STRIDE * j) % len(numbers.extreme)] if numbers.extreme else numbers.ordinary[1]


def _probe_array(spec: Array, numbers: DomainNumbers, shape: tuple[int, ...], k: int, j: int) -> Any:
    """Return an array of ordinary numbers with one extreme number."""
    ordinary = numbers.ordinary[1:]
    entries = [numbers.separate(ordinary[(k + i + j) % len(ordinary)], i) for i in range(math.prod(shape))]
    if entries:
        entries[k % len(entries)] = _get_extreme(numbers, k, j)
    return np.array(entries, dtype=spec.dtype).reshape(shape)
