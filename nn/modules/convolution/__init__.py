"""Convolution and pooling. They know windows of arrays and plain modules, and nothing about training or data."""
