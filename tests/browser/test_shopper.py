"""The shopper's pages in a real browser, with a script and without, with a network and without."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.db import reading
from app.responses.models import Response
from tests.browser.conftest import Site


def test_one_tap_stores_the_rating_and_asks_what_went_wrong(page: Page, site: Site) -> None:
    page.goto(site.survey)
    page.get_by_role("button", name="3", exact=True).click()
    expect(page.get_by_label("What went wrong?")).to_be_visible()
    assert _stored(site) == [(3, None)]


def test_the_comment_and_the_private_link_follow(page: Page, site: Site) -> None:
    page.goto(site.survey)
    page.get_by_role("button", name="9", exact=True).click()
    page.get_by_label("What did you like most?").fill("Kind people")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading")).to_contain_text("Thank you")
    link = page.locator("#link").get_attribute("href") or ""
    page.goto(site.address + urlsplit(link).path)
    expect(page.locator("main")).to_contain_text("Kind people")
    assert _stored(site) == [(9, "Kind people")]


def test_a_mis_tap_can_be_changed(page: Page, site: Site) -> None:
    page.goto(site.survey)
    page.get_by_role("button", name="1", exact=True).click()
    page.get_by_role("link", name="Change").click()
    expect(page.get_by_role("button", name="1", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="10", exact=True).click()
    expect(page.locator(".rated")).to_contain_text("10")
    assert _stored(site) == [(10, None)]


def test_everything_works_without_a_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(site.survey)
    page.get_by_role("button", name="2", exact=True).click()
    page.get_by_label("What went wrong?").fill("The queue")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading")).to_contain_text("Thank you")
    context.close()
    assert _stored(site) == [(2, "The queue")]


def test_without_a_network_the_answer_waits_on_the_phone(
    phone: BrowserContext, page: Page, site: Site
) -> None:
    page.goto(site.survey)
    phone.set_offline(True)
    page.get_by_role("button", name="4", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("saved on this phone")
    page.locator("textarea").fill("No signal here")
    page.get_by_role("button", name="Send").click()
    assert _stored(site) == []
    phone.set_offline(False)
    expect(page.get_by_role("status")).to_contain_text("Sent")
    assert _stored(site) == [(4, "No signal here")]


def test_the_page_is_one_request_and_fits_a_small_phone(page: Page, site: Site) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(site.survey)
    page.wait_for_load_state("networkidle")
    assert [url for url in requests if not url.startswith("data:")] == [site.survey]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    boxes = [button.bounding_box() for button in page.locator(".scale button").all()]
    assert all(box and box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    assert len({box["y"] for box in boxes if box}) == 2


def _stored(site: Site) -> list[tuple[int, str | None]]:
    with reading(site.chain.organisation_id) as session:
        return [(row.rating, row.comment) for row in session.query(Response)]
