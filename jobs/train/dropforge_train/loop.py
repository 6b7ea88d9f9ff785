"""The training loop: one step after another until the budget is spent or a stop is asked for."""

import time
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from .augment import augment
from .captured_step import CapturedStep, Step
from .checkpoint import Checkpoint, CheckpointStore
from .config import TrainingConfig, steps_in_epochs
from .data import Batches, Share, Split
from .failure import TrainingFailure
from .network import LmnetV1
from .progress import Progress
from .schedule import learning_rate
from .stop import StopRequest
from .team import Team
from .threads import ThreadChooser
from .training_state import from_arrays, make_optimizer, set_learning_rate, to_arrays

LATENT_LIMIT = 1.0  # beyond it a latent would need ever more steps to change its sign again
EVALUATION_FRACTION = 0.1  # of the budget between two looks at the held-out images
EVALUATION_COST = 0.004  # of the budget, at most, for one look
EVALUATION_IMAGES = 1000
EVALUATION_BATCH = 50
# A guess at random among n classes costs log(n), some 11 at most. Nothing comes back from a loss like this.
DIVERGED_LOSS = 1e4
CHECKPOINT_COST = 0.05  # of the time, at most, for writing checkpoints


@dataclass(frozen=True)
class Trained:
    """How the training went."""

    steps: int
    epochs: float
    seconds: float  # of training, over all attempts
    images_per_second: float
    threads: int
    processes: int
    finished: bool  # False when a stop cut the budget short


class TrainingLoop:
    """Holds what changes during training. `run` trains; a checkpoint of the same configuration is continued.

    Every process of a team runs the same loop on its share of each batch. What decides how it goes on (elapsed time, a
    request to stop, the loss) is agreed in every step, so that all of them stop at the same one.
    """

    def __init__(
        self,
        config: TrainingConfig,
        network: LmnetV1,
        train: Split,
        held_out: Split,
        device: torch.device,
        checkpoints: CheckpointStore,
        chooser: ThreadChooser,
        stop: StopRequest,
        team: Team,
    ) -> None:
        self.config, self.network, self.device = config, network, device
        self.train, self.held_out = train, held_out
        self.checkpoints, self.chooser, self.stop, self.team = checkpoints, chooser, stop, team
        self.batches = Batches(len(train), config.batch_size, config.seed, Share(team.rank, team.size))
        self.total_steps = steps_in_epochs(config, self.batches.steps_per_epoch)
        self.optimizer = make_optimizer(network, config)
        self.progress = Progress(self.batches.steps_per_epoch)
        self.step = 0
        self._trained = network  # what computes gradients
        self._descend: Step = self._descend_once
        self._saved_step = 0
        self._saved_at = 0.0  # seconds of training
        self._saving_seconds = 0.0
        self._elapsed_before = 0.0
        self._started = time.perf_counter()
        self._agreed_elapsed = 0.0
        self._stopping = False

    @property
    def elapsed(self) -> float:
        """Seconds of training, those of earlier attempts included."""
        return self._elapsed_before + time.perf_counter() - self._started

    @property
    def fraction(self) -> float:
        """Share of the budget that is spent, 0..1; the same in every process."""
        spent = self.step / self.total_steps if self.total_steps else self._agreed_elapsed / (self.config.seconds or 1.0)
        return min(spent, 1.0)

    def run(self) -> Trained:
        """Trains to the end of the budget or to a stop. Raises `diverged` when the loss is lost."""
        self._resume()
        self._agree(0.0)
        looked = self.fraction
        while self.fraction < 1 and not self._stopping:
            began = time.perf_counter()
            self._train_step()
            step_seconds = time.perf_counter() - began
            self.chooser.record(step_seconds)
            if not self.team.leads:
                continue
            if self.fraction - looked >= EVALUATION_FRACTION:
                looked = self.fraction
                self.progress.accuracy = self._quick_accuracy()
            self.progress.report(self.step, self.elapsed, self.fraction)
            if self.elapsed + step_seconds - self._saved_at >= self._checkpoint_seconds:
                self._save()
        if self.team.leads and self.step != self._saved_step:
            self._save()
        if self.team.leads:
            self.progress.report(self.step, self.elapsed, self.fraction, last=True)
        seconds = self.elapsed
        return Trained(
            steps=self.step,
            epochs=self.step / self.batches.steps_per_epoch,
            seconds=seconds,
            images_per_second=self.step * self.batches.batch_size * self.team.size / seconds if seconds else 0.0,
            threads=self.chooser.threads,
            processes=self.team.size,
            finished=self.fraction >= 1,
        )

    def batch(self, step: int) -> torch.Tensor:
        """Augmented pixels of `step`, float32 [N, H, W, 3] on the device."""
        pixels = torch.from_numpy(self.train.images[self.batches.indices(step)]).to(self.device)
        return augment(pixels, self.config.augmentations, self.batches.random(step))

    def _train_step(self) -> None:
        config = self.config
        rate = learning_rate(config.schedule, config.learning_rate, config.warmup, self.fraction)
        set_learning_rate(self.optimizer, rate)
        labels = torch.from_numpy(self.train.labels[self.batches.indices(self.step)]).to(self.device)
        value = self._agree(float(self._descend(self.batch(self.step), labels)))
        if not value < DIVERGED_LOSS:  # also true for a value that is no number
            raise TrainingFailure(
                "diverged",
                f"The loss became {value:g} at step {self.step + 1} (learning rate {rate:g}).",
                "Lower optimizer.learningRate, for example to a tenth, or lengthen schedule.warmup.",
            )
        self.step += 1
        self.progress.add_loss(value)

    def _descend_once(self, pixels: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """One step down the gradient; the loss before it."""
        loss = F.cross_entropy(self._trained(pixels), labels, label_smoothing=self.config.label_smoothing)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            for latent in self.network.latents():
                latent.clamp_(-LATENT_LIMIT, LATENT_LIMIT)
        return loss.detach()

    @property
    def _checkpoint_seconds(self) -> float:
        """Seconds between checkpoints: what the recipe allows to be lost, or more where writing takes long."""
        return max(self.config.checkpoint_seconds, self._saving_seconds / CHECKPOINT_COST)

    def _agree(self, loss: float) -> float:
        """The mean loss of all processes, and with it the time that counts and whether anybody was asked to stop."""
        loss, self._agreed_elapsed, asked = self.team.mean([loss, self.elapsed, float(self.stop.asked)])
        self._stopping = asked > 0
        return loss

    @torch.no_grad()
    def _quick_accuracy(self) -> float:
        """Accuracy on the first held-out images, as many as fit into a small share of the budget. For people, not a result."""
        budget = EVALUATION_COST * self.elapsed / max(self.fraction, 1e-9)
        began, right, seen = time.perf_counter(), 0, 0
        self.network.eval()
        for start in range(0, min(EVALUATION_IMAGES, len(self.held_out)), EVALUATION_BATCH):
            images = torch.from_numpy(self.held_out.images[start : start + EVALUATION_BATCH]).to(self.device)
            guesses = self.network(images).argmax(1).cpu().numpy()
            right += int((guesses == self.held_out.labels[start : start + EVALUATION_BATCH]).sum())
            seen += len(guesses)
            if time.perf_counter() - began > budget:
                break
        self.network.train()
        return right / seen

    def _save(self) -> None:
        self._saved_at = self.elapsed
        record = {"elapsed": self._saved_at, "accuracy": self.progress.accuracy}
        self.checkpoints.save(Checkpoint(self.step, record, to_arrays(self.network, self.optimizer)))
        self._saved_step = self.step
        self._saving_seconds = self.elapsed - self._saved_at
        print(f"checkpoint step={self.step} elapsed_seconds={record['elapsed']:.2f}", flush=True)

    def _resume(self) -> None:
        found = self.team.from_leader(self.checkpoints.load_newest() if self.team.leads else None)
        if isinstance(found, Checkpoint):
            from_arrays(found.arrays, self.network, self.optimizer)
            self.step = self._saved_step = found.step
            self._elapsed_before = float(found.record["elapsed"])
            self.progress.accuracy = float(found.record["accuracy"])
            if self.team.leads:
                print(f"resumed step={self.step} elapsed_seconds={self._elapsed_before:.2f}", flush=True)
        self._started = time.perf_counter()
        self._saved_at = self._elapsed_before
        self.network.train()
        self._trained = self.team.share(self.network)
        # Alone on a GPU only: what DDP exchanges between processes is not recorded.
        if self.device.type == "cuda" and self.team.size == 1:
            self._descend = CapturedStep(self._descend_once)
