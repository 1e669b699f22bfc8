"""The rules of benchmarks/rules.py, wrong and right, for the tests. The benchmarks are no package, so the file is loaded by its path."""

import importlib.util
import sys
from pathlib import Path

PATH = Path(__file__).parents[1] / "benchmarks" / "rules.py"
SPEC = importlib.util.spec_from_file_location("rules", PATH)
rules = importlib.util.module_from_spec(SPEC)
sys.modules["rules"] = rules  # dataclasses look up their module by name
SPEC.loader.exec_module(rules)
