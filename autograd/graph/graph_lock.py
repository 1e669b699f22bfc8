"""The lock of walks over graphs."""

import threading
from contextlib import AbstractContextManager

# The visit stamps and the .grad slots are shared by every walk: without the lock, two threads whose graphs share interior
# nodes would overwrite each other's stamps and count contributions twice.
graph_lock: AbstractContextManager[bool] = threading.RLock()
