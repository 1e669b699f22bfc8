"""Where an iteration of a recurrence begins, such that it gets as few values as possible from the iteration before."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

# The work that the search for a cut may do, in steps of about 0.2 µs: carried values times edges between operations. So it takes up
# to 0.6 s, and twice that if doubled. Without a search, a Kalman filter has 88 lines instead of 69; doubled and halved, no program
# of the tests changes.
MAX_WORK = 3_000_000

UNLIMITED = 1 << 30  # more than the capacities of all edges together

Edge = tuple[int, int, int]  # the column of a value, the column that reads it, and how many iterations later


def count_carried(edges: Sequence[Edge]) -> int:
    """Return how many values an iteration gets from earlier ones."""
    lags: dict[int, int] = {}
    for source, _, lag in edges:
        lags[source] = max(lags.get(source, 0), lag)
    return sum(lags.values())


def find_late_columns(n_columns: int, edges: Sequence[Edge]) -> set[int]:
    """Find the operations that should be in the next iteration, so that fewer values are carried.

    This is a minimum cut of values between the iteration before and the one after, found with augmenting paths. If there are
    several such cuts, it is the latest: many operations read its values next, as they read the variables of a program.

    Parameters
    ----------
    n_columns : int
        The number of operations of an iteration.
    edges : sequence of tuple (int, int, int)
        For each operand the column that computes it, the column that reads it, and how many iterations later.

    Returns
    -------
    set of int
        The columns; empty if no fewer values are carried then.
    """
    late: set[int] = set()
    found: dict[tuple[Edge, ...], set[int]] = {}
    for columns, part in _split_into_components(n_columns, edges):
        if part not in found:  # the same operations on many samples are as many equal components
            found[part] = _find_late_columns_of_component(len(columns), part)
        late |= {columns[k] for k in found[part]}
    return late


def _split_into_components(n_columns: int, edges: Sequence[Edge]) -> Iterator[tuple[list[int], tuple[Edge, ...]]]:
    """Yield the columns of each connected component, and its edges with the columns numbered from 0."""
    neighbours: list[list[int]] = [[] for _ in range(n_columns)]
    for source, target, _ in edges:
        neighbours[source].append(target)
        neighbours[target].append(source)
    component_of = [-1] * n_columns
    components: list[list[int]] = []
    for first in range(n_columns):
        if component_of[first] < 0:
            component_of[first] = len(components)
            components.append(sorted(_collect(first, neighbours, component_of)))
    parts: list[list[Edge]] = [[] for _ in components]
    rank = {column: k for columns in components for k, column in enumerate(columns)}
    for source, target, lag in edges:
        parts[component_of[source]].append((rank[source], rank[target], lag))
    for columns, part in zip(components, parts, strict=True):
        yield columns, tuple(part)


def _collect(first: int, neighbours: Sequence[Sequence[int]], component_of: list[int]) -> list[int]:
    """Return a column and all that are connected with it, and mark them."""
    columns = [first]
    for column in columns:
        for neighbour in neighbours[column]:
            if component_of[neighbour] < 0:
                component_of[neighbour] = component_of[first]
                columns.append(neighbour)
    return columns


def _find_late_columns_of_component(n_columns: int, edges: Sequence[Edge]) -> set[int]:
    carried = count_carried(edges)
    if carried * len(edges) > MAX_WORK:
        return set()
    network = _Network(n_columns, edges)
    while network.augment():
        if network.flow >= carried:
            return set()
    early = network.find_source_side()
    return {column for column in range(n_columns) if network.entrance(column) not in early}


class _Network:
    """A flow network of the values of two iterations; each value is an edge of capacity 1 from its entrance to its exit."""

    source, sink = 0, 1

    def __init__(self, n_columns: int, edges: Sequence[Edge]) -> None:
        self.n_columns = n_columns
        self.flow = 0
        deepest = max((lag for *_, lag in edges), default=0)
        self._capacities: list[dict[int, int]] = [{} for _ in range(2 + 2 * n_columns * (1 + deepest))]
        for column in range(n_columns):
            self._connect(self.entrance(column), self.entrance(column) + 1, 1)
        for start, end, lag in edges:
            if not lag:
                self._connect(self.entrance(start) + 1, self.entrance(end), UNLIMITED)
                self._connect(self.entrance(end), self.entrance(start), UNLIMITED)  # what an early operation reads is early
                continue
            self._connect(self.entrance(start) + 1, self.sink, UNLIMITED)
            for age in range(1, lag + 1):  # the same value, so many iterations earlier
                before = self.entrance(start) + 2 * n_columns * age
                self._connect(self.source, before, UNLIMITED)
                self._connect(before, before + 1, 1)
                self._connect(before + 1, self.entrance(end) if age == lag else self.sink, UNLIMITED)

    def entrance(self, column: int) -> int:
        """Return the node of the network at which a value begins."""
        return 2 + 2 * column

    def _connect(self, start: int, end: int, capacity: int) -> None:
        forward, backward = self._capacities[start], self._capacities[end]
        forward[end] = max(forward.get(end, 0), capacity)
        backward.setdefault(start, 0)

    def augment(self) -> bool:
        """Send one more unit along a shortest path, and return whether there was one."""
        parents = {self.source: self.source}
        queue = deque([self.source])
        while queue:
            node = queue.popleft()
            for child, capacity in self._capacities[node].items():
                if capacity and child not in parents:
                    parents[child] = node
                    queue.append(child)
            if self.sink in parents:
                break
        else:
            return False
        node = self.sink
        while node != self.source:
            parent = parents[node]
            self._capacities[parent][node] -= 1
            self._capacities[node][parent] += 1
            node = parent
        self.flow += 1
        return True

    def find_source_side(self) -> set[int]:
        """Return the nodes from which the sink cannot be reached any more."""
        reaching = {self.sink}
        stack = [self.sink]
        while stack:
            node = stack.pop()
            for neighbour in self._capacities[node]:
                if neighbour not in reaching and self._capacities[neighbour].get(node, 0):
                    reaching.add(neighbour)
                    stack.append(neighbour)
        return set(range(len(self._capacities))) - reaching
