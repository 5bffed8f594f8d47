"""Somebody who belongs to several organisations chooses where to be at work now."""

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from app.accounts.forms import read_id
from app.accounts.sessions import carry_token
from app.accounts.sign_ins import choose_organisation, own_organisations
from app.accounts.views.skin import pages, safe_path
from app.accounts.words import role_words
from app.db import looking_across, transaction_across
from app.web.access import current_person, signed_in
from app.web.forms import read_form


@pages.get("/organisations")
@signed_in()
def organisations() -> str:
    """The organisations of the person who is signed in, and of nobody else."""
    with looking_across() as session:
        return render_template(
            "accounts/organisations.html",
            organisations=own_organisations(session, current_person().user_id),
            roles=role_words(),
            next=safe_path(request.args.get("next")),
        )


@pages.post("/organisations")
@signed_in()
def choose() -> Response:
    """Work in one of them from now on, under a new token: the old cookie is worth nothing any more."""
    form = read_form(request)
    with transaction_across() as session:
        carry_token(choose_organisation(session, current_person(), read_id(form.get("organisation", ""))))
    return redirect(safe_path(form.get("next")), 303)
