"""Changing invitations and till keys: minting, redeeming, cancelling, rotating."""

from app.invitations.actions.keys import (
    NewKey,
    change_life,
    create_till_key,
    revoke_till_key,
    rotate_till_key,
    till_secret,
)
from app.invitations.actions.minting import InvitationDraft, Minted, mint_invitations
from app.invitations.actions.redeeming import (
    Redeemed,
    admit_receipt,
    cancel_invitation,
    cancel_receipt,
    forget_expired_invitations,
    redeem_invitation,
)

__all__ = [
    "InvitationDraft",
    "Minted",
    "NewKey",
    "Redeemed",
    "admit_receipt",
    "cancel_invitation",
    "cancel_receipt",
    "change_life",
    "create_till_key",
    "forget_expired_invitations",
    "mint_invitations",
    "redeem_invitation",
    "revoke_till_key",
    "rotate_till_key",
    "till_secret",
]
