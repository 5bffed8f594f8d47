"""A response as another system tells of it, and what the one door makes of that."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, WithJsonSchema

from app.api.v1.bodies import Body, Moment, Name, example, fault, obeying, text_within
from app.contacts.rules import Address
from app.errors import Invalid
from app.ids import new_key, purpose_key
from app.responses.actions import Completion, Origin, ResponseDraft
from app.responses.forms import read_comment
from app.responses.rules import CLOCKS_MAY_DIFFER, TAKEN_ELSEWHERE, Channel
from app.stores.models import Store
from app.text import clean_line
from app.touchpoints.models import Touchpoint
from app.web.languages import LANGUAGES
from app.web.strict_json import write_json

EXTERNAL_MOST = 128
_PURPOSE = "response-content"


def _channel(channel: Channel) -> Channel:
    if channel not in TAKEN_ELSEWHERE:
        raise fault("unknown_value")
    return channel


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise fault("unknown_value")
    return code


def _contact(text: str) -> str | None:
    return clean_line(text) or None


SentChannel = Annotated[
    Channel,
    AfterValidator(_channel),
    WithJsonSchema({"type": "string", "enum": [channel.value for channel in TAKEN_ELSEWHERE]}),
]
Language = Annotated[
    str, AfterValidator(_language), WithJsonSchema({"type": "string", "enum": list(LANGUAGES)})
]
Text = {"type": "string"}
Comment = Annotated[str, AfterValidator(obeying(read_comment)), WithJsonSchema(Text)]
Contact = Annotated[str, AfterValidator(_contact), WithJsonSchema(Text)]
ExternalId = Annotated[str, AfterValidator(text_within(EXTERNAL_MOST)), Field(min_length=1)]


class NewResponse(Body):
    """What a shopper said to somebody else: a call centre, a kiosk, a bot, a shop assistant."""

    model_config = example(
        store="KYIV-12",
        touchpoint="Phone",
        rating=3,
        comment="Довго чекав на касі",
        contact="+380441234567",
        channel="call",
        external_id="call-7731",
    )

    store: Name = Field(description="The code or the id of the store.")
    touchpoint: Name | None = Field(
        None, description="The name or the id of a touchpoint of the store; left out, its oldest open one."
    )
    rating: int = Field(ge=0, le=10, description="Likelihood to recommend, 0 to 10.")
    comment: Comment | None = Field(None, description="In the shopper's words, at most 5,000 characters.")
    contact: Contact | None = Field(
        None, description="A phone number or an e-mail address left for an answer; never shown here."
    )
    marketing: bool = Field(default=False, description="Whether the shopper agreed to other messages too.")
    channel: SentChannel = Field(Channel.API, description="How the answer was taken.")
    language: Language | None = Field(None, description="The shopper's; left out, the store's first.")
    answered_at: Moment | None = Field(
        None,
        description="When it was said; left out, now. Older than 24 hours, it opens no alert.",
    )
    external_id: ExternalId | None = Field(
        None,
        description="Your own id of it: sent again with the same content, it is stored once.",
    )


@dataclass(frozen=True, slots=True)
class Told:
    """A body with the rows that it names. The contact is in its one spelling."""

    body: NewResponse
    store: Store
    touchpoint: Touchpoint
    address: Address | None

    def draft(self, survey_version_id: UUID, origin: Origin) -> ResponseDraft:
        """The rating, under a key that nobody is told."""
        return ResponseDraft(
            key=new_key(),
            store_id=self.store.id,
            touchpoint_id=self.touchpoint.id,
            survey_version_id=survey_version_id,
            channel=self.body.channel,
            language=self.body.language or self.store.languages[0],
            rating=self.body.rating,
            answered_at=self.body.answered_at,
            origin=origin,
        )

    def completion(self) -> Completion | None:
        """Comment and contact, if there is either."""
        if self.body.comment is None and self.address is None:
            return None
        return Completion(
            self.body.comment, self.address, wants_marketing=self.body.marketing, is_typed=False
        )

    def content_digest(self, secret: str) -> str:
        """A keyed digest of all that was said: the same content has the same, whatever names it used."""
        said = self.body.model_dump(mode="json", exclude={"external_id"})
        said["store"] = str(self.store.id)
        said["touchpoint"] = str(self.touchpoint.id) if self.body.touchpoint else None
        said["contact"] = self.address.value if self.address else None
        return hmac.digest(purpose_key(secret, _PURPOSE), write_json(said), "sha256").hex()


def check_time(answered_at: datetime | None, now: datetime) -> None:
    """Raise `Invalid` (``in_future``) for an answer that is yet to be given, by more than clocks differ."""
    if answered_at and answered_at - now > CLOCKS_MAY_DIFFER:
        raise Invalid(faults={"answered_at": "in_future"})
