"""How comments were read, looked at and corrected in a real browser."""

from playwright.sync_api import Page, expect

from app import clock
from app.classification.actions import judge_pending
from app.classification.explaining import explain_pending
from tests.browser.conftest import Site, sign_in_on
from tests.fakes import FakeClassifier
from tests.make import get_alert_of, make_response, response_of


def read_response(site: Site) -> str:
    """A response whose comment has been read and explained; its key."""
    now = clock.now()
    key = make_response(site.chain, 9, comment="a bad queue", now=now)
    judge_pending(FakeClassifier(), now=now)
    explain_pending(FakeClassifier(), now=now)
    return key


def test_a_manager_sees_what_decided_and_corrects_it_by_one_tap(page: Page, site: Site) -> None:
    key = read_response(site)
    sign_in_on(page, site)
    page.goto(f"{site.address}/alerts/{get_alert_of(site.chain, key).number}")
    expect(page.locator("blockquote mark")).to_have_text("bad")
    page.get_by_text("Read wrongly? Correct it").tap()
    page.get_by_role("button", name="Positive", exact=True).tap()
    expect(page.locator("main")).to_contain_text("corrected by a person")
    expect(page.locator("blockquote mark")).to_have_text("bad")
    page.get_by_text("Read wrongly? Correct it").tap()
    page.get_by_role("button", name="Queue and waiting").tap()
    expect(page.get_by_text("2 corrections")).to_be_visible()
    expect(page.locator("blockquote mark")).to_have_count(0)


def test_a_topic_is_added_with_how_it_is_spoken_of(page: Page, site: Site) -> None:
    key = read_response(site)
    sign_in_on(page, site, "owner")
    page.goto(f"{site.address}/responses/{response_of(site.chain, key).id}")
    page.get_by_text("Read wrongly? Correct it").tap()
    page.get_by_label("It is about:").select_option("price")
    page.get_by_role("button", name="praise").tap()
    expect(page.locator("main")).to_contain_text("Price level: praise")
    page.goto(f"{site.address}/settings/model")
    expect(page.locator("#corrected + dl")).to_contain_text("Price level")
