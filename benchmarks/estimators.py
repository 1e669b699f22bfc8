"""The time of an epoch of this library's estimators and of scikit-learn's, on five works of practice.

    python benchmarks/estimators.py [EPOCHS ...]

Both train the same network with Adam on standardised data, in batches of the same size, with the shuffles, the penalty and the other
settings that are the default of both. The time of a whole fit is divided by its epochs, so that what is made once (compiled steps,
states, checks of the data) counts. It is the time of the processor, since other work on the machine would be in the other one. The
libraries take turns, and the least of several times counts.
"""

import os
import sys
import time
import warnings

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import sklearn.neural_network
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler

import nn.sklearn

ROUNDS = 7
NETWORKS = {
    "100, batches of 200": {"hidden_layer_sizes": (100,)},
    "16-16, batches of 32": {"hidden_layer_sizes": (16, 16), "batch_size": 32},
}
DATA = {"iris": load_iris, "wine": load_wine, "breast cancer": load_breast_cancer, "diabetes": load_diabetes, "digits": load_digits}


def seconds(estimator, X, y):
    start = time.process_time()
    estimator.fit(X, y)
    return time.process_time() - start


def compare(name, network, epochs):
    """Return milliseconds per epoch of scikit-learn, and how many times as long each way to step takes."""
    data = DATA[name]()
    X, y, kind = StandardScaler().fit_transform(data.data), data.target, "MLPClassifier"
    if name == "diabetes":
        y, kind = (y - y.mean()) / y.std(), "MLPRegressor"
    settings = {"max_iter": epochs, "tol": 0.0, "n_iter_no_change": 10 * epochs, "random_state": 0, **network}
    times = {}
    for _ in range(ROUNDS):
        for way in ("scikit-learn", "auto", False, True):
            if way == "scikit-learn":
                estimator = getattr(sklearn.neural_network, kind)(**settings)
            else:
                estimator = getattr(nn.sklearn, kind)(**settings, compiled=way)
            times.setdefault(way, []).append(seconds(estimator, X, y))
    theirs = min(times.pop("scikit-learn"))
    return 1e3 * theirs / epochs, {way: min(own) / theirs for way, own in times.items()}


if __name__ == "__main__":
    warnings.simplefilter("ignore", ConvergenceWarning)
    for epochs in map(int, sys.argv[1:] or ["10", "100"]):
        for title, network in NETWORKS.items():
            print(f"{epochs} epochs, hidden layers of {title}:")
            for name in DATA:
                ms, ratios = compare(name, network, epochs)
                shown = ", ".join(f"compiled={way} {ratio:.2f} ×" for way, ratio in ratios.items())
                print(f"  {name:14} scikit-learn {ms:6.2f} ms an epoch, {shown}")
