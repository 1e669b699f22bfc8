"""SciPy's functions on numbers, arrays, Values and Tensors, under SciPy's names: ``special``, ``stats``, ``linalg``, and drivers.

SciPy is an optional extra, and nothing of ``autograd`` imports this package by itself. The drivers give SciPy's algorithms the
derivatives that they ask for.
"""

from autograd.scipy import integrate, linalg, optimize, special, stats
from autograd.scipy.integrate import odeint, solve_ivp
from autograd.scipy.optimize import curve_fit, least_squares, minimize, root

__all__ = [
    "curve_fit",
    "integrate",
    "least_squares",
    "linalg",
    "minimize",
    "odeint",
    "optimize",
    "root",
    "solve_ivp",
    "special",
    "stats",
]
