"""How many SMS a text costs (3GPP TS 23.038): one Cyrillic letter makes all of it twice as dear."""

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "\f^{}\\[~]|€"
_GSM = dict.fromkeys(_BASIC, 1) | dict.fromkeys(_EXTENDED, 2)
# What one message holds, and what each of several holds: the rest is taken by the number of the part.
_GSM_ALONE, _GSM_EACH = 160, 153
_UCS2_ALONE, _UCS2_EACH = 70, 67


def segments(text: str) -> int:
    """How many parts the text is sent and paid in."""
    if all(sign in _GSM for sign in text):
        return _parts(sum(_GSM[sign] for sign in text), _GSM_ALONE, _GSM_EACH)
    return _parts(len(text.encode("utf-16-le")) // 2, _UCS2_ALONE, _UCS2_EACH)


def _parts(units: int, alone: int, each: int) -> int:
    return 1 if units <= alone else -(-units // each)
