"""The formats of a picture: SVG, a page, DOT, Mermaid and text.

A format knows boxes and links, and nothing of graphs.
"""
