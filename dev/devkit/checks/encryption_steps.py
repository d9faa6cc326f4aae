"""Run by checks/encryption.py in the shell of an Odoo, which provides `env`.

The environment variable STEP names the function to run; a failed assertion ends Odoo
with an exit code.
"""

# ruff: noqa: F821 (env)

import os
import signal
import subprocess
import threading
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools.misc import exec_pg_environ, find_pg_tool

from odoo.addons.outplacement.models import outplacement_key_rotation
from odoo.addons.outplacement.tools import keyring

CANARY = "canary of the confidential file"
IN_THE_OPEN = "Candidate of the Restored"  # must be found, or nothing would be
NUMBER = 12
LOGIN = "encryption_coach"
DUMP, COPY = os.environ["DUMP"], os.environ["COPY"]


def get_notes(env):
    """The notes, oldest first, as their coach sees them."""
    coach = env["res.users"].search([("login", "=", LOGIN)])
    return env["outplacement.note"].with_user(coach).search([], order="id")


def get_tokens(env):
    env.flush_all()
    env.cr.execute("SELECT id, body_cipher FROM outplacement_note ORDER BY id")
    return env.cr.fetchall()


def get_current(env):
    return env["outplacement.key"].search([("state", "=", "current")])


def write(env):
    """A coach, a traject and its notes."""

    def make_user(login, group):
        values = {"name": login, "login": login, "email": f"{login}@example.com"}
        user = env["res.users"].with_context(no_reset_password=True).create(values)
        user.group_ids += env.ref(f"outplacement.{group}")
        return user

    planner = make_user("encryption_planner", "group_planner")
    coach = make_user(LOGIN, "group_coach")
    make_user("encryption_officer", "group_privacy_officer")
    candidate = env["res.partner"].create({"name": IN_THE_OPEN})
    employer = env["res.partner"].create({"name": "Employer", "is_company": True})
    traject = env["outplacement.traject"].with_user(planner)
    traject = traject.create(
        {
            "type_id": env["outplacement.traject.type"].search([], limit=1).id,
            "candidate_id": candidate.id,
            "employer_id": employer.id,
            "principal_id": employer.id,
        }
    )
    traject._assign_member(coach, "coach", date(2021, 1, 4), False)
    values = [
        {"traject_id": traject.id, "body": f"<p>{CANARY} {n}</p>"}
        for n in range(NUMBER)
    ]
    env["outplacement.note"].with_user(coach).create(values)
    env.cr.commit()
    [path] = Path(os.environ["ODOO_DATA_DIR"], keyring.FOLDER).iterdir()
    assert path.stem == get_current(env).key_id
    assert path.stat().st_mode & 0o777 == 0o600


def check_all_opens(env):
    bodies = get_notes(env).mapped("body")
    assert bodies == [f"<p>{CANARY} {n}</p>" for n in range(NUMBER)], bodies
    note = get_notes(env)[0]
    note.body = f"<p>{CANARY} 0</p>"
    env.flush_all()


def check_nothing_opens(env):
    """Nothing is shown, nothing is changed, and the officer knows."""
    before = get_tokens(env)
    assert all(token for _id, token in before) and len(before) == NUMBER
    notes = get_notes(env)
    for note in notes:
        assert "cannot be opened on this server" in note.body, note.body
        assert CANARY not in note.body
        for values in ({"body": "<p>New</p>"}, {"body": False}):
            try:
                note.write(values)
            except UserError as error:
                assert CANARY not in str(error)
            else:
                raise AssertionError("the note was overwritten")
    # not even something new: the key in use is not here, and none is made for it
    with suppress(UserError):
        notes.create({"traject_id": notes.traject_id.id, "body": "<p>New</p>"})
        raise AssertionError("a key was made in place of the missing one")
    assert not list(Path(os.environ["ODOO_DATA_DIR"]).glob(f"{keyring.FOLDER}/*"))
    env.cr.rollback()
    assert get_tokens(env) == before
    alert = env["outplacement.alert"].search([("kind", "=", "key_missing")])
    assert alert.key_id == before[0][1][3:19], alert
    # for the next time that nothing opens in this database
    alert.unlink()
    env.cr.commit()


def get_secrets(env):
    """All that must be in no backup."""
    folder = Path(os.environ["ODOO_DATA_DIR"], keyring.FOLDER)
    texts = [path.read_text().splitlines()[-1] for path in folder.iterdir()]
    keys = [keyring.load(path.stem) for path in folder.iterdir()]
    assert texts
    return [CANARY, *texts, *(key.hex() for key in keys)]


def check_backup(env, content):
    assert IN_THE_OPEN.encode() in content
    for secret in get_secrets(env):
        assert secret.encode() not in content, "a secret is in the backup"


def dump(env):
    command = [find_pg_tool("pg_dump"), "--no-owner", "--format=c", "-f", DUMP]
    subprocess.run([*command, env.cr.dbname], env=exec_pg_environ(), check=True)
    command = [find_pg_tool("pg_restore"), "-f", "-", DUMP]
    done = subprocess.run(command, capture_output=True, check=True)
    check_backup(env, done.stdout)


def restore(env):
    command = [find_pg_tool("pg_restore"), "--no-owner", "-d", COPY, DUMP]
    subprocess.run(command, env=exec_pg_environ(), check=True)


def check_zip(env):
    with zipfile.ZipFile(f"{DUMP}.zip") as archive:
        names = archive.namelist()
        assert "dump.sql" in names
        assert not [name for name in names if ".key" in name or keyring.FOLDER in name]
        check_backup(env, b"".join(map(archive.read, names)))


def rotate_and_die(env):
    """Killed after the second batch was written and before it is committed."""
    get_current(env).action_rotate()
    env.cr.commit()
    Cron = env.registry["ir.cron"]
    commit, calls = Cron._commit_progress, []

    def die(cron, processed=0, **kwargs):
        calls.append(processed)
        if len(calls) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return commit(cron, processed, **kwargs)

    with (
        patch.object(outplacement_key_rotation, "BATCH", 5),
        patch.object(Cron, "_commit_progress", die),
    ):
        env["outplacement.key"]._cron_rotate()


def check_half_rotated(env):
    key_id = get_current(env).key_id
    done = [token for _id, token in get_tokens(env) if key_id in token]
    assert len(done) == 5, len(done)
    assert env["outplacement.key"].search([("state", "=", "old")])
    assert get_current(env).pending_count == NUMBER - 5
    check_all_opens(env)
    env.cr.rollback()


def finish_rotation(env):
    """As the scheduler does."""
    env.ref("outplacement.ir_cron_rotate_keys").method_direct_trigger()
    env.cr.commit()  # a new view of the data
    key = get_current(env)
    assert all(key.key_id in token for _id, token in get_tokens(env))
    assert key.pending_count == 0
    assert not env["outplacement.key"].search([("state", "=", "old")])


def write_before_the_job(env):
    """The coach has the note in hand when the job comes by: it is passed over, and
    sealed with the new key when the coach has done."""
    get_current(env).action_rotate()
    env.cr.commit()
    with env.registry.cursor() as cr:
        notes = get_notes(env(cr=cr))
        notes[3].body = "<p>Saved meanwhile</p>"
        notes.env.flush_all()
        env["outplacement.key"]._cron_rotate()
        assert get_current(env).pending_count == 1
        cr.commit()
    env.cr.commit()
    assert get_notes(env)[3].body == "<p>Saved meanwhile</p>"
    finish_rotation(env)
    assert get_notes(env)[3].body == "<p>Saved meanwhile</p>"
    get_notes(env)[3].body = f"<p>{CANARY} 3</p>"
    env.cr.commit()


def write_after_the_job(env):
    """The job has the note in hand when the coach saves: the coach's words stay."""
    get_current(env).action_rotate()
    env.cr.commit()
    saved = []
    with env.registry.cursor() as cr:
        notes = get_notes(env(cr=cr))
        assert notes[3].body == f"<p>{CANARY} 3</p>"  # the coach looks at it

        def save():
            def work():
                get_notes(notes.env)[3].body = "<p>Saved after</p>"

            retrying(work, notes.env)
            saved.append(True)

        model = env["outplacement.note"]
        assert model._reseal("body_cipher", 0, NUMBER)[1:] == (NUMBER, 0)
        thread = threading.Thread(target=save)
        thread.start()
        thread.join(1)
        assert not saved, "the coach should have to wait"
        env.cr.commit()
        thread.join(20)
    assert saved
    assert get_notes(env)[3].body == "<p>Saved after</p>"
    finish_rotation(env)
    env.cr.commit()
    assert get_notes(env)[3].body == "<p>Saved after</p>"


globals()[os.environ["STEP"]](env)
