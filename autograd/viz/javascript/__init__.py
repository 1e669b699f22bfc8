"""JavaScript of live pages: the rows that a graph needs, written from the table, and the graph as a program of these rows.

It knows rows and graphs, and nothing of boxes, places and pages.
"""
