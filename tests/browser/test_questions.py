"""What a service asks is answered in the panel, in place."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect

from accounts.team.commands import change_member_role
from agenda.asking import add_question
from tests.browser.agenda_page import visit
from tests.browser.test_axe import faults, faults_of
from tests.browser.visitor import Desk
from tests.story import at

pytestmark = pytest.mark.browser


@pytest.fixture
def booked(desk: Desk) -> UUID:
    for rank, (wording, kind) in enumerate((("Des allergies ?", "yes_no"), ("Où avez-vous mal ?", "choices"))):
        shape = {"wording": wording, "kind": kind, "choices": ["Dos", "Nuque"], "is_required": not rank, "rank": rank}
        add_question(desk.house.store, uuid4(), desk.house.massage, **shape, by=desk.house.by())
    id = desk.house.book(at(9), client_id=desk.house.client())
    desk.house.read_on()
    return id


def test_answers_are_written_beside_the_appointment(booked: UUID, open_page: Callable[..., Page]):
    page = open_page()
    visit(page, booked).click()
    section = page.locator("#panel section", has_text="Questions et réponses")
    expect(section).to_contain_text("Rien de répondu")
    section.locator("summary").click()
    section.get_by_role("button", name="Enregistrer").click()
    expect(section.get_by_role("alert")).to_have_text("Il manque une réponse.")
    assert faults(page) == []
    section.get_by_label("Des allergies ?").select_option("non")
    section.get_by_label("Nuque").check()
    section.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("[data-toast]")).to_contain_text("Réponses enregistrées")
    expect(section.locator(".answers")).to_contain_text("Nuque")


def test_the_page_of_a_service_with_questions(desk: Desk, booked: UUID, open_page: Callable[..., Page]):
    change_member_role(desk.house.store, desk.house.member_id, role="manager", by=desk.house.by())
    assert faults_of(open_page(), f"/settings/services/{desk.house.massage}") == {}
