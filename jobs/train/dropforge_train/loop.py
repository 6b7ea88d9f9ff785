"""The training loop: one step after another until the budget is spent or a stop is asked for."""

import time
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from .augment import augment
from .checkpoint import Checkpoint, CheckpointStore
from .config import TrainingConfig, steps_in_epochs
from .data import Batches, Split
from .failure import TrainingFailure
from .network import LmnetV1
from .progress import Progress
from .schedule import learning_rate
from .stop import StopRequest
from .threads import ThreadChooser
from .training_state import from_arrays, make_optimizer, to_arrays

LATENT_LIMIT = 1.0  # beyond it a latent would need ever more steps to change its sign again
EVALUATION_FRACTION = 0.1  # of the budget between two looks at the held-out images
EVALUATION_COST = 0.004  # of the budget, at most, for one look
EVALUATION_IMAGES = 1000
EVALUATION_BATCH = 50
# A guess at random among n classes costs log(n), some 11 at most. Nothing comes back from a loss like this.
DIVERGED_LOSS = 1e4


@dataclass(frozen=True)
class Trained:
    """How the training went."""

    steps: int
    epochs: float
    seconds: float  # of training, over all attempts
    images_per_second: float
    threads: int
    finished: bool  # False when a stop cut the budget short


class TrainingLoop:
    """Holds what changes during training. `run` trains; a checkpoint of the same configuration is continued."""

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
    ) -> None:
        self.config, self.network, self.device = config, network, device
        self.train, self.held_out = train, held_out
        self.checkpoints, self.chooser, self.stop = checkpoints, chooser, stop
        self.batches = Batches(len(train), config.batch_size, config.seed)
        self.total_steps = steps_in_epochs(config, self.batches.steps_per_epoch)
        self.optimizer = make_optimizer(network, config)
        self.progress = Progress(self.batches.steps_per_epoch)
        self.step = 0
        self._saved_step = 0
        self._elapsed_before = 0.0
        self._started = time.perf_counter()

    @property
    def elapsed(self) -> float:
        """Seconds of training, those of earlier attempts included."""
        return self._elapsed_before + time.perf_counter() - self._started

    @property
    def fraction(self) -> float:
        """Share of the budget that is spent, 0..1."""
        spent = self.step / self.total_steps if self.total_steps else self.elapsed / (self.config.seconds or 1.0)
        return min(spent, 1.0)

    def run(self) -> Trained:
        """Trains to the end of the budget or to a stop. Raises `diverged` when the loss is lost."""
        self._resume()
        saved = self.elapsed
        looked = self.fraction
        while self.fraction < 1 and not self.stop.asked:
            began = time.perf_counter()
            self._train_step()
            self.chooser.record(time.perf_counter() - began)
            if self.fraction - looked >= EVALUATION_FRACTION:
                looked = self.fraction
                self.progress.accuracy = self._quick_accuracy()
            self.progress.report(self.step, self.elapsed, self.fraction)
            if self.elapsed - saved >= self.config.checkpoint_seconds:
                saved = self.elapsed
                self._save()
        if self.step != self._saved_step:
            self._save()
        self.progress.report(self.step, self.elapsed, self.fraction, last=True)
        seconds = self.elapsed
        return Trained(
            steps=self.step,
            epochs=self.step / self.batches.steps_per_epoch,
            seconds=seconds,
            images_per_second=self.step * self.batches.batch_size / seconds if seconds else 0.0,
            threads=self.chooser.threads,
            finished=self.fraction >= 1,
        )

    def batch(self, step: int) -> torch.Tensor:
        """Augmented pixels of `step`, float32 [N, H, W, 3] on the device."""
        pixels = torch.from_numpy(self.train.images[self.batches.indices(step)]).to(self.device)
        return augment(pixels, self.config.augmentations, self.batches.random(step))

    def _train_step(self) -> None:
        config = self.config
        rate = learning_rate(config.schedule, config.learning_rate, config.warmup, self.fraction)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        labels = torch.from_numpy(self.train.labels[self.batches.indices(self.step)]).to(self.device)
        logits = self.network(self.batch(self.step))
        loss = F.cross_entropy(logits, labels, label_smoothing=config.label_smoothing)
        value = float(loss.detach())
        if not value < DIVERGED_LOSS:  # also true for a value that is no number
            raise TrainingFailure(
                "diverged",
                f"The loss became {value:g} at step {self.step + 1} (learning rate {rate:g}).",
                "Lower optimizer.learningRate, for example to a tenth, or lengthen schedule.warmup.",
            )
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            for latent in self.network.latents():
                latent.clamp_(-LATENT_LIMIT, LATENT_LIMIT)
        self.step += 1
        self.progress.add_loss(value)

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
        record = {"elapsed": self.elapsed, "accuracy": self.progress.accuracy}
        self.checkpoints.save(Checkpoint(self.step, record, to_arrays(self.network, self.optimizer)))
        self._saved_step = self.step
        print(f"checkpoint step={self.step} elapsed_seconds={record['elapsed']:.2f}", flush=True)

    def _resume(self) -> None:
        found = self.checkpoints.load_newest()
        if found is not None:
            from_arrays(found.arrays, self.network, self.optimizer)
            self.step = self._saved_step = found.step
            self._elapsed_before = float(found.record["elapsed"])
            self.progress.accuracy = float(found.record["accuracy"])
            print(f"resumed step={self.step} elapsed_seconds={self._elapsed_before:.2f}", flush=True)
        self._started = time.perf_counter()
        self.network.train()
