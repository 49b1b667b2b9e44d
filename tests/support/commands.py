"""Runs `manage.py` commands in a process that loads Django once.

`Commands` starts the process and talks to it; `answer_requests` is what runs there. A request is a
line of JSON with the command's arguments; the answer is a line with its success and its output.
"""

import io
import json
import os
import subprocess
import sys
import threading
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds for one command


class Commands:
    """The commands of one installation, whose settings are its environment."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.lock = threading.Lock()
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.commands"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            )

    def run(self, *arguments: str) -> str:
        """What the command printed. Raises AssertionError if it fails."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with self.lock:
            limit = threading.Timer(PATIENCE, self.process.kill)
            limit.start()
            try:
                self.process.stdin.write(json.dumps(arguments) + "\n")
                self.process.stdin.flush()
                line = self.process.stdout.readline()
            finally:
                limit.cancel()
        assert line, f"The process ended, or ran longer than {PATIENCE} s: {arguments}"
        answer = json.loads(line)
        assert answer["succeeded"], answer["output"]
        return str(answer["output"])

    def close(self) -> None:
        self.process.communicate()


def answer_requests() -> None:
    """Until standard input ends."""
    # Only answers go through the pipe; what else writes to standard output goes to the log.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talktech.settings")
    django.setup()
    for line in sys.stdin:
        succeeded, output = execute(json.loads(line))
        answers.write(json.dumps({"succeeded": succeeded, "output": output}) + "\n")
        answers.flush()


def execute(arguments: list[str]) -> tuple[bool, str]:
    """Whether it succeeded, and all that it printed. Its connections are closed afterwards."""
    from django.core.management import execute_from_command_line

    printed = io.StringIO()
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            execute_from_command_line(["manage.py", *arguments])
    except SystemExit as ended:
        return not ended.code, printed.getvalue()
    except Exception:
        return False, printed.getvalue() + traceback.format_exc()
    return True, printed.getvalue()


if __name__ == "__main__":
    answer_requests()
