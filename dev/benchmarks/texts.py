"""Notes with texts, sealed or in clear: what a traject's file looks like."""

from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

TEXT_LENGTH = 2000  # bytes of each text
SENTENCES = (
    "Vertelt dat het werk in de bakkerij al langer zwaar viel.",
    "Wil liever iets doen waarbij hij zelf de dag indeelt, en niet meer ’s nachts.",
    "We hebben de uitkomst van de <b>zelfbeoordeling</b> naast elkaar gelegd.",
    "Afgesproken: twee bedrijven bellen, en de brief nog eens herschrijven.",
)


def make_text(number: int) -> str:
    """A text of TEXT_LENGTH bytes, one like no other."""
    paragraphs = [f"<p>Gesprek {number}.</p>"]
    while sum(len(one.encode()) for one in paragraphs) < TEXT_LENGTH:
        turn = number + len(paragraphs)
        chosen = [SENTENCES[(turn + i) % len(SENTENCES)] for i in range(3)]
        paragraphs.append(f"<p>{' '.join(chosen)}</p>")
    return "".join(paragraphs)


def make_traject(env, coach_id: int, notes: int):
    """Make an active traject of a coach, with sessions, and notes about it.

    :return: the traject, in the coach's environment
    """
    candidate = env["res.partner"].create({"name": "Kandidaat met veel notities"})
    employer = env["res.partner"].create({"name": "Werkgever", "is_company": True})
    start = date.today() - timedelta(days=150)
    traject = env["outplacement.traject"].create(
        {
            "candidate_id": candidate.id,
            "employer_id": employer.id,
            "principal_id": employer.id,
            "date_start": start,
        }
    )
    traject._assign_member(env["res.users"].browse(coach_id), "coach", start)
    traject._set_state("active")
    days = [start + timedelta(days=7 * week) for week in range(20)]
    sessions = env["outplacement.session"].create(
        [{"traject_id": traject.id, "start": f"{day} 09:00:00"} for day in days]
    )
    traject = traject.with_user(coach_id)
    traject.env["outplacement.note"].create(
        [
            {
                "traject_id": traject.id,
                "session_id": sessions[number % len(sessions)].id,
                "date": days[number % len(days)],
                "body": make_text(number),
            }
            for number in range(notes)
        ]
    )
    env.flush_all()
    return traject


@contextmanager
def in_clear(registry):
    """Keep texts as they are, in the same column, by the same way but the cipher."""
    Note = registry["outplacement.note"]

    def encrypt(self, key, fname, res_id, content):
        return content

    def decrypt(self, keys, fname, res_id, token):
        return token or None

    with (
        patch.object(Note, "_encrypt", encrypt),
        patch.object(Note, "_decrypt", decrypt),
    ):
        yield
