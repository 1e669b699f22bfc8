"""What the code of a function uses, and attributes as they are stored, without calling properties and descriptors."""

from __future__ import annotations

import dis
import functools
import types
from collections.abc import Iterator
from typing import Any, NamedTuple

MISSING = object()  # stands for an attribute or the content of a cell that is not there

_GLOBAL_INSTRUCTIONS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
_ATTRIBUTE_INSTRUCTIONS = ("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR")


class CodeNames(NamedTuple):
    """The names that code uses.

    Attributes
    ----------
    global_names : frozenset of str
        The names that are looked up among globals and built-ins.
    attributes : frozenset of str
        The names of attributes and methods.
    """

    global_names: frozenset[str]
    attributes: frozenset[str]


@functools.cache
def find_names(code: types.CodeType) -> CodeNames:
    """Return the names that a code object uses, those of functions and comprehensions inside it included.

    Parameters
    ----------
    code : code object
        The ``__code__`` of a function.

    Returns
    -------
    CodeNames
        The names.

    Examples
    --------
    >>> def f(x): return [scale * x.w for _ in range(2)]
    >>> names = find_names(f.__code__)
    >>> sorted(names.global_names), sorted(names.attributes)
    (['range', 'scale'], ['w'])
    """
    global_names, attributes = set(), set()
    for instruction in dis.get_instructions(code):
        if instruction.opname.startswith(_GLOBAL_INSTRUCTIONS):
            global_names.add(instruction.argval)
        elif instruction.opname.startswith(_ATTRIBUTE_INSTRUCTIONS):
            attributes.add(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            inner = find_names(constant)
            global_names |= inner.global_names
            attributes |= inner.attributes
    return CodeNames(frozenset(global_names), frozenset(attributes))


def closure_cells(f: Any) -> Iterator[tuple[str, Any]]:
    """Return the names that a function takes from enclosing functions, with their cells.

    Parameters
    ----------
    f : function
        The function.

    Returns
    -------
    iterator of (str, cell)
        The names and cells.
    """
    return zip(f.__code__.co_freevars, f.__closure__ or (), strict=True)


def cell_content(cell: Any) -> Any:
    """Return what a cell of a closure holds.

    Parameters
    ----------
    cell : cell
        The cell.

    Returns
    -------
    object
        Its content, or MISSING if it is empty.
    """
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING


def stored_attribute(owner: Any, name: str) -> Any:
    """Return an attribute of a class from its own ``__dict__``, or an attribute of any other object.

    Parameters
    ----------
    owner : object
        The class or object.
    name : str
        The name of the attribute.

    Returns
    -------
    object
        The attribute, or MISSING if there is none.
    """
    if isinstance(owner, type):
        return vars(owner).get(name, MISSING)
    return getattr(owner, name, MISSING)


def class_attribute(cls: type, name: str) -> Any:
    """Return an attribute of a class or of its bases, without calling descriptors.

    Parameters
    ----------
    cls : type
        The class.
    name : str
        The name of the attribute.

    Returns
    -------
    object
        The attribute, or MISSING if there is none.
    """
    return next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), MISSING)


def slot_names(cls: type) -> list[str]:
    """Return the names of the attributes that objects of a class keep in slots.

    Parameters
    ----------
    cls : type
        The class.

    Returns
    -------
    list of str
        The names, those of the bases included and dunder names left out.
    """
    names = []
    for base in cls.__mro__:
        for name, member in vars(base).items():
            if isinstance(member, types.MemberDescriptorType) and not name.startswith("__"):
                names.append(name)
    return names
