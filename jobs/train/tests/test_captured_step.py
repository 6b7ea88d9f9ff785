import pytest
import torch

from dropforge_train.captured_step import WARM_UP_STEPS, CapturedStep
from dropforge_train.config import parse_config
from dropforge_train.network import LmnetV1
from dropforge_train.training_state import make_optimizer, set_learning_rate
from support import training_document

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU: a CPU has no graphs to record")

STEPS = WARM_UP_STEPS + 9
OPTIMIZERS = [{"name": "adam", "learningRate": 0.004}, {"name": "momentum", "learningRate": 0.01, "momentum": 0.9}]


def losses(optimizer_options, captured: bool) -> list[float]:
    config = parse_config(training_document(optimizer=optimizer_options))
    torch.manual_seed(0)
    network = LmnetV1(3, 0.5, "int8").cuda()
    optimizer = make_optimizer(network, config)

    def step(pixels, labels):
        loss = torch.nn.functional.cross_entropy(network(pixels), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.detach()

    run = CapturedStep(step) if captured else step
    pixels = torch.randint(0, 256, (STEPS, 16, 16, 16, 3), dtype=torch.uint8).cuda()
    labels = torch.randint(0, 3, (STEPS, 16)).cuda()
    found = []
    for index in range(STEPS):
        set_learning_rate(optimizer, config.learning_rate / (1 + index))
        found.append(float(run(pixels[index].float(), labels[index])))
    return found


@pytest.mark.parametrize("options", OPTIMIZERS, ids=lambda options: options["name"])
def test_a_recorded_step_trains_as_an_executed_one(options):
    """New pixels, labels and learning rates reach the recording. Kernels may sum in another order, so not bit for bit."""
    assert losses(options, captured=True) == pytest.approx(losses(options, captured=False), rel=0.02)
