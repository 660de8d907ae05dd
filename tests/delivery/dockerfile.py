"""A Dockerfile as records: stages, and the instructions of each."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from dockerfile_parse import DockerfileParser


@dataclass(frozen=True)
class Instruction:
    """One instruction, continuation lines joined."""

    name: str
    value: str

    @property
    def words(self) -> list[str]:
        """The value as a shell would split it."""
        return shlex.split(self.value)

    @property
    def command(self) -> list[str]:
        """The value of an instruction in exec form; raises `ValueError` if it is not."""
        parsed: list[str] = json.loads(self.value[self.value.index("[") :])
        return parsed


@dataclass(frozen=True)
class Stage:
    """One FROM and what follows it."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]

    def all(self, name: str) -> list[Instruction]:
        """Every instruction of that name, in order."""
        return [entry for entry in self.instructions if entry.name == name]

    def last(self, name: str) -> Instruction:
        """The instruction of that name that counts."""
        return self.all(name)[-1]

    @property
    def environment(self) -> dict[str, str]:
        """What ENV sets in this stage, its bases aside."""
        pairs = [word.partition("=") for entry in self.all("ENV") for word in entry.words]
        return {name: value for name, _, value in pairs}


@dataclass(frozen=True)
class Dockerfile:
    """The stages of a Dockerfile, in order; the last one is what a plain build makes."""

    stages: tuple[Stage, ...]

    @classmethod
    def read(cls, path: Path) -> "Dockerfile":
        """Split a Dockerfile whose every FROM names its stage."""
        stages: list[Stage] = []
        for entry in DockerfileParser(path=str(path)).structure:
            name, value = entry["instruction"], re.sub(r"\s+", " ", entry["value"])
            if name == "FROM":
                base, _, stage = value.split()
                stages.append(Stage(stage, base, ()))
            elif stages and name != "COMMENT":
                last = stages[-1]
                added = (*last.instructions, Instruction(name, value))
                stages[-1] = Stage(last.name, last.base, added)
        return cls(tuple(stages))

    def __getitem__(self, name: str) -> Stage:
        """The stage of that name."""
        return next(stage for stage in self.stages if stage.name == name)

    def lineage(self, name: str) -> list[Stage]:
        """The stage and every stage it is built from, by FROM or by COPY --from."""
        names = {stage.name for stage in self.stages}
        stage = self[name]
        sources = [stage.base, *(copied_from(entry) for entry in stage.all("COPY"))]
        parents = [source for source in sources if source in names]
        return [stage, *(ancestor for parent in parents for ancestor in self.lineage(parent))]


def copied_from(copy: Instruction) -> str:
    """Name the stage that a COPY reads from; empty for the build context."""
    return next((word.removeprefix("--from=") for word in copy.words if "--from=" in word), "")
