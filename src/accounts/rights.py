"""Who may do what: the one table of rights, by role, and what a member's own grants make of it."""

from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

from kernel.rights import Rights
from kernel.store import COMMANDS

ROLES = ("owner", "manager", "practitioner", "secretary", "viewer")

# all: over the whole house. own: over the own column, or for clients over their own file. -: not at all.
# Only what is written here may be done. Rights that end in .see or .contacts let somebody look; all others change.
TABLE = """
right                owner  manager  practitioner  secretary  viewer  client  support

desk.enter           all    all      all           all        all     -       -
agenda.see           all    all      all           all        all     own     all
slots.see            all    all      all           all        all     all     all
agenda.write         all    all      own           all        -       own     -
rules.override       all    all      own           all        -       -       -
requests.approve     all    all      own           all        -       -       -
hours.write          all    all      own           all        -       -       -
absences.write       all    all      own           all        -       -       -

clients.see          all    all      all           all        all     own     all
clients.contacts     all    all      all           all        all     own     -
clients.write        all    all      all           all        -       own     -
clients.merge        all    all      all           all        -       -       -
clients.block        all    all      -             all        -       -       -
clients.import       all    all      -             -          -       -       -
clients.export       all    all      -             -          -       -       -

history.see          all    all      all           all        all     -       all
figures.see          all    all      -             -          -       -       -
health.see           all    all      -             -          -       -       all
settings.see         all    all      -             -          -       -       all
settings.write       all    all      -             -          -       -       -
organisation.write   all    all      -             -          -       -       -
organisation.close   all    -        -             -          -       -       -
plan.write           all    -        -             -          -       -       -

team.see             all    all      -             -          -       -       all
team.write           all    all      -             -          -       -       -
owners.write         all    -        -             -          -       -       -
behalf.act           all    all      -             all        -       -       -
others.see           all    all      -             -          -       -       -
access.write         all    -        -             -          -       -       -
support.allow        all    -        -             -          -       -       -
support.look         -      -        -             -          -       -       all
programs.write       all    all      -             -          -       -       -
webhooks.write       all    all      -             -          -       -       -
"""

# What the programs of others may do, by the scopes of their token; routes ask for the scope, commands for the right.
SCOPE_RIGHTS = {
    "settings:read": ("settings.see",),
    "settings:write": ("settings.see", "settings.write", "organisation.write", "hours.write", "absences.write"),
    "clients:read": ("clients.see", "clients.contacts", "clients.export"),
    "clients:write": (
        "clients.see",
        "clients.contacts",
        "clients.write",
        "clients.merge",
        "clients.block",
        "clients.import",
    ),
    "slots:read": ("slots.see",),
    "appointments:read": ("agenda.see", "slots.see"),
    "appointments:write": ("agenda.write",),
    "appointments:desk": ("agenda.write", "requests.approve", "rules.override"),
    "events:read": ("history.see",),
    "webhooks:write": ("webhooks.write",),
}

# What jobs may do, by the policy that they act for: no more than what it brings about.
POLICY_RIGHTS = {
    "endings": ("requests.end",),
    "imports": (
        "clients.write",
        "clients.import",
        "settings.write",
        "hours.write",
        "agenda.write",
        "absences.write",
        "rules.override",
    ),
    "webhooks": ("webhooks.stop",),
    "people": (),
    "letters": (),
    "telling": ("messages.plan",),
    "starting": (
        "organisation.open",
        "organisation.write",
        "owners.write",
        "team.write",
        "settings.write",
        "hours.write",
    ),
}

# What somebody may do about themself, in no organisation's name: sign in, sign up, follow an invitation.
PERSON = Rights({"self.write": None, "organisation.open": None, "team.join": None})
# What the support may do to come in, and what it may change where the house lets it: no client files, whose contacts
# it does not see.
SUPPORT_COMES_IN = Rights({"support.open": None})
SUPPORT_CHANGES = ("agenda.write", "settings.write", "hours.write", "absences.write")

# Rights over a part of the house reach columns of the agenda; every other right is over the whole house or not held.
SEEN_COLUMNS = ("agenda.see", "slots.see")
OVER_COLUMNS = (*SEEN_COLUMNS, "agenda.write", "rules.override", "requests.approve", "hours.write", "absences.write")
# What an owner or a manager may give to a member beyond the role, or take away. Nobody gives what they do not hold.
GRANTABLE = (
    "requests.approve",
    "rules.override",
    "hours.write",
    "absences.write",
    "clients.see",
    "clients.contacts",
    "clients.write",
    "clients.merge",
    "clients.block",
    "clients.import",
    "clients.export",
    "history.see",
    "figures.see",
    "behalf.act",
)
# What members give each other, by roles and grants; whoever gives it holds it.
GIVEN = dict.fromkeys([*GRANTABLE, *OVER_COLUMNS])
# What stays possible in a house that is suspended, closed, or past its trial: to look, to take one's data, to go on.
LEFT_IN_STANDSTILL = ("desk.enter", "clients.export", "organisation.close", "plan.write")


class Grants(Struct, frozen=True, omit_defaults=True):
    """What one member may do beside the role. Empty lists restrict nothing.

    `sees` and `edits` are resources, `places` limits both to those that receive there; a practitioner edits the own
    column and `edits`. `approves` are the resources and services whose requests the member approves. `given` and
    `taken` are rights of GRANTABLE.
    """

    sees: tuple[UUID, ...] = ()
    edits: tuple[UUID, ...] = ()
    places: tuple[UUID, ...] = ()
    approves: tuple[UUID, ...] = ()
    given: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()


NO_GRANTS = Grants()


def read_table(text: str) -> dict[str, dict[str, str]]:
    """Right -> role -> all, own or -. Raises ValueError for anything else, so that a slip stops the program."""
    (_, *roles), *rows = (line.split() for line in text.splitlines() if line.strip())
    table = {right: dict(zip(roles, cells, strict=True)) for right, *cells in rows}
    if len(table) != len(rows) or any(not {"all", "own", "-"} >= set(row.values()) for row in table.values()):
        raise ValueError("the table of rights")
    return table


RIGHTS = read_table(TABLE)
# Making an installation, its demo and its tests: everything there is.
# What only the installation's own command line, its support and its policies may do.
OTHERS = ("requests.end", "messages.plan", "webhooks.stop", "organisation.suspend", "support.open", "support.name")
SETUP = Rights(dict.fromkeys([*RIGHTS, *PERSON.reach, *OTHERS]))


def rights_of(
    role: str,
    resource_id: UUID | None = None,
    grants: Grants = NO_GRANTS,
    receiving: frozenset[UUID] = frozenset(),
) -> Rights:
    """What a member may do. `receiving` are the resources that receive at the places of the grants."""
    own = frozenset([resource_id] if resource_id else ())
    at = receiving if grants.places else None
    held = {right: row[role] for right, row in RIGHTS.items() if row[role] != "-"}
    held |= dict.fromkeys(grants.given, "all")
    kept = {right: how for right, how in held.items() if right not in [*grants.taken, *follow(grants)]}
    return Rights({right: reached(right, how, own, grants, at) for right, how in kept.items()})


def follow(grants: Grants) -> Iterable[str]:
    """What goes with what is taken: who sees a part of the agenda reads no history of all of it, who sees no files does
    nothing with them, and who sees no contacts changes none."""
    if (grants.sees or grants.places) and "history.see" not in grants.given:
        yield "history.see"
    if "clients.see" in grants.taken:
        yield from (right for right in RIGHTS if right.startswith("clients."))
    if "clients.contacts" in grants.taken:
        yield from ("clients.write", "clients.merge", "clients.import", "clients.export")


def reached(
    right: str, how: str, own: frozenset[UUID], grants: Grants, at: frozenset[UUID] | None
) -> frozenset[UUID] | None:
    if right not in OVER_COLUMNS:
        return None
    if right == "requests.approve" and grants.approves:
        return frozenset(grants.approves)
    edits = own | frozenset(grants.edits)
    sees = (edits | frozenset(grants.sees)) if grants.sees else None
    # Nobody changes what they do not see.
    columns = edits if right not in SEEN_COLUMNS and (how == "own" or grants.edits) else sees
    return columns if at is None else at if columns is None else columns & (at | own)


def shared(rights: Rights, others: Rights) -> Rights:
    """What both hold, as far as both reach."""
    both = rights.reach.keys() & others.reach.keys()
    return Rights({right: narrower(rights.reach[right], others.reach[right]) for right in both})


def narrower(one: frozenset[UUID] | None, other: frozenset[UUID] | None) -> frozenset[UUID] | None:
    return other if one is None else one if other is None else one & other


def gained_beyond(new: Rights, old: Rights, giver: Rights) -> list[str]:
    """What somebody would gain that whoever gives it does not hold, or not so far."""
    grown = [right for right in GIVEN if new.may(right) and not covers(old, right, new.reach[right])]
    return [right for right in grown if not covers(giver, right, new.reach[right])]


def scopes_held(scopes: Iterable[str], giver: Rights) -> list[str]:
    """Those of the scopes that somebody may give to a program: a token reaches the whole house, so they hold every
    right of the scope over all of it. None for whoever may issue no tokens."""
    may_issue = giver.may("programs.write")
    return [scope for scope in scopes if may_issue and not beyond_scope(scope, giver)]


def beyond_scope(scope: str, giver: Rights) -> list[str]:
    """What a token of this scope could do that whoever issues it cannot."""
    return [right for right in SCOPE_RIGHTS[scope] if not covers(giver, right, None)]


def covers(rights: Rights, right: str, reach: frozenset[UUID] | None) -> bool:
    held = rights.over(right)
    return rights.may(right) and (held is None or (reach is not None and reach <= held))


def standing_still(rights: Rights) -> Rights:
    """What is left of these in a house that is suspended, closed or past its trial."""
    kept = {right for right in rights.reach if right.endswith((".see", ".contacts")) or right in LEFT_IN_STANDSTILL}
    return Rights({right: reach for right, reach in rights.reach.items() if right in kept})


def rights_to_look(rights: Rights) -> Rights:
    """What is left of these for somebody who only looks."""
    return Rights({right: reach for right, reach in rights.reach.items() if right.endswith((".see", ".contacts"))})


def rights_of_support(may_change: bool) -> Rights:
    held = [right for right, row in RIGHTS.items() if row["support"] == "all"]
    return Rights(dict.fromkeys([*held, *(SUPPORT_CHANGES if may_change else ())]))


def rights_to_answer(client_id: UUID) -> Rights:
    """What the link in a letter lets a client do: say yes or no to what was proposed to them."""
    return Rights(dict.fromkeys(("agenda.write", "requests.approve"), frozenset([client_id])))


def rights_of_scopes(scopes: Iterable[str]) -> Rights:
    return Rights(dict.fromkeys(right for scope in scopes for right in SCOPE_RIGHTS[scope]))


def rights_of_policy(name: str) -> Rights:
    return Rights(dict.fromkeys(POLICY_RIGHTS[name]))


def undeclared_commands() -> list[str]:
    """Commands whose right stands nowhere here: nobody said who may ask them, so the program does not start."""
    return sorted(name for name, right in COMMANDS.items() if right not in SETUP.reach)
