// The graph as a program of rows: values forward, gradients backward. At the start it holds the numbers that Python computed.
const readNumber = (text) => ({ nan: NaN, inf: Infinity, "-inf": -Infinity }[text] ?? Number(text));

const makeTape = (program) => {
  const size = program.nodes.length;
  const startValues = program.values.map(readNumber);
  const startLocals = program.locals.map((list) => list.map(readNumber));
  const values = Float64Array.from(startValues), grads = new Float64Array(size);
  const nodes = program.nodes.map((node, i) => node && {
    row: rows[node[0]],
    sources: node.slice(1).map((arg) => (typeof arg === "number" ? arg : -1)),
    args: node.slice(1).map((arg) => (typeof arg === "number" ? 0 : readNumber(arg))),
    locals: startLocals[i].slice(),
  });

  const computeNode = (node, i) => {
    const { row, sources, args } = node;
    sources.forEach((source, slot) => { if (source >= 0) args[slot] = values[source]; });
    values[i] = args.length === 1 ? row.value(args[0]) : row.value(args[0], args[1]);
    let k = 0;
    sources.forEach((source, slot) => { if (source >= 0) node.locals[k++] = Number(row.partials[slot](values[i], ...args)); });
  };
  // Values alone, where nobody asks for derivatives.
  const evaluate = () => {
    for (let i = 0; i < size; i++) {
      const node = nodes[i];
      if (!node) continue;
      const { row, sources, args } = node;
      const a = sources[0] >= 0 ? values[sources[0]] : args[0];
      values[i] = args.length === 1 ? row.value(a) : row.value(a, sources[1] >= 0 ? values[sources[1]] : args[1]);
    }
  };
  const forward = () => { for (let i = 0; i < size; i++) if (nodes[i]) computeNode(nodes[i], i); };
  const backward = () => {
    grads.fill(0);
    grads[program.root] = 1;
    for (let i = size - 1; i >= 0; i--) {
      const node = nodes[i];
      if (!node) continue;
      let k = 0;
      for (const source of node.sources) if (source >= 0) grads[source] += node.locals[k++] * grads[i];
    }
  };
  const reset = () => {
    values.set(startValues);
    nodes.forEach((node, i) => { if (node) node.locals = startLocals[i].slice(); });
    backward();
  };
  // The local derivative of a node by its k-th argument that is a node, as a central difference.
  const measure = (i, k) => {
    const { row, sources, args } = nodes[i];
    const point = sources.map((source, slot) => (source >= 0 ? values[source] : args[slot]));
    const slot = sources.map((source, at) => (source >= 0 ? at : -1)).filter((at) => at >= 0)[k];
    const step = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(point[slot]));
    const at = (x) => row.value(...point.map((value, j) => (j === slot ? x : value)));
    const above = point[slot] + step, below = point[slot] - step;
    return (at(above) - at(below)) / (above - below);
  };
  backward();
  return { values, grads, nodes, evaluate, forward, backward, reset, measure, leaves: nodes.map((node, i) => (node ? -1 : i)).filter((i) => i >= 0) };
};
