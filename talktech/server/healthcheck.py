"""`python -m talktech.server.healthcheck [port]`: ends with 0 if the server on this machine is
healthy.

It asks by the name that people use, for any other is refused. Without Django, as containers are
asked every few seconds.
"""

import http.client
import sys

from talktech.config import load


def is_healthy(port: int) -> bool:
    """Whether the server there says so within four seconds."""
    host = load().netloc or f"localhost:{port}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/health/", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy(int(sys.argv[1]) if len(sys.argv) > 1 else 8000) else 1)
