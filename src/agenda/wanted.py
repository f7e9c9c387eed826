"""What somebody wants, as the engine asks for it: services with their needs, and who may serve them."""

from typing import NamedTuple
from uuid import UUID

from agenda.events import ServiceNeed
from agenda.service import Service
from agenda.slots import Ask
from agenda.timetable import Settings
from agenda.visits import Need, Segment
from kernel.errors import NotFound, Refusal


class NobodyPerforms(Refusal):
    """No active resource can serve this."""


class Wanted(NamedTuple):
    """A service of the visit, with the resources that were chosen; the others are found, unless `takes_only_these`.

    Length in minutes.
    """

    service_id: UUID
    resource_ids: tuple[UUID, ...] = ()
    duration_minutes: int | None = None
    takes_only_these: bool = False


def longest(asked: list[Segment]) -> int:
    """The minutes that the visit may last with the slowest people."""
    own = ([n for need in segment.needs for n in (need.durations or {}).values()] for segment in asked)
    return sum(max([segment.ask.duration, *lengths]) for segment, lengths in zip(asked, own, strict=True))


def asked_of(settings: Settings, wanted: Wanted, *, at_any_minute: bool = False) -> Segment:
    """The service as the engine asks for it, on the grid of what is shown or at any minute."""
    service = settings.services.get(wanted.service_id)
    if service is None:
        raise NotFound(kind="Service", id=str(wanted.service_id))
    ask = Ask(
        duration=wanted.duration_minutes or service.duration_minutes,
        before=service.before_minutes,
        after=service.after_minutes,
        interval=1 if at_any_minute else service.interval_minutes,
        capacity=service.capacity,
    )
    return Segment(ask, needs_of(settings, service, wanted))


def needs_of(settings: Settings, service: Service, wanted: Wanted) -> list[Need]:
    """One need for each resource that the service takes; a chosen resource takes the first need of its kind."""
    left = list(dict.fromkeys(wanted.resource_ids))
    needs: list[Need] = []
    rules = service.needs or [ServiceNeed("practitioner")]
    for rule in [] if wanted.takes_only_these else rules:
        for _ in range(rule.count):
            chosen = next((id for id in left if kind_of(settings, id) == rule.kind), None)
            left = [id for id in left if id != chosen]
            needs.append(need_of(settings, service, rule, chosen, wanted))
    return needs + [need_of(settings, service, ServiceNeed(kind_of(settings, id)), id, wanted) for id in left]


def need_of(settings: Settings, service: Service, rule: ServiceNeed, chosen: UUID | None, wanted: Wanted) -> Need:
    candidates = [chosen] if chosen else candidates_of(settings, service, rule)
    if not any(settings.resources[id].is_active for id in candidates):
        raise NobodyPerforms(service_id=str(service.id), kind=rule.kind)
    own = {each.resource_id: each.duration_minutes for each in service.performers if each.duration_minutes}
    return Need(candidates, None if wanted.duration_minutes else own)


def candidates_of(settings: Settings, service: Service, rule: ServiceNeed) -> list[UUID]:
    """The active resources that may serve, in the order of the columns."""
    performers = {each.resource_id for each in service.performers} if rule.kind == "practitioner" else set()
    named = set(rule.resource_ids) or performers
    fit = [each for each in settings.resources.values() if each.kind == rule.kind and each.is_active]
    return [each.id for each in sorted(fit, key=lambda each: (each.rank, each.id)) if not named or each.id in named]


def kind_of(settings: Settings, id: UUID) -> str:
    resource = settings.resources.get(id)
    if resource is None:
        raise NotFound(kind="Resource", id=str(id))
    return resource.kind
