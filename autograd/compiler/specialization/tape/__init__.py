"""Programs on the native tape: number by number in C, with no line of source.

It knows the scalar graph of a trace and the tape of the native engine. Where there is no native engine, nothing here runs. It knows
nothing of calls, of guards or of the state that a function captured.
"""
