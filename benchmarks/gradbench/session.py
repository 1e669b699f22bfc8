"""GradBench's intermediary: passes the messages of an eval on to a tool, and its answers back."""

from __future__ import annotations

import json
import subprocess
import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Session:
    """What an eval and a tool said to each other.

    Attributes
    ----------
    is_defined : bool
        Whether the tool knows the eval.
    runs : list of dict
        Of each evaluation the function, its input's description, the nanoseconds of its runs, and what was wrong, or None.
    failure : str
        Why the session ended early, or "".
    """

    is_defined: bool = False
    runs: list[dict[str, Any]] = field(default_factory=list)
    failure: str = ""

    def is_right(self, function: str = "") -> bool:
        """Whether all evaluations (of a function) were right."""
        runs = [run for run in self.runs if function in ("", run["function"])]
        return bool(runs) and not self.failure and not any(run["error"] for run in runs)


def hold_session(
    eval_command: list[str], tool_command: list[str], folder: str, environment: dict[str, str], seconds: float
) -> Session:
    """Run an eval against a tool; both start in the folder, and end after so many seconds at the latest."""
    settings: dict[str, Any] = {"cwd": folder, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        subprocess.Popen(eval_command, env=environment, **settings) as questioner,
        subprocess.Popen(tool_command, env=environment, **settings) as tool,
    ):
        processes = (questioner, tool)
        alarm = threading.Timer(seconds, lambda: [process.kill() for process in processes])
        alarm.start()
        try:
            session = _pass_messages(questioner, tool)
        finally:
            if not alarm.is_alive():
                session.failure = f"no answer within {seconds:g} s"
            alarm.cancel()
            for process in processes:
                process.kill()
    return session


def _pass_messages(questioner: Any, tool: Any) -> Session:
    session = Session()
    by_id: dict[int, dict[str, Any]] = {}
    try:
        for line in questioner.stdout:
            message = json.loads(line)
            tool.stdin.write(line)
            tool.stdin.flush()
            answer_line = tool.stdout.readline()
            if not answer_line:
                session.failure = "the tool ended"
                break
            _note(session, by_id, message, json.loads(answer_line))
            questioner.stdin.write(answer_line)
            questioner.stdin.flush()
    except BrokenPipeError:
        session.failure = "a process ended"
    return session


def _note(session: Session, by_id: dict[int, dict[str, Any]], message: dict[str, Any], answer: dict[str, Any]) -> None:
    match message["kind"]:
        case "define":
            session.is_defined = answer["success"]
        case "evaluate":
            run = {
                "function": message["function"],
                "description": message.get("description", ""),
                "nanoseconds": [timing["nanoseconds"] for timing in answer.get("timings") or []],
                "error": None if answer["success"] else answer.get("error", "no reason given"),
            }
            by_id[message["id"]] = run
            session.runs.append(run)
        case "analysis":
            if not message["valid"]:
                by_id[message["of"]]["error"] = message.get("error", "wrong")
