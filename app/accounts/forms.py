"""What people type about accounts, read into values or faults."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from app.accounts.actions import normal_email
from app.accounts.joining import Invitee
from app.accounts.members import Draft
from app.accounts.rules import SEES_ALL, Role, Scope
from app.errors import Invalid, NotFound
from app.stores.queries import StoreName
from app.text import NAME_GRAPHEMES, clean_line, grapheme_count, search_form
from app.web.forms import Form, only
from app.web.languages import LANGUAGES

EMAIL_CHARACTERS = 320
STORES_MOST = 100
SHOWN_AT_ONCE = 30
_TYPED = ("email", "name", "role", "language", "find")


def read_email(text: str) -> str:
    """An e-mail address as it is compared; raises `Invalid` (``required`` or ``bad_email``)."""
    address = normal_email(text[: EMAIL_CHARACTERS + 1])
    if not address:
        raise Invalid(faults={"email": "required"})
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        raise Invalid(faults={"email": "bad_email"}) from None
    return address


def read_name(text: str) -> str:
    """A person's name on one line; raises `Invalid` (``required`` or ``too_long_name``)."""
    name = clean_line(text)
    if not name:
        raise Invalid(faults={"name": "required"})
    if grapheme_count(name) > NAME_GRAPHEMES:
        raise Invalid(faults={"name": "too_long_name"})
    return name


def read_language(text: str) -> str:
    """One of our languages; raises `Invalid` (``not_a_choice``)."""
    if text not in LANGUAGES:
        raise Invalid(faults={"language": "not_a_choice"})
    return text


def read_id(text: str) -> UUID:
    """The id that a button carries; raises `NotFound` for anything that we did not write."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the head of a team may give: roles, and regions and stores by name."""

    roles: Sequence[Role]
    regions: Sequence[tuple[UUID, str]]
    stores: Sequence[StoreName]


@dataclass(slots=True)
class PlaceForm:
    """The form of a place in the team as it was typed; `faults` has a code for each refused field."""

    typed: dict[str, str]
    region_ids: frozenset[UUID] = frozenset()
    store_ids: frozenset[UUID] = frozenset()
    faults: dict[str, str] = field(default_factory=dict)
    draft: Draft | None = None

    def shown(self, choice: Choice) -> list[StoreName]:
        """The stores to tick: all of a few; of many the ticked ones, and those that were looked for."""
        if len(choice.stores) <= SHOWN_AT_ONCE:
            return list(choice.stores)
        ticked = [store for store in choice.stores if store.id in self.store_ids]
        return ticked + [store for store in self._found(choice) if store.id not in self.store_ids]

    def found_count(self, choice: Choice) -> int:
        """How many stores the search finds."""
        return len(self._matching(choice))

    def _found(self, choice: Choice) -> list[StoreName]:
        return self._matching(choice)[:SHOWN_AT_ONCE]

    def _matching(self, choice: Choice) -> list[StoreName]:
        wish = search_form(clean_line(self.typed["find"]))
        if not wish:
            return []
        return [store for store in choice.stores if wish in search_form(f"{store.name} {store.code}")]


def blank_place(choice: Choice, language: str) -> PlaceForm:
    """The form of a place that nobody has yet; the smallest role is the first choice."""
    return PlaceForm(dict.fromkeys(_TYPED, "") | {"role": choice.roles[-1], "language": language})


def place_of(role: Role, scope: Scope) -> PlaceForm:
    """The form of a place as it is."""
    return PlaceForm(dict.fromkeys(_TYPED, "") | {"role": role}, scope.regions, scope.stores)


def read_place(raw: Form, choice: Choice) -> PlaceForm:
    """Read the role and its scope; whoever sees all needs none, and none is kept."""
    form = PlaceForm(
        {name: raw.get(name, "") for name in _TYPED},
        _known(raw.getlist("regions"), [region for region, _ in choice.regions]),
        _known(raw.getlist("stores"), [store.id for store in choice.stores]),
    )
    role = only(raw, "role")
    if role not in choice.roles:
        form.faults["role"] = "not_a_choice"
    elif role in SEES_ALL:
        form.draft = Draft(Role(role))
    elif not form.region_ids and not form.store_ids:
        form.faults["stores"] = "no_scope" if choice.regions else "no_store"
    elif len(form.store_ids) > STORES_MOST:
        form.faults["stores"] = "many_stores"
    else:
        form.draft = Draft(Role(role), Scope(form.region_ids, form.store_ids))
    return form


def read_invitee(raw: Form, form: PlaceForm) -> Invitee | None:
    """Whom to ask into that place; each field is refused on its own, and ``None`` means that one was."""
    read: dict[str, str] = {}
    for name, rule in (("email", read_email), ("name", read_name), ("language", read_language)):
        try:
            read[name] = rule(only(raw, name))
        except Invalid as refusal:
            form.faults.update(refusal.faults)
    return Invitee(draft=form.draft, **read) if form.draft and not form.faults else None


def _known(sent: Sequence[str], known: Sequence[UUID]) -> frozenset[UUID]:
    """Those that may be given; an id that is nobody's or another chain's is not there."""
    spelt = {str(one): one for one in known}
    return frozenset(spelt[text] for text in sent if text in spelt)
