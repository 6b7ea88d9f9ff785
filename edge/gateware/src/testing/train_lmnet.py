"""Trains LmnetV1 on pictures of three colours for a few seconds, as a training job does.

train_lmnet.py FOLDER: leaves FOLDER/model/model.onnx
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
sys.path.insert(0, str(ROOT / "jobs/train/tests"))

import support

SIDE = 32

base = Path(sys.argv[1])
support.write_dataset(base / "input/data/dataset", {"train": 100, "validation": 12}, SIDE)
support.configure(
    base,
    network={"name": "lmnet-v1", "width": 1.0},
    imageSize={"height": SIDE, "width": SIDE},
    batchSize=30,
)
code, output = support.run_job(base)
if code != 0:
    sys.exit(output)
