"""The pages of the team: who sees whom, what may be changed, and what a change means."""

import re
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.actions import add_member, create_hashed_user
from app.accounts.members import remove_member
from app.accounts.models import Membership, MembershipRegion, MembershipStore, SignIn, TeamInvitation
from app.accounts.rules import Role, Team
from app.audit.models import AuditEntry
from app.audit.rules import COMMAND_LINE
from app.db import reading, transaction
from app.errors import Conflict
from app.stores.actions import StoreDraft, create_store
from app.stores.queries import stores
from tests.accounts import stories
from tests.accounts.stories import NEW, count, deeds, invite, invited_link, join
from tests.fakes import Hands
from tests.make import NOON, Chain, rows_of, sign_in
from tests.together import together


@pytest.fixture
def owner(app: Flask, chain: Chain, hands: Hands) -> FlaskClient:
    """The browser of the chain's owner."""
    return sign_in(app, chain, "owner")


@pytest.fixture
def regional(app: Flask, chain: Chain, hands: Hands) -> FlaskClient:
    """The browser of the manager of the first store's region."""
    return sign_in(app, chain, "regional")


def names_on(page: str) -> list[str]:
    """Who stands in the list."""
    found = re.findall(r'<th scope="row">\s*(?:<a [^>]*>)?([^<\n]+)', page)
    return [name.strip() for name in found]


def scope_of(chain: Chain, member_id: object) -> set[object]:
    """The regions and stores that a membership names."""
    regions = {row.region_id for row in rows_of(chain, MembershipRegion) if row.membership_id == member_id}
    single = {row.store_id for row in rows_of(chain, MembershipStore) if row.membership_id == member_id}
    return regions | single


def open_stores(chain: Chain, number: int) -> None:
    """More stores in the first region."""
    with transaction(chain.organisation_id) as session:
        for n in range(number):
            draft = StoreDraft(region_id=chain.region_id, code=f"N-{n:03}", name=f"Крамниця {n:03}")
            create_store(session, draft, now=NOON)


def test_an_owner_sees_everybody_with_role_stores_and_last_visit(owner: FlaskClient) -> None:
    page = owner.get("/team").text
    assert names_on(page) == ["Manager", "Other", "Owner", "Regional"]
    for words in ("store manager", "West", "Store 2", "all stores", "25 Nov 2026", "never", "you"):
        assert words in page, words


def test_a_regional_manager_sees_the_managers_of_own_stores_only(regional: FlaskClient, chain: Chain) -> None:
    assert names_on(regional.get("/team").text) == ["Manager"]
    assert regional.get(f"/team/{chain.manager_id}").status_code == 200
    for other in (chain.other_manager_id, chain.owner_id, chain.regional_id):
        assert regional.get(f"/team/{other}").status_code == 404
        for deed in ("", "/remove", "/restore", "/sign-out"):
            assert regional.post(f"/team/{other}{deed}", data={}).status_code == 404


@pytest.mark.parametrize("who", ["manager", "analyst"])
def test_others_have_no_team_page(app: Flask, chain: Chain, who: str) -> None:
    with transaction(chain.organisation_id) as session:
        user_id = create_hashed_user(session, "analyst@nova.example", "Ann", "x", language="en", now=NOON)
        add_member(session, user_id, Role.ANALYST)
        if who == "analyst":
            found = session.get_one(Membership, (chain.organisation_id, chain.manager_id))
            found.role = Role.ANALYST
    client = sign_in(app, chain, "manager")
    for path in ("/team", "/team/new", f"/team/{chain.other_manager_id}"):
        assert client.get(path).status_code == 403
    assert client.post("/team/new", data=NEW).status_code == 403
    assert 'href="/team"' not in client.get("/more").text


def test_what_belongs_to_another_chain_is_not_there(
    app: Flask, owner: FlaskClient, chain: Chain, foreign_chain: Chain
) -> None:
    invite(sign_in(app, foreign_chain, "owner"), foreign_chain)
    (asked,) = rows_of(foreign_chain, TeamInvitation)
    assert owner.get(f"/team/{foreign_chain.manager_id}").status_code == 404
    for path in (
        f"/team/{foreign_chain.manager_id}/remove",
        f"/team/{foreign_chain.manager_id}/sign-out",
        f"/team/invitations/{asked.id}/withdraw",
        f"/team/invitations/{asked.id}/again",
    ):
        assert owner.post(path, data={"confirm": "manager@stranger.example"}).status_code == 404
    assert NEW["email"] not in owner.get("/team").text


def test_the_list_is_searched_and_narrowed(owner: FlaskClient, chain: Chain) -> None:
    invite(owner, chain)
    assert names_on(owner.get("/team?q=OTHER").text) == ["Other"]
    assert names_on(owner.get("/team?q=store+2").text) == ["Other"]
    assert names_on(owner.get("/team?role=owner").text) == ["Owner"]
    assert names_on(owner.get("/team?q=олена").text) == ["Олена Нова"]
    assert names_on(owner.get("/team?role=king&page=9999999999999999999999").text) != []
    assert "Nobody like this" in owner.get("/team?q=%25_").text


def test_a_long_list_comes_in_pages(owner: FlaskClient, chain: Chain) -> None:
    with transaction(chain.organisation_id) as session:
        for n in range(60):
            user_id = create_hashed_user(
                session, f"m{n}@nova.example", f"M {n:02}", "x", language="en", now=NOON
            )
            add_member(session, user_id, Role.STORE_MANAGER, stores=[chain.store_id])
    first, second = (names_on(owner.get(f"/team?page={page}").text) for page in (1, 2))
    assert (len(first), len(second)) == (50, 14)
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "Manager@nova.example"}, "email"),
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"language": "ru"}, "language"),
        ({"role": "king"}, "role"),
        ({"role": ""}, "role"),
        ({"stores": ""}, "stores"),
        ({"stores": "'; DROP TABLE users"}, "stores"),
        ({"stores": "00000000-0000-0000-0000-000000000007"}, "stores"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_with_what_was_typed(
    owner: FlaskClient, chain: Chain, fields: dict[str, str], field: str
) -> None:
    place = {"role": "store_manager", "stores": str(chain.store_id)}
    answer = owner.post("/team/new", data={**NEW, **place, **fields})
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text
    assert f'href="#{field}"' in answer.text
    if "name" not in fields:
        assert 'value="Олена Нова"' in answer.text
    assert rows_of(chain, TeamInvitation) == []


def test_an_address_is_invited_once(app: Flask, owner: FlaskClient, chain: Chain) -> None:
    invite(owner, chain)
    place = {"role": "store_manager", "stores": str(chain.store_id)}
    answer = owner.post("/team/new", data={**NEW, "email": "OLENA@new.example", **place})
    assert "was invited already" in answer.text


def test_two_who_invite_the_same_address_at_the_same_moment_ask_once(
    app: Flask, chain: Chain, hands: Hands
) -> None:
    browsers = [sign_in(app, chain, "owner") for _ in range(2)]
    place = {"role": "store_manager", "stores": str(chain.store_id)}
    works = [partial(browser.post, "/team/new", data={**NEW, **place}) for browser in browsers]
    answers = together(app, works)
    assert sorted(getattr(answer, "status_code", repr(answer)) for answer in answers) == [303, 422]
    assert len(rows_of(chain, TeamInvitation)) == 1


def test_a_regional_manager_invites_to_own_stores_only(regional: FlaskClient, chain: Chain) -> None:
    page = regional.get("/team/new").text
    assert "Store 1" in page
    assert "Store 2" not in page
    assert 'name="regions"' not in page
    assert re.findall(r'name="role" value="(\w+)"', page) == ["store_manager"]
    invite(regional, chain)
    for place in (
        {"role": "owner"},
        {"role": "regional_manager", "regions": str(chain.region_id)},
        {"role": "store_manager", "regions": str(chain.region_id)},
        {"role": "store_manager", "stores": str(chain.other_store_id)},
    ):
        given = {**NEW, "email": "second@new.example", **place}
        assert regional.post("/team/new", data=given).status_code == 422
    assert len(rows_of(chain, TeamInvitation)) == 1


def test_role_and_scope_are_changed_and_recorded(owner: FlaskClient, chain: Chain) -> None:
    place = {"role": "regional_manager", "regions": str(chain.region_id), "stores": str(chain.other_store_id)}
    answer = owner.post(f"/team/{chain.manager_id}", data=place)
    assert (answer.status_code, answer.location) == (303, f"/team/{chain.manager_id}?done=saved")
    assert scope_of(chain, chain.manager_id) == {chain.region_id, chain.other_store_id}
    (entry,) = rows_of(chain, AuditEntry)
    assert (entry.deed, entry.doer, entry.subject) == ("member.changed", "Owner", "Manager")
    assert entry.data == {
        "role": ["store_manager", "regional_manager"],
        "regions_added": ["West"],
        "stores_added": ["S2"],
        "stores_dropped": ["S1"],
    }
    owner.post(f"/team/{chain.manager_id}", data=place)  # the same again changes nothing
    assert len(rows_of(chain, AuditEntry)) == 1


def test_who_sees_all_keeps_no_scope(owner: FlaskClient, chain: Chain) -> None:
    owner.post(f"/team/{chain.manager_id}", data={"role": "analyst", "stores": str(chain.store_id)})
    assert scope_of(chain, chain.manager_id) == set()


def test_a_region_of_another_chain_cannot_be_given(
    owner: FlaskClient, chain: Chain, foreign_chain: Chain
) -> None:
    place = {"role": "store_manager", "regions": str(foreign_chain.region_id)}
    assert owner.post(f"/team/{chain.manager_id}", data=place).status_code == 422
    assert scope_of(chain, chain.manager_id) == {chain.store_id}


def test_five_hundred_stores_are_searched_and_ticked(owner: FlaskClient, chain: Chain) -> None:
    open_stores(chain, 500)
    page = owner.get(f"/team/{chain.manager_id}").text
    assert page.count('name="stores"') == 1  # the one that is ticked
    assert "502 stores in all" in page
    with reading(chain.organisation_id) as session:
        wanted = {store.name: str(store.id) for store in stores(session, None)}
    ticked = [str(chain.store_id), wanted["Крамниця 007"]]
    found = owner.post(
        f"/team/{chain.manager_id}",
        data={"role": "store_manager", "stores": ticked, "find": "КРАМНИЦЯ 01", "search": "1"},
    )
    assert found.status_code == 200
    assert "10 stores found" in found.text
    assert found.text.count('name="stores"') == 12
    assert found.text.count(" checked") == 3  # two stores and the role
    assert scope_of(chain, chain.manager_id) == {chain.store_id}  # looking for stores saves nothing
    many = owner.post(
        f"/team/{chain.manager_id}", data={"role": "store_manager", "find": "N-", "search": "1"}
    )
    assert many.text.count('name="stores"') == 30
    place = {"role": "store_manager", "stores": [*ticked, wanted["Крамниця 010"]]}
    assert owner.post(f"/team/{chain.manager_id}", data=place).status_code == 303
    assert len(scope_of(chain, chain.manager_id)) == 3


def test_more_than_a_hundred_single_stores_are_regions(owner: FlaskClient, chain: Chain) -> None:
    open_stores(chain, 110)
    with reading(chain.organisation_id) as session:
        everything = [str(store.id) for store in stores(session, None)]
    answer = owner.post(
        f"/team/{chain.manager_id}", data={"role": "store_manager", "stores": everything[:101]}
    )
    assert answer.status_code == 422
    assert "Choose regions instead" in answer.text


def test_a_member_is_removed_when_the_address_is_typed(app: Flask, owner: FlaskClient, chain: Chain) -> None:
    manager = sign_in(app, chain)
    path = f"/team/{chain.manager_id}/remove"
    for typed in ("", "manager", "owner@nova.example"):
        answer = owner.post(path, data={"confirm": typed})
        assert answer.status_code == 422
        assert 'id="confirm-fault"' in answer.text
    assert manager.get("/more").status_code == 200
    assert owner.post(path, data={"confirm": " Manager@Nova.example "}).status_code == 303
    assert manager.get("/more").status_code == 303
    assert "Manager" not in names_on(owner.get("/team").text)
    assert names_on(owner.get("/team?state=removed").text) == ["Manager"]
    assert deeds(chain) == [("member.removed", "Owner", "Manager")]
    owner.post(path, data={"confirm": "manager@nova.example"})  # once more changes nothing
    assert len(deeds(chain)) == 1


def test_a_removed_member_is_let_in_again_with_role_and_scope(
    app: Flask, owner: FlaskClient, chain: Chain
) -> None:
    owner.post(f"/team/{chain.manager_id}/remove", data={"confirm": "manager@nova.example"})
    place = {"role": "store_manager", "stores": str(chain.store_id)}
    answer = owner.post("/team/new", data={**NEW, "email": "manager@nova.example", **place})
    assert "was removed from the team" in answer.text
    assert owner.post(f"/team/{chain.manager_id}/restore").status_code == 303
    assert sign_in(app, chain).get(f"/stores/{chain.store_id}").status_code == 200
    assert deeds(chain)[-1] == ("member.restored", "Owner", "Manager")


def test_the_last_owner_stays(owner: FlaskClient, chain: Chain) -> None:
    demoted = owner.post(f"/team/{chain.owner_id}", data={"role": "analyst"})
    assert demoted.status_code == 409
    assert "needs an owner" in demoted.text
    removed = owner.post(f"/team/{chain.owner_id}/remove", data={"confirm": "owner@nova.example"})
    assert removed.status_code == 409
    assert "needs an owner" in removed.text
    owner.post(f"/team/{chain.manager_id}", data={"role": "owner"})
    assert owner.post(f"/team/{chain.owner_id}", data={"role": "analyst"}).status_code == 303
    assert owner.get("/team").status_code == 403


def test_of_two_owners_who_remove_each_other_one_stays(app: Flask, owner: FlaskClient, chain: Chain) -> None:
    owner.post(f"/team/{chain.manager_id}", data={"role": "owner"})
    team = Team(Role.OWNER, None)

    def remove(member_id: object) -> object:
        with transaction(chain.organisation_id) as session:
            remove_member(session, team, member_id, doer=COMMAND_LINE, now=NOON)  # type: ignore[arg-type]
        return "removed"

    found = together(app, [lambda: remove(chain.owner_id), lambda: remove(chain.manager_id)])
    assert sorted(type(one).__name__ for one in found) == ["Conflict", "str"]
    refused = next(one for one in found if isinstance(one, Conflict))
    assert refused.code == "last_owner"


def test_a_member_is_signed_out_everywhere(app: Flask, owner: FlaskClient, chain: Chain) -> None:
    phones = [sign_in(app, chain) for _ in range(2)]
    assert owner.post(f"/team/{chain.manager_id}/sign-out").status_code == 303
    assert [phone.get("/more").status_code for phone in phones] == [303, 303]
    assert owner.get("/more").status_code == 200
    assert deeds(chain) == [("session.ended", "Owner", "Manager")]


def test_removing_ends_only_the_sign_ins_of_this_chain(
    app: Flask, owner: FlaskClient, chain: Chain, foreign_chain: Chain
) -> None:
    stories.second_job(chain, foreign_chain)
    there = sign_in(app, chain)
    there.post("/organisations", data={"organisation": str(foreign_chain.organisation_id)})
    owner.post(f"/team/{chain.manager_id}/remove", data={"confirm": "manager@nova.example"})
    assert there.get("/more").status_code == 200
    assert count(SignIn) == 2


def test_a_name_is_text_wherever_it_stands(
    app: Flask, owner: FlaskClient, chain: Chain, hands: Hands
) -> None:
    name = "<b>Olena</b>\u202e"
    colleague = join(app, invited_link(owner, chain, hands, name=name), name=name)
    member = stories.membership_of(chain, NEW["email"])
    for page in (owner.get("/team"), owner.get(f"/team/{member.id}"), owner.get("/settings/audit")):
        assert "<b>Olena" not in page.text
        assert "\u202e" not in page.text
    assert "&lt;b&gt;Olena&lt;/b&gt;" in colleague.get("/more").text


def test_the_forms_keep_their_token(app: Flask, owner: FlaskClient, chain: Chain) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert owner.post(f"/team/{chain.manager_id}/remove").status_code == 400
    with reading(chain.organisation_id) as session:
        assert session.scalar(select(Membership.is_active).where(Membership.id == chain.manager_id))
