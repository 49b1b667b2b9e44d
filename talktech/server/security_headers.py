"""The security headers that every answer carries, also those that no page of ours wrote."""

from collections.abc import Iterable

from django.conf import settings

Headers = list[tuple[bytes, bytes]]

# For answers that need nothing: data, files, the server's own errors. Pages bring their own.
NEEDS_NOTHING = b"default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
STATIC = "/static/"
IS_A_FILE = (200, 206, 304)


def standard() -> Headers:
    """Those that do not depend on what is answered."""
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
    """These headers and those that are missing among them.

    Files may be kept by browsers and proxies. Anything else, such as the page that says that there
    is no such file, is for the reader of this moment, who may be signed in: neither the Back button
    nor a proxy may show it to the next one.
    """
    headers = [(name.lower(), value) for name, value in given]
    names = {name for name, _ in headers}
    wanted = standard()
    if not (path.startswith(STATIC) and status in IS_A_FILE):
        wanted.append((b"cache-control", b"no-store"))
    return headers + [(name, value) for name, value in wanted if name not in names]
