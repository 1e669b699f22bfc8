"""The rules of benchmarks/rules, wrong and right, for the tests. The benchmarks are not installed, so the package is loaded by its path."""

import importlib.util
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "benchmarks" / "rules"
SPEC = importlib.util.spec_from_file_location("rules", FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)])
rules = importlib.util.module_from_spec(SPEC)
sys.modules["rules"] = rules  # its modules import each other by this name
SPEC.loader.exec_module(rules)
