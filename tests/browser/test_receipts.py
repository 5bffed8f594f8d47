"""A link on a receipt in a real browser: with the script, without it, without network, and second."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from app import clock
from app.db import reading
from app.invitations.signing import Receipt, signed_path
from app.responses.models import Response
from tests.browser.conftest import Site
from tests.invitations.cast import link, till


@pytest.fixture(params=["minted", "signed"])
def address(request: pytest.FixtureRequest, site: Site) -> str:
    """The address of a receipt's link."""
    if request.param == "minted":
        return site.address + link(site.chain, issued_at=clock.now(), now=clock.now())
    key = till(site.chain)
    return site.address + signed_path(key.secret, key.key_id, Receipt("A/1 №2", clock.now()))


@pytest.mark.parametrize("has_scripts", [True, False])
def test_the_answer_can_be_changed_and_another_phone_is_thanked(
    browser: Browser, site: Site, address: str, has_scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=has_scripts, locale="en-GB")
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto(address)
    first.get_by_role("button", name="3", exact=True).click()
    expect(first.get_by_label("What went wrong?")).to_be_visible()
    first.get_by_role("link", name="Change").click()
    first.get_by_role("button", name="9", exact=True).click()
    expect(first.get_by_label("What did you like most?")).to_be_visible()
    second.get_by_role("button", name="1", exact=True).click()
    expect(second.get_by_role("heading")).to_have_text("Thank you! The answer was already received")
    context.close()
    assert _ratings(site) == [9]


def test_what_was_tapped_without_network_is_sent_later(
    page: Page, phone: BrowserContext, site: Site, address: str
) -> None:
    page.goto(address)
    phone.set_offline(True)
    page.get_by_role("button", name="2", exact=True).click()
    expect(page.get_by_text("saved on this phone")).to_be_visible()
    phone.set_offline(False)
    expect(page.get_by_text("Sent. Thank you.")).to_be_visible(timeout=15_000)
    assert _ratings(site) == [2]


def _ratings(site: Site) -> list[int]:
    with reading(site.chain.organisation_id) as session:
        return list(session.scalars(select(Response.rating)))
