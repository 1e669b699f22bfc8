"""The state that a function captures from outside: how it is found, and whether it has changed."""
