"""What `flask doctor` asks beyond `app`: does Redis keep what it is given, does the model load and judge."""

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from app.classification.rules import Classifier
from app.cli.doctor import Trouble
from app.cli.running import running_redis
from app.settings import Settings
from worker.classifier import SHIPPED_MODEL, load_classifier
from worker.heads import ModelUnavailable
from worker.hurry import connect


def check_redis(own: Settings) -> str:
    """It answers and drops nothing when memory is short. Without it the ticker does every job itself."""
    url = running_redis(own)
    if url is None:
        return "none is set: `make run` starts its own, else the ticker does the workers' jobs"
    try:
        client = connect(url)
        client.ping()
        policy = _policy(client)
    except (RedisError, ValueError, OSError) as error:
        said = f"it does not answer ({type(error).__name__})"
        raise Trouble(f"{said}. Nothing is lost: the ticker does the jobs itself, slower") from None
    if policy not in ("noeviction", None):
        raise Trouble(f"maxmemory-policy is {policy}: set noeviction, or jobs vanish when memory is short")
    if policy is None:
        return "answers; it does not tell its maxmemory-policy: see that it is noeviction"
    return "answers, noeviction"


def check_model(own: Settings) -> str:
    """The model loads and judges a sentence."""
    try:
        classifier: Classifier = load_classifier(own.sentiment_model or SHIPPED_MODEL)
    except ModelUnavailable as fault:
        raise Trouble(f"{fault}. Until then the word list decides after ten minutes") from None
    judgement = classifier.classify(["Дуже дякую, все чудово!"])[0]
    return f"{classifier.version} finds a word of thanks {judgement.sentiment if judgement else 'empty'}"


def _policy(client: Redis) -> str | None:
    """The eviction policy; ``None`` where the server does not let us ask, as hosted ones do."""
    try:
        found = client.config_get("maxmemory-policy")
    except ResponseError:
        return None
    values = [value.decode() if isinstance(value, bytes) else str(value) for value in found.values()]
    return values[0] if values else None
