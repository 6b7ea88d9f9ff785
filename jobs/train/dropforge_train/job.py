"""Where SageMaker's bring-your-own-container contract puts things, under one root.

Source: "How Amazon SageMaker Processes Training Output" and "How Amazon SageMaker Provides Training Information".
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from .failure import data_failure

DEFAULT_BASE = "/opt/ml"
CONFIGURATION_FILE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class JobPaths:
    """Every path of the job below `base`."""

    base: Path

    @staticmethod
    def from_environment() -> "JobPaths":
        """The root is SAGEMAKER_BASE_DIR, or /opt/ml."""
        return JobPaths(Path(os.environ.get("SAGEMAKER_BASE_DIR") or DEFAULT_BASE))

    @property
    def dataset(self) -> Path:
        return self.base / "input/data/dataset"

    @property
    def training_config(self) -> Path:
        return self.base / "input/data/config/training.json"

    @property
    def hyperparameters(self) -> Path:
        return self.base / "input/config/hyperparameters.json"

    @property
    def resource_config(self) -> Path:
        return self.base / "input/config/resourceconfig.json"

    @property
    def model(self) -> Path:
        return self.base / "model"

    @property
    def checkpoints(self) -> Path:
        return self.base / "checkpoints"

    @property
    def failure(self) -> Path:
        return self.base / "output/failure"


def read_json(path: Path, what: str) -> dict:
    """Reads one JSON object of at most 4 MiB; `what` names it in the error for people."""
    try:
        if path.stat().st_size > CONFIGURATION_FILE_BYTES:
            raise data_failure(f"{what} ({path.name}) is larger than {CONFIGURATION_FILE_BYTES} bytes.")
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise data_failure(f"{what} is missing: there is no {path}.", "Check the input channels of the job.") from error
    except OSError as error:
        raise data_failure(f"{what} ({path.name}) cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise data_failure(f"{what} ({path.name}) is not valid JSON: {error}.") from error
    if not isinstance(value, dict):
        raise data_failure(f"{what} ({path.name}) must be a JSON object.")
    return value


def check_surroundings(paths: JobPaths, run_id: str) -> None:
    """Refuses hyperparameters of another run. SageMaker's file is optional: a laptop has none."""
    if paths.hyperparameters.exists():
        given = read_json(paths.hyperparameters, "The hyperparameters").get("runId")
        if given is not None and given != run_id:
            raise data_failure(f"The hyperparameter runId is {given}, but the configuration was rendered for {run_id}.")
