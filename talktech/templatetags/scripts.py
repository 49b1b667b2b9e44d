"""The browser's modules as pages name them: the import map, and what a page fetches ahead.

Both are read from the files under `static/js`, so that a new script is one new file.
"""

import json
import re
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

FOLDER = Path(settings.BASE_DIR) / "static" / "js"
# A static import; `import("tt/…")` is loaded when it is needed, and not ahead.
IMPORT = re.compile(r'^import (?:[^;]*? from )?"tt/([a-z0-9_/-]+)";$', re.MULTILINE)

register = template.Library()


@register.simple_tag
def import_map() -> SafeString:
    """The JSON of the import map: each module's bare name (`tt/…`) with its hashed address."""
    return _import_map.__wrapped__() if settings.DEBUG else _import_map()


@register.simple_tag
def preload_modules(entry: str) -> SafeString:
    """A `modulepreload` link for each module that `entry` imports, directly or through others."""
    return _preload_modules.__wrapped__(entry) if settings.DEBUG else _preload_modules(entry)


def imported_by(entry: str) -> list[str]:
    """The names of the modules that `entry` imports, directly or through others, in order."""
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        text = (FOLDER / f"{waiting.pop()}.js").read_text(encoding="utf-8")
        new = set(IMPORT.findall(text)) - found
        found |= new
        waiting.extend(new)
    return sorted(found)


@cache
def _import_map() -> SafeString:
    names = sorted(
        path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.js")
    )
    imports = {f"tt/{name}": static(f"js/{name}.js") for name in names}
    return SafeString(json.dumps({"imports": imports}, separators=(",", ":")))


@cache
def _preload_modules(entry: str) -> SafeString:
    return format_html_join(
        "\n",
        '<link rel="modulepreload" href="{}">',
        ((static(f"js/{name}.js"),) for name in imported_by(entry)),
    )
