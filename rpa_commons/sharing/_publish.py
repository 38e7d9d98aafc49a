"""What a municipality lets its cooperation see of its configuration.

Rules this module keeps: nothing is sent anywhere, a folder is written and that is all; no comment, no code of
a hook and no text of a letter is in it; every secret, reference to a secret, personal value and unknown
setting is left out, and whatever ``[publish] withhold`` names; what stays keeps its file and its line.

Usage::

    published = publish(roskilde, manifest_of, connectors=catalogue())
    published.files["bots/welcome-letters.toml"]
    write_published(published, Path("members"))
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.documents import Document
from rpa_commons.config.findings import ConfigError, Finding, config_error, guess
from rpa_commons.config.layers import ConnectorEntry
from rpa_commons.config.municipality import MunicipalityFolder, hooks_of_instance, overridden_blocks
from rpa_commons.config.stack import stack_of
from rpa_commons.manifest import Manifest

from ._publish_fit import is_fit_key, is_fit_name
from ._publish_judges import (
    AnyJudge,
    MunicipalityJudge,
    SchemaJudge,
    StackJudge,
    Withholding,
    taboo_texts,
)
from ._publish_tables import published_tables
from ._published import NAME as PUBLISHED
from ._published import PublishedBlock, PublishedInstance, described, key_names, write_files
from ._published_text import published_text

__all__ = ["PublishError", "Published", "publish", "write_published"]

ENVIRONMENT = "production"


class PublishError(RpaCommonsError):
    """What is to be kept back names nothing there is, so what it was meant to hide would be seen.

    Attributes:
        name: The key or bot instance.
        place: Where it is named.
    """

    exit_code: int = 2

    def __init__(self, name: str, place: str, known: Sequence[str]) -> None:
        meant = guess(name, known)
        remedy = f"did you mean {meant}?" if meant else "`rpac config explain` shows every key"
        super().__init__(f"{place}: nothing is called {name!r}; nothing was published", remedy=remedy)
        self.name = name
        self.place = place


@dataclass(frozen=True)
class Published:
    """A published configuration, not yet written.

    Attributes:
        code: The municipality's, and the name of the folder.
        files: Name below the folder -> text.
        withheld: File -> the keys that were left out or withheld.
        left_out: Bot instances of which nothing is published.
        unknown: Bot instance -> why nothing is known of its bot, so that all its settings are withheld.
    """

    code: str
    files: Mapping[str, str]
    withheld: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """What is published as JSON values."""
        return {
            "code": self.code,
            "files": dict(self.files),
            "withheld": {name: list(keys) for name, keys in self.withheld.items()},
            "left_out": list(self.left_out),
            "unknown": dict(self.unknown),
        }


ManifestOf = Callable[[str], Manifest]


def publish(
    municipality: MunicipalityFolder,
    manifest_of: ManifestOf,
    *,
    connectors: Mapping[str, ConnectorEntry],
    without: Sequence[str] = (),
    today: date | None = None,
) -> Published:
    """What the cooperation may see of a municipality's configuration, for the environment production.

    Args:
        municipality: Opened for production.
        manifest_of: Gives the manifest of a bot by name; a bot it does not know has all its settings hidden.
        connectors: The connectors there are; settings of any other are hidden.
        without: Keys and tables to keep back, besides those in ``[publish] withhold``.
        today: The day that is noted; the local date.

    Raises:
        ConfigError: a file cannot be read.
        PublishError: what is to be kept back names nothing.
    """
    return _Publishing(municipality, manifest_of, connectors, without).publish(today or _local_date())


def _local_date() -> date:
    return date.today()  # noqa: DTZ011 - the day on the wall where it is published


@dataclass
class _Publishing:
    municipality: MunicipalityFolder
    manifest_of: ManifestOf
    connectors: Mapping[str, ConnectorEntry]
    without: Sequence[str]
    findings: list[Finding] = field(default_factory=list)
    judged: dict[str, tuple[Document, AnyJudge]] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    withholding: Withholding = field(default_factory=lambda: Withholding(()))

    def publish(self, today: date) -> Published:
        wish = self.municipality.publish
        self.withholding = Withholding(frozenset((*wish.withhold, *self.without)))
        instances = self._instances(wish.bots)
        own = self._read("municipality.toml")
        if own:
            self.judged["municipality.toml"] = (own, MunicipalityJudge(self.withholding))
        # Of those that are not published, too: what is personal in them may stand elsewhere.
        bots = {name: self._instance(name) for name in self.municipality.instances()}
        self._stacks()
        if self.findings:
            raise config_error(self.findings)
        self._gather_taboo()
        instances = [name for name in instances if self._may_be_named(name, bots[name][0])]
        for name in bots.keys() - set(instances):
            self._forget(name)
        bots = {name: bots[name] for name in instances}
        files, withheld = self._texts({name: bot for name, (bot, _) in bots.items()})
        self._refuse_idle(wish.withhold)
        listed = [self._described(name, *bots[name]) for name in instances]
        left_out = tuple(name for name in self.municipality.instances() if name not in instances)
        files[PUBLISHED] = described(self.municipality, listed, withheld, today, len(left_out))
        return Published(
            self.municipality.code, dict(sorted(files.items())), withheld, left_out, self.unknown
        )

    def _instances(self, wanted: Sequence[str] | None) -> list[str]:
        known = {name: self._bot(name) for name in self.municipality.instances()}
        for one in wanted or ():
            if one not in known and one not in known.values():
                place = "municipality.toml: publish.bots"
                raise PublishError(one, place, [*known, *known.values()])
        chosen = [name for name, bot in known.items() if wanted is None or {name, bot} & set(wanted)]
        return [name for name in chosen if is_fit_name(name)]

    def _bot(self, name: str) -> str:
        document = self._read(f"bots/{name}.toml")
        bot = document.values.get("bot") if document else None
        return bot if isinstance(bot, str) else ""

    def _instance(self, name: str) -> tuple[str, Manifest | None]:
        bot = self._bot(name)
        try:
            manifest = self.manifest_of(bot) if bot else None
        except RpaCommonsError as error:
            manifest, self.unknown[name] = None, error.message
        unknown = {"type": "object", "personal": True}
        judge = SchemaJudge.of_instance(manifest.settings_schema if manifest else unknown, self.withholding)
        for file in _files_of(name):
            document = self._read(file)
            if document is not None:
                self.judged[file] = (document, judge)
        return bot, manifest

    def _stacks(self) -> None:
        """Each stack file of the municipality, by the connectors that hold with it and those below."""
        stack, findings = stack_of(self.municipality, self.connectors)
        self.findings += findings
        current: dict[str, ConnectorEntry | None] = {}
        for layer in stack.layers:
            for capability, table in layer.values.items():
                name = table.get("connector") if isinstance(table, Mapping) else None
                if name is not None or capability not in current:
                    current[capability] = self._entry(capability, name)
            document = layer.document
            if document is not None and document.path.is_relative_to(self.municipality.folder):
                self.judged[document.name] = (document, StackJudge(dict(current), self.withholding))

    def _entry(self, capability: str, name: object) -> ConnectorEntry | None:
        entry = self.connectors[name] if isinstance(name, str) and name in self.connectors else None
        return entry if entry is not None and entry.capability == capability else None

    def _read(self, file: str) -> Document | None:
        folder = self.municipality.folder
        try:
            return self.municipality.reader.optional(folder / file, root=folder, name=file)
        except ConfigError as error:
            self.findings += [one for one in error.findings if one not in self.findings]
            return None

    def _gather_taboo(self) -> None:
        for document, judge in self.judged.values():
            for text in taboo_texts(document, judge):
                self.withholding.taboo.add(text)

    def _may_be_named(self, name: str, bot: str) -> bool:
        """Whether the name of an instance may be seen."""
        return name == bot or not self.withholding.taboo.is_in(name)

    def _forget(self, name: str) -> None:
        """Publish nothing of an instance."""
        self.unknown.pop(name, None)
        for file in _files_of(name):
            self.judged.pop(file, None)

    def _texts(self, bots: Mapping[str, str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
        taboo = self.withholding.taboo
        files: dict[str, str] = {}
        withheld: dict[str, tuple[str, ...]] = {}
        for file, (document, judge) in self.judged.items():
            text, paths = published_text(document, judge, taboo)
            files[file] = text
            if names := key_names(paths):
                withheld[file] = names
        for name, bot in bots.items():
            judge = self.judged[f"bots/{name}.toml"][1]
            if isinstance(judge, SchemaJudge):
                for table in published_tables(self.municipality, name, bot, judge, taboo):
                    if table.text is None:
                        withheld[table.file] = (table.key,)
                    else:
                        files[table.file] = table.text
        return files, withheld

    def _refuse_idle(self, names: Sequence[str]) -> None:
        """A misspelt key would be seen by all: refuse."""
        idle = [name for name in (*names, *self.without) if name not in self.withholding.met]
        known = {name for one, judge in self.judged.values() for name in judge.names(one)} if idle else set()
        for name in idle:
            if name not in known:
                place = "municipality.toml: publish.withhold" if name in names else "--without"
                raise PublishError(name, place, sorted(known))

    def _described(self, name: str, bot: str, manifest: Manifest | None) -> PublishedInstance:
        if manifest is None:
            return PublishedInstance(name, bot if is_fit_key(bot) else "")
        hooks = hooks_of_instance(self.municipality, name, bot, manifest)
        wrapped = tuple(step.name for step in hooks.steps if step.wrappers)
        blocks = tuple(
            PublishedBlock(one.template, one.block, one.base)
            for one in overridden_blocks(self.municipality, name, manifest)
        )
        return PublishedInstance(name, bot, manifest.version, manifest.digest, wrapped, blocks)


def _files_of(name: str) -> tuple[str, str]:
    return f"bots/{name}.toml", f"environments/{ENVIRONMENT}/bots/{name}.toml"


def write_published(published: Published, parent: Path) -> Path:
    """Write a published configuration as ``parent/<code>``, in place of an older one; the folder.

    Raises:
        NotWrittenError: what stands there was not published, or the system refuses.
    """
    folder = parent / published.code
    write_files(folder, published.files)
    return folder
