"""The word list that decides when no model answers in time. Its verdicts are marked as such."""

import regex

from app.classification.rules import Judgement, Sentiment

FALLBACK_VERSION = "words-2"
_BAD = (
    "жахлив", "погано", "поган", "хам", "груб", "обман", "брехн", "черг", "чекали", "чекав", "зіпсован",
    "прострочен", "бруд", "нікому", "не працює", "ніхто", "ужас", "плохо", "плохая", "грязн", "обман",
    "очеред", "нахам", "просроч", "никто", "хуже", "отврат", "rude", "awful", "terrible", "dirty", "expired",
    "waited", "nobody", "worst", "refund", "broken", "disappoint", "okropn", "fataln", "tragiczn",
    "kolejk", "czekał", "nikt", "niemił", "niegrzeczn", "chamsk", "brudn", "zepsut", "nie działa",
    "przetermin", "oszust", "oszuka", "najgorsz", "rozczarow", "nie polec",
)  # fmt: skip
_GOOD = (
    "дякую", "чудов", "супер", "приємн", "ввічлив", "задоволен", "рекоменд", "швидко", "спасибо", "отличн",
    "прекрасн", "вежлив", "доволен", "довольна", "быстро", "thank", "great", "excellent", "friendly",
    "helpful", "love", "perfect", "dzięk", "świetn", "wspania", "uprzejm", "życzliw", "szybko", "polecam",
    "przemił", "super",
)  # fmt: skip
_LETTER = regex.compile(r"\p{L}")


def judge_by_words(text: str, rating: int) -> Judgement | None:
    """A rough verdict by known words, with the rating where they say nothing; ``None`` without letters."""
    if not _LETTER.search(text):
        return None
    folded = text.casefold()
    balance = sum(word in folded for word in _GOOD) - sum(word in folded for word in _BAD)
    if balance == 0:
        balance = (rating >= 9) - (rating <= 6)
    sentiment = (Sentiment.NEUTRAL, Sentiment.POSITIVE, Sentiment.NEGATIVE)[(balance > 0) - (balance < 0)]
    return Judgement(sentiment, {word: 0.6 if word is sentiment else 0.2 for word in Sentiment})
