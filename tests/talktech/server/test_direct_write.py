"""Direct writes are tried at the start, and not used if they don't work."""

import subprocess
import sys

import pytest

# There is one Twisted reactor per process, so each test runs in a process of its own.
TRIAL = """
import asyncio, os
from twisted.internet import asyncioreactor
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
asyncioreactor.install(loop)
from twisted.internet import reactor, tcp
from talktech.server import direct_write
{fault}
async def main():
    print(await direct_write.is_sound())
    reactor.stop()
reactor.callWhenRunning(lambda: asyncio.ensure_future(main()))
reactor.run()
"""

FAULTS = {
    "it keeps what it should write": """
class Handle:
    def __init__(self, transport): self.transport = transport
    def send(self, data): return self.transport.write(data) or len(data)
tcp.Connection.getHandle = Handle
""",
    "it says that it took all": """
class Handle:
    def __init__(self, transport): self.socket = transport.socket
    def send(self, data): return self.socket.send(data) and len(data)
tcp.Connection.getHandle = Handle
""",
    "it gives no socket": "tcp.Connection.getHandle = lambda self: self",
    "it never asks for more": "tcp.Connection.registerProducer = lambda self, *a: None",
}


def tried(fault: str) -> subprocess.CompletedProcess[str]:
    program = TRIAL.format(fault=fault)
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip


def test_direct_writes_work_with_this_twisted() -> None:
    said = tried("")
    assert (said.stdout, said.stderr) == ("True\n", "")


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_twisted_that_behaves_otherwise_is_detected(fault: str) -> None:
    said = tried(fault)
    assert said.stdout == "False\n"
    assert "slower" in said.stderr
