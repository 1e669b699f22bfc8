"""The roundoff of a rule, and of the function: one model, by which claims and measurements are compared.

The model has two parts. A rule's answer is expected to be exact up to some last digits of the terms that it adds up and of
the function's outputs (``roundoff_tolerance``). Where that does not explain a difference, the inputs are perturbed in their last
digits, as in stochastic arithmetic [1]_ [2]_: how far the answers scatter (``rule_scatter``, ``function_noise``) shows how many
digits cancel inside.

References
----------
.. [1] J. Vignes, "A stochastic arithmetic for reliable scientific computation", Mathematics and Computers in Simulation 35 (1993),
   233-261.
.. [2] J. J. Moré and S. M. Wild, "Estimating computational noise", SIAM Journal on Scientific Computing 33 (2011), 1292-1314.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from autograd.testing.judgement.point import Bounds
from autograd.testing.measurement.estimate import EPS, Array

# How exact a claim must be, relative to itself. Errors down to 3e-8 must be found, as of a constant with a wrong eighth digit or of
# an intermediate in single precision; 1e-9 leaves a factor of 30. A right rule may lose 6 of its 16 digits before its scatter is
# measured. Doubled, rules that are wrong by 2e-9 pass; halved, rules that are wrong by 1e-9 fail.
CLAIM_RTOL = 1e-9

# The same relative to the terms whose sum is the claim: a tenth of it, since terms of one size rarely cancel to less than a
# tenth. Neither twice as much nor 0 changes a recorded check (see ``measurement.step_sequence``): it is for rules that subtract
# large terms, which otherwise have to be called again to see how they scatter.
TERM_RTOL = 1e-10

# How exact a claim and its terms must be in units of eps, for single precision: 64 * 2**-23 = 7.6e-6 and 1.9e-6. A chain of n
# operations is off by about n**(1/2) eps, so that this is enough for thousands. Doubled, rules in single precision may be wrong by
# 1.5e-5.
CLAIM_ULPS = 64.0
TERM_ULPS = 16.0

# The roundoff of outputs in a claim, in units of eps of the outputs: rules use outputs, as in y * (1 - y) for the sigmoid, and lose
# some digits of them. For outputs of size 1 that is 2.8e-14. Neither 256 nor 0 changes the verdict of a recorded check; without it,
# more rules have to be called again to see how they scatter.
OUTPUT_ULPS = 128.0

# Differences below this are not judged: such numbers are near the end of double precision, 2.2e-308, and have lost digits. With 0,
# no recorded check changes. Doubled, differences of up to 2e-300 are not judged.
SUBNORMAL = 1e-300

# How far a number may be off, as a multiple of the range that it is seen to scatter over. The range of three samples is below 0.43
# standard deviations in 5 % of cases, and 8 times that is still more than 3 standard deviations. Doubled, no recorded check
# changes; with 2, a check of a steep function in single precision fails that was undecided.
SCATTER_FACTOR = 8.0

# How many last digits the inputs are perturbed by, to each side: enough for the roundoff of the answers to differ, and so few that
# the answers themselves change in the last digits only. With twice as many, no recorded check changes (see
# ``measurement.step_sequence``).
PERTURBATIONS = (1.0, 2.0, 3.0)
N_PERTURBATIONS = 2 * len(PERTURBATIONS)

# How far each input moves, relatively, when the noise of the function is measured: two units in the last place, the least that
# changes every number. Doubled, no recorded check changes; with 0, rounding functions such as floor pass at their jumps, where
# nothing can be decided.
NOISE_PERTURBATION = 2.0 * EPS


def roundoff_tolerance(claims: Array, measured: Array, term_sizes: Array, output_sizes: Array, eps: float) -> Array:
    """Return how far a correct claim may be from the true derivative by the roundoff of the rule.

    Parameters
    ----------
    claims, measured : array of shape (n_outputs,)
        The claimed and the measured derivatives.
    term_sizes : array of shape (n_outputs,)
        The sum of the magnitudes of the terms of each claim.
    output_sizes : array of shape (n_outputs,)
        The sum of the magnitudes of the terms of each output.
    eps : float
        The spacing at 1 of the precision in which the rule computes.

    Returns
    -------
    array of shape (n_outputs,)
    """
    with np.errstate(all="ignore"):
        of_claim = max(CLAIM_RTOL, CLAIM_ULPS * eps) * np.maximum(np.abs(claims), np.abs(measured))
        of_terms = max(TERM_RTOL, TERM_ULPS * eps) * term_sizes
        return np.asarray(of_claim + of_terms + OUTPUT_ULPS * eps * output_sizes + SUBNORMAL)


def perturbed_inputs(xs: Sequence[Array], bounds: Bounds, eps: float) -> Iterator[list[Array]]:
    """Perturb inputs in their last digits.

    Entries of one magnitude move alike, so that ties stay ties, what cancels to 0 still does, and a kink at the point stays a kink.

    Parameters
    ----------
    xs : sequence of arrays
        The inputs.
    bounds : sequence of (float, float)
        Their domains.
    eps : float
        The size of a last digit at 1.

    Yields
    ------
    list of arrays
        Inputs that are 1, 2 and 3 last digits to one side, and then as many to the other.
    """
    flat = np.concatenate([x.ravel() for x in xs])
    _, magnitude = np.unique(np.abs(flat), return_inverse=True)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], flat.size)[magnitude]
    for side in (1.0, -1.0):
        for digits in PERTURBATIONS:
            yield _split(flat * (1.0 + side * digits * eps * signs), xs, bounds)


def rule_scatter(answer: Callable[[Sequence[Array]], Array], xs: Sequence[Array], bounds: Bounds, eps: float) -> Array:
    """Return how far a rule's answers scatter at inputs that differ in their last digits.

    Parameters
    ----------
    answer : callable
        The rule: inputs to an array of any fixed shape.
    xs, bounds, eps
        As in :func:`perturbed_inputs`.

    Returns
    -------
    array
        For each entry of the answer, the range of the answers to one side of the inputs, or to the other if that is larger. Entries
        that are not finite count as 0.
    """
    with np.errstate(all="ignore"):
        answers = np.array([answer(moved) for moved in perturbed_inputs(xs, bounds, eps)]).reshape(2, len(PERTURBATIONS), -1)
        ranges = np.fmax.reduce(answers, axis=1) - np.fmin.reduce(answers, axis=1)
        return _finite_or_0(np.fmax.reduce(ranges, axis=0))


def function_noise(f: Callable[[Sequence[Array]], Array], xs: Sequence[Array], bounds: Bounds) -> Array:
    """Return how far a continuous function's outputs scatter where each entry of its inputs moves by its last digit, to any side.

    Parameters
    ----------
    f : callable
        The function: inputs to an array of shape (n_outputs,).
    xs, bounds
        As in :func:`perturbed_inputs`.

    Returns
    -------
    array of shape (n_outputs,)
        The range of each output; 0 if it is not finite.
    """
    flat, rng = np.concatenate([x.ravel() for x in xs]), np.random.default_rng(0)
    shifts = [NOISE_PERTURBATION * rng.choice([-1.0, 1.0], flat.size) for _ in range(N_PERTURBATIONS)]
    with np.errstate(all="ignore"):
        outputs = np.array([f(_split(flat * (1.0 + shift), xs, bounds)) for shift in shifts])
        return _finite_or_0(np.fmax.reduce(outputs) - np.fmin.reduce(outputs))


def _split(flat: Array, xs: Sequence[Array], bounds: Bounds) -> list[Array]:
    """A flat vector as arrays of the inputs' shapes, inside their domains."""
    parts = np.split(flat, np.cumsum([x.size for x in xs])[:-1])
    return [np.clip(part.reshape(x.shape), *ends) for part, x, ends in zip(parts, xs, bounds, strict=True)]


def _finite_or_0(ranges: Array) -> Array:
    return np.asarray(np.nan_to_num(ranges, nan=0.0, posinf=0.0))
