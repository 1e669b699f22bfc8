// The optimizers of nn.optim with their default settings: what the rate multiplies, for each parameter. They remember their means.
const OPTIMIZERS = {
  sgd: () => (g) => g,
  momentum: (size, mu = 0.9) => {
    const v = new Float64Array(size);
    return (g, p) => { v[p] = mu * v[p] + g; return v[p]; };
  },
  rmsprop: (size, rho = 0.99, eps = 1e-8) => {
    const v = new Float64Array(size);
    return (g, p) => { v[p] = rho * v[p] + (1 - rho) * (g * g); return g / (Math.sqrt(v[p]) + eps); };
  },
  adam: (size, b1 = 0.9, b2 = 0.999, eps = 1e-8) => {
    const m = new Float64Array(size), v = new Float64Array(size);
    return (g, p, step) => {
      m[p] = b1 * m[p] + (1 - b1) * g;
      v[p] = b2 * v[p] + (1 - b2) * (g * g);
      return m[p] / (1 - b1 ** step) / (Math.sqrt(v[p] / (1 - b2 ** step)) + eps);
    };
  },
};
