"""The training job from its inputs to its model: read, train, recalibrate, measure as integers, export."""

import time
import traceback

import numpy as np
import torch

from .checkpoint import CheckpointStore
from .cluster import read_cluster
from .config import TrainingConfig, parse_config
from .data import Share, Split, balanced_order, load_splits
from .evaluate import evaluate, per_class, write_evaluation_set, write_json
from .export import export_qonnx, write_model
from .failure import TrainingFailure, classify, write_failure
from .hardware import choose_device, choose_dtype, usable_cores
from .images import RESIZE_RULE
from .integer_network import fold
from .job import JobPaths, check_surroundings, read_json
from .loop import Trained, TrainingLoop
from .manifest import Manifest, read_manifest
from .network import LmnetV1
from .recalibrate import IMAGES as RECALIBRATION_IMAGES
from .recalibrate import recalibrate
from .stop import StopRequest
from .team import Team
from .threads import ThreadChooser


def run_job(paths: JobPaths, stop: StopRequest, local_rank: int = 0, local_size: int = 1) -> int:
    """Runs the whole job, or one process's part in it; returns the exit code.

    Every failure ends in `output/failure` with its cause.
    """
    try:
        _run(paths, stop, local_rank, local_size)
    except Exception as error:
        failure = classify(error)
        if failure.cause == "bug":
            traceback.print_exc()
        print(f"failure {failure.to_json()}", flush=True)
        write_failure(paths.failure, failure, [])
        return 1
    return 0


def _run(paths: JobPaths, stop: StopRequest, local_rank: int, local_size: int) -> None:
    config = parse_config(read_json(paths.training_config, "The training configuration"))
    check_surroundings(paths, config.run_id)
    manifest = read_manifest(paths.dataset, config.classes)
    device = choose_device(local_rank)
    team = Team(read_cluster(paths, local_rank, local_size), device)
    train, held_out = _read_images(paths, config, manifest, stop, team)
    dtype = choose_dtype(device)
    torch.manual_seed(config.seed)
    network = LmnetV1(len(config.classes), config.width, config.first_layer).to(device)
    network.set_dtype(dtype)
    store = CheckpointStore(paths.checkpoints, f"{config.digest[:8]}{manifest.digest[:8]}")
    chooser = ThreadChooser(max(1, usable_cores() // local_size) if device.type == "cpu" else 1, torch.set_num_threads)
    loop = TrainingLoop(config, network, train, held_out, device, store, chooser, stop, team)
    print(
        f"training device={device.type} dtype={str(dtype)[6:]} parameters={_parameters(network)} "
        f"rank={team.rank} processes={team.size}",
        flush=True,
    )
    trained = loop.run()
    if trained.steps == 0:
        raise TrainingFailure("killed", "The job was stopped before its first step; there is no model to save.")
    print(f"trained rank={team.rank} step={trained.steps} weights={team.check_equal(network)[:16]}", flush=True)
    team.wait_for_all()
    if not team.leads:
        return
    recalibrate(network, max(1, RECALIBRATION_IMAGES // loop.batches.batch_size), loop.batch)
    _write_outputs(paths, config, manifest, network.cpu(), trained, str(dtype)[6:], held_out, stop)


def _read_images(
    paths: JobPaths, config: TrainingConfig, manifest: Manifest, stop: StopRequest, team: Team
) -> tuple[Split, Split]:
    began = time.perf_counter()
    share = Share(team.rank, team.size, team.local_size)
    train, held_out = load_splits(paths.dataset, manifest, config.height, config.image_width, stop, share)
    order = balanced_order(held_out.labels, config.evaluation_images, config.seed)
    held_out = Split(held_out.images[order], held_out.labels[order])
    seconds = time.perf_counter() - began
    print(
        f"decoded train={len(train)} validation={manifest.images['validation']} seconds={seconds:.1f} rank={team.rank}",
        flush=True,
    )
    return train, held_out


def _write_outputs(
    paths: JobPaths,
    config: TrainingConfig,
    manifest: Manifest,
    network: LmnetV1,
    trained: Trained,
    dtype: str,
    held_out: Split,
    stop: StopRequest,
) -> None:
    began = time.perf_counter()
    integers = fold(network, config.height, config.image_width)
    result = evaluate(integers, held_out, len(config.classes), stop)
    metrics = {
        "accuracy": result.accuracy,
        "loss": result.loss,
        "steps": trained.steps,
        "epochs": trained.epochs,
        "trainSeconds": trained.seconds,
        "imagesPerSecond": trained.images_per_second,
        "threads": trained.threads,
        "processes": trained.processes,
        "dtype": dtype,
        "parameters": _parameters(network),
        "perClass": per_class(result.matrix, config.classes),
        "evaluationImages": result.images,
        "measuredWith": "integer network",
        "finished": trained.finished,
        "seed": config.seed,
        "runId": config.run_id,
        "datasetDigest": manifest.digest,
        "torch": torch.__version__,
    }
    metadata = {
        "task": "classification",
        "classes": list(config.classes),
        "resize": RESIZE_RULE,
        "training": {key: value for key, value in metrics.items() if key != "perClass"},
    }
    paths.model.mkdir(parents=True, exist_ok=True)
    write_model(paths.model / "model.onnx", export_qonnx(network, config.height, config.image_width, metadata))
    write_evaluation_set(paths.model / "evaluation", held_out, result.images, config.golden_images)
    write_json(paths.model / "confusion.json", {"classes": list(config.classes), "matrix": result.matrix.tolist()})
    write_json(paths.model / "metrics.json", metrics)  # last: where it is, the rest is whole
    seconds = time.perf_counter() - began
    print(
        f"finished accuracy={result.accuracy:.4f} loss={result.loss:.4f} images={result.images} steps={trained.steps} "
        f"train_seconds={trained.seconds:.1f} export_seconds={seconds:.1f}",
        flush=True,
    )


def _parameters(network: LmnetV1) -> int:
    return int(sum(np.prod(parameter.shape) for parameter in network.parameters()))
