from datetime import timedelta
from playwright.sync_api import Browser, BrowserContext, Page, expect
from app.db import reading, transaction
from app.responses.models import Response
from tests.browser.conftest import Site
from tests.browser.test_shopper import _stored
import pytest

def test_back(page: Page, site: Site) -> None:
    page.goto(site.survey)
    page.get_by_role("button", name="3", exact=True).click()
    expect(page.get_by_label("What went wrong?")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="9", exact=True).click()
    expect(page.get_by_label("What did you like most?")).to_be_visible()
    assert _stored(site) == [(9, None)]

def test_back_nojs(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(site.survey)
    page.get_by_role("button", name="3", exact=True).click()
    expect(page.get_by_label("What went wrong?")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="9", exact=True).click()
    expect(page.get_by_label("What did you like most?")).to_be_visible()
    page.go_back()
    page.go_back()
    page.get_by_role("button", name="8", exact=True).click()
    context.close()
    assert _stored(site) == [(8, None)]

def test_conflict(page: Page, site: Site) -> None:
    page.goto(site.survey)
    page.get_by_role("button", name="3", exact=True).click()
    expect(page.get_by_label("What went wrong?")).to_be_visible()
    with transaction(site.chain.organisation_id) as session:
        for r in session.query(Response): r.received_at -= timedelta(hours=1); r.answered_at -= timedelta(hours=1)
    page.go_back()
    page.get_by_role("button", name="9", exact=True).click()
    expect(page.get_by_role("heading")).to_contain_text("already received")
    print(page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth"), page.evaluate("getComputedStyle(document.body).fontFamily"))
    assert _stored(site) == [(3, None)]
    page.screenshot(path="/tmp/mine_conflict.png")
