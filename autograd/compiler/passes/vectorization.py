"""Raising: a graph of numbers becomes a program of arrays.

Sums are contracted, nodes of one structure become one operation, sums of products whose factors pair up in every combination become
a matrix product.

The structure of a node is what it computes, all the way down to the leaves; a sum is the set of its kinds of terms, however many.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiler.ir.indexing import IntArray, drop_constant_axes, grid_shape, take_positions
from autograd.compiler.ir.instruction import Instruction
from autograd.compiler.ir.program import ProgramBuilder
from autograd.compiler.ir.scalar_graph import ARRAY, CONSTANT, ENTRY, EXTREMUM, LEAF, Ref, ScalarGraph, ScalarOp
from autograd.compiler.ir.sums import contract_sums
from autograd.compiler.passes.matmul_detection import Factors, Layout, distinct_rows, in_a_row, matched, repeats
from autograd.ops import Op, find
from autograd.ops.op import Linear

NARROW = 3  # groups of so few numbers stay numbers

# Entries of an array, some of them twice; what stands there a second time is never read, so nothing comes back from it.
REPEATED = Linear(
    "repeated",
    lambda xp, a, *, source, there: xp.getitem(xp.reshape(a, (-1,)), index=source),
    lambda xp, g, a, *, source, there: xp.reshape(xp.where(there, g, 0.0), xp.shape(a)),
    domains=(),
    kink="",
    ties=False,
)


class Vectorizer:
    """Turns the columns into lines, group by group."""

    def __init__(
        self,
        builder: ProgramBuilder,
        scalars: ScalarGraph,
        leaves: dict[int, tuple[Any, int]],
        inputs: dict[Any, Instruction],
        outside: Sequence[int],
    ) -> None:
        self.builder = builder
        self.scalars = scalars
        self.columns = [np.array(column, dtype=np.int64) for column in (scalars.first_args, scalars.second_args)]
        self.columns.append(np.full(len(scalars.op_ids), -1))
        self.columns[2][list(scalars.third_args)] = list(scalars.third_args.values())
        self.data = np.array(scalars.values)
        references = [
            a.node for _, args, static in scalars.array_ops.values() for a in (*args, *static.values()) if isinstance(a, Ref)
        ]
        self.sums = contract_sums(scalars, [*outside, *references, *scalars.third_args.values()])
        n = len(scalars.op_ids)
        self.kind = np.array(scalars.op_ids, dtype=np.int64)
        self.position = np.zeros(n, dtype=np.int64)
        self.lines: dict[int, Any] = {}  # of each class, the array of all its members
        self.loose: dict[int, list[Any]] = {}  # of a narrow class, its members one by one
        self.inputs = inputs
        self.free: dict[int, IntArray] = {}  # the classes of leaves whose order is still to be chosen
        self.factors: set[int] = set()  # the classes of leaves that are weights: factors in sums of products
        self.added: set[int] = set()  # those that are biases: added to such sums
        self.twins: dict[
            int, IntArray
        ] = {}  # of a class with members that stand twice: for each entry where its member stands first
        self.rows: dict[int, IntArray] = {}  # the classes whose members are summed row by row, and these rows
        self.order: list[tuple[int, IntArray]] = []  # free leaves in the order that was chosen for them
        self.log: list[
            tuple[int, str, str, bool]
        ] = []  # for each group its size, what it is, what it became, and if that is an array
        self.keyed: set[int] = set()  # the classes of the arguments
        self.classes = self._classes(leaves)
        self._choose_layouts()

    # -- classes

    def _classes(self, leaves: dict[int, tuple[Any, int]]) -> IntArray:
        """The class of every node: those of one structure, and the leaves that play one part."""
        same = {i: key for i, (key, _) in leaves.items()}
        rough = self._refined(same)
        signature: dict[int, set[Any]] = {i: set() for i, key in same.items() if key is None}
        for slot, column in enumerate(self.columns):
            for i in np.flatnonzero((self.kind >= 0) & ~self.sums.absorbed & ~self.sums.roots).tolist():
                if int(column[i]) in signature:
                    signature[int(column[i])].add((rough[i], slot))
        owners = np.repeat(np.arange(len(self.kind)), np.diff(self.sums.offsets)).tolist()
        for owner, sign, x, y in zip(
            owners, self.sums.signs.tolist(), self.sums.left.tolist(), self.sums.right.tolist(), strict=True
        ):
            if x in signature:
                signature[x].add((rough[owner], sign, -1 if y < 0 else rough[y]))
            if y in signature:
                signature[y].add((rough[owner], sign, rough[x]))
        fine = {i: key if key is not None else ("part", frozenset(signature[i])) for i, key in same.items()}
        classes = np.array(self._refined(fine), dtype=np.int64)
        for i, (key, place) in leaves.items():
            self.position[i] = place
            if key is not None:
                self.lines[int(classes[i])] = self.inputs[key]
                self.keyed.add(int(classes[i]))
        free: dict[int, list[int]] = {}
        for i, (key, _) in leaves.items():
            if key is None:
                free.setdefault(int(classes[i]), []).append(i)
        self.free = {c: np.array(ids) for c, ids in free.items()}
        return classes

    def _refined(self, leaf_keys: dict[int, Any]) -> list[int]:
        """Classes by structure: a number for each distinct key, arguments' numbers smaller."""
        scalars, sums = self.scalars, self.sums
        found: dict[Any, int] = {}
        classes = [-1] * len(scalars.op_ids)
        gone, roots, start = sums.absorbed.tolist(), sums.roots.tolist(), sums.offsets.tolist()
        xs, ys, signs = sums.left.tolist(), sums.right.tolist(), sums.signs.tolist()
        power = {i for i, k in enumerate(scalars.ops) if isinstance(k.op, Op) and k.op.name == "power"}
        for i, (kind, a, b) in enumerate(zip(scalars.op_ids, scalars.first_args, scalars.second_args, strict=True)):
            if gone[i]:
                continue
            if roots[i]:
                terms: set[Any] = set()
                for t in range(start[i], start[i + 1]):
                    x, y = classes[xs[t]], ys[t]
                    if y < 0:
                        terms.add((signs[t], x))
                    else:
                        y = classes[y]
                        terms.add((signs[t], x, y) if x < y else (signs[t], y, x))
                key: Any = ("sum", frozenset(terms))
            elif kind >= 0:
                exponent = scalars.values[b] if kind in power and scalars.op_ids[b] == CONSTANT else None
                third = scalars.third_args.get(i)
                key = (kind, classes[a], classes[b] if b >= 0 else -1, -1 if third is None else classes[third], exponent)
            elif kind == LEAF:
                key = ("leaf", leaf_keys[i])
            elif kind == CONSTANT:
                key = "constant"
            elif kind == ENTRY:
                classes[i] = classes[scalars.array_ops[i][1][0].node]
                continue
            elif kind == EXTREMUM:
                name, parts, _ = scalars.array_ops[i]
                key = (name, frozenset(classes[part.node] for part in parts))
            else:
                key = ("array", i)
            number = found.get(key)
            if number is None:
                number = found[key] = len(found)
            classes[i] = number
        return classes

    def _choose_layouts(self) -> None:
        """Give the free leaves that are factors in a product of matrices the shape of its factor; note what is summed in rows."""
        size = np.bincount(self.classes[self.classes >= 0])
        for root in self._groups(np.flatnonzero(self.sums.roots)):
            blocks = self._blocks(root)
            product = any(y is not None and x.shape[1] > 1 and cx != cy for _, cx, cy, x, y in blocks)
            for _, cx, cy, x, y in blocks:
                if product:
                    (self.added if y is None else self.factors).update((cx, cy))
                for ids in (x, y):
                    if ids is None or ids.shape[1] < 2 or (ids < 0).any() or self.kind[ids[0, 0]] == CONSTANT:
                        continue
                    rows, c = ids[distinct_rows(ids)[0]], int(self.classes[ids[0, 0]])
                    if rows.size == size[c] and len(np.unique(rows)) == rows.size:
                        if c in self.free:
                            self._lay_out(c, rows)
                        elif len(rows) > 1:
                            self.rows.setdefault(c, rows)

    def _lay_out(self, c: int, ids: IntArray) -> None:
        """Settle the order and the shape of a class of free leaves."""
        del self.free[c]
        ids = ids.reshape([n for n in ids.shape if n > 1])
        name = "W" if c in self.factors else "b" if c in self.added else "p"
        self.position[ids.ravel()] = np.arange(ids.size)
        self.order.append((c, ids))
        data = self.data[ids]
        self.lines[c] = self.builder.input(name, data if ids.size > 1 else float(data.reshape(())))

    def _groups(self, members: IntArray) -> list[IntArray]:
        """Nodes class by class, in the order of the classes."""
        if not len(members):
            return []
        members = members[np.argsort(self.classes[members], kind="stable")]
        return np.split(members, np.flatnonzero(np.diff(self.classes[members])) + 1)

    # -- lines

    def run(self) -> None:
        """Write the lines of all groups."""
        own = ~self.sums.absorbed & ((self.kind >= 0) | (self.kind == ARRAY) | (self.kind == EXTREMUM))
        for c in [*self.free]:
            if len(self.free[c]) == 1:
                self._lay_out(c, self.free[c])
        for members in self._groups(np.flatnonzero(own)):
            if self.kind[members[0]] == ARRAY:
                self._array(int(members[0]))
            elif self.kind[members[0]] == EXTREMUM:
                self._peak(members)
            elif self.sums.roots[members[0]]:
                self._sum(members)
            else:
                self._elementwise(members)

    def line(self, ids: Any) -> Any:
        """The numbers of nodes as a line that broadcasts to their shape."""
        ids = np.asarray(ids)
        c = int(self.classes[ids.flat[0]])
        if self.kind[ids.flat[0]] == CONSTANT:
            return self._constants(self.data[ids])
        if c in self.free:
            chosen = drop_constant_axes(ids)
            complete = chosen.size == len(self.free[c]) and len(np.unique(chosen)) == chosen.size
            self._lay_out(c, chosen if complete else self.free[c])
        twins = self.twins.get(c)
        if twins is not None and twins.size == ids.size and np.array_equal(self.position[ids].ravel(), twins):
            return self.builder.reshape(self.lines[c], ids.shape)
        places = drop_constant_axes(self.position[ids])
        if c in self.loose:
            if not places.ndim:
                return self.loose[c][int(places)]
            return self.builder.reshape(self.builder.stack([self.loose[c][p] for p in places.ravel()]), places.shape)
        found = self.lines[c]
        return (
            take_positions(self.builder, found, places) if isinstance(found, Instruction) else found
        )  # one number, always the same

    def _is_array(self, i: int) -> bool:
        """Whether a node is one entry of an array of several."""
        c = int(self.classes[i])
        return c in self.free or len(self.builder.shape(self.lines.get(c, 0.0))) > 0

    def whole(self, i: int) -> Any:
        """The line of an array node, or of a number."""
        return self.lines[int(self.classes[i])] if self.kind[i] == ARRAY else self.line(np.array(i))

    def _constants(self, values: Any) -> Any:
        """An array of constants, as small as broadcasting allows."""
        return self.builder.make_constant(small(values))

    def _codes(self, ids: IntArray) -> IntArray:
        """Numbers that tell nodes of one class apart; constants by what they are."""
        if self.kind[ids.flat[0]] == CONSTANT:
            return np.unique(self.data[ids].view(np.int64), return_inverse=True)[1].reshape(ids.shape)  # 0.0 is not -0.0
        c = int(self.classes[ids.flat[0]])
        return ids if c in self.free else self.position[ids]

    def _place(self, c: int, ids: IntArray, line: Any, there: Any = None) -> None:
        """Settle which nodes are the entries of a line; where ``there`` is False, one stands a second time."""
        flat = ids.ravel()
        places = np.arange(flat.size) if there is None else np.flatnonzero(there)
        self.position[flat[places]] = places
        if there is not None:
            self.twins[c] = self.position[flat]
        self.lines[c] = self.builder.broadcast_to(line, ids.shape) if isinstance(line, Instruction) or ids.ndim else line

    def _elementwise(self, members: IntArray) -> None:
        """One operation on all members at once."""
        kind = self.scalars.ops[self.kind[members[0]]]
        columns = [column for column in self.columns if column[members[0]] >= 0]
        codes = [self._codes(column[members]) for column in columns]
        keys = codes[0]
        for code in codes[1:]:
            keys = np.unique(keys, return_inverse=True)[1] * (int(code.max()) + 1) + code
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        own = members[np.sort(first)]
        twin = own[np.argsort(np.argsort(first))[inverse]]  # for each member the one that computes the same
        c = int(self.classes[members[0]])
        if len(own) == 1 or (len(own) <= NARROW and not any(self._is_array(column[own[0]]) for column in columns)):
            self.position[own] = np.arange(len(own))
            self._note(members, _called(kind.op), "")
            self.loose[c] = [self._apply(kind, [self.line(column[i]) for column in columns]) for i in own]
        else:
            layout = self._arranged(c, own, columns)
            self._note(members, _called(kind.op), f"one operation {layout.table.shape}")
            ids = own[layout.table]
            self._place(c, ids, self._apply(kind, [self.line(column[ids]) for column in columns]), layout.there)
        self.position[members] = self.position[twin]

    def _note(self, members: IntArray, what: str, how: str) -> None:
        """Keep for the report what became of a group."""
        self.log.append((len(members), what, how, bool(how)))

    def _apply(self, kind: ScalarOp, operands: Sequence[Any]) -> Any:
        if isinstance(kind.op, Op):
            return self.builder.call(kind.op, operands, kind.static)
        return self._without_row(kind.op, operands)

    def _without_row(self, name: str, args: Sequence[Any]) -> Any:
        """What a trace has beside rows: comparisons, choices by them, and results cut from their gradient."""
        if name == "stop_gradient":
            return self.builder.constant(args[0])
        if name == "mask_to_float":
            return self.builder.where(args[0], 1.0, 0.0)
        if name == "where":
            return self.builder.where(args[2], *args[:2])
        return self.builder.compare(name, *args)

    def _arranged(self, c: int, members: IntArray, columns: Sequence[IntArray]) -> Layout:
        """How a group stands: as an operand whose entries it takes once, in the rows in which it is summed, or as all pairs."""
        codes = [self._codes(column[members]) for column in columns]
        found: list[tuple[bool, int, Layout]] = []
        for column, code in zip(columns, codes, strict=True):
            operand = int(self.classes[column[members[0]]])
            line = self.lines.get(operand)
            if isinstance(line, Instruction) and self.kind[column[members[0]]] != CONSTANT and len(np.unique(code)) == len(members):
                all_of_it = len(members) == int(np.prod(line.shape)) or operand in self.twins
                found.append((all_of_it and len(line.shape) > 1, len(line.shape), self._like(operand, code, line.shape)))
        best = max(found, key=lambda one: one[:2]) if found else None
        if best is not None and best[0]:
            return best[2]
        if c in self.rows and np.isin(self.rows[c], members).all() and self.rows[c].size == len(members):
            place = np.argsort(members)
            return Layout(place[np.searchsorted(members[place], self.rows[c])])
        if best is not None:
            return best[2]
        if len(codes) == 2:
            counts = tuple(len(np.unique(code)) for code in codes)
            if counts[0] * counts[1] == len(members):
                return in_a_row(np.lexsort(codes[::-1]), counts)
        return in_a_row(np.arange(len(members)), (len(members),))

    def _like(self, operand: int, code: IntArray, shape: tuple[int, ...]) -> Layout:
        """The layout of members that read the entries ``code`` of a line, each once."""
        twins = self.twins.get(operand)
        if twins is not None:
            reader = np.full(twins.size, -1)
            reader[code] = np.arange(len(code))
            table = reader[twins].reshape(shape)
            if (table >= 0).all():
                return Layout(table, (twins == np.arange(twins.size)).reshape(shape))
        order = np.argsort(code)
        return in_a_row(order, grid_shape(code[order], shape))

    # -- sums

    def _blocks(self, members: IntArray) -> list[tuple[int, int, int, Any, Any]]:
        """The terms of a group of sums, kind by kind: sign, the classes of the factors, and who they are, one row per member.

        Of products, first the factors that become columns: weights, else what stands second, as in Q Kᵀ. Members with fewer
        terms than others have -1 in place of what they lack.
        """
        sums = self.sums
        counts = sums.offsets[members + 1] - sums.offsets[members]
        owner = np.repeat(np.arange(len(members)), counts)
        terms = np.repeat(sums.offsets[members], counts) + np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        x, y, sign = sums.left[terms], sums.right[terms], sums.signs[terms]
        cx, cy = self.classes[x], np.where(y < 0, -1, self.classes[y])
        swap = (y >= 0) & (cx > cy)
        x, y, cx, cy = np.where(swap, y, x), np.where(swap, x, y), np.where(swap, cy, cx), np.where(swap, cx, cy)
        kinds, which = np.unique(np.stack([sign, cx, cy], axis=1), axis=0, return_inverse=True)
        which = which.ravel()
        blocks: list[tuple[int, int, int, Any, Any]] = []
        for k, (s, a, b) in enumerate(kinds.tolist()):
            own = which == k
            rows = owner[own]
            lengths = np.bincount(rows, minlength=len(members))
            column = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
            table = [np.full((len(members), int(lengths.max())), -1) for _ in range(2)]
            for ids, t in zip((x[own], y[own]), table, strict=True):
                t[rows, column] = ids
            if b < 0:
                blocks.append((s, a, b, table[0], None))
                continue
            first, second = table[::-1] if swap[np.flatnonzero(own)[0]] else table
            columns, rows = (first, second) if self._weight(first) < self._weight(second) else (second, first)
            blocks.append((s, a, b, columns, rows))
        return blocks

    def _weight(self, ids: IntArray) -> int:
        """Which factor stands on the right of a product: weights before results before data."""
        i = int(ids.max())
        if self.kind[i] == CONSTANT:
            return 3
        if self.kind[i] == LEAF:
            return int(self.classes[i] in self.keyed)
        return 2

    def _sum(self, members: IntArray) -> None:
        """A group of sums: products of matrices where they are some, else sums along an axis."""
        c = int(self.classes[members[0]])
        blocks = [(s, *self._sorted(x, y)) for s, _, _, x, y in self._blocks(members)]
        few = len(members) <= NARROW and sum(x.shape[1] for _, x, _ in blocks) <= 2 * NARROW
        if few and not any(self._is_array(ids[0, 0]) for _, x, y in blocks for ids in (x, y) if ids is not None):
            self.position[members] = np.arange(len(members))
            self._note(members, "sum", "")
            self.loose[c] = [
                self._spelled([(s, x[k], None if y is None else y[k]) for s, x, y in blocks]) for k in range(len(members))
            ]
            return
        main, factors = self._main(blocks) if len(members) > 1 else (None, None)
        layout = factors.layout if factors else self._sums_arranged(blocks, len(members))
        width = sum(x.shape[1] for _, x, _ in blocks)
        how = (
            f"product of matrices {factors.rows.shape} {factors.columns.shape}"
            if factors
            else f"sum along an axis {layout.table.shape}"
        )
        self._note(members, f"sum of {width} terms", how)
        total: Any = None
        for k, (sign, x, y) in enumerate(blocks):
            if factors is not None and k == main:
                term = self._product(factors)
            else:
                term = self._term(x[layout.table], None if y is None else y[layout.table])
            total = (term if sign > 0 else -term) if total is None else total + term if sign > 0 else total - term
        self._place(c, members[layout.table], total if total is not None else 0.0, layout.there)

    def _spelled(self, terms: Sequence[Any]) -> Any:
        """A sum of few numbers, written out."""
        total: Any = None
        for sign, x, y in terms:
            for k in np.flatnonzero(x >= 0):
                term = self.line(x[k]) if y is None else self.line(x[k]) * self.line(y[k])
                total = (term if sign > 0 else -term) if total is None else total + term if sign > 0 else total - term
        return 0.0 if total is None else total

    def _sorted(self, x: IntArray, y: Any) -> tuple[IntArray, Any]:
        """The terms in an order in which the first sum reads its first factor from the front."""
        if (x < 0).any():
            return x, y
        for ids in (x, y):
            if ids is not None and self.kind[ids[0, 0]] != CONSTANT:
                order = np.argsort(self._codes(ids[:1])[0], kind="stable")
                return x[:, order], None if y is None else y[:, order]
        return x, y

    def _main(self, blocks: Sequence[Any]) -> tuple[int | None, Factors | None]:
        """The widest kind of terms that is a product of matrices."""
        products = [(x.shape[1], k) for k, (_, x, y) in enumerate(blocks) if y is not None and x.shape[1] > 1]
        for _, k in sorted(products, reverse=True):
            _, x, y = blocks[k]
            found = [matched(x, y, x, y)]
            if (x >= 0).all() and self.kind[y[0, 0]] == CONSTANT:
                found.append(matched(x, y, *self._by_value(x, y)))
            factors = min((f for f in found if f), key=lambda f: f.rows.size + f.columns.size, default=None)
            if factors is not None:
                return k, factors
        return None, None

    def _by_value(self, x: IntArray, y: IntArray) -> tuple[IntArray, IntArray]:
        """Codes for factors and their constants, of which equal ones are one: a row that was read afresh for each sum is one row.

        Where a sum of the same two rows stands twice, as of two samples that are alike, the second is told apart.
        """
        codes = self._codes(y)
        return x, np.hstack([codes, repeats(np.hstack([x, codes]))[:, None]])

    def _sums_arranged(self, blocks: Sequence[Any], count: int) -> Layout:
        """How sums stand that are no matrix product: as their first terms, where each has its own."""
        if count == 1:
            return in_a_row(np.zeros(1, dtype=np.int64), ())
        for _, x, y in blocks:
            for ids in (x, y):
                if ids is None or (ids[:, 0] < 0).any() or self.kind[ids[0, 0]] == CONSTANT:
                    continue
                c = int(self.classes[ids[0, 0]])
                code = self.position[ids].min(axis=1) if (ids >= 0).all() else self.position[ids[:, 0]]
                if isinstance(self.lines.get(c), Instruction) and len(np.unique(code)) == count:
                    order = np.argsort(code)
                    return in_a_row(order, grid_shape(code[order], self.lines[c].shape))
        return in_a_row(np.arange(count), (count,))

    def _product(self, factors: Factors) -> Any:
        """A product of matrices, or of a stack of them; where a pair is not wanted, the nearest that is stands in its place."""
        builder = self.builder
        left, right = self._padded(factors.rows), self._padded(factors.columns)
        count, high, wide = len(factors.rows), factors.rows.shape[1], factors.columns.shape[1]
        if count > 1:
            found = builder.matmul(left, builder.swapaxes(right, 1, 2))
        else:
            rows, columns = (builder.reshape(x, builder.shape(x)[1:]) for x in (left, right))
            if wide == 1:
                found = builder.matmul(rows, builder.reshape(columns, builder.shape(columns)[1:]))
            elif high == 1:
                found = builder.matmul(columns, builder.reshape(rows, builder.shape(rows)[1:]))
            else:
                found = builder.matmul(rows, builder.transpose(columns, axes=None))
        layout = factors.layout
        found = builder.reshape(found, layout.table.shape)
        if layout.there is None:
            return found
        flat, there = layout.table.ravel(), layout.there.ravel()
        first = np.empty(int(flat.max()) + 1, dtype=np.int64)
        first[flat[there]] = np.flatnonzero(there)
        return builder.call(
            REPEATED, (found,), {"source": first[layout.table], "there": builder.make_constant(small(layout.there))}
        )

    def _padded(self, ids: IntArray) -> Any:
        """The numbers of nodes in exactly this shape, with zeros for -1."""
        there = ids >= 0
        if there.all():
            return self._full(ids)
        line = self._full(np.where(there, ids, ids[..., :1]))
        return self.builder.where(self.builder.make_constant(small(there)), line, 0.0)

    def _full(self, ids: IntArray) -> Any:
        """The numbers of nodes in exactly their shape."""
        line = self.line(ids)
        same = int(np.prod(self.builder.shape(line))) == ids.size
        return self.builder.reshape(line, ids.shape) if same else self.builder.broadcast_to(line, ids.shape)

    def _term(self, x: IntArray, y: Any) -> Any:
        """What one kind of term adds to each sum; the terms of a sum stand along the last axis."""
        *shape, width = x.shape
        ragged = (x < 0).any()
        if width == 1 and not ragged:
            one = self.line(x[..., 0])
            return one if y is None else one * self.line(y[..., 0])
        if y is not None and not ragged and len(shape) <= 1:
            for a, b in ((x, y), (y, x)):
                if not shape:
                    return self.builder.vdot(self._full(b), self._full(a))
                if (a == a[:1]).all():  # one vector, with each row of the other
                    return self.builder.matmul(self._full(b), self._full(a[0]))
        line = self.line(np.where(x < 0, x[..., :1], x))  # every sum has at least one term of each kind
        if y is not None:
            line = line * self.line(np.where(y < 0, y[..., :1], y))
        if ragged:
            line = self.builder.where(self.builder.make_constant(small(x >= 0)), line, 0.0)
        have = self.builder.shape(line)
        if not have or have[-1] == 1:
            return (self.builder.reshape(line, have[:-1]) if have else line) * float(width)
        return self.builder.sum(line, axis=None if len(have) == 1 else -1)

    # -- arrays

    def _array(self, i: int) -> None:
        """An operation on whole arrays, as it is."""
        op, args, static = self.scalars.array_ops[i]
        c = int(self.classes[i])
        if op is None:
            self.lines[c] = self.inputs[i]
            return
        if op == "constant":
            self.lines[c] = self.builder.make_constant(args[0])
            return
        if isinstance(op, Op) and op.name == "stack" and static == {"axis": 0} and all(isinstance(a, Ref) for a in args):
            ids = np.array([a.node for a in args])
            if (self.classes[ids] == self.classes[ids[0]]).all() and self.kind[ids[0]] != ARRAY:
                self.lines[c] = self._full(ids)
                return
        given = [self.whole(a.node) if isinstance(a, Ref) else a for a in args]
        settings = {k: self.whole(v.node) if isinstance(v, Ref) else v for k, v in static.items()}
        line = self.builder.call(op, given, settings) if isinstance(op, Op) else self._without_row(op, given)
        dtype = self.scalars.array_dtypes.get(i)
        self.lines[c] = line if dtype is None or not isinstance(line, Instruction) else self.builder.astype(line, dtype=dtype)

    def _peak(self, members: IntArray) -> None:
        """The largest, or the smallest, of some numbers: of each member its own."""
        name = self.scalars.array_ops[int(members[0])][0]
        parts = [[part.node for part in self.scalars.array_ops[int(i)][1]] for i in members]
        blocks = []
        for c in dict.fromkeys(int(self.classes[i]) for row in parts for i in row):
            rows = [[i for i in row if self.classes[i] == c] for row in parts]
            width = max(map(len, rows))
            blocks.append((1, c, -1, np.array([row + row[:1] * (width - len(row)) for row in rows]), None))
        self._note(members, name, f"one operation ({len(members)},)")
        layout = self._sums_arranged([(1, ids, None) for _, _, _, ids, _ in blocks], len(members))
        row = find(name)
        total: Any = None
        for _, _, _, ids, _ in blocks:
            found = self.builder.call(row, (self._full(ids[layout.table]),), {"axis": -1, "keepdims": False})
            total = (
                found if total is None else self.builder.call(find("maximum" if name == "max" else "minimum"), (total, found), {})
            )
        self._place(int(self.classes[members[0]]), members[layout.table], total)


def _called(op: Any) -> str:
    return op.name if isinstance(op, Op) else str(op)


def small(values: Any) -> Any:
    """An array as small as broadcasting allows."""
    for axis in range(values.ndim):
        first = values.take([0], axis)
        if values.shape[axis] > 1 and ((values == first) & (np.signbit(values) == np.signbit(first))).all():
            values = first
    while values.ndim and values.shape[0] == 1:
        values = values[0]
    return values
