"""The command line: `python -m training run …`, and each other command of `Command`."""

import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path

from datasets import Dataset, disable_progress_bars
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    CliApp,
    CliSubCommand,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from models.errors import DataError, GatewiseError
from models.predictor import Predictor
from training.ablation import ablate, table
from training.compare_command import CompareCommand
from training.config import TrainingConfig
from training.crisp_command import CrispCommand
from training.evaluate import cut_again, evaluate
from training.lab.command import LabCommand
from training.memory import keep_freed_memory
from training.pipeline import Run
from training.presets import PresetName
from training.saturation import measure_saturation
from training.search_command import SearchCommand
from training.sources import read_file

log = logging.getLogger("training")


class RunCommand(TrainingConfig):
    """Train a model and export it as an artifact."""

    out: Path
    """Directory of the run, and of the artifact when it is done."""
    resume: bool = False
    """Continue the run in `--out` if there is one."""

    def cli_cmd(self) -> None:
        """Run the pipeline and print its figures as one line of JSON."""
        keep_freed_memory()
        config = TrainingConfig.model_validate(self.model_dump(exclude={"out", "resume"}))
        metrics = Run(config, self.out, resume=self.resume)()
        _print_json(metrics)


class AblateCommand(TrainingConfig):
    """Train a recipe stage by stage, to see what each stage is worth: hours, with `best`."""

    preset: PresetName = "best"
    """Recipe to take apart: it must have a language model and teachers."""
    out: Path
    """Directory of all its runs; a second start goes on there."""

    @model_validator(mode="after")
    def _has_stages(self) -> "AblateCommand":
        if not (self.language_model.epochs and self.teachers):
            raise ValueError(
                "There is nothing to take apart without a language model and teachers: give "
                "--language-model.epochs and --teachers, or start from --preset best."
            )
        if self.starts_from:
            raise ValueError("What is taken apart begins with nothing: leave --starts-from.")
        return self

    def cli_cmd(self) -> None:
        """Train what is not trained yet, and print the table."""
        keep_freed_memory()
        config = TrainingConfig.model_validate(self.model_dump(exclude={"out"}))
        sys.stdout.write(table(ablate(config, self.out)))


class EvaluateCommand(BaseModel):
    """Measure a model on labelled texts: on a file, or on its own validation split."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    data: Path | None = None
    """A parquet, CSV or JSONL file with `text,label`. Without one, the validation split of the
    model is cut again, as its training did."""
    source: str | None = None
    """Where the reviews of the validation split come from, if not from where training read them:
    another copy of the same reviews."""
    model: Path | None = None
    """Directory of an artifact; by default the release that ships with the package."""
    gates: bool = False
    """Also count how many gate values are open or shut, in 1,000 of the texts."""
    as_json: bool = Field(False, alias="json")
    """Print the figures as one line of JSON rather than as text."""

    def cli_cmd(self) -> None:
        """Evaluate, and print the figures last."""
        predictor = Predictor.load(self.model)
        dataset = self._dataset(predictor)
        figures = evaluate(predictor, dataset)
        if self.gates:
            figures["gates"] = asdict(measure_saturation(predictor, dataset))
        if self.as_json:
            _print_json(figures)
            return
        for name, part in {"all": figures, **figures["by_source"]}.items():
            low, high = part["interval"]
            sys.stdout.write(
                f"{name}: accuracy {part['accuracy']:.2%} ({low:.1%} to {high:.1%}) on "
                f"{part['n']:,} texts, log loss {part['log_loss']:.3f}, calibration error "
                f"{part['ece']:.2%}\n"
            )
        if self.gates:
            found = figures["gates"]
            sys.stdout.write(
                f"gates: {found['reset']:.1%} of reset and {found['update']:.1%} of update values "
                f"are below 0.1 or above 0.9, in {found['texts']:,} texts\n"
            )

    def _dataset(self, predictor: Predictor) -> Dataset:
        if self.data is None:
            return cut_again(predictor, self.source).validation
        if self.source is not None:
            raise DataError("--data is measured as it is: leave --source, or leave --data.")
        dataset = read_file(self.data)
        labelled = dataset.filter(lambda label: label >= 0, input_columns="label")
        if not len(labelled):
            raise DataError(f"{self.data} has no labelled text to measure on.")
        return labelled


class Command(BaseSettings):
    """Train and measure Gatewise models."""

    model_config = SettingsConfigDict(
        cli_prog_name="python -m training", cli_kebab_case=True, cli_implicit_flags=True
    )

    run: CliSubCommand[RunCommand]
    ablate: CliSubCommand[AblateCommand]
    crisp: CliSubCommand[CrispCommand]
    evaluate: CliSubCommand[EvaluateCommand]
    compare: CliSubCommand[CompareCommand]
    search: CliSubCommand[SearchCommand]
    lab: CliSubCommand[LabCommand]

    @classmethod
    def settings_customise_sources(
        cls, *_ignored: object, **_named: object
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the command line alone: a stray RUN in the environment means nothing here."""
        return ()

    def cli_cmd(self) -> None:
        """Run the subcommand that was named."""
        CliApp.run_subcommand(self)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; answer the exit status."""
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("training").setLevel(logging.INFO)
    disable_progress_bars()
    try:
        CliApp.run(Command, cli_args=arguments)
    except GatewiseError as error:
        log.error("%s", error)
        return 1
    except KeyboardInterrupt:
        log.error("Stopped. A run goes on with --resume; what else keeps files, as it was begun.")
        return 130
    except ValidationError as error:
        for problem in error.errors():
            log.error("%s: %s", ".".join(map(str, problem["loc"])), problem["msg"])
        return 2
    return 0


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


if __name__ == "__main__":
    sys.exit(main())
