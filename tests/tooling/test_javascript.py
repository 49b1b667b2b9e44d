"""The browser's modules, tested by node."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_test_of_the_browsers_modules_passes_in_node() -> None:
    files = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/js/**/*.test.js"))
    assert files
    done = subprocess.run(
        [
            "node",
            "--import",
            "./tests/js/support/resolve.js",
            "--test",
            "--test-reporter=tap",
            *files,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = dict(re.findall(r"^# (pass|skipped|todo|cancelled) (\d+)$", done.stdout, re.MULTILINE))
    assert int(counts.pop("pass")) > 0
    assert set(counts.values()) == {"0"}, "every test runs"
