"""Shoppers go back, and come too late: what the browser keeps, and how a refusal looks."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.db import reading, transaction
from app.responses.models import Response
from tests.browser.conftest import Site


@pytest.mark.parametrize("has_scripts", [True, False])
def test_the_back_button_changes_the_answer_and_adds_none(
    browser: Browser, site: Site, has_scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=has_scripts, locale="en-GB")
    page = context.new_page()
    page.goto(site.survey)
    page.get_by_role("button", name="3", exact=True).click()
    expect(page.get_by_label("What went wrong?")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="9", exact=True).click()
    expect(page.get_by_label("What did you like most?")).to_be_visible()
    context.close()
    assert _ratings(site) == [9]


def test_a_refusal_is_a_page_with_its_own_styles(page: Page, site: Site) -> None:
    page.goto(site.survey)
    page.get_by_role("button", name="3", exact=True).click()
    expect(page.get_by_label("What went wrong?")).to_be_visible()
    _let_an_hour_pass(site)
    page.go_back()
    page.get_by_role("button", name="9", exact=True).click()
    expect(page.get_by_role("heading")).to_contain_text("already received")
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("system-ui")
    assert _ratings(site) == [3]


def _let_an_hour_pass(site: Site) -> None:
    with transaction(site.chain.organisation_id) as session:
        for response in session.scalars(select(Response)):
            response.received_at -= timedelta(hours=1)


def _ratings(site: Site) -> list[int]:
    with reading(site.chain.organisation_id) as session:
        return list(session.scalars(select(Response.rating)))
