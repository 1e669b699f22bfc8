"""A logistic unit learns OR and AND, but gets at most 75 % of XOR right; a network with a hidden layer learns XOR (S3:11-13)."""

import numpy as np

import nn

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def train_and_score(model, target, lr, epochs):
    """Train a model, and return the fraction of the four rows that it gets right."""
    nn.fit(model, X, target[:, None], loss="binary_cross_entropy_with_logits", lr=lr, epochs=epochs, progress=False)
    return np.mean((model(X).data[:, 0] > 0) == target)


def score_of_unit(target):
    return train_and_score(nn.Linear(2, 1, rng=0), target, lr=5.0, epochs=60)


gates = {format(n, "04b"): np.array([n >> 3 & 1, n >> 2 & 1, n >> 1 & 1, n & 1], dtype=float) for n in range(16)}
scores = {name: score_of_unit(target) for name, target in gates.items()}
print(f"one logistic unit: OR {scores['0111']:.0%}, AND {scores['0001']:.0%}, XOR {scores['0110']:.0%}")
assert scores["0111"] == scores["0001"] == 1.0

not_learned = [name for name, score in scores.items() if score < 1.0]
print(f"it fails on these of the 16 gates: {not_learned}, which are XOR and XNOR; no line separates their classes")
assert not_learned == ["0110", "1001"]

# No unit gets more than 75 % of XOR right: try half-planes in all directions.
angles = np.linspace(0, 2 * np.pi, 720, endpoint=False)
sides = [X @ [np.cos(a), np.sin(a)] > t for a in angles for t in np.linspace(-1.6, 1.6, 65)]
best = max(np.mean(side == gates["0110"]) for side in sides)
print(f"best half-plane for XOR: {best:.0%}")
assert best == 0.75

hidden = nn.MLP([2, 4, 1], hidden="tanh", rng=1)
score = train_and_score(hidden, gates["0110"], lr=1.0, epochs=300)
print(f"with a hidden layer, {hidden}: XOR {score:.0%}")
assert score == 1.0
