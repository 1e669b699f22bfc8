"""GradBench's protocol for a tool: a message in JSON on each line of the standard input, and an answer on each line of the output.

python -m benchmarks.gradbench.tool             # gradients are compiled
python -m benchmarks.gradbench.tool --eager     # nothing is compiled
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from .timed import Timed


def load(module: str) -> dict[str, Timed]:
    """The functions of an eval; ImportError if there are none."""
    functions: dict[str, Timed] = importlib.import_module(f"{__package__}.evals.{module}").FUNCTIONS
    return functions


def answer(message: dict[str, Any], load: Callable[[str], dict[str, Timed]], name: str) -> dict[str, Any]:
    """Return what the protocol wants to know about a message."""
    try:
        match message["kind"]:
            case "start":
                return {"tool": name}
            case "define":
                load(message["module"])
                return {"success": True}
            case "evaluate":
                return load(message["module"])[message["function"]].run(message["input"])
    except Exception as error:  # goes to the eval, as the protocol asks
        return {"success": False, "error": "".join(traceback.format_exception(error))}
    return {}


def serve(load: Callable[[str], dict[str, Timed]], name: str) -> None:
    """Answer the messages on the standard input until it ends."""
    for line in sys.stdin:
        message = json.loads(line)
        print(json.dumps({"id": message["id"], **answer(message, load, name)}), flush=True)


def main() -> None:
    os.environ["GRADBENCH_EAGER"] = "1" if "--eager" in sys.argv[1:] else ""
    serve(load, "gradlab")


if __name__ == "__main__":
    main()
