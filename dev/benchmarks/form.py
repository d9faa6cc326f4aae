"""A traject that is opened with its notes: sealed against in clear."""

from .benchmark import Benchmark
from .place import answer
from .screens import read_view
from .texts import in_clear, make_traject

NOTES = 200
GOAL = 1.10
# A stored field of the database's own, which Odoo reads without any code of ours.
PLAIN = "x_plain"


class FormBenchmark(Benchmark):
    """Two trajects alike, each with as many notes: of one they are sealed.

    Both come by the same way, through the rules and the computed field; the peer's
    texts are in clear in the same column and the two methods that call the cipher do
    nothing. So the ratio is that of encryption. What is read next to that shows the
    way itself: the same notes with an ordinary stored field of Odoo for a text.
    """

    name = "form"
    title = f"A traject opened with {NOTES} notes of 2 kB, sealed and in clear"

    def run(self):
        self._make_trajects()
        self._read_views()
        self.head()
        names = ("sealed", "in clear")
        self.compare(
            f"Traject form and {NOTES} notes",
            lambda env: self._open_all(env, self.sealed),
            lambda env: self._in_clear(env, self._open_all),
            names,
            goal=GOAL,
        )
        self.compare(
            f"The {NOTES} notes alone",
            lambda env: self._open_notes(env, self.sealed),
            lambda env: self._in_clear(env, self._open_notes),
            names,
        )
        self.compare(
            "The form of one note",
            lambda env: self._open_note(env, self.sealed),
            lambda env: self._in_clear(env, self._open_note),
            names,
        )
        self.compare(
            f"The {NOTES} notes alone",
            lambda env: self._open_notes(env, self.sealed),
            lambda env: self._open_notes(env, self.sealed, PLAIN),
            ("sealed", "as field"),
        )

    def _make_trajects(self) -> None:
        """Make the two trajects, and the ordinary field next to the sealed one."""
        coach_id = self.bureau.coach_id
        with self.place.changing() as env:
            self.sealed = make_traject(env, coach_id, NOTES).id
            with in_clear(self.place.registry):
                self.clear = make_traject(env, coach_id, NOTES).id
            env["ir.model.fields"].create(
                {
                    "name": PLAIN,
                    "field_description": "Plain",
                    "model_id": env["ir.model"]._get_id("outplacement.note"),
                    "ttype": "html",
                }
            )
            env.cr.execute(
                f"""
                UPDATE outplacement_note AS sealed SET {PLAIN} = clear.body_cipher
                  FROM outplacement_note AS clear
                 WHERE sealed.traject_id = %s AND clear.traject_id = %s
                   AND clear.id = sealed.id + {NOTES}
                """,
                [self.sealed, self.clear],
            )
            env.cr.execute("ANALYZE outplacement_note")

    def _read_views(self) -> None:
        with self.opened() as env:
            self.form = read_view(env, "outplacement.traject", "form")
            self.note_form = read_view(env, "outplacement.note", "form")
            self.note_list = read_view(env, "outplacement.note", "list")
            notes = env["outplacement.note"].search(self._of(self.sealed))
            self.expect(len(notes) == NOTES, "there are too few notes")
            for note in notes.read(["body", PLAIN]):
                alike = note["body"] and note["body"] == note[PLAIN]
                self.expect(alike, "the texts of a note differ")

    # ------------------------------------------------------------------
    # What is opened
    # ------------------------------------------------------------------

    def _of(self, traject_id: int) -> list:
        return [("traject_id", "=", traject_id)]

    def _open_all(self, env, traject_id: int) -> None:
        traject = env["outplacement.traject"].browse(traject_id)
        answer(traject.web_read(self.form))
        self._open_notes(env, traject_id)

    def _open_notes(self, env, traject_id: int, text: str = "body") -> None:
        specification = {**self.note_list, text: {}}
        domain = self._of(traject_id)
        Note = env["outplacement.note"]
        answer(Note.web_search_read(domain, specification, limit=NOTES))

    def _open_note(self, env, traject_id: int) -> None:
        note = env["outplacement.note"].search(self._of(traject_id), limit=1)
        answer(note.web_read(self.note_form))

    def _in_clear(self, env, opening) -> None:
        with in_clear(self.place.registry):
            opening(env, self.clear)
