"""Two pictures as Mermaid text: layers with their connections (S2:94), and the last layer as C ← a ← z ← {w, a, b} (S2:123).

Paste the output into any Mermaid viewer. The edges of the second picture carry the local derivative that backpropagation uses.
"""

from autograd import Value


def network(sizes, biases=False):
    """Layers as subgraphs, left to right; every node is joined with every node of the next layer."""
    lines = ["graph LR"]
    for k, size in enumerate(sizes):
        lines.append(f'subgraph "Layer {k}"')
        lines += [f'  L{k}_{i}(("{"x" if k == 0 else "a"}{i + 1}"))' for i in range(size)]
        if biases and k < len(sizes) - 1:
            lines.append(f'  B{k}(("1"))')
        lines.append("end")
    for k, (before, after) in enumerate(zip(sizes, sizes[1:], strict=False)):
        lines += [f"L{k}_{f} --> L{k + 1}_{t}" for t in range(after) for f in range(before)]
        lines += [f"B{k} --> L{k + 1}_{t}" for t in range(after)] if biases else []
    return "\n".join(lines)


def computation(root):
    """The graph of a Value, right to left; each edge carries the local derivative ∂(consumer)/∂(argument)."""
    places, edges, waiting = {root: 0}, [], [root]
    while waiting:
        node = waiting.pop()
        for i, arg in enumerate(node.args):
            if not isinstance(arg, Value):
                continue
            if arg not in places:
                places[arg] = len(places)
                waiting.append(arg)
            edges.append(f'n{places[arg]} -->|"{node.partial(i):.3g}"| n{places[node]}')
    labels = [f'n{i}("{node.name or node.op.name} = {node.data:.3g}")' for node, i in places.items()]
    return "\n".join(["graph RL", *labels, *edges])


plain, with_bias = network([4, 3, 2]), network([4, 3, 2], biases=True)
print(plain)
assert plain.count("-->") == 4 * 3 + 3 * 2
assert with_bias.count("-->") == plain.count("-->") + 3 + 2

w, a, b, y = Value(0.5, "w^L"), Value(0.8, "a^L-1"), Value(-0.1, "b^L"), 1.0
z = w * a + b
z.name = "z^L"
out = z.sigmoid()
out.name = "a^L"
C = 0.5 * (out - y) ** 2  # with the ½ that the seed's edge label leaves out
C.name = "C"
C.backward()
text = computation(C)
print("\n" + text)
assert f'-->|"{out.data * (1 - out.data):.3g}"|' in text  # σ'(z) on the edge from z to a
assert abs(z.grad - (out.data - y) * out.data * (1 - out.data)) < 1e-15  # δ = (a - y) σ'(z)
