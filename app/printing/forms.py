"""The form of a print run: which codes, in which format, in which languages."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from app.db import OrganisationSession, get_row
from app.errors import NotFound
from app.printing.queries import Printable, Where, printable
from app.printing.rules import FORMATS, MOST_CARDS, MOST_COPIES, Format, Languages
from app.stores.models import Region, Store
from app.stores.queries import Scope, find_store
from app.text import clean_line
from app.touchpoints.models import Touchpoint
from app.touchpoints.queries import get_place
from app.web.languages import LANGUAGES

_SINGLE = ("code", "touchpoint", "store", "region", "label", "format", "first", "copies")
FIELDS = (*_SINGLE, "further")


@dataclass(slots=True)
class PrintForm:
    """A form as it was filled in; `faults` has a text for each field that was refused.

    `fixed` names the one code or touchpoint that the form is about, `place` whatever was chosen.
    """

    typed: dict[str, str]
    further: list[str]
    faults: dict[str, str] = field(default_factory=dict)
    own: Format = FORMATS["a5"]
    languages: Languages = field(default_factory=Languages)
    copies: int = 1
    where: Where = field(default_factory=Where)
    fixed: str = ""
    names: list[str] = field(default_factory=list)
    rows: list[Printable] = field(default_factory=list)

    @property
    def place(self) -> str:
        """What was chosen, by its names."""
        return " · ".join(self.names) or _("All stores")

    @property
    def card_count(self) -> int:
        """How many cards it will be."""
        return len(self.rows) * self.copies

    @property
    def fields(self) -> list[tuple[str, str]]:
        """All that was filled in, as fields of another form or of an address."""
        filled = [(name, value) for name, value in self.typed.items() if value]
        return [*filled, *(("further", language) for language in self.further)]


def read_print_form(session: OrganisationSession, raw: MultiDict[str, str], scope: Scope) -> PrintForm:
    """Read the form and find its codes; raises `NotFound` for a code or touchpoint out of scope."""
    form = PrintForm(
        typed={name: raw.get(name, "") for name in _SINGLE},
        further=list(dict.fromkeys(raw.getlist("further"))),
    )
    _read_format(form)
    _read_languages(form)
    _read_copies(form)
    if form.typed["code"]:
        _read_code(session, form, scope)
    elif form.typed["touchpoint"]:
        _read_touchpoint(session, form, scope)
    else:
        _read_stores(session, form, scope)
    if not form.faults:
        form.rows = printable(session, scope, form.where)
        _check_count(form)
    return form


def _read_format(form: PrintForm) -> None:
    wish = form.typed["format"] = form.typed["format"] or form.own.name
    if wish in FORMATS:
        form.own = FORMATS[wish]
    else:
        form.faults["format"] = _("Choose a format.")


def _read_languages(form: PrintForm) -> None:
    first = form.typed["first"] or None
    if any(language not in LANGUAGES for language in (*([first] if first else []), *form.further)):
        form.faults["first"] = _("Choose languages from the list.")
    else:
        form.languages = Languages(first, tuple(form.further))


def _read_copies(form: PrintForm) -> None:
    typed = form.typed["copies"] = clean_line(form.typed["copies"]) or "1"
    if typed.isascii() and typed.isdigit() and 1 <= int(typed[:9]) <= MOST_COPIES:
        form.copies = int(typed)
    else:
        form.faults["copies"] = _("Write a whole number from 1 to %(most)s.", most=MOST_COPIES)


def _read_code(session: OrganisationSession, form: PrintForm, scope: Scope) -> None:
    place = get_place(session, form.typed["code"])
    _require(place.store.id, scope)
    form.where = Where(code=place.code.code)
    form.names = [place.store.name, place.touchpoint.name, place.code.code]
    form.fixed = form.place


def _read_touchpoint(session: OrganisationSession, form: PrintForm, scope: Scope) -> None:
    touchpoint_id = _uuid(form.typed["touchpoint"])
    if touchpoint_id is None:
        raise NotFound()
    touchpoint = get_row(session, Touchpoint, touchpoint_id)
    _require(touchpoint.store_id, scope)
    form.where = Where(touchpoint_id=touchpoint.id)
    form.names = [get_row(session, Store, touchpoint.store_id).name, touchpoint.name]
    form.fixed = form.place


def _read_stores(session: OrganisationSession, form: PrintForm, scope: Scope) -> None:
    if typed := clean_line(form.typed["store"]):
        store = find_store(session, typed, scope)
        if store is None:
            form.faults["store"] = _("Choose a store by its code.")
            return
        form.where = Where(store_id=store.id)
        form.names.append(store.name)
    if form.typed["region"]:
        region_id = _uuid(form.typed["region"])
        region = session.get(Region, (session.scope(), region_id)) if region_id else None
        if region is None:
            form.faults["region"] = _("Choose a region from the list.")
            return
        form.where = replace(form.where, region_id=region.id)
        form.names.append(region.name)
    if label := clean_line(form.typed["label"]):
        form.where = replace(form.where, label=label)
        form.names.append(label)


def _check_count(form: PrintForm) -> None:
    if form.card_count > MOST_CARDS:
        form.faults["store" if not form.fixed else "copies"] = ngettext(
            "This would be %(num)s card, and one file holds %(most)s. Choose a region or a store.",
            "This would be %(num)s cards, and one file holds %(most)s. Choose a region or a store.",
            form.card_count,
            most=MOST_CARDS,
        )


def _require(store_id: UUID, scope: Scope) -> None:
    if scope is not None and store_id not in scope:
        raise NotFound()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
