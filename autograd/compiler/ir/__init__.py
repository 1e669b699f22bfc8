"""The intermediate representations: a graph of scalars, as it was traced, and a program of array instructions.

They know the operations of the table. They know neither the functions that are compiled nor the source that is generated.
"""
