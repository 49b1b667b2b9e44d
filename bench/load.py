"""The load generator, made from C and spoken to a line at a time."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

Phase = dict[str, Any]


def make(folder: Path) -> Path:
    """The program, from its source."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    assert compiler, "bin/setup bench brings a C compiler"
    program = folder / "load"
    sources = sorted(str(path) for path in (HERE / "load").glob("*.c"))
    subprocess.run([compiler, "-std=gnu11", "-O2", "-o", str(program), *sources], check=True)
    return program


class Load:
    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self.process = process
        self.folder = folder

    def ask(self, *words: object) -> Phase:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer: Phase = json.loads(self.process.stdout.readline())
        return answer

    def open(
        self,
        ports: Sequence[int],
        paths: Sequence[str],
        cookies: Sequence[str],
        at_once: int = 200,
        *,
        hello: bool = True,
    ) -> Phase:
        """Connect one tab per path and cookie, in turn to each port."""
        addresses = self.folder / "addresses"
        pairs = zip(paths, cookies, strict=True)
        lines = (
            f"{ports[n % len(ports)]}\t{path}\t{cookie}\n" for n, (path, cookie) in enumerate(pairs)
        )
        addresses.write_text("".join(lines))
        return self.ask("open", addresses, at_once, int(hello))


@contextmanager
def load(program: Path, servers: Sequence[int]) -> Iterator[Load]:
    """The generator, with its eye on the processor time of these processes."""
    process = subprocess.Popen(
        [str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        started = Load(process, program.parent)
        started.ask("watch", *servers)
        yield started
    finally:
        process.kill()
        process.wait()
