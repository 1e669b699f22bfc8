"""Random graphs of Values."""

from hypothesis import strategies as st

from autograd import Value


@st.composite
def value_graphs(draw):
    """A random graph of Values and its leaves."""
    leaves = [Value(draw(st.floats(-2, 2)), name=name) for name in "abc"]
    nodes = list(leaves)
    for _ in range(draw(st.integers(1, 12))):
        x, y = (nodes[draw(st.integers(0, len(nodes) - 1))] for _ in range(2))
        nodes.append(
            draw(st.sampled_from([lambda x, y: x + y, lambda x, y: x * y, lambda x, y: x.tanh(), lambda x, y: x - y]))(x, y)
        )
    return nodes[-1], leaves
