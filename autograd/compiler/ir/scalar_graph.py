"""The scalar graph: what a trace computed, number by number, in columns."""

from __future__ import annotations

from typing import Any, NamedTuple

from autograd.ops import Op

# Op ids of nodes that are not scalar operations. The last three occur after loops were taken out: a loop, a number that it computes
# and that is read outside of it, and a number that is only read inside of it.
LEAF, CONSTANT, ARRAY, ENTRY, EXTREMUM, LOOP, LOOP_VALUE, INSIDE = range(-1, -9, -1)


class Ref(NamedTuple):
    """A node of the graph among arguments and settings that may be anything.

    Attributes
    ----------
    node : int
        The id of the node.
    """

    node: int


class ScalarOp(NamedTuple):
    """An operation on numbers with its settings.

    Attributes
    ----------
    op : Op or str
        A row of the table, a comparison operator such as ">", or "where", "stop_gradient" or "mask_to_float".
    static : dict
        The settings.
    """

    op: Any
    static: dict[str, Any]


class ArrayOp(NamedTuple):
    """What the columns cannot hold: an operation whose arguments are arrays, or any number of nodes.

    Attributes
    ----------
    op : Op, str or None
        For an ARRAY node a row of the table, a comparison operator, "stop_gradient", "mask_to_float" or "constant"; None for a
        leaf. For an EXTREMUM node "max" or "min". For an ENTRY node None.
    args : list
        The arguments. Nodes are a :class:`Ref`.
    static : dict
        The settings. Nodes are a :class:`Ref`.
    """

    op: Any
    args: list[Any]
    static: dict[str, Any]


class ScalarGraph:
    """A graph of numbers in columns. The id of a node is its position in the columns; arguments have smaller ids than their users.

    Attributes
    ----------
    op_ids : list of int
        For each node the position of its operation in ``ops``, or one of LEAF (an argument or a captured number), CONSTANT, ARRAY
        (an array), ENTRY (the one entry of an array) and EXTREMUM (the largest or smallest of some numbers).
    first_args, second_args : list of int
        The ids of the first and second argument; -1 for none.
    third_args : dict of int to int
        The ids of the third arguments, which few nodes have: the mask of a "where".
    values : list of float
        The numbers that the trace computed.
    ops : list of ScalarOp
        The different operations.
    array_ops : dict of int to ArrayOp
        The operations of ARRAY, ENTRY and EXTREMUM nodes.
    array_dtypes : dict of int to dtype
        The dtypes of the arrays that operations computed.
    """

    def __init__(self) -> None:
        self.op_ids: list[int] = []
        self.first_args: list[int] = []
        self.second_args: list[int] = []
        self.third_args: dict[int, int] = {}
        self.values: list[float] = []
        self.ops: list[ScalarOp] = []
        self.array_ops: dict[int, ArrayOp] = {}
        self.array_dtypes: dict[int, Any] = {}
        self._positions: dict[Any, int] = {}  # of the operations in ``ops``

    def add(self, op_id: int, first: int = -1, second: int = -1, value: float = 0.0) -> int:
        """Add a node.

        Parameters
        ----------
        op_id : int
            Its operation: a result of :meth:`op_id`, or LEAF, CONSTANT, ARRAY, ENTRY or EXTREMUM.
        first, second : int, default -1
            The ids of its arguments.
        value : float, default 0.0
            Its number.

        Returns
        -------
        int
            The id of the node.
        """
        self.op_ids.append(op_id)
        self.first_args.append(first)
        self.second_args.append(second)
        self.values.append(value)
        return len(self.op_ids) - 1

    def op_id(self, op: Any, static: dict[str, Any]) -> int:
        """Return the position in ``ops`` of an operation with its settings, which is added when it first occurs.

        Parameters
        ----------
        op : Op or str
            The operation.
        static : dict
            Its settings.

        Returns
        -------
        int
            The position.
        """
        key = op
        if static:
            name = op.name if isinstance(op, Op) else op
            key = (name, *((setting, repr(value)) for setting, value in static.items()))
        found = self._positions.get(key)
        if found is None:
            found = self._positions[key] = len(self.ops)
            self.ops.append(ScalarOp(op, static))
        return found
