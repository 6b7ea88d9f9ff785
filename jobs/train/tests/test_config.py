import pytest

from dropforge_train.augmentation_options import AUGMENTATIONS
from dropforge_train.config import parse_config, steps_in_epochs
from dropforge_train.failure import TrainingFailure
from support import training_document


def faults_of(document: dict) -> str:
    with pytest.raises(TrainingFailure) as caught:
        parse_config(document)
    assert caught.value.cause == "data"
    return caught.value.message


def test_a_complete_configuration_is_read():
    config = parse_config(training_document(budget={"seconds": 60}))
    assert (config.seconds, config.epochs) == (60.0, None)
    assert (config.height, config.image_width, config.width) == (16, 16, 0.25)
    assert config.augmentations[0].values == {"pixels": 1}


def test_what_may_be_left_out_has_defaults():
    document = training_document(optimizer={"name": "momentum", "learningRate": 0.1}, augmentations=[{"name": "blur"}])
    for key in ("schedule", "labelSmoothing", "weightDecay", "evaluation", "checkpointSeconds", "seed"):
        del document[key]
    config = parse_config(document)
    assert (config.momentum, config.schedule, config.warmup, config.seed) == (0.9, "cosine", 0.1, 0)
    assert (config.evaluation_images, config.golden_images, config.checkpoint_seconds) == (10_000, 20, 20.0)
    assert config.augmentations[0].values == {"min": 0.0, "max": 1.0}


def test_all_faults_are_named_at_once():
    message = faults_of(
        training_document(
            imageSize={"height": 20, "width": 16},
            batchSize=0,
            budget={"epochs": 1, "seconds": 2},
            optimizer={"name": "sgd", "learningRate": "fast"},
            augmentations=[{"name": "ssd-random-crop"}, {"name": "rotate", "min": 5, "max": 1}, {"name": "shift", "far": 1}],
        )
    )
    for part in (
        "imageSize.height must be a whole number from 8 to 4096 that 8 divides, not 20",
        "batchSize must be",
        "budget must hold either epochs or seconds",
        "optimizer.name must be one of adam, momentum, not 'sgd'",
        "optimizer.learningRate must be a number",
        "augmentations[0].name must be one of blur",
        "augmentations[1].min must not be above max",
        "augmentations[2].far is not a parameter of shift",
    ):
        assert part in message


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, None, [], {}, -1])
def test_a_learning_rate_that_is_no_positive_number_is_refused(value):
    assert "optimizer.learningRate" in faults_of(training_document(optimizer={"name": "adam", "learningRate": value}))


@pytest.mark.parametrize("classes", [[], ["one"], ["a", "a"], "ab", [1, 2], ["a", ""]])
def test_classes_must_be_at_least_two_different_names(classes):
    assert "classes" in faults_of(training_document(classes=classes))


def test_only_one_bit_weights_and_two_bit_activations_are_accepted():
    quantization = {
        "weightBits": 2,
        "activationBits": 4,
        "weightQuantizer": "ttq",
        "firstLayer": "float",
        "lastLayer": "binary",
    }
    message = faults_of(training_document(quantization=quantization))
    assert all(key in message for key in quantization)


def test_the_digest_ignores_what_does_not_decide_the_result():
    base = parse_config(training_document()).digest
    assert parse_config(training_document(checkpointSeconds=3, runId="run-b")).digest == base
    assert parse_config(training_document(seed=1)).digest != base


def test_an_epoch_budget_is_at_least_one_step():
    config = parse_config(training_document(budget={"epochs": 0.01}))
    assert steps_in_epochs(config, 6) == 1
    assert steps_in_epochs(parse_config(training_document(budget={"epochs": 2.5})), 6) == 15


def test_every_augmentation_is_accepted_with_its_defaults():
    config = parse_config(training_document(augmentations=[{"name": name} for name in AUGMENTATIONS]))
    assert [option.name for option in config.augmentations] == list(AUGMENTATIONS)


@pytest.mark.parametrize(
    "document",
    [{}, {"classes": 5, "imageSize": 3, "augmentations": {}}, {"batchSize": 10**400, "seed": [], "budget": {"seconds": {}}}],
)
def test_any_json_object_is_refused_in_words(document):
    assert "fault(s)" in faults_of(document)


def test_class_names_that_no_file_can_hold_are_refused():
    assert "valid Unicode" in faults_of(training_document(classes=["a", "\ud800"]))
