"""What the web client asks the server for: a view, read as the client does."""

from lxml import etree

LIMIT = 80
COUNTED = 10_001  # The web client wants no larger number than this.
# Fields that widgets bring along (their `fieldDependencies` in JavaScript).
ACTIVITY = (
    "activity_exception_decoration",
    "activity_exception_icon",
    "activity_state",
    "activity_summary",
    "activity_type_icon",
    "activity_type_id",
)
BROUGHT = {"list_activity": ACTIVITY, "kanban_activity": ACTIVITY}
X2MANY = ("one2many", "many2many")


def read_view(env, model: str, kind: str) -> dict:
    """Return the specification of the fields that a view shows to this user."""
    views = env[model].get_views([(False, kind)])
    models = {name: info["fields"] for name, info in views["models"].items()}
    return _read_arch(etree.fromstring(views["views"][kind]["arch"]), model, models)


def _read_arch(arch, model: str, models: dict) -> dict:
    """Return the specification of the fields in a view or in one inside another."""
    depth = len([node for node in arch.iterancestors() if node.tag == "field"])
    depth += arch.tag == "field"
    specification = {}
    for node in arch.iter("field"):
        inside = [up for up in node.iterancestors() if up.tag == "field"]
        if len(inside) == depth:
            name = node.get("name")
            specification[name] = _read_field(node, models[model][name], models)
            for brought in BROUGHT.get(node.get("widget"), ()):
                info = models[model].get(brought, {})
                specification[brought] = _name_of(info.get("type"))
    return specification


def _read_field(node, info: dict, models: dict) -> dict:
    if node.get("invisible") in ("1", "True"):
        return {"fields": {}} if info["type"] == "many2one" else {}
    if info["type"] not in X2MANY:
        return _name_of(info["type"])
    for view in node:
        if view.tag in ("list", "kanban"):
            fields = _read_arch(view, info["relation"], models)
            return {"fields": fields, "limit": 40, "context": {}}
    if node.get("widget") == "many2many_tags":
        return {"fields": {"display_name": {}}}
    return {}


def _name_of(kind: str | None) -> dict:
    return {"fields": {"display_name": {}}} if kind == "many2one" else {}
