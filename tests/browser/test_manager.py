"""The manager's pages in a real browser, and what they look like to an assistive tool."""

import re
from itertools import cycle
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app import clock
from app.db import reading
from app.responses.links import return_path
from app.responses.queries import get_response_by_key
from app.web.access import access_of
from app.web.languages import LANGUAGES
from tests.browser.conftest import Site, sign_in_on
from tests.everything import Everything
from tests.invitations.cast import link
from tests.make import SECRET, get_alert_of, make_response

# Pictures, files and fragments: no pages of their own.
NO_PAGE = re.compile(r"\.\w+$|/file$|^/now/cards$|^/settings/receipts/(check|life|keys)$")
SQUEEZED = "[...document.querySelectorAll('.facts dd')].some(it => it.offsetParent && it.clientWidth < 48)"
GRAVE = {"serious", "critical"}


def test_a_manager_takes_answers_and_settles_an_alert_on_a_phone(page: Page, site: Site) -> None:
    key = make_response(site.chain, 2, comment="The queue was long", now=clock.now())
    number = get_alert_of(site.chain, key).number
    sign_in_on(page, site)
    expect(page.locator("main")).to_contain_text("The queue was long")
    page.goto(f"{site.address}/alerts/{number}")
    page.get_by_role("button", name="Take it").click()
    expect(page.locator("main")).to_contain_text("In the hands of: Manager")
    page.get_by_label("Reply to the shopper").fill("We opened a second till. Thank you.")
    page.get_by_role("button", name="Post on the return page").click()
    expect(page.locator("main")).to_contain_text("not opened yet")
    page.get_by_label("Why did it happen?").select_option("process_queue")
    page.get_by_role("button", name="Settle").click()
    expect(page.locator("header.stack")).to_contain_text("Done")


def test_an_opened_reply_is_confirmed_by_the_page_itself(page: Page, site: Site) -> None:
    key = make_response(site.chain, 2, comment="The queue was long", now=clock.now())
    number = get_alert_of(site.chain, key).number
    sign_in_on(page, site)
    page.goto(f"{site.address}/alerts/{number}")
    page.get_by_label("Reply to the shopper").fill("We opened a second till.")
    page.get_by_role("button", name="Post on the return page").click()
    expect(page.locator("main")).to_contain_text("not opened yet")
    with reading(site.chain.organisation_id) as session:
        path = return_path(SECRET, get_response_by_key(session, key))
    with page.expect_response("**/seen"):
        page.goto(site.address + path)
    assert get_alert_of(site.chain, key).answer_grade == "confirmed"


# What a page looks like does not depend on the database.
@pytest.mark.parametrize("session_app", ["sqlite"], indirect=True)
# Words do not depend on colours either: three looks see every language and both schemes.
@pytest.mark.parametrize(("language", "scheme"), [*zip(LANGUAGES, cycle(["light", "dark"]), strict=False)])
def test_no_page_has_a_grave_fault(browser: Browser, site: Site, language: str, scheme: Any) -> None:
    addresses = [*_members_pages(site.app, site), *_shoppers_pages(site)]
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme, locale="en-GB")
    page = context.new_page()
    sign_in_on(page, site, "owner")
    context.add_cookies([{"name": "lang", "value": language, "url": site.address}])
    faults = {address: _faults(page, site.address + address) for address in addresses}
    context.close()
    assert {address: found for address, found in faults.items() if found} == {}


def _members_pages(app: Flask, site: Site) -> list[str]:
    """Every page for members, found among the routes: a new one is looked at without being named here."""
    app.config["WTF_CSRF_ENABLED"] = False
    everything = Everything(app, site.chain)
    assert everything.values
    app.config["WTF_CSRF_ENABLED"] = True
    return [
        everything.path(rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
        and (access := access_of(app, rule.endpoint))
        and access.kind in {"member", "signed_in"}
        and not NO_PAGE.search(rule.rule)
    ]


def _shoppers_pages(site: Site) -> list[str]:
    key = make_response(site.chain, 2, comment="Довга черга", contact="067 123 45 67", now=clock.now())
    with reading(site.chain.organisation_id) as session:
        path = return_path(SECRET, get_response_by_key(session, key))
    own = (f"/q/{site.chain.code}", f"/s/{key}", f"/s/{key}/done", path, link(site.chain, "R-7"))
    return [*own, "/sign-in", "/forgot", "/api/docs"]


def _faults(page: Page, address: str) -> list[str]:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    found = Axe().run(page).response["violations"]
    grave = [
        f"{fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in found if fault["impact"] in GRAVE
    ]
    if page.evaluate("document.documentElement.scrollWidth") > 320:
        grave.append("scrolls sideways at 320 px")
    if page.evaluate(SQUEEZED):
        grave.append("a fact is too narrow to be read")
    return grave
