"""Writes ``rows.h``: the scalar rows of the table as C functions, from the expressions that the Python methods are written from.

``python -m autograd.native.row_writer rows.h`` is what the build runs.

>>> print(unary_functions("tanh"))
INLINE Local tanh_of(double a) {
    int raised = 0;
    const double y = checked(tanh(a), &raised);
    const double da = 1.0 - y * y;
    return (Local){y, da, 0.0, raised};
}
INLINE Local tanh_slopes_of(double y, double a) {
    int raised = 0;
    (void)a;
    const double da = 1.0 - y * y;
    return (Local){y, da, 0.0, raised};
}
"""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Sequence

from autograd.backends.expressions import OPERATORS, Dialect, Expr, assignments
from autograd.backends.row_expressions import operators_used, row_expressions, scalar_row
from autograd.core.operators import BINARY, UNARY, named_rows
from autograd.ops import TABLE, Elementwise
from autograd.state.engine import source_digest

# The functions that FLOAT takes from Python's math module and that libm has, too. CPython computes hypot in its own way: rows that
# need it, also for a derivative, as those of arctan2 and arcsinh, stay in Python.
LIBM = {name: name for name in ("exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "erf", "erfc", "fmod")}
LIBM |= {name: name for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
LIBM |= {"arc" + name: "a" + name for name in ("sin", "cos", "tan", "cosh", "tanh")} | {"power": "pow"}
OURS = {"maximum": "maximum", "minimum": "minimum", "sign": "sign", "logaddexp": "logaddexp"}
OURS |= {"remainder": "remainder_of", "floor_divide": "floor_quotient"}
OURS |= {name: "signed_" + name for name in ("floor", "ceil", "trunc", "rint")}
FUNCTIONS = LIBM | OURS

NUMBER_SLOTS = {
    "add": "nb_add",
    "sub": "nb_subtract",
    "mul": "nb_multiply",
    "truediv": "nb_true_divide",
    "mod": "nb_remainder",
    "floordiv": "nb_floor_divide",
    "pow": "nb_power",
    "neg": "nb_negative",
    "pos": "nb_positive",
    "abs": "nb_absolute",
}


def _number(x: float) -> str:
    return {"inf": "INFINITY", "-inf": "-INFINITY", "nan": "NAN"}.get(repr(float(x)), repr(float(x)))


def _call(function: str, args: Sequence[str]) -> str:
    if function == "abs":
        return f"fabs({args[0]})"
    return f"checked({FUNCTIONS[function]}({', '.join(args)}), &raised)"


C = Dialect(
    _number,
    "&&",
    "{condition} ? {yes} : {no}",
    "const double {name} = {value};",
    _call,
    lambda a, b: f"quotient({a}, {b}, &raised)",
)


# On arrays NumPy computes the functions, so a division raises nothing, and there is no call but that of fabs.
ENTRYWISE_C = C._replace(quotient=None)


def is_writable(op: Elementwise) -> bool:
    """Whether the row, value and partials, uses only what C has.

    >>> is_writable(scalar_row("tanh")), is_writable(scalar_row("hypot"))
    (True, False)
    """
    try:
        values = row_expressions(op)
    except TypeError:  # it has settings, or branches on its numbers
        return False
    return operators_used(values.values()) <= OPERATORS | set(FUNCTIONS)


def _function(name: str, args: Sequence[str], values: dict[str, Expr]) -> str:
    arguments = ", ".join(f"double {arg}" for arg in args)
    unused = [f"(void){arg};" for arg in args if arg not in _names(values)]
    lines = ["int raised = 0;", *unused, *assignments(values, C), f"return (Local){{{', '.join(_fields(values, args))}, raised}};"]
    return "\n".join([f"INLINE Local {name}({arguments}) {{", *("    " + line for line in lines), "}"])


def _names(values: dict[str, Expr]) -> set[str]:
    """The variables that the expressions read."""
    uses: dict[Expr, int] = {}
    for value in values.values():
        value.count(uses)
    return {e.args[0] for e in uses if e.head == "name"}


def _fields(values: dict[str, Expr], args: Sequence[str]) -> list[str]:
    return [field if field in values or field in args else "0.0" for field in ("y", "da", "db")]


def unary_functions(row: str) -> str:
    """The C functions of a row with one argument: its value and partial, and the partial alone, of which y is the value."""
    values = row_expressions(scalar_row(row))
    return "\n".join([_function(f"{row}_of", "a", values), _function(f"{row}_slopes_of", "ya", {"da": values["da"]})])


def binary_functions(row: str) -> str:
    """The C functions of a row with two arguments, likewise: where both are nodes, where only a is, and where only b is."""
    values = row_expressions(scalar_row(row))
    functions = []
    for case, partials in (("both", ("da", "db")), ("by_a", ("da",)), ("by_b", ("db",))):
        slopes = {name: values[name] for name in partials}
        functions += [
            _function(f"{row}_{case}", "ab", {"y": values["y"], **slopes}),
            _function(f"{row}_slopes_{case}", "yab", slopes),
        ]
    return "\n".join(functions)


def entrywise_partial(row: str, place: int) -> str:
    """The partial of a row as a C function of the entries of arrays, where C computes it to the bit as NumPy does.

    >>> print(entrywise_partial("sigmoid", 0))
    INLINE double sigmoid_partial_a(double y, double a, double b) {
        (void)a;
        (void)b;
        const double da = y * (1.0 - y);
        return da;
    }
    """
    name = "ab"[place]
    partial = _partial(row, place)
    unused = [f"(void){arg};" for arg in "yab" if arg not in _names({name: partial})]
    lines = [*unused, *assignments({f"d{name}": partial}, ENTRYWISE_C), f"return d{name};"]
    return "\n".join([f"INLINE double {row}_partial_{name}(double y, double a, double b) {{", *("    " + x for x in lines), "}"])


def _partial(row: str, place: int) -> Expr:
    return row_expressions(scalar_row(row))["d" + "ab"[place]]


def entrywise_partials(rows: Sequence[str]) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """The rows and the places of their arguments whose partial is 1, and those whose partial is arithmetic.

    Functions are left out, since NumPy's round in their own ways.
    """
    places = [(row, place) for row in rows for place in range(len(scalar_row(row).partials))]
    ones = [(row, place) for row, place in places if _partial(row, place) == Expr("number", (1.0,))]
    others = [place for place in places if place not in ones]
    return ones, [(row, place) for row, place in others if operators_used([_partial(row, place)]) <= OPERATORS]


def _entry_of_partial(row: str, place: int) -> str:
    names = _names({"partial": _partial(row, place)})
    uses = [use for name, use in (("y", "READS_Y"), ("a", "READS_A"), ("b", "READS_B")) if name in names]
    return f"{row}, {'ab'[place]}, {place}, {' | '.join(uses) or '0'}"


def _macro(name: str, entries: Sequence[str]) -> str:
    return f"#define {name}(X) " + " ".join(f"X({entry})" for entry in entries)


def header() -> str:
    """The whole file."""
    operators = {**BINARY, **{name.strip("_"): row for name, row in UNARY.items()}}
    operators = {name: row for name, row in operators.items() if is_writable(scalar_row(row))}
    methods = [op.name for op in named_rows() if isinstance(op, Elementwise) and is_writable(op)]
    rows = [*dict.fromkeys([*operators.values(), *methods])]

    def of_arity(arity: int, names: Sequence[str]) -> list[str]:
        return [name for name in names if TABLE[name].arity == arity]

    pairs = list(operators.items())
    ones, partials = entrywise_partials(rows)
    slots = " ".join(f"{{Py_{NUMBER_SLOTS[name]}, operator_{'pow3' if name == 'pow' else name}}}," for name, _ in pairs)
    return "\n".join(
        [
            "/* Written by autograd/native/row_writer.py from the rows of autograd/ops/table.py: change them there. */",
            f"#define DIGEST {source_digest()}u",
            *(unary_functions(row) for row in of_arity(1, rows)),
            *(binary_functions(row) for row in of_arity(2, rows)),
            *(entrywise_partial(row, place) for row, place in partials),
            _macro("PARTIALS_OF_ONE", [f"{row}, {place}" for row, place in ones]),
            _macro("ENTRYWISE_PARTIALS", [_entry_of_partial(row, place) for row, place in partials]),
            _macro("UNARY_ROWS", of_arity(1, rows)),
            _macro("BINARY_ROWS", of_arity(2, rows)),
            _macro("UNARY_OPERATORS", [f"{row}, {name}" for name, row in pairs if TABLE[row].arity == 1]),
            _macro("BINARY_OPERATORS", [f"{row}, {name}" for name, row in pairs if TABLE[row].arity == 2]),
            _macro("UNARY_METHODS", of_arity(1, methods)),
            _macro("BINARY_METHODS", of_arity(2, methods)),
            f"#define NUMBER_SLOTS {slots}",
            "",
        ]
    )


if __name__ == "__main__":  # pragma: no cover - the build runs it in a process of its own, and so does a test
    pathlib.Path(sys.argv[1]).write_text(header(), encoding="utf-8")
