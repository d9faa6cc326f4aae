"""A visitor who asks for everything that can be asked over HTTP."""

import json
import logging
from collections import Counter, defaultdict

from odoo.exceptions import AccessError
from odoo.tools import SQL

RELATIONAL = ("many2one", "one2many", "many2many")
TEXTS = ("char", "text", "html", "json", "selection", "reference")
FIELD_TRAITS = ["type", "relation", "groupable", "exportable", "searchable", "readonly"]
TRAJECT = "outplacement.traject"
# Channels of Odoo in which rows are asked for one by one too.
GUESSED_CHANNELS = (
    "mail.message",
    "mail.mail",
    "mail.activity",
    "mail.notification",
    "mail.tracking.value",
    "ir.attachment",
    "ir.filters",
    "calendar.event",
    "discuss.channel",
)
BESIDE = 2  # How many ids after those that exist are guessed too.
NOTHING = json.dumps([0, None])
MOST_ROWS = 15  # Of rows that were there before.
MOST_NEW_ROWS = 100
MOST_UNDATED_ROWS = 20  # Where the table does not tell which rows are new.
MOST_GUESSES = 20  # Of a channel's rows.
MOST_SAMPLES = 2  # Of a model's rows, for what is the same for each.


class World:
    """What there is to ask for: worked out once, in the database itself."""

    def __init__(self, env, canaries, secret_models):
        self.env = env
        self.canaries = canaries
        self.registry = env.registry
        self.secret = [Model._name for Model in secret_models]
        self.ours = sorted(
            name
            for name, Model in self.registry.items()
            if Model._original_module == "outplacement" and not Model._abstract
        )
        self.models = sorted(n for n, M in self.registry.items() if not M._abstract)
        self.new_ids = {name: self._get_new_ids(name) for name in self.models}
        self.fragile = defaultdict(set)
        self.paths = self._get_paths()
        self.near = {
            *(*self.ours, *GUESSED_CHANNELS),
            *(
                name
                for model in self.secret
                for name, _field in self._get_links(model, everywhere=True)
            ),
        }

    def _get_new_ids(self, model):
        """Return the ids of the rows that this transaction made: of all, where the
        table does not tell; None without a table."""
        Model, cr = self.registry[model], self.env.cr
        cr.execute("SELECT to_regclass(%s)", [f'public."{Model._table}"'])
        if Model._table_query or not cr.fetchone()[0]:
            return None
        dated = Model._log_access and "create_date" in Model._fields
        where = SQL("create_date >= %s", cr.now()) if dated else SQL("TRUE")
        if model == "ir.attachment":  # of those, none of Odoo's scripts and styles
            where = SQL(
                "%s AND COALESCE(url, '') NOT LIKE '/web/assets/%%'"
                " AND (res_field IS NULL OR res_model LIKE 'outplacement.%%')",
                where,
            )
        cr.execute(
            SQL(
                "SELECT id FROM %s WHERE %s ORDER BY id DESC LIMIT %s",
                SQL.identifier(Model._table),
                where,
                MOST_NEW_ROWS if dated else MOST_UNDATED_ROWS,
            )
        )
        return [row[0] for row in cr.fetchall()]

    def get_guesses(self, model):
        """Return the ids of all rows of a model of ours, and some that are near."""
        ids = self.new_ids[model] or [0]
        return [*ids, *range(ids[0] + 1, ids[0] + 1 + BESIDE)]

    def _get_paths(self):
        """Return (model, path, canary) for what a condition could ask after: each
        text by itself and through one link or two."""
        paths = {}
        for label in self.canaries.labels:
            start = (label.model, label.field)
            field = self.registry[label.model]._fields[label.field]
            if start in paths or field.type == "binary":
                continue
            paths[start] = label
            known = label.model in self.secret
            for model, link in self._get_links(label.model, everywhere=known):
                paths.setdefault((model, f"{link}.{label.field}"), label)
                for further, first in self._get_links(model, everywhere=False):
                    path = f"{first}.{link}.{label.field}"
                    paths.setdefault((further, path), label)
        return [(model, path, label) for (model, path), label in paths.items()]

    def _get_links(self, comodel, *, everywhere):
        """Return (model, field) of the links to a model, from ours or everywhere."""
        return [
            (name, field.name)
            for name in (self.models if everywhere else self.ours)
            for field in self.registry[name]._fields.values()
            if field.type in RELATIONAL
            and field.comodel_name == comodel
            and not self.registry[name]._transient
        ]

    def get_public_methods(self):
        """Return (model, method) of every method of ours that anybody can call."""
        return [
            (name, key)
            for name, Model in sorted(self.registry.items())
            for cls in Model.mro()
            if cls.__module__.startswith("odoo.addons.outplacement.")
            for key, value in vars(cls).items()
            if callable(value)
            and not key.startswith("_")
            and not getattr(value, "_api_private", False)
        ]


class Crawler:
    """One visitor: a role, its user (None: not logged in) and a browser.

    `request` is called like `requests.request`. Afterwards `heard` holds, by label,
    where each canary was first heard, and `counts` the requests by channel. Of those
    that the role is `entitled` to, no condition is tried.
    """

    def __init__(self, world, role, user, request, base_url, entitled=()):
        self.world = world
        self.role = role
        self.env = world.env(user=user or world.env.ref("base.public_user"))
        self.logged_in = bool(user)
        self.request = request
        self.base_url = base_url
        self.entitled = entitled
        self.counts = Counter()
        self.heard = {}
        self._fields = {}

    def crawl(self):
        """Ask for everything that changes nothing."""
        if self.logged_in:
            self.crawl_models()
            self.crawl_secrets()
            self.crawl_oracles()
        self.crawl_side_doors()
        self.crawl_chatter()
        self.crawl_files()
        self.crawl_reports()
        self.crawl_pages()
        self.crawl_actions()

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def http(self, channel, method, url, *, listen=True, **kwargs):
        """Return the response; note the canaries in it."""
        self.counts[channel] += 1
        response = self.request(method, self.base_url + url, timeout=120, **kwargs)
        if listen:
            heads = " ".join(response.headers.values())
            found = self.world.canaries.find(response.content)
            for label in found | self.world.canaries.find(heads):
                what = kwargs.get("json", {}).get("params", "")
                self.heard.setdefault(label, f"{channel}: {url} {what!s:.300}")
        return response

    def get(self, channel, url, **params):
        """Open a page."""
        return self.http(channel, "GET", url, params=params, allow_redirects=False)

    def rpc(self, channel, url, params, **options):
        """Return (result, error) of a JSON-RPC call."""
        body = {"id": 0, "jsonrpc": "2.0", "method": "call", "params": params}
        response = self.http(channel, "POST", url, json=body, **options)
        try:
            answer = response.json()
        except ValueError:
            return None, {"message": response.text}
        return answer.get("result"), answer.get("error")

    def call(self, channel, model, method, *args, listen=True, **kwargs):
        """Return (result, error) of calling a method of a model."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        url = f"/web/dataset/call_kw/{model}/{method}"
        return self.rpc(channel, url, params, listen=listen)

    def _in_parts(self, key, names, attempt):
        """Call ``attempt`` with all names; where it fails, without those at fault."""
        fragile = self.world.fragile[key]
        sound = [name for name in names if name not in fragile]
        if sound and not attempt(sound):
            if not attempt(sound[:1]) and not attempt(sound[-1:]):
                return  # all of it is refused
            self._split(fragile, sound, attempt)
        for name in [name for name in names if name in fragile and name not in sound]:
            attempt([name])

    def _split(self, fragile, names, attempt):
        if len(names) == 1:
            fragile.add(names[0])
            return
        middle = len(names) // 2
        for half in (names[:middle], names[middle:]):
            if not attempt(half):
                self._split(fragile, half, attempt)

    # ------------------------------------------------------------------
    # What a user can know of a model
    # ------------------------------------------------------------------

    def may(self, model):
        """Whether the user has any right to read records of the model."""
        access = self.env["ir.model.access"]
        return access.check(model, "read", raise_exception=False)

    def fields(self, model):
        """Return the traits of the fields that the user may read, by name."""
        if model not in self._fields:
            known = self.env[model].fields_get(attributes=FIELD_TRAITS)
            self._fields[model] = {n: t for n, t in known.items() if n != "id"}
        return self._fields[model]

    def spec(self, model, depth):
        """Return a specification of all fields for the web client's reading, and of
        the records they lead to ``depth`` levels deep."""
        spec = {}
        for name, traits in self.fields(model).items():
            if traits["type"] not in RELATIONAL:
                if depth or model in self.world.ours or traits["type"] in TEXTS:
                    spec[name] = {}
                continue
            comodel = traits["relation"]
            wanted = self.world.near if depth > 1 else self.world.ours
            deeper = depth and comodel in wanted
            below = {"display_name": {}}
            if deeper and self.may(comodel):
                below = {**below, **self.spec(comodel, depth - 1)}
            if depth or comodel in self.world.ours:
                spec[name] = {"fields": below}
        return spec

    def mix(self, model):
        """Return the ids of all new rows, those that the user may read first: what
        checks only the first record, or one by one, would let the others through."""
        ids = self.world.new_ids[model] or []
        try:
            mine = self.env[model].search([("id", "in", ids)]).ids
        except AccessError:
            mine = []
        return [*mine, *(record_id for record_id in ids if record_id not in mine)]

    # ------------------------------------------------------------------
    # Every model of the registry
    # ------------------------------------------------------------------

    def crawl_models(self):
        for model in self.world.models:
            if model in self.world.ours or self.may(model):
                self.read_model(model)

    def read_model(self, model):
        """Read what a search finds, in every way; no right is needed to try."""
        self._read_all(model)
        if self.world.new_ids[model] != []:
            self._read_new(model)

    def _read_all(self, model):
        names = [n for n, t in self.fields(model).items() if t["type"] != "binary"]
        found = []

        def attempt(names):
            rows, error = self.call(
                "read",
                model,
                "search_read",
                [],
                names,
                limit=MOST_ROWS,
                order="id desc",
            )
            found.extend(rows or ())
            return not error

        if not self.may(model):
            attempt(names)
        elif names:
            self._in_parts(("read", model), names, attempt)

    def _read_new(self, model):
        """Read, group and export the rows that the bureau made, in every way."""
        ids = self.world.new_ids[model]
        domain = [("id", "in", ids)] if ids else []
        if not self.may(model):
            domain = []
        spec = self.spec(model, 2)

        def read(names):
            part = {name: spec[name] for name in names}
            return not self.call(
                "deep", model, "web_search_read", domain, part, limit=MOST_NEW_ROWS
            )[1]

        self._in_parts(("deep", model), list(spec), read)
        self.call("names", model, "name_search", "", domain, limit=MOST_NEW_ROWS)
        self.call("names", model, "web_name_search", "", {"display_name": {}}, domain)
        self._group(model, domain)
        self._export(model, domain, self.mix(model))

    def _group(self, model, domain):
        fields = self.fields(model)
        names = [
            name
            for name, traits in fields.items()
            if traits.get("groupable")
            and (
                model in self.world.ours
                or traits["type"] in TEXTS
                or traits.get("relation") in self.world.ours
            )
        ]

        def group(names):
            sets = [[f"{n}:day" if "date" in fields[n]["type"] else n] for n in names]
            return not self.call(
                "group",
                model,
                "formatted_read_grouping_sets",
                domain,
                sets,
                ["__count"],
            )[1]

        if names:
            self._in_parts(("group", model), names, group)

    def _export(self, model, domain, ids):
        names = [
            name
            for name, traits in self.fields(model).items()
            if traits.get("exportable", True) and traits["type"] != "binary"
        ]
        names += [
            f"{name}/display_name"
            for name in names
            if self.fields(model)[name]["type"] in RELATIONAL
        ]

        def export(names):
            if not ids:
                return True
            return not self.call("export", model, "export_data", ids, names)[1]

        if model in self.world.near:
            self._in_parts(("export", model), names, export)
        else:
            export(["id", "display_name"])
        if model in self.world.ours:
            self._download(model, domain, ids, names)

    def _download(self, model, domain, ids, names):
        """Export to files: all records, those that are named, and in groups."""
        fields = [{"name": name, "label": name} for name in names]
        for kind, chosen, groups in (
            ("csv", [], []),
            ("csv", ids, []),
            ("xlsx", ids, []),
            ("xlsx", [], names[:1]),
        ):
            data = {
                "model": model,
                "fields": fields,
                "ids": chosen,
                "domain": domain,
                "groupby": groups,
                "import_compat": False,
            }
            self.get("export", f"/web/export/{kind}", data=json.dumps(data))

    # ------------------------------------------------------------------
    # Our own models, by guessing
    # ------------------------------------------------------------------

    def crawl_secrets(self):
        for model in self.world.secret:
            self.guess_model(model)
            self._describe(model)
        for model in GUESSED_CHANNELS:
            self._guess(model, (self.world.new_ids[model] or [])[:MOST_GUESSES])
        for model in self.world.models:
            self._open_forms(model)
        self._compose()

    def guess_model(self, model):
        """Ask for the records of a model of ours by their ids, and for some beside."""
        self._guess(model, self.world.get_guesses(model))

    def _guess(self, model, ids):
        """Read one record after another, whether the user may or not."""
        names = list(self.fields(model)) if self.may(model) else ["display_name"]
        spec = self.spec(model, 1) if self.may(model) else {"display_name": {}}
        for record_id in ids:

            def read(names, record_id=record_id):
                return not self.call("guess", model, "read", [record_id], names)[1]

            def web_read(names, record_id=record_id):
                part = {name: spec[name] for name in names}
                return not self.call("guess", model, "web_read", [record_id], part)[1]

            self._in_parts(("read", model), names, read)
            if model in self.world.secret:
                self._in_parts(("deep", model), list(spec), web_read)
        for record_id in ids[:MOST_SAMPLES]:
            self._guess_otherwise(model, record_id)
        self.call("guess", model, "copy_data", self.mix(model))
        self.call("guess", model, "read", self.mix(model), names)

    def _guess_otherwise(self, model, record_id):
        names = [
            field.name
            for field in self.world.registry[model]._fields.values()
            if field.type in ("char", "text", "html") and field.store
        ]
        spec = {name: {} for name in names}
        self.call("guess", model, "onchange", [record_id], {}, [], spec)
        self.call("guess", model, "web_save", [record_id], {}, spec)
        for name in names[:2]:
            self.call("guess", model, "get_field_translations", [record_id], name)
        self.call("guess", model, "copy_data", [record_id])
        self.call("guess", model, "get_metadata", [record_id])
        self.call("guess", model, "load", [".id"], [[str(record_id)]])
        self.call("guess", model, "name_search", str(record_id))

    def _describe(self, model):
        views = [[False, kind] for kind in ("list", "form", "search", "kanban")]
        options = {"load_filters": True, "toolbar": True}
        self.call("views", model, "get_views", views, options)
        self.call("views", model, "fields_get")
        self.call("views", "ir.filters", "get_filters", model)

    def _open_forms(self, model):
        """Fill in forms with links to records that are not the user's."""
        Model = self.world.registry[model]
        links = [
            field
            for field in Model._fields.values()
            if field.type == "many2one" and field.comodel_name in self.world.secret
        ]
        if not links and not (Model._transient or model in self.world.ours):
            return
        if not self.may(model):
            return
        names = list(self.fields(model))
        context = {
            "active_model": TRAJECT,
            "active_id": self._first(TRAJECT),
            "active_ids": [self._first(TRAJECT)],
        }
        self.call("form", model, "default_get", names, context=context)
        spec = self.spec(model, 1)
        for field in links:
            for record_id in (self.world.new_ids[field.comodel_name] or [])[-3:]:
                values = {field.name: record_id}
                self._in_parts(
                    ("form", model, field.name),
                    list(spec),
                    lambda names, values=values: self._onchange(
                        model, values, {name: spec[name] for name in names}
                    ),
                )

    def _onchange(self, model, values, spec):
        default = {f"default_{name}": value for name, value in values.items()}
        self.call("form", model, "onchange", [], {}, [], spec, context=default)
        return not self.call("form", model, "onchange", [], values, [*values], spec)[1]

    def _first(self, model):
        """Return the id of the first record that the bureau made."""
        return (self.world.new_ids[model] or [0])[-1]

    def _compose(self):
        """Let Odoo's mail composer fill in templates for records by their ids."""
        templates = self.world.env["mail.template"].search(
            [("model", "in", self.world.secret)]
        )
        fields = {"body": {}, "subject": {}, "attachment_ids": {"fields": {"name": {}}}}
        for model in self.world.secret:
            mine = templates.filtered(lambda t, model=model: t.model == model)
            for template_id in [*mine.ids, False]:
                for record_id in (self.world.new_ids[model] or [])[-2:]:
                    values = {
                        "model": model,
                        "res_ids": str([record_id]),
                        "template_id": template_id,
                        "composition_mode": "comment",
                    }
                    self.call(
                        "composer",
                        "mail.compose.message",
                        "onchange",
                        [],
                        values,
                        ["template_id"],
                        fields,
                    )

    # ------------------------------------------------------------------
    # Conditions on what is hidden
    # ------------------------------------------------------------------

    def crawl_oracles(self):
        """Count records with a condition on a canary: does the answer tell that there
        is one? Told so, the canary counts as heard."""
        for model, path, label in self.world.paths:
            if label in self.entitled or not self.may(model):
                continue
            text = self.world.canaries.text(label)
            right = self._count(model, path, text)
            if right == NOTHING:  # as for any text that is nowhere
                continue
            if right != self._count(model, path, text[:-5] + "9999_"):
                self.heard.setdefault(label, f"oracle: {model} {path}")

    def _count(self, model, path, text):
        """Return what a condition answers, as far as it does not quote the text."""
        count, error = self.call(
            "oracle",
            model,
            "search_count",
            [(path, "ilike", text)],
            listen=False,
        )
        return json.dumps([count, error]).replace(text, "")

    # ------------------------------------------------------------------
    # Doors beside the models
    # ------------------------------------------------------------------

    def crawl_side_doors(self):
        """What needs no login, or the external API."""
        for model in self.world.secret:
            if not self.logged_in:
                self.call("guess", model, "search_read", [])
        channels = [*self.world.secret, "broadcast", "mail.message", "bus.bus"]
        self.rpc(
            "bus",
            "/websocket/peek_notifications",
            {"channels": channels, "last": 0, "is_first_poll": True},
        )
        if not self.logged_in:
            return
        user = self.env.user
        for model in (*self.world.secret, "mail.message"):
            args = [self.env.cr.dbname, user.id, user.login, model, "search_read", [[]]]
            params = {"service": "object", "method": "execute_kw", "args": args}
            self.rpc("external", "/jsonrpc", params)

    def crawl_chatter(self):
        for model in (TRAJECT, *self.world.secret):
            thread = {"thread_model": model, "thread_id": self._first(model)}
            data = {"request_list": ["messages", "activities", "attachments"]}
            self.rpc("chatter", "/mail/thread/messages", thread)
            self.rpc("chatter", "/mail/chatter_fetch", thread)
            self.rpc("chatter", "/portal/chatter_init", thread)
            self.rpc("chatter", "/mail/thread/recipients", thread)
            self.rpc(
                "chatter",
                "/mail/data",
                {"fetch_params": [["mail.thread", {**thread, **data}]]},
            )
            self.get("chatter", "/mail/view", model=model, res_id=thread["thread_id"])
        for box in ("inbox", "history", "starred"):
            self.rpc("chatter", f"/mail/{box}/messages", {})
        wanted = ["init_messaging", "failures", "systray_get_activities"]
        wanted += ["channels_as_member", "discuss.channel"]
        for name in wanted:
            self.rpc("chatter", "/mail/data", {"fetch_params": [name]})
        for message_id in (self.world.new_ids["mail.message"] or [])[:10]:
            self.get("chatter", f"/mail/message/{message_id}")
        for channel_id in self.world.new_ids["discuss.channel"] or ():
            params = {"channel_id": channel_id}
            self.rpc("chatter", "/discuss/channel/messages", params)
        self.rpc("calendar", "/calendar/notify", {})
        for event_id in (self.world.new_ids["calendar.event"] or [])[:5]:
            self.get("calendar", "/calendar/meeting/view", token="x", id=event_id)

    def crawl_files(self):
        for file_id in self.world.new_ids["ir.attachment"] or ():
            for query in ({}, {"access_token": "guess"}):
                self.get("files", f"/web/content/{file_id}", **query)
        for document_id in self.world.new_ids["outplacement.document"] or ():
            self.get("files", f"/outplacement/document/{document_id}")
        for model in self.world.secret:
            names = [
                field.name
                for field in self.world.registry[model]._fields.values()
                if field.type in ("binary", "image") or field.name == "body"
            ]
            for name in names:
                for record_id in self.world.new_ids[model] or ():
                    self.get("files", f"/web/content/{model}/{record_id}/{name}")
                self.get("files", f"/web/image/{model}/{self._first(model)}/{name}")

    def crawl_reports(self):
        reports = self.world.env["ir.actions.report"].search(
            [("model", "in", self.world.ours)]
        )
        for report in reports:
            for record_id in self.world.new_ids[report.model] or ():
                name = report.report_name
                self.get("reports", f"/report/html/{name}/{record_id}")
                self.get("reports", f"/report/text/{name}/{record_id}")
            ids = ",".join(map(str, self.mix(report.model)))
            self.get("reports", f"/report/html/{report.report_name}/{ids}")
            first = self._first(report.model)
            self.get("reports", f"/report/pdf/{report.report_name}/{first}")

    def crawl_pages(self):
        pages = ["/my", "/my/home", "/my/account", "/my/orders", "/my/quotes"]
        pages += ["/my/invoices", "/odoo", "/web", "/my/security"]
        for model, page in (("sale.order", "orders"), ("account.move", "invoices")):
            for record_id in self.world.new_ids[model] or ():
                pages.append(f"/my/{page}/{record_id}")
                pages.append(f"/my/{page}/{record_id}?access_token=guess")
                pages.append(f"/my/{page}/{record_id}?report_type=html")
        for page in pages:
            self.get("pages", page)
        self.rpc("pages", "/my/counters", {"counters": ["quotation_count"]})
        self._crawl_own_pages()

    def _crawl_own_pages(self):
        """Open every page that this add-on adds."""
        rules = self.world.env["ir.http"].routing_map().iter_rules()
        for rule in rules:
            endpoint = rule.endpoint
            module = getattr(endpoint.func, "__module__", "")
            if not module.startswith("odoo.addons.outplacement."):
                continue
            for record_id in sorted(self._get_page_ids(rule)):
                url = rule.rule
                for argument in rule.arguments:
                    url = self._fill_in(url, argument, record_id)
                self.get("pages", url)

    def _get_page_ids(self, rule):
        """Return the ids to fill in: of all records of the models that the arguments
        are named after, or else of one of each model."""
        names = {name.removesuffix("_id") for name in rule.arguments}
        named = {f"outplacement.{name}" for name in names}
        named |= {f"outplacement.social.{name}" for name in names}
        if known := named & set(self.world.ours):
            return {
                record_id
                for model in known
                for record_id in self.world.get_guesses(model)
            }
        return {self._first(model) for model in self.world.secret}

    def _fill_in(self, url, argument, value):
        """Return a route with ``value`` in the place of an argument."""
        before, _, rest = url.partition("<")
        while rest:
            place, _, after = rest.partition(">")
            if place.rpartition(":")[2] == argument:
                return f"{before}{value}{after}"
            before, _, rest = f"{before}<{place}>{after}".partition(f"<{place}>")
            return f"{before}<{place}>" + self._fill_in(rest, argument, value)
        return url

    def crawl_actions(self):
        data = self.world.env["ir.model.data"].search(
            [("module", "=", "outplacement"), ("model", "like", "ir.actions.")]
        )
        for row in data:
            context = {"active_id": self._first(TRAJECT), "active_model": TRAJECT}
            params = {"action_id": row.res_id, "context": context}
            self.rpc("actions", "/web/action/load", params)
            self.get("actions", f"/json/1/action-{row.res_id}")
        self.get("actions", "/web/webclient/load_menus")
        self.rpc("actions", "/web/session/get_session_info", {})

    # ------------------------------------------------------------------
    # What may change something
    # ------------------------------------------------------------------

    def call_methods(self, arguments):
        """Call every public method of ours on guessed records.

        :param dict arguments: those of a method, by model and name
        """
        for model, name in self.world.get_public_methods():
            if model not in self.world.secret:
                continue
            args = arguments.get(model, {}).get(name, ())
            samples = (self.world.new_ids[model] or [])[-MOST_SAMPLES:]
            for ids in (*([record_id] for record_id in samples), self.mix(model)):
                self.call("methods", model, name, ids, *args)


def silence():
    """Return a context manager that keeps the log of a crawl: nothing is printed, and
    the lines, as configured for production, are its value."""
    return _Kept()


class _Kept(logging.Handler):
    def __init__(self):
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))

    def __enter__(self):
        root = logging.getLogger()
        self.before = root.handlers[:]
        root.handlers[:] = [self]
        return self.lines

    def __exit__(self, *exception):
        logging.getLogger().handlers[:] = self.before
