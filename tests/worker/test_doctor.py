"""What the doctor asks of Redis and of the model."""

import json
from pathlib import Path

import pytest
from redis import Redis

from app.cli.doctor import Trouble
from app.settings import Settings
from worker.doctor import check_model, check_redis


def _settings(folder: Path, **others: str) -> Settings:
    return Settings.model_validate({"data_dir": folder, "secret_key": "s" * 40, **others})


def test_a_redis_that_keeps_its_jobs_is_well(redis_url: str, tmp_path: Path) -> None:
    assert check_redis(_settings(tmp_path, redis_url=redis_url)) == "answers, noeviction"


def test_a_redis_that_drops_jobs_is_told_with_its_cure(redis_url: str, tmp_path: Path) -> None:
    client = Redis.from_url(redis_url)
    client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(Trouble, match="set noeviction"):
            check_redis(_settings(tmp_path, redis_url=redis_url))
    finally:
        client.config_set("maxmemory-policy", "noeviction")
        client.close()


def test_the_redis_of_a_running_supervisor_is_found(redis_url: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps({"redis_url": redis_url}), encoding="utf-8")
    assert check_redis(_settings(tmp_path)) == "answers, noeviction"


def test_no_redis_is_no_fault(tmp_path: Path) -> None:
    assert "the ticker does the workers' jobs" in check_redis(_settings(tmp_path))


@pytest.mark.parametrize("url", ["redis://127.0.0.1:9/0", "unix:///nowhere/redis.sock", "nonsense"])
def test_a_redis_that_is_away_is_told(tmp_path: Path, url: str) -> None:
    with pytest.raises(Trouble, match="does not answer"):
        check_redis(_settings(tmp_path, redis_url=url))


def test_the_shipped_model_loads_and_judges(tmp_path: Path) -> None:
    assert check_model(_settings(tmp_path)).endswith("finds a word of thanks positive")


def test_a_folder_that_holds_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"has no config\.json"):
        check_model(_settings(tmp_path, sentiment_model=str(tmp_path)))
