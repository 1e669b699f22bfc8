"""Programs with loops, as people write them with numbers and lists, and random ones."""

import random

import numpy as np

from autograd import exp, log, sigmoid, sin, tanh


def numbers(*shape, seed=0):
    return (0.3 * np.random.default_rng(seed).normal(size=shape)).tolist()


def autoregression(n):
    y = numbers(n)

    def f(a, b):
        h, loss = 0.0, 0.0
        for t in range(n):
            h = tanh(a * h + b * y[t])
            loss = loss + (h - y[t]) ** 2
        return loss

    return f, (0.3, 0.7)


def kalman_filter(n):
    y = numbers(n)

    def f(a, q, r):
        m, p, likelihood = 0.0, 1.0, 0.0
        for t in range(n):
            m, p = a * m, a * a * p + q
            s, error = p + r, y[t] - m
            gain = p / s
            likelihood = likelihood - 0.5 * (log(s) + error * error / s)
            m, p = m + gain * error, (1.0 - gain) * p
        return likelihood

    return f, (0.9, 0.2, 0.3)


def garch(n):
    r = numbers(n)

    def f(w, a, b):
        v, likelihood = 0.1, 0.0
        for t in range(n):
            likelihood = likelihood - 0.5 * (log(v) + r[t] * r[t] / v)
            v = w + a * r[t] * r[t] + b * v
        return likelihood

    return f, (0.1, 0.2, 0.6)


def runge_kutta(n):
    observed = numbers(n, 2)

    def f(a, b, c, d, x, y):
        def slope(x, y):
            return a * x - b * x * y, c * x * y - d * y

        h, loss = 0.01, 0.0
        for t in range(n):
            k1 = slope(x, y)
            k2 = slope(x + 0.5 * h * k1[0], y + 0.5 * h * k1[1])
            k3 = slope(x + 0.5 * h * k2[0], y + 0.5 * h * k2[1])
            k4 = slope(x + h * k3[0], y + h * k3[1])
            x = x + h / 6 * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0])
            y = y + h / 6 * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1])
            loss = loss + (x - observed[t][0]) ** 2 + (y - observed[t][1]) ** 2
        return loss

    return f, (1.1, 0.4, 0.1, 0.4, 1.0, 0.5)


def recurrent_network(n):
    x = numbers(n, 2)

    def f(W, U, b, v):
        h, loss = [0.0, 0.0, 0.0], 0.0
        for t in range(n):
            h = [tanh(sum(W[i][j] * h[j] for j in range(3)) + sum(U[i][j] * x[t][j] for j in range(2)) + b[i]) for i in range(3)]
            loss = loss + (sum(v[i] * h[i] for i in range(3)) - x[t][0]) ** 2
        return loss

    return f, (numbers(3, 3), numbers(3, 2, seed=1), numbers(3, seed=2), numbers(3, seed=3))


def gated_network(n):
    x = numbers(n, 3)

    def times(W, v):
        return [sum(w * u for w, u in zip(row, v, strict=True)) for row in W]

    def f(Wz, Uz, Wr, Ur, Wc, Uc, v):
        h = [0.0] * 3
        for t in range(n):
            z = [sigmoid(a + b) for a, b in zip(times(Wz, x[t]), times(Uz, h), strict=True)]
            r = [sigmoid(a + b) for a, b in zip(times(Wr, x[t]), times(Ur, h), strict=True)]
            reset = [p * q for p, q in zip(r, h, strict=True)]
            c = [tanh(a + b) for a, b in zip(times(Wc, x[t]), times(Uc, reset), strict=True)]
            h = [(1 - zi) * hi + zi * ci for zi, hi, ci in zip(z, h, c, strict=True)]
        return sum(a * b for a, b in zip(v, h, strict=True))

    return f, (*(numbers(3, 3, seed=k) for k in range(6)), numbers(3, seed=9))


def hidden_markov_model(n):
    observed = np.random.default_rng(0).integers(0, 3, n).tolist()

    def logsumexp(xs):
        largest, total = max(x.data for x in xs), 0.0
        for x in xs:
            total = total + exp(x - largest)
        return largest + log(total)

    def f(start, A, B):
        alpha = [start[k] + B[k][observed[0]] for k in range(3)]
        for t in range(1, n):
            alpha = [logsumexp([alpha[i] + A[i][j] for i in range(3)]) + B[j][observed[t]] for j in range(3)]
        return logsumexp(alpha)

    return f, (numbers(3), numbers(3, 3, seed=1), numbers(3, 3, seed=2))


def momentum(n):
    def f(rate, decay, w, c):
        v = 0.0
        for _ in range(n):
            v = decay * v - rate * (2.0 * (w - c) + 0.1 * w * w * w)
            w = w + v
        return (w - c) ** 2

    return f, (0.05, 0.8, 1.0, 0.2)


def polynomial(n):
    c = numbers(n)

    def f(x, scale):
        p = 0.0
        for k in range(n):
            p = p * x + scale * c[k]
        return p

    return f, (0.9, 1.1)


def two_step_recurrence(n):
    def f(a, b, x, y):
        for _ in range(n):
            x, y = y, a * x + b * sin(y)
        return y

    return f, (0.4, 0.7, 0.3, 0.2)


def spring_chain(n):
    def f(k, start):
        x, v, energy = list(start), [0.0] * 4, 0.0
        for _ in range(n):
            left, right = [0.0, *x[:-1]], [*x[1:], 0.0]
            v = [vi + 0.05 * (k * (p - 2.0 * xi + q) - 0.1 * sin(xi)) for vi, p, xi, q in zip(v, left, x, right, strict=True)]
            x = [xi + 0.05 * vi for xi, vi in zip(x, v, strict=True)]
            energy = energy + sum(xi * xi for xi in x)
        return energy

    return f, (0.8, numbers(4))


def soft_dynamic_time_warping(n):
    y = numbers(n, seed=3)

    def f(x):
        before = [0.0] + [20.0] * n
        for i in range(n):
            row = [20.0]
            for j in range(n):
                total = sum(exp(-1.0 * cell) for cell in (before[j], before[j + 1], row[j]))
                row.append((x[i] - y[j]) ** 2 - log(total))
            before = row
        return before[n]

    return f, (numbers(n),)


# The programs with the number of steps for tests.
PROGRAMS = {
    autoregression: 9,
    kalman_filter: 9,
    garch: 9,
    runge_kutta: 5,
    recurrent_network: 6,
    gated_network: 6,
    hidden_markov_model: 7,
    momentum: 9,
    polynomial: 9,
    two_step_recurrence: 12,
    spring_chain: 6,
    soft_dynamic_time_warping: 6,
}


def flat(x):
    """Return all numbers of nested lists as one array."""
    return np.concatenate([flat(part) for part in x]) if isinstance(x, list | tuple) else np.ravel(np.asarray(x, float))


class _Writer:
    """Writes one random program ``f(a, b, w, x)``: loops, one after the other, with carried numbers and lists."""

    unary = ("tanh({})", "sin({})", "0.5 * {}", "-{}", "{0} * {0}", "1.0 / (2.0 + sin({}))")
    binary = ("{} + {}", "{} - {}", "0.3 * {} * {}", "{} / (2.0 + sin({}))", "tanh({} + {})")

    def __init__(self, rng):
        self.rng = rng
        self.lines = ["def f(a, b, w, x):", "    total = 0.0"]
        self.names, self.lists, self.results = ["a", "b"], [], ["a"]
        self.count = 0

    def name(self, letter):
        self.count += 1
        return f"{letter}{self.count}"

    def term(self, pool):
        return repr(round(self.rng.uniform(-1, 1), 2)) if self.rng.random() < 0.15 else self.rng.choice(pool)

    def expression(self, pool, depth=2):
        if depth == 0 or self.rng.random() < 0.2:
            return self.term(pool)
        parts = [f"({self.expression(pool, depth - 1)})" for _ in range(2)]
        return self.rng.choice(self.unary if self.rng.random() < 0.4 else self.binary).format(*parts)

    def add(self, depth, line):
        self.lines.append("    " * depth + line)

    def add_loop(self):
        rng = self.rng
        n, first, t = rng.choice([3, 4, 5, 6, 9, 12]), rng.choice([0, 0, 1]), self.name("t")
        carried = [self.name("c") for _ in range(rng.choice([0, 1, 1, 2, 3]))]
        for c in carried:
            self.add(1, f"{c} = {rng.choice(['0.0', '1.0', 'a', 'a * b', 'x[0]', 'sin(a)', *self.names])}")
        vector, width = (self.name("v"), rng.choice([2, 3])) if rng.random() < 0.4 else ("", 0)
        if vector:
            self.add(1, f"{vector} = " + rng.choice([f"[0.0] * {width}", f"[a * x[i] for i in range({width})]"]))
        kept = self.name("k") if rng.random() < 0.4 else ""
        if kept:
            self.add(1, f"{kept} = []")
        self.add(1, f"for {t} in range({first}, {n}):")
        pool = [*self.names, *carried, f"x[{t}]", f"data[{t}]", f"w[{t} % 3]"]
        if self.lists:
            earlier, length = rng.choice(self.lists)
            pool.append(f"{earlier}[{t} % {length}]")
        for _ in range(rng.randrange(3)):
            s = self.name("s")
            self.add(2, f"{s} = {self.expression(pool)}")
            pool.append(s)
        self.add(2, f"total = total + {self.expression(pool)}")
        if rng.random() < 0.15:
            self.add(2, f"if {t} == {rng.randrange(n)}:")
            self.add(3, f"total = total * {self.expression(pool, 1)}")
        if vector:
            self.add_vector_step(vector, width, pool)
        if rng.random() < 0.2:
            s = self.name("s")
            self.add(2, f"{s} = {self.term(pool)}")
            self.add(2, "for u in range(5):")
            self.add(3, f"{s} = tanh(0.5 * {s} + {self.term([*pool, 'x[u]'])})")
            pool.append(s)
        self.add_updates(carried, pool)
        if kept:
            self.add(2, f"{kept}.append({rng.choice(pool[2:])})")
            self.lists.append((kept, n - first))
        self.names += carried
        self.results += carried + ([f"sum({vector})"] if vector else [])

    def add_vector_step(self, vector, width, pool):
        step = self.rng.choice(
            [
                f"tanh(sum(w[(i * {width} + j) % 5] * {vector}[j] for j in range({width})) + {self.term(pool)})",
                f"0.5 * {vector}[i] + {self.expression(pool, 1)}",
                f"0.5 * {vector}[i] + 0.25 * {vector}[(i + 1) % {width}]",
            ]
        )
        self.add(2, f"{vector} = [{step} for i in range({width})]")
        pool.append(f"{vector}[{self.rng.randrange(width)}]")

    def add_updates(self, carried, pool):
        if len(carried) > 1 and self.rng.random() < 0.4:
            values = [self.rng.choice([f"tanh({self.expression(pool)})", *carried]) for _ in carried]
            self.add(2, f"{', '.join(carried)} = {', '.join(values)}")
            return
        for c in carried:
            update = self.rng.choice(
                ["{c} + {short}", "{c} * tanh({short})", "tanh({long} + 0.5 * {c})", "tanh({long} + 0.5 * {c})"]
            )
            self.add(2, f"{c} = " + update.format(c=c, short=self.expression(pool, 1), long=self.expression(pool)))

    def write(self):
        for _ in range(self.rng.choice([1, 1, 2, 3])):
            self.add_loop()
        results = [*self.results, *(f"sum({kept})" for kept, _ in self.lists[:1])]
        self.add(1, "return a * b + total + " + " + ".join(f"sin({result})" for result in results))
        return "\n".join(self.lines)


def random_loop_program(seed):
    """Return a random program with loops, its arguments, and its source."""
    source = _Writer(random.Random(seed)).write()
    scope = {"tanh": tanh, "sin": sin, "data": np.random.default_rng(seed).normal(size=12).round(2).tolist()}
    exec(source, scope)
    return scope["f"], (0.3, -0.7, numbers(5, seed=seed), numbers(12, seed=seed + 1)), source
