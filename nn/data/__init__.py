"""Data: splitting, folds, mini-batches, scaling, and readers for CSV files, data frames, NPZ files and MNIST's own files."""

from nn.data.batching import batches
from nn.data.idx_reader import IDX_TYPES, read_idx
from nn.data.mnist_reader import read_mnist
from nn.data.npz_reader import read_npz
from nn.data.pairs import Part, pair
from nn.data.scaling import Standardiser
from nn.data.splitting import k_fold, split
from nn.data.tables.csv_reader import read_csv
from nn.data.tables.frames import from_dataframe
from nn.data.tables.table import Table

__all__ = [
    "IDX_TYPES",
    "Part",
    "Standardiser",
    "Table",
    "batches",
    "from_dataframe",
    "k_fold",
    "pair",
    "read_csv",
    "read_idx",
    "read_mnist",
    "read_npz",
    "split",
]
