"""The formats of a picture: SVG, HTML page, DOT, Mermaid and text.

A format knows boxes and links. Only the page also shows numbers of the graph.
"""
