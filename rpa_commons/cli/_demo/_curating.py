"""The cooperation's side of the demo: a registry, its people, and how a release becomes certified."""

from pathlib import Path

from ._places import INSTANCE, MUNICIPALITIES
from ._scene import Scene, tell

__all__ = [
    "accept_name",
    "certify",
    "publish",
    "publish_configurations",
    "recall",
    "review",
    "set_up",
    "submit",
]

_MEMBERS = ("0265=Roskilde", "0167=Hvidovre", "0350=Lejre")
_COORDINATORS = ("anna=0167", "bo=0350")


def set_up(scene: Scene) -> None:
    """Make the registry: members, people, a token for the developer, a key for a coordinator."""
    run, folder = scene.shell.registry, scene.registry
    members = [word for one in _MEMBERS for word in ("--member", one)]
    coordinators = [word for one in _COORDINATORS for word in ("--coordinator", one)]
    made = run(
        "init", folder, "--cooperation", "DIGIT", "--country", "dk", *members, *coordinators, answer=True
    )
    tell(f"made, with a token each for {' and '.join(one['person'] for one in made['tokens'])}, coordinators")
    run("-C", folder, "person", "add", "mette", "Mette", "--member", "0265", "--role", "developer")
    words = ("-C", folder, "token", "issue", "mette", "--scope", "upload", "--label", "laptop")
    issued = run(*words, answer=True)
    scene.tokens["mette"] = issued["token"]
    tell(f"shown once; it ends on {issued['expires'][:10]}, and the registry keeps its hash only")
    _key(scene, "anna")
    _tell_the_registry_where_members_are(scene)


def _tell_the_registry_where_members_are(scene: Scene) -> None:
    """Two lines of registry.toml, so that a review can say which members a version would break."""
    path = scene.registry / "registry.toml"
    text = path.read_text(encoding="utf-8")
    said = {"members_folder": "../members", "baseline": "../digit/baseline"}
    for key, value in said.items():
        text = text.replace(f'# {key} = ""', f'{key} = "{value}"')
    path.write_text(text, encoding="utf-8", newline="\n")


def _key(scene: Scene, login: str) -> None:
    file = scene.key(login)
    file.parent.mkdir(parents=True, exist_ok=True)
    public = scene.shell.registry("key", "new", file, output=False).strip()
    scene.shell.registry("-C", scene.registry, "key", "register", login, public, "--as", login, show=False)
    tell(f"{login}'s own key for advisories; the registry knows its public half")


def publish_configurations(scene: Scene) -> None:
    """What coordinators may see of each member: choices, no secrets, nothing personal."""
    for name in MUNICIPALITIES:
        scene.shell.quietly("-C", scene.places.municipality(name), "config", "publish", "--to", scene.members)
    tell("each member has published its choices (rpac config publish): no secrets, nothing personal")


def submit(scene: Scene, wheel: Path) -> None:
    """Roskilde: upload a wheel and ask for its review."""
    words = ("-C", scene.places.municipality("roskilde"), "publish", wheel, "--submit")
    scene.shell.rpac(*words, secret={"RPAC_REGISTRY_TOKEN": scene.tokens["mette"]})


def review(scene: Scene, version: str) -> None:
    """What the coordinators read before they sign."""
    scene.shell.registry("-C", scene.registry, "review", INSTANCE, version, "--no-code")


def accept_name(scene: Scene) -> None:
    """A name is new once: a coordinator of another municipality looks what else it could mean."""
    words = ("accept", INSTANCE, "--reason", "no package of the public index is called so", "--as", "anna")
    scene.shell.registry("-C", scene.registry, *words)


def publish(scene: Scene, version: str) -> None:
    """Roskilde: what was reviewed may be had, by those who ask for more than what is certified."""
    scene.shell.registry("-C", scene.registry, "publish", INSTANCE, version, "--as", "mette")


def certify(scene: Scene, version: str) -> None:
    """Two coordinators of other municipalities than the owner's."""
    act = ("-C", scene.registry, "certify", INSTANCE, version)
    scene.shell.registry(*act, "--as", "anna", "--note", "read the code, ran it in the sandbox")
    scene.shell.registry(*act, "--as", "bo", "--note", "read the record of processing")


def recall(scene: Scene, version: str) -> None:
    """One coordinator is enough to stop a version."""
    scene.shell.registry(
        *("-C", scene.registry, "quarantine", INSTANCE, version, "--severity", "high"),
        *("--summary", "names the wrong school where a district was redrawn this autumn"),
        *("--remedy", "wait for 1.1.1, and look at the letters it sent"),
        *("--key", scene.key("anna"), "--as", "anna"),
    )
