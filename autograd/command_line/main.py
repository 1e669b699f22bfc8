"""The command line of ``gradlab``: arguments, printing, and exit codes."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

from autograd.command_line import commands
from autograd.command_line.commands import RAISED, USAGE, Result
from autograd.errors import SettingError

EPILOG = "Exit codes: 0 success, 1 a wrong gradient, 2 a wrong command, 3 a check that cannot tell, 4 an exception in the function."


class JsonParser(argparse.ArgumentParser):
    """A parser that prints what is wrong with a command line as JSON."""

    def error(self, message: str) -> NoReturn:
        """Print the error and exit.

        Parameters
        ----------
        message : str
            What is wrong.
        """
        _print_json(_error_data("UsageError", f"{self.prog}: {message}"))
        self.exit(USAGE)


def make_parser(as_json: bool = False) -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Parameters
    ----------
    as_json : bool, default False
        Whether its errors are JSON.

    Returns
    -------
    argparse.ArgumentParser
        The parser.

    Examples
    --------
    >>> make_parser().parse_args(["check", "loss.py:f"]).points
    5
    """
    parser_class = JsonParser if as_json else argparse.ArgumentParser
    parser = parser_class("gradlab", description="Check, draw and time gradients.", epilog=EPILOG)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print JSON, errors too")
    function = argparse.ArgumentParser(add_help=False)
    function.add_argument("function", metavar="FILE:NAME", help="a function, such as loss.py:f or package.module:f")
    function.add_argument(
        "--at", action="append", default=[], metavar="JSON", help="an argument: a number or a list; once for each (default: random)"
    )
    function.add_argument("--seed", type=int, default=0, help="the seed of random points (default: 0)")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    check = subparsers.add_parser(
        "check", parents=[function, shared], help="compare a gradient with numerical derivatives", epilog=EPILOG
    )
    check.add_argument("--points", type=_positive, default=5, help="how many random points (default: 5)")
    check.add_argument("--order", type=int, choices=(1, 2), default=1, help="the highest order of derivatives (default: 1)")
    draw = subparsers.add_parser("draw", parents=[function, shared], help="draw the graph of a function, with gradients")
    draw.add_argument("-o", "--output", default="-", metavar="FILE", help=".svg, .html, .dot or .mmd (default: print text)")
    draw.add_argument("--fold", choices=("structure", "scope"), help="how nodes that play the same part are joined")
    subparsers.add_parser("demo", parents=[shared], help="compute a gradient, check it, and find a minimum")
    bench = subparsers.add_parser("bench", parents=[shared], help="time a small network of scalars on this machine")
    bench.add_argument("--repeats", type=_positive, default=30, help="how often each is timed (default: 30)")
    subparsers.add_parser("info", parents=[shared], help="print versions and the engine")
    completion = subparsers.add_parser("completion", parents=[shared], help="print a completion script for a shell (needs shtab)")
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def _run(options: argparse.Namespace) -> Result:
    """Run the command that the arguments name."""
    match options.command:
        case "check":
            return commands.check(options.function, options.at, options.points, options.seed, options.order)
        case "draw":
            return commands.draw_function(options.function, options.at, options.seed, options.output, options.fold)
        case "bench":
            return commands.bench(options.repeats)
        case "completion":
            return _completion(options.shell)
        case "demo":
            return commands.demo()
    return commands.info()


def _completion(shell: str) -> Result:
    """Return the completion script, which shtab makes from the parser."""
    try:
        import shtab
    except ImportError:
        raise SettingError("completion needs shtab: pip install shtab") from None
    script = shtab.complete(make_parser(), shell)
    return Result({"shell": shell, "script": script}, script)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``gradlab``.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments; by default those of the process.

    Returns
    -------
    int
        The exit code.

    Examples
    --------
    >>> main(["completion", "fish"])
    Traceback (most recent call last):
    SystemExit: 2
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = make_parser(as_json=any(map(_means_json, given))).parse_args(given)
    try:
        # What the user's function prints would be in the middle of the JSON.
        with contextlib.redirect_stdout(sys.stderr) if options.json else contextlib.nullcontext():
            result = _run(options)
    except SettingError as error:
        if options.json:
            _print_json(_error_data("SettingError", str(error)))
        else:
            print(f"gradlab {options.command}: {error}", file=sys.stderr)
        return USAGE
    except Exception as error:  # whatever the file or the function of the user raises
        traceback.print_exc()
        if options.json:
            _print_json(_error_data(type(error).__name__, str(error)))
        return RAISED
    if options.json:
        _print_json(result.data)
    else:
        print(result.text)
    return result.code


def _means_json(argument: str) -> bool:
    """Whether an argument is ``--json``, or short for it."""
    return len(argument) > len("--") and "--json".startswith(argument)


def _error_data(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"type": kind, "message": message}}


def _print_json(data: dict[str, Any]) -> None:
    print(json.dumps(data, indent=2))
