"""Printing in a real browser, CSRF and content policy on: with the script that watches a run, and without."""

from playwright.sync_api import Browser, Page, expect

from app import clock
from app.printing.actions import make_due_runs
from tests.browser.conftest import Site, sign_in_on
from tests.printing.paper import pages

BASE = "https://q.nova.ua"


def order_labels(page: Page, site: Site) -> None:
    """Choose two dozen labels of each code and order them."""
    page.goto(f"{site.address}/touchpoints/print")
    page.get_by_label("Sheet of 24 labels").check()
    page.get_by_label("Copies of each code").fill("25")
    page.get_by_role("button", name="Show the first page").click()
    expect(page.locator("#result + p")).to_contain_text("25 cards")
    page.get_by_role("button", name="Make the PDF").click()
    expect(page.locator("#run")).to_have_attribute("data-state", "waiting")


def test_a_run_that_is_watched_becomes_a_file(page: Page, site: Site) -> None:
    sign_in_on(page, site)
    order_labels(page, site)
    make_due_runs(BASE, clock.now)
    expect(page.locator("#run")).to_have_attribute("data-state", "made")
    expect(page.locator("#status")).to_contain_text("The file is ready")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the PDF").click()
    assert len(pages(download.value.path().read_bytes())) == 2


def test_without_the_script_a_link_looks_again(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in_on(page, site)
    order_labels(page, site)
    make_due_runs(BASE, clock.now)
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("#run")).to_have_attribute("data-state", "made")
    context.close()


def test_what_is_chosen_is_what_is_printed(page: Page, site: Site) -> None:
    """The button stands beside the preview of an earlier choice: it prints what is chosen now."""
    sign_in_on(page, site)
    page.goto(f"{site.address}/touchpoints/print")
    page.get_by_label("Sticker 60 × 80 mm").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the PDF").click()
    (sheet,) = pages(download.value.path().read_bytes())
    assert (round(sheet.width_mm), round(sheet.height_mm)) == (60, 80)
