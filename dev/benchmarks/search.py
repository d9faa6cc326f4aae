"""Looking for words in the notes of a caseload, against just reading them."""

from contextlib import contextmanager

from .benchmark import Benchmark
from .place import answer
from .texts import make_traject

NOTES = 1000
BATCH = 250  # What the web client asks for at a time.
QUERY = "brief ZELFBEOORDELING"  # Is in every note: the most that there is to do.
ABSENT = "kandelaar"


class SearchBenchmark(Benchmark):
    """A coach with so many notes; no goal, to see what opening texts costs."""

    name = "search"
    title = f"Words looked for in {NOTES:,} notes of 2 kB, and the same notes read"

    def run(self):
        with self.place.changing() as env:
            self.coach_id = self.bureau.make_user(env, "coach", "Zoe Zoekt").id
            make_traject(env, self.coach_id, NOTES)
        self._check_found()
        self.head()
        for name, query in (("in every note", QUERY), ("in no note", ABSENT)):
            self.compare(
                f"{NOTES:,} notes, words {name}",
                lambda env, query=query: self._search(env, query),
                self._read,
                ("search", "read"),
            )

    @contextmanager
    def opened(self):
        with self.place.opened(self.coach_id) as env:
            yield env

    def _check_found(self) -> None:
        with self.opened() as env:
            found = env["outplacement.note"].search_in_caseload(QUERY)
            self.expect(len(found["notes"]) == 101, "not every note was found")
            found = env["outplacement.note"].search_in_caseload(ABSENT)
            self.expect(not found["notes"], "a note was found")

    def _search(self, env, query: str) -> None:
        Note = env["outplacement.note"]
        after = None
        while after is not False:
            found = Note.search_in_caseload(query, after, BATCH)
            answer(found)
            after = found["next"]

    def _read(self, env) -> None:
        Note = env["outplacement.note"]
        for offset in range(0, NOTES, BATCH):
            answer(Note.web_search_read([], {"body": {}}, offset=offset, limit=BATCH))
