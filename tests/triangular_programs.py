"""Programs with triangular loops, as people write them with numbers and lists."""

import numpy as np


def lu(A):
    n = len(A)
    A = [list(row) for row in A]
    for k in range(n):
        for i in range(k + 1, n):
            A[i][k] = A[i][k] / A[k][k]
            for j in range(k + 1, n):
                A[i][j] = A[i][j] - A[i][k] * A[k][j]
    total = 0.0
    for k in range(n):
        total = total + (A[k][k] * A[k][k]).log()
    return total


def cholesky(A):
    n = len(A)
    L = [[0.0] * n for _ in range(n)]
    total = 0.0
    for i in range(n):
        for j in range(i + 1):
            s = A[i][j]
            for k in range(j):
                s = s - L[i][k] * L[j][k]
            L[i][j] = s.sqrt() if i == j else s / L[j][j]
        total = total + L[i][i].log()
    return total


def gram_schmidt(V):
    V = [list(v) for v in V]
    for k in range(len(V)):
        norm = sum(a * a for a in V[k]).sqrt()
        V[k] = [a / norm for a in V[k]]
        for j in range(k + 1, len(V)):
            d = sum(a * b for a, b in zip(V[k], V[j], strict=True))
            V[j] = [a - d * b for a, b in zip(V[j], V[k], strict=True)]
    return sum(x * (i + 0.5 * j) for i, v in enumerate(V) for j, x in enumerate(v))


def classical_gram_schmidt(V):
    Q = []
    for v in V:
        w = list(v)
        for q in Q:
            d = sum(a * b for a, b in zip(q, v, strict=True))
            w = [a - d * b for a, b in zip(w, q, strict=True)]
        norm = sum(a * a for a in w).sqrt()
        Q.append([a / norm for a in w])
    return sum(x * (i + 0.5 * j) for i, q in enumerate(Q) for j, x in enumerate(q))


def forward_substitution(L, b):
    y = []
    for i in range(len(b)):
        s = b[i]
        for j in range(i):
            s = s - L[i][j] * y[j]
        y.append(s / L[i][i])
    return sum(v * v for v in y)


def backward_substitution(U, b):
    n = len(b)
    x = [0.0] * n
    for i in reversed(range(n)):
        s = b[i]
        for j in reversed(range(i + 1, n)):
            s = s - U[i][j] * x[j]
        x[i] = s / U[i][i]
    return sum(v * v for v in x)


def divided_differences(x, y):
    n = len(x)
    c = list(y)
    for k in range(1, n):
        for i in range(n - 1, k - 1, -1):
            c[i] = (c[i] - c[i - 1]) / (x[i] - x[i - k])
    return sum(v * v for v in c)


def neville(x, y):
    n = len(x)
    p = list(y)
    for k in range(1, n):
        for i in range(n - k):
            p[i] = ((0.3 - x[i + k]) * p[i] + (x[i] - 0.3) * p[i + 1]) / (x[i] - x[i + k])
    return p[0] * p[0]


def binomial_tree(payoffs, p):
    v = list(payoffs)
    for k in range(len(v) - 1, 0, -1):
        for j in range(k):
            v[j] = 0.99 * (p * v[j + 1] + (1.0 - p) * v[j])
    return v[0]


def catalan_convolution(x):
    f = [1.0]
    for i in range(len(x)):
        s = 0.0
        for j in range(i + 1):
            s = s + f[j] * x[i - j]
        f.append(s / (i + 1.0))
    return f[-1]


def weighted_chains(x):
    f = []
    for i in range(len(x)):
        s = 1.0 + 0.0 * x[i]
        for j in range(i):
            s = s + f[j] * (x[i] - x[j]).sigmoid()
        f.append(s.log())
    return sum(f)


def _near_identity(rng, n):
    return rng.normal(size=(n, n)) + 2.0 * n**0.5 * np.eye(n)


def _positive_definite(rng, n):
    B = rng.normal(size=(n, n))
    return B @ B.T + n * np.eye(n)


def _points(rng, n):
    return np.arange(n) + 0.1 * rng.normal(size=n), rng.normal(size=n)


# Of each program a function that draws its arguments for a size.
PROGRAMS = {
    lu: lambda rng, n: (_near_identity(rng, n),),
    cholesky: lambda rng, n: (_positive_definite(rng, n),),
    gram_schmidt: lambda rng, n: (_near_identity(rng, n),),
    classical_gram_schmidt: lambda rng, n: (_near_identity(rng, n),),
    forward_substitution: lambda rng, n: (_near_identity(rng, n), rng.normal(size=n)),
    backward_substitution: lambda rng, n: (_near_identity(rng, n), rng.normal(size=n)),
    divided_differences: _points,
    neville: _points,
    binomial_tree: lambda rng, n: (rng.uniform(size=n), 0.45),
    catalan_convolution: lambda rng, n: (rng.uniform(size=n),),
    weighted_chains: lambda rng, n: (rng.normal(size=n),),
}
