"""``--service MODULE:FACTORY``: a simulator that a connector's wheel brings, served by hand."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import requests
from click.testing import CliRunner

from rpa_commons.cli.sandbox import sandbox
from rpa_commons.sandbox import (
    GivenServiceError,
    PathTakenError,
    Refusal,
    Request,
    Response,
    Route,
    Sandbox,
    Service,
    UnknownServiceError,
    World,
    refusal_json,
    service_maker,
    spoil_json,
)

HERE = __name__


class Register(Service):
    """Takes whatever comes."""

    name = "register"
    summary = "takes cases <b>"
    routes = (Route("POST", "/cases"),)
    mutual_tls = False
    takes_effects = True
    unvalidated = "the vendor publishes no schema"

    def __init__(self, world: World) -> None:
        """Keep the world."""
        self.world = world

    def serve(self, request: Request) -> Response:
        """Take it."""
        self.world.effect(self.name, "accepted", request.header("Idempotency-Key"))
        return Response(200, b"{}", "application/json")

    def refuse(self, refusal: Refusal) -> Response:
        """As JSON."""
        return refusal_json(refusal)

    def spoil(self, answer: Response) -> Response:
        """As JSON."""
        return spoil_json(answer)


class Taken(Register):
    """Has a name of the library's."""

    name = "sf1601"


class Spaced(Register):
    """Has a name that no command line could say."""

    name = "my register,yours"


class Lower(Register):
    """Would never be asked."""

    routes = (Route("post", "/cases"),)


class Needy(Register):
    """Forgot the comma."""

    needs = "sts"


class Nameless(Register):
    """Cannot say its name."""

    @property
    def name(self) -> str:  # type: ignore[override]
        """None."""
        raise LookupError("no name")


class Idle(Service):
    """Answers nothing."""

    name = "idle"
    summary = "nothing"
    routes = ()
    mutual_tls = False

    def __init__(self, world: World) -> None:
        """Keep the world."""
        self.world = world


class Beside(Register):
    """Wants the other one's calls."""

    name = "beside"


class Twin(Register):
    """Has the other one's name."""

    routes = (Route("POST", "/twins"),)


NUMBER = 7


def failing(_: World) -> Service:
    """A factory that fails."""
    raise LookupError("no such thing")


def guest(_: World) -> object:
    """A factory of something else."""
    return "guest"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("register", "names no module and factory"),
        (":Register", "names no module and factory"),
        ("my module:Register", "names no module and factory"),
        ("no_such_module:Register", "there is no module no_such_module"),
        ("json.no_such_module:make", "there is no module json.no_such_module"),
        (f"{HERE}:Nobody", "has nothing of that name"),
        (f"{HERE}:NUMBER", "holds a int there"),
    ],
)
def test_what_cannot_be_found_is_said(given: str, reason: str) -> None:
    """With the name that was given, before there is a sandbox."""
    with pytest.raises(GivenServiceError, match=reason) as caught:
        service_maker(given)

    assert caught.value.message.startswith(given)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("import no_such_thing", "importing broken_simulator failed: ModuleNotFoundError"),
        ("1/0", "importing broken_simulator failed: ZeroDivisionError"),
        ("def", "importing broken_simulator failed: SyntaxError"),
    ],
)
def test_a_module_that_cannot_be_imported_is_no_missing_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, reason: str
) -> None:
    """Its own error is what the developer must see."""
    (tmp_path / "broken_simulator.py").write_text(content, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("broken_simulator", None)

    with pytest.raises(GivenServiceError, match=reason):
        service_maker("broken_simulator:make")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("failing", "making the service failed: LookupError: no such thing"),
        ("guest", "makes a str, which does not derive Service"),
        ("Idle", "lacks takes_effects, serve, refuse, spoil"),
        ("Taken", "the name sf1601 is taken"),
        ("Spaced", "a-z, 0-9 and hyphens"),
        ("Lower", "its routes must be"),
        ("Needy", r"its needs must be names of services, e\.g\. \(.sts.,\)"),
        ("Nameless", "making the service failed: LookupError: no name"),
    ],
)
def test_a_factory_of_no_service_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    """And nothing listens, and the folder is free again."""
    folder = tmp_path / "box"
    with pytest.raises(GivenServiceError, match=reason):
        Sandbox(folder, only=(), services=[service_maker(f"{HERE}:{name}")]).start()

    with Sandbox(folder, only=()):
        assert not (folder / "box.json").read_text("utf-8").count(name)


def test_two_services_cannot_have_one_name_or_path(tmp_path: Path) -> None:
    """The sandbox does not choose between them."""
    for other, kind in (("Twin", GivenServiceError), ("Beside", PathTakenError)):
        makers = [service_maker(f"{HERE}:{name}") for name in ("Register", other)]
        with pytest.raises(kind):
            Sandbox(tmp_path / "box", only=(), services=makers).start()


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox with the register, by its name."""
    maker = service_maker(f"{HERE}:Register")
    with Sandbox(tmp_path / "box", only=("register",), services=[maker]) as running:
        yield running


def test_the_other_commands_know_its_name(given: Sandbox) -> None:
    """``fault`` and ``sent`` take it before anything was sent, and ``sent`` after the sandbox has stopped."""
    runner, at = CliRunner(), ["--folder", str(given.folder)]
    ordered = runner.invoke(sandbox, ["fault", "register", "500", *at])
    nothing = runner.invoke(sandbox, ["sent", "register", *at])
    wrong = runner.invoke(sandbox, ["sent", "regist3r", *at])
    page = requests.get(given.page_url, timeout=5).text
    given.stop()
    stopped = runner.invoke(sandbox, ["sent", "register", *at])

    assert [0, 0, 2, 0] == [one.exit_code for one in (ordered, nothing, wrong, stopped)]
    assert "register: 0 effects under 0 business keys" in nothing.output
    assert "did you mean register?" in wrong.output
    assert "<option>register</option>" in page
    assert "takes cases &lt;b&gt;" in page


def test_only_may_name_it(tmp_path: Path, given: Sandbox) -> None:
    """It runs whatever ``only`` says, and a wrong name is refused with its own as a suggestion."""
    maker = service_maker(f"{HERE}:Register")

    assert ["register"] == list(given.services)
    with pytest.raises(UnknownServiceError) as caught:
        Sandbox(tmp_path / "other", only=("registers",), services=[maker]).start()
    assert "did you mean register?" in caught.value.remedy


@pytest.mark.usefixtures("brief")
def test_up_serves_it_beside_the_others(tmp_path: Path) -> None:
    """It is listed with its address, and comes along for nobody."""
    command = sandbox.get_command(click.Context(sandbox), "up")
    arguments = ["--folder", str(tmp_path / "box"), "--only", "sts", "--service", f"{HERE}:Register"]
    assert command
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    lines = [line for line in result.output.splitlines() if line.startswith("service ")]

    assert 0 == result.exit_code, result.output
    assert ["register", "sts"] == [line.split()[1] for line in lines]
    assert lines[0].endswith("(takes cases <b>)")


def test_up_refuses_what_is_no_service(tmp_path: Path) -> None:
    """Exit code 2, the reason and what to do; no folder is made."""
    folder = tmp_path / "box"
    arguments = ["up", "--folder", str(folder), "--service", "no_such_module:make"]
    result = CliRunner().invoke(sandbox, arguments)

    assert 2 == result.exit_code
    assert "there is no module no_such_module" in result.output
    assert "PYTHONPATH" in result.output
    assert not folder.exists()


class Broken(Register):
    """Has a mistake in it, that quotes what it got."""

    name = "broken"

    def serve(self, request: Request) -> Response:
        """Fail."""
        return Response(200, {}[request.body])


class Forgetful(Register):
    """Reads a file that is not there."""

    name = "forgetful"

    def serve(self, request: Request) -> Response:
        """Fail."""
        return Response(200, (self.world.folder / request.body.decode()).read_bytes())


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Broken, "the sandbox failed: KeyError"),
        (Forgetful, "the sandbox cannot use its folder: No such file"),
    ],
)
def test_a_mistake_in_a_simulator_is_told_by_its_line(
    make: type[Register], said: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its author sees file and line, and the call on the page; nobody sees what was sent."""
    with Sandbox(tmp_path / "box", only=[make.name], services=[make]) as box:
        url, trust = f"{box.url_of(make.name)}/cases", str(box.ca_bundle)
        answer = requests.post(url, data=b"0706614818", timeout=5, verify=trust)
        calls = requests.get(f"{box.page_url.rstrip('/')}/calls.json", timeout=5).text

    lines = [one.getMessage() for one in caplog.records if one.getMessage().startswith("the sandbox")]
    assert (500, 1) == (answer.status_code, len(lines))
    assert lines[0].startswith(said)
    assert f"({Path(__file__).name}:" in lines[0]
    assert "0706614818" not in caplog.text
    assert (make.name in calls, "500" in calls) == (True, True)


def test_sent_in_another_folder_says_that_nothing_ran_there(tmp_path: Path) -> None:
    """Whoever stands in another folder learns why their own service is not known."""
    asked = CliRunner().invoke(sandbox, ["sent", "register", "--folder", str(tmp_path / "empty")])

    assert 2 == asked.exit_code
    assert "no sandbox has run on this folder; --folder names another" in asked.output
