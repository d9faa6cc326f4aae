"""Where the keys of the confidential file are: a folder, with one file a key.

The folder is named by ``outplacement_key_dir`` in odoo.conf or by the environment
variable ``OUTPLACEMENT_KEY_DIR`` (for several hosts, or a secret store); else it is
``outplacement_keys`` in Odoo's data directory, outside database, filestore and what
Odoo's own backup holds. Files are made and read here, never changed nor deleted.
"""

import base64
import binascii
import contextlib
import os
import stat
import tempfile
from datetime import datetime, timezone
from pathlib import Path

from odoo.tools import config

from . import cipher

OPTION = "outplacement_key_dir"
VARIABLE = "OUTPLACEMENT_KEY_DIR"
FOLDER = "outplacement_keys"
TEXT = """\
# Key {key_id} of the confidential files of Outplacement, made {made} (UTC).
# Whoever has it can read them in a copy of the database; without it nobody can.
# Keep a copy of this file apart from the backups of the database, and do not change it.
{secret}
"""

# path: (what tells that the file is the same, the key); each process has its own
_cache = {}


class KeyringError(Exception):
    """A key cannot be had, or not be trusted. The message is for the log.

    :param reason: "folder" (missing, closed, or not for writing), "missing", "damaged"
        (the file does not hold the key of its name) or "exposed" (others on this
        server can read the file, or replace it)
    """

    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason
        self.key_id = None


def get_folder():
    """Return the path of the folder of keys, whether it exists or not."""
    return Path(_get_named() or Path(config["data_dir"]) / FOLDER)


def get_path(key_id):
    """Return the path of the file of a key."""
    return get_folder() / f"{key_id}.key"


def save(key):
    """Keep ``key`` (bytes) in a file of its own, whole or not at all; return its id.

    :raises KeyringError: the folder was named and is not there, or cannot be written,
        or others can write it
    """
    key_id = cipher.get_key_id(key)
    path = get_path(key_id)
    text = TEXT.format(
        key_id=key_id,
        made=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S"),
        secret=base64.b64encode(key).decode(),
    )
    try:
        _provide_folder()
        _check_folder()
        _write(path, text)
    except OSError as error:
        raise KeyringError("folder", f"no key can be made: {error}") from error
    return key_id


def load(key_id, *, to_seal=False):
    """Return the key (bytes) with this id, read from its file.

    :param to_seal: the key is for new text: it must be one that nobody else on this
        server can read or replace. Old text opens all the same: refusing that would
        not take back what others may have seen.
    :raises KeyringError: there is no such key here, or it may not be used
    """
    path = get_path(key_id)
    try:
        key = _read(path, to_seal)
        if cipher.get_key_id(key) != key_id:
            raise KeyringError("damaged", f"{path} does not hold the key of its name")
    except KeyringError as error:
        error.key_id = key_id
        raise
    return key


def check(key_id):
    """Return None, or the reason why no new text can be sealed with this key."""
    try:
        load(key_id, to_seal=True)
    except KeyringError as error:
        return error.reason
    return None


def _get_named():
    """Return the folder that the administrator named, or nothing."""
    return config.get(OPTION) or os.environ.get(VARIABLE)


def _provide_folder():
    """Make the folder, unless it was named: a typing error, or a volume that is not
    mounted, must not make another place of it."""
    if _get_named():
        if not get_folder().is_dir():
            raise KeyringError("folder", f"the folder {get_folder()} is missing")
    else:
        get_folder().mkdir(mode=0o700, exist_ok=True)


def _read(path, to_seal):
    """Return the key in a file, which is read again whenever it changed."""
    try:
        status = path.stat()
        if to_seal:
            _check_private(path, status)
            _check_folder()
        mark = (status.st_mtime_ns, status.st_ino, status.st_size)
        cached, key = _cache.get(path, (None, None))
        if cached != mark:
            key = _parse(path)
            _cache[path] = (mark, key)
    except FileNotFoundError:
        if not get_folder().is_dir():
            message = f"the folder of keys {get_folder()} is missing"
            raise KeyringError("folder", message) from None
        raise KeyringError("missing", f"there is no key {path}") from None
    except OSError as error:
        raise KeyringError("folder", f"a key cannot be read: {error}") from error
    return key


def _check_folder():
    mode = get_folder().stat().st_mode
    # in a sticky folder, as Kubernetes mounts secrets, nobody replaces another's file
    others_write = mode & (stat.S_IWGRP | stat.S_IWOTH) and not mode & stat.S_ISVTX
    if os.name == "posix" and others_write:
        message = f"others can write the folder {get_folder()}: chmod 700 it"
        raise KeyringError("exposed", message)


def _check_private(path, status):
    if os.name == "posix" and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyringError("exposed", f"others can read {path}: chmod 600 it")


def _parse(path):
    """Return the key in a file: the one line that is no comment."""
    lines = path.read_bytes().splitlines()
    lines = [line for line in lines if line.strip() and not line.startswith(b"#")]
    with contextlib.suppress(binascii.Error, ValueError):
        [line] = lines
        key = base64.b64decode(line.strip(), validate=True)
        if len(key) == cipher.KEY_BYTES:
            return key
    raise KeyringError("damaged", f"{path} is not the file of a key")


def _write(path, text):
    """Write a file that only its owner can read, and see it on the disk."""
    descriptor, partial = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        Path(partial).rename(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    if os.name == "posix":
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
