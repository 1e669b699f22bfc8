"""Pictures of gradients: graphs folded to fit a screen, the backward pass to step through, and plots of networks."""

from autograd.viz.draw_graph import draw
from autograd.viz.formats.networkx_graph import to_networkx
from autograd.viz.network import network
from autograd.viz.picture import Picture
from autograd.viz.playground import Playground, playground
from autograd.viz.plots import gradient_flow, landscape, weights

__all__ = ["Picture", "Playground", "draw", "gradient_flow", "landscape", "network", "playground", "to_networkx", "weights"]
