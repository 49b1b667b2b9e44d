"""Style sheets and markup agree: every class with a rule is in use, every class in use has one."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STYLES = ROOT / "static" / "css"
APPS = ("chat", "curation", "people", "talktech", "transcripts")
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)

# What Django writes: its forms and messages, and the pages of its admin.
DJANGO = {
    *("errorlist", "nonfield", "warning", "error"),
    *("addlink", "breadcrumbs", "button", "changelink", "column-starts", "column-title", "content"),
    *("dashboard", "deletelink", "description", "errornote", "field-starts", "field-title"),
    *("fieldset-description", "fieldset-heading", "form-row", "help", "inline-group"),
    *("messagelist", "module", "object-tools", "paginator", "results", "section", "selected"),
    *("submit-row", "tabular", "text", "toggle", "viewlink"),
}
# What our own templates of the admin take over, for Django's style sheets.
STYLED_BY_DJANGO = {"this-page"}


def classes_in_styles() -> set[str]:
    found: set[str] = set()
    for path in STYLES.rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        for selector in re.findall(r"([^{};]+){", text):
            if not selector.strip().startswith("@"):
                found.update(re.findall(r"\.([a-zA-Z][\w-]*)", selector))
    return found


def classes_in_markup(text: str) -> Iterator[str]:
    for value in re.findall(r'class="((?:{%.*?%}|{{.*?}}|[^"])*)"', text):
        yield from TAG.sub(" ", value).split()
    for value in re.findall(r"{% block body_class %}([^{]+){% endblock %}", text):
        yield from value.split()


def classes_in_script(text: str) -> Iterator[str]:
    """A prefix ends in a hyphen: the script adds the rest."""
    for pattern in (
        r'className = "([^"]+)"',
        r'classList\.\w+\(\s*"([^"]+)"',
        r"classList\.\w+\(\s*`([^`$]+)",
        r'\bmake\("[^"]+", [^;]*?, "([^"]+)"\)',
    ):
        for value in re.findall(pattern, text):
            yield from value.split()


def classes_in_use() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        found.update(classes_in_markup(path.read_text()))
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            found.update(classes_in_markup(path.read_text()))
    for path in (ROOT / "static" / "js").rglob("*.js"):
        found.update(classes_in_script(path.read_text()))
    return found


def is_among(name: str, known: set[str]) -> bool:
    return name in known or any(one.endswith("-") and name.startswith(one) for one in known)


def test_every_class_with_a_rule_is_in_use() -> None:
    used = classes_in_use() | DJANGO
    assert sorted(name for name in classes_in_styles() if not is_among(name, used)) == []


def test_every_class_in_use_has_a_rule() -> None:
    styled = classes_in_styles() | STYLED_BY_DJANGO
    missing = {
        name
        for name in classes_in_use()
        if not any(one.startswith(name) if name.endswith("-") else one == name for one in styled)
    }
    assert sorted(missing) == []


def test_the_list_of_djangos_classes_names_only_those_with_rules() -> None:
    assert sorted(DJANGO - classes_in_styles()) == []


def test_every_style_sheet_is_linked_by_a_template() -> None:
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    linked = set(re.findall(r"{% static 'css/([^']+)' %}", templates))
    assert {str(path.relative_to(STYLES)) for path in STYLES.rglob("*.css")} == linked
