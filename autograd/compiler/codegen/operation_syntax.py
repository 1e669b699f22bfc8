"""How each operation is written in Python: as an operator, a method, a function of NumPy, or for one number of the math module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.codegen.python_syntax import INFIX_OPERATORS, Expression, Precedence, join_with_operator
from autograd.compiler.ir.gather import Gap
from autograd.compiler.ir.instruction import Instruction, data_of

if TYPE_CHECKING:
    from autograd.compiler.codegen.source_writer import SourceWriter

Formatter = Callable[["SourceWriter", Instruction, Sequence[Expression]], Expression]

# The functions of Python's math for operations on one number, which it computes faster than NumPy.
MATH_FUNCTIONS = {
    **{name: name for name in ("exp", "expm1", "log", "log1p", "log2", "log10", "exp2", "sqrt", "cbrt", "hypot", "erf", "erfc")},
    **{name: name for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "tan2", "sinh", "cosh", "tanh")},
}
HELPERS = ("erf", "erfc")  # functions that NumPy lacks and the generated module defines
LIBRARIES = ("scipy.special", "scipy.linalg", "autograd.scipy.numerics")  # modules of other functions, called by their last name


def format_operation(writer: SourceWriter, instruction: Instruction, args: Sequence[Expression]) -> Expression:
    """Return the expression of one instruction.

    Parameters
    ----------
    writer : SourceWriter
        Knows the variables of the instructions that the settings refer to.
    instruction : Instruction
    args : sequence of Expression
        The arguments of the instruction.

    Returns
    -------
    Expression
    """
    name = instruction.op_name
    if name in INFIX_OPERATORS and not (name == "power" and _may_become_complex(instruction)):
        return join_with_operator(name, *args)
    if name in FORMATTERS:
        return FORMATTERS[name](writer, instruction, args)
    library = getattr(instruction.op, "library", "")
    if library:
        return _format_with_keywords(writer, instruction, args, library.rpartition(".")[-1])
    return Expression(f"{_function_name(writer, instruction)}({_join(args)})")


def _may_become_complex(power: Instruction) -> bool:
    """Return whether ``**`` of two Python floats may return a complex number, where NumPy returns nan."""
    exponent = power.args[1]
    has_integer_exponent = isinstance(exponent, float) and exponent.is_integer()
    return not power.shape and not has_integer_exponent


def _function_name(writer: SourceWriter, instruction: Instruction) -> str:
    name = instruction.op_name
    is_real_number = not instruction.shape and not any(np.iscomplexobj(data_of(x)) for x in (instruction, *instruction.args))
    if is_real_number and not writer.arrays_only:
        if name == "power":
            return "math.pow"
        if name in MATH_FUNCTIONS:
            return f"math.{MATH_FUNCTIONS[name]}"
    if name in HELPERS:
        return name
    if name in ("inv", "det", "solve", "cholesky", "complex_cholesky"):
        return f"np.linalg.{name.removeprefix('complex_')}"
    return f"np.{name}"


def _join(args: Sequence[Expression]) -> str:
    return ", ".join(arg.code for arg in args)


def _format_reduction(writer: SourceWriter, instruction: Instruction, args: Sequence[Expression]) -> Expression:
    (a,), axis = args, instruction.static["axis"]
    settings = [f"axis={axis}"] if axis is not None else []
    if instruction.static["keepdims"]:
        settings.append("keepdims=True")
    is_array = a.precedence == Precedence.ATOM and not a.code[0].isdigit()
    if is_array:
        return Expression(f"{a.code}.{instruction.op_name}({', '.join(settings)})")
    return Expression(f"np.{instruction.op_name}({', '.join([a.code, *settings])})")


def _format_where(writer: SourceWriter, instruction: Instruction, args: Sequence[Expression]) -> Expression:
    condition = writer.write_operand(instruction.static["condition"])
    a, b = args
    if instruction.shape or writer.arrays_only:
        return Expression(f"np.where({condition.code}, {a.code}, {b.code})")
    comparison, conditional = Precedence.COMPARISON, Precedence.CONDITIONAL
    code = f"{a.as_operand(comparison)} if {condition.as_operand(comparison)} else {b.as_operand(conditional)}"
    return Expression(code, conditional)


def _format_reshape(writer: SourceWriter, instruction: Instruction, args: Sequence[Expression]) -> Expression:
    shape, a = instruction.static["shape"], instruction.args[0]
    is_number = isinstance(a, float) or (isinstance(a, Instruction) and not a.shape)
    if is_number:
        return Expression(f"np.reshape({args[0].code}, {shape})")
    array = args[0].as_operand(Precedence.ATOM)
    if shape == ():
        return Expression(f"{array}[{', '.join('0' for _ in a.shape)}]")
    return Expression(f"{array}.reshape({', '.join(map(str, shape))})")


def _format_transpose(writer: SourceWriter, instruction: Instruction, args: Sequence[Expression]) -> Expression:
    axes = instruction.static["axes"]
    if axes is None:
        return Expression(f"{args[0].as_operand(Precedence.ATOM)}.T")
    return Expression(f"np.transpose({args[0].code}, {tuple(axes)})")


def _format_join(writer: SourceWriter, instruction: Instruction, args: Sequence[Expression]) -> Expression:
    axis = instruction.static["axis"]
    return Expression(f"np.{instruction.op_name}([{_join(args)}]" + (f", axis={axis})" if axis else ")"))


def _format_clip(writer: SourceWriter, instruction: Instruction, args: Sequence[Expression]) -> Expression:
    bounds = (instruction.static["low"], instruction.static["high"])
    low, high = (writer.write_operand(x if isinstance(x, Instruction) else float(x)) for x in bounds)
    return Expression(f"np.minimum(np.maximum({args[0].code}, {low.code}), {high.code})")


def _format_getitem(writer: SourceWriter, instruction: Instruction, args: Sequence[Expression]) -> Expression:
    return Expression(f"{args[0].as_operand(Precedence.ATOM)}[{writer.write_index(instruction.static['index'])}]")


def format_gather_index(writer: SourceWriter, template: Any, integers: Sequence[Expression]) -> str:
    """Return the text between the brackets of an index with integers that are data.

    Parameters
    ----------
    writer : SourceWriter
    template : object
        The index, with gaps for the integers.
    integers : sequence of Expression
        What fills the gaps.

    Returns
    -------
    str
    """
    remaining = iter(integers)
    if not isinstance(template, tuple):
        return next(remaining).code
    parts = [next(remaining).code if part is Gap.INTEGERS else writer.write_index(part) for part in template]
    return ", ".join(parts) + ("," if len(parts) == 1 else "")


def _format_gather(writer: SourceWriter, instruction: Instruction, args: Sequence[Expression]) -> Expression:
    index = format_gather_index(writer, instruction.static["template"], args[1:])
    return Expression(f"{args[0].as_operand(Precedence.ATOM)}[{index}]")


def _format_astype(writer: SourceWriter, instruction: Instruction, args: Sequence[Expression]) -> Expression:
    dtype = str(np.dtype(instruction.static["dtype"]))
    return Expression(f"{args[0].as_operand(Precedence.ATOM)}.astype({dtype!r})")


def _format_with_keywords(
    writer: SourceWriter, instruction: Instruction, args: Sequence[Expression], module: str = "np"
) -> Expression:
    settings = [f"{name}={value!r}" for name, value in instruction.static.items()]
    return Expression(f"{module}.{instruction.op_name}({', '.join([*(arg.code for arg in args), *settings])})")


def _format_pinv(writer: SourceWriter, instruction: Instruction, args: Sequence[Expression]) -> Expression:
    return Expression(f"np.linalg.pinv({args[0].code}, {instruction.static['rcond']})")


# How the rows that stack the factors of a matrix are computed, as a function of the factors and a call that returns them.
STACKED_FACTORS = {
    "eigh_factors": ("lambda w, v: np.concatenate([w[..., None, :], v], -2)", "np.linalg.eigh({})"),
    "eig_factors": (  # nan where an eigenvalue is not real
        "lambda w, v: np.where(w[..., None, :].imag == 0, np.concatenate([w[..., None, :], v], -2), np.nan).real",
        "np.linalg.eig({})",
    ),
    "svd_factors": (
        "lambda u, s, vh: np.concatenate([u, s[..., None, :], np.swapaxes(vh, -1, -2)], -2)",
        "np.linalg.svd({}, full_matrices=False)",
    ),
    "qr_factors": ("lambda q, r: np.concatenate([q, np.swapaxes(r, -1, -2)], -2)", "np.linalg.qr({})"),
}
STACKED_FACTORS |= {f"complex_{name}": parts for name, parts in STACKED_FACTORS.items()}
STACKED_FACTORS["complex_eig_factors"] = ("lambda w, v: np.concatenate([w[..., None, :], v + 0j], -2)", "np.linalg.eig({})")


def _make_factors_formatter(parts: tuple[str, str]) -> Formatter:
    stack, call = parts
    return lambda writer, instruction, args: Expression(f"({stack})(*{call.format(args[0].code)})")


# Operations that are neither operators nor plain calls.
FORMATTERS: dict[str, Formatter] = {
    "negative": lambda writer, instruction, args: Expression(f"-{args[0].as_operand(Precedence.UNARY)}", Precedence.UNARY),
    "absolute": lambda writer, instruction, args: Expression(f"abs({args[0].code})"),
    "where": _format_where,
    "clip": _format_clip,
    **dict.fromkeys(("sum", "prod", "max", "min"), _format_reduction),
    **dict.fromkeys(("concatenate", "stack"), _format_join),
    **dict.fromkeys(("cumsum", "flip", "trace", "convolve"), _format_with_keywords),
    **dict.fromkeys(("fft", "ifft", "rfft", "irfft"), partial(_format_with_keywords, module="np.fft")),
    "reshape": _format_reshape,
    "transpose": _format_transpose,
    "getitem": _format_getitem,
    "gather": _format_gather,
    "astype": _format_astype,
    "broadcast_to": lambda writer, instruction, args: Expression(f"np.broadcast_to({args[0].code}, {instruction.static['shape']})"),
    "einsum": lambda writer, instruction, args: Expression(f"np.einsum({instruction.static['subscripts']!r}, {_join(args)})"),
    **dict.fromkeys(("pinv", "complex_pinv"), _format_pinv),
    **{name: _make_factors_formatter(call) for name, call in STACKED_FACTORS.items()},
    "logabsdet": lambda writer, instruction, args: Expression(f"np.linalg.slogdet({args[0].code})[1]"),
}
