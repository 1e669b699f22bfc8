"""Modules: layers and networks, their parameters and state.

They know nothing of losses, data or training.
"""
