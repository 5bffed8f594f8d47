"""The two commands on a fresh machine: what is installed, when, and what is said when it cannot be."""

import ast
import json
from pathlib import Path

import pytest

from ops import bootstrap


@pytest.fixture(autouse=True)
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty clone with two locks; nothing is installed for real."""
    venv = tmp_path / ".venv"
    for name, value in (("ROOT", tmp_path), ("VENV", venv), ("PYTHON", venv / "bin" / "python")):
        monkeypatch.setattr(bootstrap, name, value)
    monkeypatch.setattr(bootstrap, "STAMP", venv / "installed.json")
    (tmp_path / "ops").mkdir()
    (tmp_path / "requirements.txt").write_text("flask==3.1.3")
    (tmp_path / "requirements-dev.txt").write_text("flask==3.1.3\npytest==9.2.0")
    return tmp_path


def make_installed(clone: Path, kind: str) -> None:
    """A finished installation of one kind."""
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").touch()
    bootstrap.STAMP.write_text(json.dumps(bootstrap.stamp_of(kind)))


def test_an_old_python_can_read_the_file_and_be_refused_in_words() -> None:
    assert bootstrap.__file__
    ast.parse(Path(bootstrap.__file__).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_empty_clone_is_not_installed() -> None:
    assert not bootstrap.is_installed(bootstrap.stamp_of("run"))


def test_what_serves_the_tests_serves_a_run(clone: Path) -> None:
    make_installed(clone, "dev")
    assert bootstrap.is_installed(bootstrap.stamp_of("run"))


def test_what_serves_a_run_does_not_serve_the_tests(clone: Path) -> None:
    make_installed(clone, "run")
    assert not bootstrap.is_installed(bootstrap.stamp_of("dev"))


def test_a_changed_lock_is_installed_again(clone: Path) -> None:
    make_installed(clone, "run")
    (clone / "requirements.txt").write_text("flask==3.1.4")
    assert not bootstrap.is_installed(bootstrap.stamp_of("run"))


def test_an_environment_whose_python_is_gone_is_made_again(clone: Path) -> None:
    make_installed(clone, "run")
    bootstrap.PYTHON.unlink()
    assert not bootstrap.is_installed(bootstrap.stamp_of("run"))


def test_a_python_without_venv_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_UV", "1")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(bootstrap.Failed, match="apt install python3-venv"):
        bootstrap.make_environment()


def test_without_network_the_cause_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_UV", "1")
    monkeypatch.setattr(bootstrap, "output_of", lambda _: "pip 25")
    monkeypatch.setattr(bootstrap, "succeeds", lambda *_: False)
    with pytest.raises(bootstrap.Failed, match="network"):
        bootstrap.install_libraries("requirements.txt")


@pytest.mark.parametrize("told", [True, False])
def test_libraries_are_compiled_at_once_where_no_process_may_keep_what_it_compiles(
    monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    monkeypatch.delenv("UV_COMPILE_BYTECODE", raising=False)
    monkeypatch.setattr(bootstrap, "output_of", lambda _: "")
    monkeypatch.setattr("sys.dont_write_bytecode", told)
    assert bootstrap.uv_environment("uv").get("UV_COMPILE_BYTECODE") == ("1" if told else None)


def test_an_interrupted_installation_goes_on_at_the_next_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "make_environment", lambda: None)
    monkeypatch.setattr(bootstrap, "install_libraries", interrupt)
    wanted = bootstrap.stamp_of("run")
    with pytest.raises(KeyboardInterrupt):
        bootstrap.install("run", wanted)
    assert not bootstrap.is_installed(wanted)
