// A fully connected network on two inputs as a tape of rows, and its training.
const makeNetwork = (settings) => {
  const { sizes, activations, template, rowNumbers } = settings;
  const nodes = [null, null, null]; // two inputs and the target
  const weights = sizes.slice(1).map((n, l) => Array.from({ length: n }, () => Array.from({ length: sizes[l] }, () => nodes.push(null) - 1)));
  const biases = sizes.slice(1).map((n) => Array.from({ length: n }, () => nodes.push(null) - 1));
  const apply = (name, ...args) => nodes.push([rowNumbers[name], ...args]) - 1;
  const units = [[0, 1]];
  weights.forEach((layer, l) => {
    const before = units[l];
    units.push(layer.map((row, j) => {
      const products = row.map((w, i) => apply("multiply", before[i], w));
      const sum = products.reduce((total, product) => apply("add", total, product));
      return apply(activations[l], apply("add", sum, biases[l][j]));
    }));
  });
  // The loss of one sample: a graph of the output and the target.
  const places = template.nodes.map((node, i) => {
    if (!node) return i === template.target ? 2 : units[units.length - 1][0];
    return null;
  });
  template.nodes.forEach((node, i) => {
    if (node) places[i] = nodes.push([node[0], ...node.slice(1).map((arg) => (typeof arg === "number" ? places[arg] : arg))]) - 1;
  });
  const root = places[places.length - 1];
  const tape = makeTape({ nodes, root, values: nodes.map(() => "0"), locals: nodes.map((node) => (node ? node.slice(1).filter((arg) => typeof arg === "number").map(() => "0") : [])) });
  const parameters = [...weights.flat(2), ...biases.flat()];
  const gradient = new Float64Array(nodes.length);
  let position = 0, update = OPTIMIZERS.sgd(), stepsTaken = 0;

  const setParameters = (W, b) => {
    weights.forEach((layer, l) => layer.forEach((row, j) => row.forEach((w, i) => { tape.values[w] = W[l][j][i]; })));
    biases.forEach((layer, l) => layer.forEach((at, j) => { tape.values[at] = b[l][j]; }));
  };
  // An optimizer begins without memory.
  const setOptimizer = (name) => { update = OPTIMIZERS[name](nodes.length); stepsTaken = 0; };
  const setSample = (x, target) => { [tape.values[0], tape.values[1]] = x; tape.values[2] = target; };
  // One step on the next samples, in their order; the mean loss before the step.
  const step = (X, y, rate, batch) => {
    const count = Math.min(batch, X.length - position);
    let loss = 0;
    gradient.fill(0);
    for (let n = position; n < position + count; n++) {
      setSample(X[n], y[n]);
      tape.forward();
      tape.backward();
      loss += tape.values[root];
      for (const p of parameters) gradient[p] += tape.grads[p];
    }
    stepsTaken += 1;
    for (const p of parameters) {
      gradient[p] /= count;
      tape.values[p] -= rate * update(gradient[p], p, stepsTaken);
    }
    position = (position + count) % X.length;
    return loss / count;
  };
  const meanLoss = (X, y) => X.reduce((total, x, n) => { setSample(x, y[n]); tape.evaluate(); return total + tape.values[root]; }, 0) / X.length;
  const evaluateAt = (x1, x2) => { setSample([x1, x2], 0); tape.evaluate(); return tape.values; };
  // The root mean square of the gradients of each layer's weights.
  const gradientSizes = () => weights.map((layer) => {
    const all = layer.flat();
    return Math.sqrt(all.reduce((sum, w) => sum + gradient[w] ** 2, 0) / all.length);
  });
  return { sizes, units, weights, biases, tape, setParameters, setOptimizer, step, meanLoss, evaluateAt, gradientSizes };
};

// Numbers between 0 and 1 that depend on a seed alone (a congruential generator with the constants of Numerical Recipes).
const makeRandom = (seed) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
const drawParameters = (sizes, seed) => {
  const random = makeRandom(seed);
  const W = sizes.slice(1).map((n, l) => {
    const limit = Math.sqrt(6 / (n + sizes[l])); // Glorot's rule
    return Array.from({ length: n }, () => Array.from({ length: sizes[l] }, () => limit * (2 * random() - 1)));
  });
  return [W, sizes.slice(1).map((n) => new Array(n).fill(0))];
};
