"""The security headers of every answer, including those that do not come from Django."""

from collections.abc import Iterable

from django.conf import settings

Headers = list[tuple[bytes, bytes]]

# For answers that load nothing: data, files, the server's own errors. Pages have their own policy.
NEEDS_NOTHING = b"default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
STATIC = "/static/"
IS_A_FILE = (200, 206, 304)


def standard() -> Headers:
    """Return the headers that are the same for every answer."""
    always: Headers = [
        (b"content-security-policy", NEEDS_NOTHING),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", settings.SECURE_REFERRER_POLICY.encode()),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]
    if settings.SECURE_HSTS_SECONDS:
        age = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
        always.append((b"strict-transport-security", age.encode()))
    return always


def add_missing(path: str, given: Iterable[tuple[bytes, bytes]], status: int = 400) -> Headers:
    """Return the `given` headers, with the security headers that are missing among them.

    Browsers and proxies may store static files. Any other answer may be for a person who is signed
    in, so neither the Back button nor a proxy may show it to the next one.
    """
    headers = [(name.lower(), value) for name, value in given]
    names = {name for name, _ in headers}
    wanted = standard()
    if not (path.startswith(STATIC) and status in IS_A_FILE):
        wanted.append((b"cache-control", b"no-store"))
    return headers + [(name, value) for name, value in wanted if name not in names]
