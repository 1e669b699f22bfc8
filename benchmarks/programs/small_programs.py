"""Small programs on scalars that a compiler cannot turn into large array operations."""

from autograd import Value


def determinant(M):
    """Return a determinant by expansion in minors."""
    if len(M) == 1:
        return M[0][0]
    return sum((-1.0) ** j * M[0][j] * determinant([row[:j] + row[j + 1 :] for row in M[1:]]) for j in range(len(M)))


def orbit(a, b, x=1.0, y=0.5, steps=200):
    """Integrate the Lotka-Volterra equations with the Runge-Kutta method of fourth order."""

    def slope(x, y):
        return a * x - b * x * y, b * x * y - a * y

    h = 0.01
    for _ in range(steps):
        k1 = slope(x, y)
        k2 = slope(x + h / 2 * k1[0], y + h / 2 * k1[1])
        k3 = slope(x + h / 2 * k2[0], y + h / 2 * k2[1])
        k4 = slope(x + h * k3[0], y + h * k3[1])
        x, y = (z + h / 6 * (p + 2 * q + 2 * r + s) for z, p, q, r, s in zip((x, y), k1, k2, k3, k4))
    return x * y


def lstm(W, U, b, inputs):
    """Run an LSTM cell over a sequence. The gates are in the order input, forget, output, candidate."""
    n = len(U[0])
    h, c = [Value(0.0)] * n, [Value(0.0)] * n
    for x in inputs:
        z = [sum((w * xi for w, xi in zip(rows, x)), bi) + sum(u * hi for u, hi in zip(r, h)) for rows, r, bi in zip(W, U, b)]
        i, f, o = ([v.sigmoid() for v in z[k * n : (k + 1) * n]] for k in range(3))
        g = [v.tanh() for v in z[3 * n :]]
        c = [fi * ci + ii * gi for fi, ci, ii, gi in zip(f, c, i, g)]
        h = [oi * ci.tanh() for oi, ci in zip(o, c)]
    return sum(hi * hi for hi in h)
