"""Attributes of ndarray that nodes do not have, and what to write instead."""

from __future__ import annotations

from typing import Any, NoReturn

# What ndarray has and nodes have not, and what to write instead.
REFUSED = {
    "itemset": "NumPy has it no more: use t[index] = x",
    "resize": "the shape of a recorded array does not change: use np.resize(t, shape)",
    **dict.fromkeys(("byteswap", "getfield", "setfield", "view"), "its bytes have no derivative: use t.data for the array itself"),
    **dict.fromkeys(("base", "ctypes", "flags", "setflags", "strides"), "its memory is private: use t.data for the array itself"),
    **dict.fromkeys(("dump", "dumps", "tofile"), "use pickle for the node with its graph, or t.data for the array"),
    "tobytes": "use t.data for the array itself",
    "choose": "an index takes integers: use np.choose(t.data.astype(int), choices)",
    **dict.fromkeys(("__array_interface__", "__array_struct__"), "its graph would be lost: use t.data for the array itself"),
}


class RefusedAttribute:
    """An attribute that does not exist, whose error says what to write instead.

    A ``__getattr__`` could raise the same error, but it would make the lookup of every attribute of a node slower: by 30 ns for a
    method, where a scalar operation takes 50.
    """

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason

    def __get__(self, node: Any, owner: type[Any]) -> NoReturn:
        message = f"{owner.__name__!r} object has no attribute {self.name!r}: {self.reason}"
        raise AttributeError(message, name=self.name, obj=node)
