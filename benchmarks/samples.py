"""Compiled programs over many samples, written with plain loops, beside the same programs in eager mode.

    python benchmarks/samples.py                 # all programs
    python benchmarks/samples.py strengths       # those with these names
    python benchmarks/samples.py --nodes 1000000 # the first call of a mixture of Gaussians with about so many nodes, alone

Each program is run with a number of samples and with eight times as many, its arguments once as arrays and once as nested lists. The
columns are the microseconds of processor time of a value with its gradients, the fastest of many calls, and the ratio of eager to
compiled. The functions capture their data as nested lists, which each call compares with those of the trace.
"""

import argparse
import time

import numpy as np

import autograd as ag

SAMPLES = 40
SECONDS = 0.5  # for each measurement
COMPONENTS = 3


def random_lists(*shape, seed=0):
    """Return nested lists of small random numbers."""
    return (0.3 * np.random.default_rng(seed).normal(size=shape)).tolist()


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def factors(n):
    """Two factors of a matrix of which a third is unknown."""
    ratings = random_lists(n, 6)

    def loss(U, V):
        known = [(i, j) for i in range(n) for j in range(6) if (i + j) % 3]
        return sum((ratings[i][j] - dot(U[i], V[j])) ** 2 for i, j in known)

    return loss, [random_lists(n, 3, seed=1), random_lists(6, 3, seed=2)]


def words(n):
    """Vectors of words and of contexts, with one wrong context for each right one."""
    triples = np.random.default_rng(0).integers(0, 10, (n, 3)).tolist()

    def loss(words, contexts):
        total = 0.0
        for word, right, wrong in triples:
            total = total - ag.log(ag.sigmoid(dot(words[word], contexts[right])))
            total = total - ag.log(ag.sigmoid(-dot(words[word], contexts[wrong])))
        return total

    return loss, [random_lists(10, 4, seed=1), random_lists(10, 4, seed=2)]


def normalisation(n):
    """A layer of one unit whose values are normalised over the samples."""
    rows = random_lists(n, 3)

    def loss(w, scale, shift):
        z = [dot(w, row) for row in rows]
        mean = sum(z) / n
        deviation = ag.sqrt(sum((x - mean) ** 2 for x in z) / n + 1e-5)
        return sum(ag.tanh(scale * (x - mean) / deviation + shift) ** 2 for x in z)

    return loss, [random_lists(3, seed=1), 0.9, 0.1]


def strengths(n):
    """The strengths of eight players, of whom two meet in each game."""
    rng = np.random.default_rng(0)
    games = [rng.choice(8, 2, replace=False).tolist() for _ in range(n)]

    def loss(strength):
        return sum(ag.log(1.0 + ag.exp(strength[loser] - strength[winner])) for winner, loser in games)

    return loss, [random_lists(8, seed=1)]


def arm(n):
    """The distance of the end of an arm from a point, by the angles and lengths of its parts."""

    def loss(angles, lengths):
        angle = x = y = 0.0
        for turn, length in zip(angles, lengths):
            angle = angle + turn
            x, y = x + length * ag.cos(angle), y + length * ag.sin(angle)
        return (x - 1.0) ** 2 + (y - 2.0) ** 2

    return loss, [random_lists(n), random_lists(n, seed=1)]


def mixture(n):
    """The likelihood of a mixture of Gaussians."""
    points = random_lists(n, 2)

    def log_sum(terms):
        top = max(term.data for term in terms)
        return top + ag.log(sum(ag.exp(term - top) for term in terms))

    def loss(means, log_scales, logits):
        total, norm = 0.0, log_sum(logits)
        for point in points:
            squares = [sum((x - m) ** 2 for x, m in zip(point, mean)) for mean in means]
            terms = [
                logits[k] - norm - 2.0 * log_scales[k] - 0.5 * squares[k] * ag.exp(-2.0 * log_scales[k]) for k in range(COMPONENTS)
            ]
            total = total + log_sum(terms)
        return total

    return loss, [random_lists(COMPONENTS, 2, seed=1), random_lists(COMPONENTS, seed=2), random_lists(COMPONENTS, seed=3)]


PROGRAMS = [factors, words, normalisation, strengths, arm, mixture]


def fastest(f):
    """Return the shortest processor time of many calls, in seconds."""
    times, start = [], time.perf_counter()
    while time.perf_counter() - start < SECONDS or len(times) < 3:
        before = time.process_time()
        f()
        times.append(time.process_time() - before)
    return min(times)


def compare(make, n):
    """Print a line for a program with ``n`` samples."""
    f, lists = make(n)
    arrays = [np.array(arg) if isinstance(arg, list) else arg for arg in lists]
    argnums = tuple(range(len(lists)))
    eager, step = ag.value_and_grad(f, argnums=argnums), ag.compile(f, argnums=argnums)
    expected_value, expected = eager(*lists)
    value, gradients = step.value_and_grad(*arrays)
    assert np.isclose(value, expected_value, rtol=1e-10)
    for gradient, other in zip(gradients, expected):
        assert np.allclose(gradient, other, rtol=1e-8, atol=1e-10)
    seconds = fastest(lambda: eager(*lists))
    line = f"{make.__name__:15}{n:6}{step.report().nodes:9}{seconds * 1e6:12.0f}"
    for args in (arrays, lists):
        compiled = fastest(lambda args=args: step.value_and_grad(*args))
        line += f"{compiled * 1e6:12.1f}{seconds / compiled:8.1f} ×"
    print(line)


def time_first_call(count):
    """Print the time of the first call of the mixture with about ``count`` nodes."""
    f, args = mixture(max(1, count // 54))
    step = ag.compile(f, argnums=(0, 1, 2))
    start = time.process_time()
    step.value_and_grad(*map(np.array, args))
    seconds, nodes = time.process_time() - start, step.report().nodes
    print(f"mixture, {nodes:,d} nodes: first call {seconds:.2f} s, {seconds / nodes * 1e6:.1f} µs a node")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--nodes", type=int)
    options = parser.parse_args()
    if options.nodes:
        time_first_call(options.nodes)
        return
    print(f"{'program':15}{'n':>6}{'nodes':>9}{'eager, µs':>12}{'arrays, µs':>12}{'':10}{'lists, µs':>12}")
    for make in PROGRAMS:
        for n in (SAMPLES, 8 * SAMPLES):
            if not options.names or make.__name__ in options.names:
                compare(make, n)


if __name__ == "__main__":
    main()
