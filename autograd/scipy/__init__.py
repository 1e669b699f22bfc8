"""SciPy's functions on numbers, arrays and nodes, under its names: ``special``, ``stats``, ``linalg``, ``signal``, and drivers.

SciPy is an optional extra, and nothing of ``autograd`` imports this package by itself. The drivers give SciPy's algorithms the
derivatives that they ask for.
"""

from autograd.scipy import integrate, linalg, optimize, signal, special, stats
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
    "signal",
    "solve_ivp",
    "special",
    "stats",
]
