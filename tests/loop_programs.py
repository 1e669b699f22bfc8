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


class _NestedWriter(_Writer):
    """Writes one random program ``f(a, b, w, x)`` of tables, triangles, loops in loops, breaks, generators and integers that are data."""

    def block_table(self):
        """A table that is filled row by row, each cell from three before it."""
        rng, T = self.rng, self.name("T")
        n, m = rng.choice([3, 4, 5, 7]), rng.choice([2, 4, 6])
        edge = rng.choice(["0.0", "a", "1.0", "b"])
        cells = [f"{T}[i - 1][j - 1]", f"{T}[i - 1][j]", f"{T}[i][j - 1]"]
        self.add(1, f"{T} = [[{edge}] * {m + 1} for _ in range({n + 1})]")
        self.add(1, f"for i in range(1, {n + 1}):")
        if rng.random() < 0.3:
            self.add(2, f"{T}[i][0] = {self.expression(['a', 'b', 'x[i]'], 1)}")
        self.add(2, f"for j in range(1, {m + 1}):")
        if rng.random() < 0.3:
            self.add(3, f"if {rng.choice(['i == j', 'j > i', '(i + j) % 3 == 0', 'i == 2'])}:")
            self.add(4, rng.choice(["continue", f"{T}[i][j - 1] = 0.5 * {T}[i][j - 1]"]))
        used = rng.sample(cells, rng.choice([2, 3]))
        pool = [*used, *used, "x[i]", "x[j]", "data[i + j - 2]", "a", "w[picked[i]]"]
        self.add(3, f"{T}[i][j] = tanh({self.expression(pool)} + 0.3 * {used[0]}) + {self.expression(pool, 1)}")
        if rng.random() < 0.3:
            self.add(3, f"total = total + {self.expression([f'{T}[i][j]', 'b'], 1)}")
        self.results += [f"{T}[{n}][{m}]", f"sum({T}[{n - 1}])"]

    def block_triangle(self):
        """A matrix whose rows are combined below or above the diagonal."""
        rng, A = self.rng, self.name("A")
        n = rng.choice([3, 4, 5, 6])
        self.add(1, f"{A} = [[sin(a * x[i] + b * x[j]) + (2.0 if i == j else 0.0) for j in range({n})] for i in range({n})]")
        self.add(1, f"for k in range({n}):")
        inner = rng.choice([f"range(k + 1, {n})", "range(k)", f"range(k, {n})"])
        self.add(2, f"for i in {inner}:")
        self.add(3, rng.choice([f"m = {A}[i][k] / (3.0 + sin({A}[k][k]))", f"m = tanh({A}[i][k] * {A}[k][k])", "m = x[i] * 0.3"]))
        columns = rng.choice([f"range(k + 1, {n})", f"range({n})", "range(i + 1)"])
        self.add(3, f"for j in {columns}:")
        self.add(4, f"{A}[i][j] = {A}[i][j] - m * {rng.choice([f'{A}[k][j]', f'{A}[j][k]', f'sin({A}[k][j])'])}")
        self.results += [f"sum({A}[i][i] for i in range({n}))", f"{A}[{n - 1}][{n - 2}]"]

    def block_break(self):
        """A loop that ends before its end, or skips steps."""
        rng, c = self.rng, self.name("c")
        n = rng.choice([5, 8, 11])
        self.add(1, f"{c} = {rng.choice(['0.0', 'a', '1.0'])}")
        self.add(1, f"for t in {rng.choice([f'range({n})', f'reversed(range({n}))', f'range(0, {n}, 2)', f'picked[:{n}]'])}:")
        test = rng.choice(["t == 6", "t % 4 == 3", f"{c} > 0.9", f"abs({c}) < 0.05 and t > 2"])
        early = rng.random() < 0.5
        if early:
            self.add(2, f"if {test}:")
            self.add(3, rng.choice(["break", "continue"]))
        pool = [c, c, "x[t % 12]", "data[t % 12]", "w[t % 5]", "a", "b"]
        self.add(2, f"{c} = {rng.choice(['tanh', 'sin'])}({self.expression(pool)} + 0.7 * {c})")
        if not early:
            self.add(2, f"if {test}:")
            self.add(3, "break")
        self.names.append(c)
        self.results.append(c)

    def block_products(self):
        """Running products and sums, and a recurrence of several steps in a list."""
        rng, p, s = self.rng, self.name("p"), self.name("s")
        n = rng.choice([4, 7, 10])
        self.add(1, f"{p}, {s} = 1.0, [{rng.choice(['a', '0.0'])}, b, 0.1]")
        self.add(1, f"for t in range({n}):")
        self.add(2, f"{p} = {p} * (1.0 + 0.2 * {self.term(['x[t]', 'w[t % 5]', 'a', 'sin(x[t])'])})")
        self.add(2, f"{s}.append(tanh({self.expression([f'{s}[-1]', f'{s}[-{rng.choice([2, 3])}]', 'x[t]', p])}))")
        if rng.random() < 0.5:
            self.add(2, f"total = total + sin({p})" + rng.choice(["", f" * {s}[t]"]))
        self.results += [p, f"sum({s})"]

    def block_generator(self):
        """Values that a generator gives, windows, dictionaries and sums over pairs."""
        rng, g, d = self.rng, self.name("g"), self.name("d")
        self.add(1, f"def {g}(h):")
        self.add(2, "for v, u in zip(x, data):")
        self.add(3, f"h = {rng.choice(['tanh', 'sin'])}({self.expression(['h', 'h', 'v', 'u', 'a'])} + 0.5 * h)")
        self.add(3, "yield h")
        self.add(1, f"{d} = {{}}")
        self.add(1, f"for t, h in enumerate({g}({rng.choice(['0.0', 'a'])})):")
        self.add(2, f"{d}[t % {rng.choice([2, 3, 12])}] = h + {self.expression(['x[t]', 'h', 'w[picked[t]]'], 1)}")
        self.results += [f"sum({d}.values())", f"sum({d}[k] * {d}[0] for k in sorted({d}))"]

    def block_reset(self):
        """A recurrence that begins again in each iteration of an outer loop."""
        rng, c, s = self.rng, self.name("c"), self.name("s")
        n, m = rng.choice([3, 4, 6]), rng.choice([3, 5, "t + 1", "5 - t % 3"])
        self.add(1, f"{s} = {rng.choice(['0.0', 'b'])}")
        self.add(1, f"for t in range({n}):")
        self.add(2, f"{c} = {rng.choice(['x[t]', 'a', s, '0.0'])}")
        self.add(2, f"for u in range({m}):")
        pool = [c, c, "x[u]", "x[t]", "x[t + u]", "w[u % 5]", "data[t]", s]
        self.add(3, f"{c} = tanh({self.expression(pool)} + 0.5 * {c})")
        self.add(2, f"{s} = {rng.choice([f'{s} + {c}', f'tanh({s} + {c})', f'{s} * 0.5 + {c} * {c}'])}")
        self.results += [s, c]

    def block_samples(self):
        """A recurrence for each of several samples, which depend on each other by sums alone, or not at all."""
        rng, h, k, s = self.rng, self.name("h"), self.name("k"), self.name("s")
        n, m = rng.choice([4, 6, 9]), rng.choice([5, 6, 7])
        self.add(1, f"{k}, {s} = [], {rng.choice(['0.0', 'b', '1.0'])}")
        self.add(1, f"for i in range({n}):")
        self.add(2, f"{h} = [{rng.choice(['x[i]', '0.0', 'data[i]', 'a', '1.0'])}, {rng.choice(['x[i]', '0.5', 'b'])}]")
        if rng.random() < 0.3:
            self.add(2, f"{s} = {s} + {self.expression(['x[i]', 'data[i]', f'{h}[1]'], 1)}")
        self.add(2, f"for u in range({rng.choice([str(m), str(m), f'{m} - i % 2'])}):")
        pool = [f"{h}[0]", f"{h}[0]", f"{h}[1]", "x[i]", "data[i]", "w[u % 5]", "x[u]", "a", "b"]
        update = f"tanh({self.expression(pool)} + 0.5 * {h}[0])"
        self.add(3, f"{h} = [{update}, {rng.choice([f'{h}[1]', f'{h}[0]', f'0.5 * {h}[1] + {self.expression(pool, 1)}'])}]")
        if rng.random() < 0.3:
            self.add(3, f"{s} = {s} + {self.expression([f'{h}[0]', f'{h}[1]', 'data[i]'], 1)}")
        self.add(2, rng.choice([f"{s} = {s} + {h}[0] * {h}[1]", f"{s} = {s} - {h}[0]", f"{s} = tanh({s} + {h}[0])"]))
        self.add(2, f"{k}.append({self.expression([f'{h}[0]', f'{h}[1]', 'x[i]'], 1)})")
        self.results += [s, f"sum({k})", f"sum(p * q for p, q in zip({k}, {k}[1:]))"]

    def write(self):
        blocks = [getattr(self, name) for name in dir(self) if name.startswith("block_")]
        for _ in range(self.rng.choice([1, 1, 2, 2, 3])):
            self.rng.choice([*blocks, self.add_loop])()
        self.add(1, "return a * b + total + " + " + ".join(f"sin({result})" for result in self.results))
        return "\n".join(self.lines)


def random_nested_program(seed):
    """Return a random program with loops in loops, its arguments, and its source."""
    source = _NestedWriter(random.Random(seed)).write()
    draw = np.random.default_rng(seed)
    scope = {"tanh": tanh, "sin": sin, "data": draw.normal(size=12).round(2).tolist(), "picked": draw.integers(0, 5, 12).tolist()}
    exec(source, scope)
    return scope["f"], (0.3, -0.7, numbers(5, seed=seed), numbers(12, seed=seed + 1)), source
