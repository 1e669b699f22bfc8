"""Arrays that can be assigned to: updates of entries, functions of NumPy that write to an array, and np.zeros_like.

It knows the functions of autograd.numpy_api, and not how calls of NumPy's functions find their way here.
"""
