"""Arrays that may be assigned to: updates of entries, NumPy's functions that write to an array, and np.zeros_like and the like.

It knows the functions of autograd.numpy_api, and not how calls of NumPy's functions find their way here.
"""
