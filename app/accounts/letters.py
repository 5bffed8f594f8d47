"""Letters about accounts: an invitation, a link for a new password, word that a password was changed."""

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.models import AccountLetter, Organisation, TeamInvitation, User
from app.accounts.queries import get_member
from app.accounts.rules import LetterKind
from app.accounts.words import role_words
from app.channels.delivery import Delivery, Outcome, deliver_due
from app.channels.email.sender import Email
from app.db import OrganisationSession, get_row
from app.settings import Settings
from app.vault import unseal


def send_due_account_mail(own: Settings, *, now: datetime, limit: int = 5) -> int:
    """Send letters that are due, of any organisation; how many were taken. Links begin with `BASE_URL`."""

    def compose(session: OrganisationSession, letter: AccountLetter) -> Email | None:
        if letter.kind == LetterKind.INVITATION:
            return _invitation(session, letter, own, now=now)
        is_reset = letter.kind == LetterKind.RESET
        return _reset(session, letter, own) if is_reset else _changed(session, letter, own)

    def mark(_session: OrganisationSession, letter: AccountLetter, outcome: Outcome, reason: str) -> None:
        letter.sealed_link = None
        letter.sent_at = now if outcome is Outcome.SENT else None
        letter.failure = reason or None

    return deliver_due(Delivery(AccountLetter, compose, mark), now=now, limit=limit)


def _invitation(
    session: OrganisationSession, letter: AccountLetter, own: Settings, *, now: datetime
) -> Email | None:
    """``None`` when it was answered, withdrawn or written anew meanwhile."""
    assert letter.invitation_id is not None
    invitation = get_row(session, TeamInvitation, letter.invitation_id)
    is_over = invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at <= now
    if is_over or letter.created_at < invitation.sent_at or letter.sealed_link is None:
        return None
    link = f"{own.base_url}/join/{_secret(letter, own)}"
    chain = session.get_one(Organisation, letter.organisation_id).name
    with force_locale(invitation.language):
        role = role_words()[invitation.role]
        lines = [
            _(
                "%(chain)s invites you to Vidhuk, where it answers its shoppers. Your role: %(role)s.",
                chain=chain,
                role=role,
            ),
            *_who_asks(session, invitation),
            _("To join, open this link within seven days; it works once."),
            link,
            _("If you do not know what this is about, leave this letter unanswered."),
        ]
        return _email(letter, invitation.email, _("%(chain)s invites you", chain=chain), lines)


def _reset(session: OrganisationSession, letter: AccountLetter, own: Settings) -> Email | None:
    """``None`` when it went out already."""
    user = session.get_one(User, letter.user_id)
    if letter.sealed_link is None:
        return None
    with force_locale(user.language):
        lines = [
            _("Somebody asked for a new password for your account."),
            _("If it was you, open this link within an hour; it works once."),
            f"{own.base_url}/reset/{_secret(letter, own)}",
            _("If it was not you, nothing has changed: leave this letter unanswered."),
        ]
        return _email(letter, user.email, _("Choose a new password"), lines)


def _changed(session: OrganisationSession, letter: AccountLetter, own: Settings) -> Email:
    user = session.get_one(User, letter.user_id)
    with force_locale(user.language):
        lines = [
            _("The password of your account was changed, and every other device was signed out."),
            _("If it was not you, choose a new one at once and tell the owner of your organisation:"),
            f"{own.base_url}/forgot",
        ]
        return _email(letter, user.email, _("Your password was changed"), lines)


def _who_asks(session: OrganisationSession, invitation: TeamInvitation) -> list[str]:
    if invitation.invited_by is None:
        return []
    member = get_member(session, invitation.invited_by)
    return [_("Invited by: %(name)s, %(email)s", name=member.name, email=member.email)]


def _email(letter: AccountLetter, recipient: str, subject: str, lines: list[str]) -> Email:
    return Email(f"account-{letter.id}", recipient, subject, "\n\n".join(lines) + "\n")


def _secret(letter: AccountLetter, own: Settings) -> str:
    assert letter.sealed_link is not None
    return unseal(own.secret_key, f"letter/{letter.id}", letter.sealed_link)
