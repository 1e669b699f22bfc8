"""The frontend: it runs a function under a tracer, and makes a scalar graph and guards of what the function computed.

It takes calls apart into traced and static arguments, and tells whether the state that a function captured has changed. What
becomes of the graph is not its business.
"""
