"""The tour of all visitors, and what they should not have heard."""

import json
import logging
import os

import requests

from .common_canary import MAY_HEAR, CanaryCommon, get_hearers, get_name, get_places
from .common_crawler import Crawler, World
from .test_surface import METHODS

_logger = logging.getLogger(__name__)

# Strangers first: who may change something goes last, and the crew changes nothing.
VISITORS = (
    "public",
    "other_candidate",
    "other_employer_contact",
    "employee",
    "salesman",
    "privacy_officer",
    "system",
    "other_account_manager",
    "finance",
    "other_coach",
    "candidate",
    "employer_contact",
    "account_manager",
    "manager",
    "planner",
    "deputy",
    "coach",
)
CHANGING_VISITORS = VISITORS[:-2]


class Tour:
    """Every visitor's crawl, then the methods that may change something.

    `enter` takes a role and returns how that role sends requests. Afterwards `wrong`
    tells, by role, what was heard by who should not, or not by who should.
    """

    def __init__(self, world, users, enter, base_url):
        self.world = world
        self.users = users
        self.enter = enter
        self.base_url = base_url
        self.wrong = {role: [] for role in VISITORS}
        self.counts = dict.fromkeys(VISITORS)

    def make_crawler(self, role):
        """Return the crawler of a role that has just logged in."""
        labels = self.world.canaries.labels
        entitled = {label for label in labels if role in get_hearers(label)}
        user, request = self.users.get(role), self.enter(role)
        return Crawler(self.world, role, user, request, self.base_url, entitled)

    def run(self, visitors=VISITORS):
        """Send the visitors round."""
        for role in visitors:
            crawler = self.make_crawler(role)
            crawler.crawl()
            self.counts[role] = crawler.counts
            self.wrong[role] += self.get_overheard(crawler) + self.get_missed(crawler)
            _logger.info("canary: %s is back, %s wrong", role, len(self.wrong[role]))
        for role in [role for role in visitors if role in CHANGING_VISITORS]:
            crawler = self.make_crawler(role)
            crawler.call_methods(METHODS)
            self.counts[role] += crawler.counts
            self.wrong[role] += self.get_overheard(crawler)

    def get_overheard(self, crawler):
        """Return what a visitor heard and should not have."""
        return [
            f"{crawler.role} hears {get_name(label)} through {where}"
            for label, where in crawler.heard.items()
            if crawler.role not in get_hearers(label) | get_hearers(label, MAY_HEAR)
        ]

    def get_missed(self, crawler):
        """Return what a visitor should have heard and did not: a wall that lets nobody
        in would pass otherwise."""
        return [
            f"{crawler.role} does not hear {get_name(label)}"
            for label in sorted(crawler.entitled - crawler.heard.keys())
        ]

    def get_summary(self):
        """Return a line a role, and one with the sums."""
        counts = {role: count for role, count in self.counts.items() if count}
        lines = [
            f"canary: {role}: {count.total()} requests, {len(count)} channels ("
            + ", ".join(f"{name} {number}" for name, number in sorted(count.items()))
            + ")"
            for role, count in counts.items()
        ]
        channels = {name for count in counts.values() for name in count}
        requests_made = sum(count.total() for count in counts.values())
        return [
            *lines,
            f"canary: {requests_made} requests, {len(channels)} channels, "
            f"{len(self.world.canaries.labels)} canaries",
        ]


def make_bureau(env):
    """Make a bureau with canaries, for the caller to commit to a database that is
    thrown away afterwards; return its class of tests and what visitors may look for."""

    class Bureau(CanaryCommon):
        @classmethod
        def _provide_keyring(cls):
            """Seal with the keys of the server, which is to open it."""

    Bureau.env, Bureau.registry, Bureau.cr = env, env.registry, env.cr
    Bureau._make_bureau()
    Bureau._make_canaries()
    env.flush_all()
    return Bureau, World(Bureau.env, Bureau.canaries, Bureau._get_secret_models())


def visit(bureau, world, base_url, result):
    """Send the visitors of a bureau that was committed to the server at ``base_url``
    and write to the file ``result``, as JSON, what there is to look for in what they
    leave behind."""
    bureau.doClassCleanups()
    dbname = bureau.env.cr.dbname

    def enter(role):
        session = requests.Session()
        if user := bureau.users.get(role):
            credentials = {
                "db": dbname,
                "login": user.login,
                "password": user.login,
            }
            answer = session.post(
                f"{base_url}/web/session/authenticate", json={"params": credentials}
            )
            if answer.json().get("result", {}).get("uid") != user.id:
                raise AssertionError(f"{role} cannot log in: {answer.text}")
        return session.request

    tour = Tour(world, bureau.users, enter, base_url)
    tour.run(os.environ.get("CANARY_VISITORS", "").split() or VISITORS)
    labels = bureau.canaries.labels
    with open(result, "w") as file:
        json.dump(
            {
                "labels": [[get_name(n), sorted(get_places(n))] for n in labels],
                "wrong": [line for lines in tour.wrong.values() for line in lines],
                "summary": tour.get_summary(),
            },
            file,
        )
