from datetime import date

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools import wording

# Texts that one call opens at most, and notes that it tells of at most: one more than
# are shown, so that it is seen that there are more.
BATCH = 500
MOST_SHOWN = 100
MIN_LENGTH, MAX_LENGTH = 2, 100


class OutplacementNote(models.Model):
    """Looking for words in the notes of one's own caseload.

    The database knows no text, so texts are opened and read here, some hundreds a
    call. What is looked for tells as much as what is found: it is kept nowhere, is in
    no SQL, no address and no message.
    """

    _inherit = "outplacement.note"

    @api.model
    def search_in_caseload(self, query, after=None, limit=BATCH):
        """Look for notes that have all words of ``query``, the newest first.

        Case and accents make no difference, and a word may be part of another. Only
        notes that the user may read are opened, at most ``limit`` (and 500) a call:
        call again with what ``next`` says until that is False.

        :param str query: the words, of 2 to 100 characters together
        :param after: ``next`` of the call before, nothing in the first one
        :return: a dict of ``notes`` (of each ``id``, ``date``, ``traject_id`` and
            ``candidate_id`` as :meth:`web_read` gives them, and ``snippet``, a list of
            [plain text, whether it was looked for]; 101 at most), ``searched`` and
            ``unopenable`` (numbers of notes in this call), ``next``, and in the first
            call ``total``, the number of notes to search
        :raises AccessError: no coach
        :raises UserError: the query is too short or too long, or ``after`` or
            ``limit`` is none
        """
        self._check_may_search()
        words = self._get_search_words(query)
        limit = self._get_search_limit(limit)
        notes = self.search(self._get_search_domain(after), limit=limit)
        found, unopenable = self._filter_by_words(notes, words)
        answer = {
            "notes": self._prepare_search_results(found[: MOST_SHOWN + 1], words),
            "searched": len(notes),
            "unopenable": len(unopenable),
            "next": len(notes) == limit and notes[-1:]._get_search_position(),
        }
        if not after:
            answer["total"] = self.search_count([])
        return answer

    @api.model
    def _check_may_search(self):
        """:raises AccessError: the user is no coach: a candidate reads what is shared,
        and superuser code reads nothing"""
        self.check_access("read")
        if self.env.su or not self.env.user.has_group("outplacement.group_coach"):
            raise AccessError(
                self.env._("Only coaches search their confidential notes.")
            )

    @api.model
    def _get_search_words(self, query):
        """Return the words to look for; what is wrong is said without quoting them.

        :raises UserError: too few characters, or too many
        """
        words = wording.get_words(query) if isinstance(query, str) else []
        if len("".join(words)) < MIN_LENGTH or len(query) > MAX_LENGTH:
            raise UserError(
                self.env._(
                    "Search for %(min)s to %(max)s characters.",
                    min=MIN_LENGTH,
                    max=MAX_LENGTH,
                )
            )
        return words

    @api.model
    def _get_search_limit(self, limit):
        """Return how many notes one call opens, from 1 to 500.

        :raises UserError: that is no number
        """
        try:
            return max(1, min(int(limit or BATCH), BATCH))
        except (TypeError, ValueError, OverflowError):
            raise UserError(
                self.env._("Say in a whole number how many notes to search.")
            ) from None

    @api.model
    def _get_search_domain(self, after):
        """Return the domain of the notes that come after a position in the order.

        :raises UserError: that is no position
        """
        if not after:
            return Domain.TRUE
        try:
            day, last_id = date.fromisoformat(after["date"]), int(after["id"])
        except (KeyError, TypeError, ValueError):
            raise UserError(self.env._("Start the search anew.")) from None
        same_day = Domain("date", "=", day) & Domain("id", "<", last_id)
        return Domain("date", "<", day) | same_day

    def _get_search_position(self):
        """Return where this note stands, for :meth:`_get_search_domain`."""
        self.ensure_one()
        return {"date": self.date.isoformat(), "id": self.id}

    @api.model
    def _filter_by_words(self, notes, words):
        """Open the texts of ``notes``.

        :return: a list of (note, text) of those that have all the words, and the
            notes that do not open
        """
        self._log_search(notes)
        bodies, unopenable = notes._filtered_access("read")._unseal("body_cipher")
        found = []
        for note in notes - unopenable:
            text = wording.get_text(bodies.get(note.id))
            if wording.has_words(text, words):
                found.append((note, text))
        return found, unopenable

    @api.model
    def _prepare_search_results(self, found, words):
        """Return what the client shows of the notes found: see
        :meth:`search_in_caseload`."""
        notes = self.browse(note.id for note, _text in found)
        (notes - notes._filter_emergency())._log_read()
        name = {"fields": {"display_name": {}}}
        rows = notes.web_read({"date": {}, "traject_id": name, "candidate_id": name})
        for row, (_note, text) in zip(rows, found, strict=True):
            row["snippet"] = wording.get_snippet(text, words)
        return rows

    @api.model
    def _log_search(self, notes):
        """Write down that texts are opened for a search: how many, and each of those
        that emergency access opens."""
        Log = self.env["outplacement.access.log"]
        Log._log("break_glass_read", notes._filter_emergency())
        Log._append([Log._prepare_row("searched", self.browse(), str(len(notes)))])
