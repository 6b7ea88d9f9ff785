#!/usr/bin/env python3
"""Classifies one image with a converted network: Blueoil's options, and its output.json with numbers and UTC dates.

Needs Python 3.8 or newer and Pillow, nothing else.
"""

import argparse
import ctypes
import json
import platform
import shutil
import statistics
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

from PIL import Image, ImageOps

OUTPUT = Path(__file__).resolve().parent.parent
LIBRARIES = {"x86_64": "x86", "AMD64": "x86", "aarch64": "aarch64", "arm64": "aarch64", "armv7l": "arm"}
PIXELS = 40_000_000
# JPEG decodes at 1/2, 1/4 or 1/8 of its size for a fraction of the work; twice the input keeps the resize's quality.
DRAFT_FACTOR = 2


class Network:
    """A library with Blueoil's C interface."""

    def __init__(self, path):
        try:
            self._library = ctypes.CDLL(str(path))
        except OSError as error:
            raise SystemExit(f"run.py: LIBRARY_UNUSABLE: {path} cannot be loaded: {error}") from error
        for name, result, arguments in (
            ("network_create", ctypes.c_void_p, []),
            ("network_init", ctypes.c_bool, [ctypes.c_void_p]),
            ("network_get_input_rank", ctypes.c_int, [ctypes.c_void_p]),
            ("network_get_output_rank", ctypes.c_int, [ctypes.c_void_p]),
            ("network_get_input_shape", None, [ctypes.c_void_p, ctypes.POINTER(ctypes.c_int32)]),
            ("network_get_output_shape", None, [ctypes.c_void_p, ctypes.POINTER(ctypes.c_int32)]),
            ("network_run", None, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]),
        ):
            function = getattr(self._library, name)
            function.restype, function.argtypes = result, arguments
        self._network = self._library.network_create()
        if not self._network or not self._library.network_init(self._network):
            raise SystemExit(f"run.py: ABI_INIT_FAILED: {path} does not start: {self._last_error()[1]}")
        self.input_shape = self._shape("input")
        self.output_shape = self._shape("output")
        self._output = (ctypes.c_float * (self.output_shape[0] * self.output_shape[1]))()

    def _shape(self, which):
        shape = (ctypes.c_int32 * getattr(self._library, f"network_get_{which}_rank")(self._network))()
        getattr(self._library, f"network_get_{which}_shape")(self._network, shape)
        return tuple(shape)

    def _last_error(self):
        """-> the code of the last call, 0 for success, and a sentence about it; Blueoil's own libraries tell neither."""
        if not hasattr(self._library, "df_last_error"):
            return 0, "its network_init said no."
        self._library.df_error_text.restype = ctypes.c_char_p
        code = self._library.df_last_error()
        return code, self._library.df_error_text(code).decode()

    def run(self, values):
        """float32 [1, height, width, channels] -> one float for each class."""
        self._library.network_run(self._network, values, self._output)
        code, text = self._last_error()
        if code != 0:
            raise SystemExit(f"run.py: MACHINE_FAILED: {text}")
        return [float(f"{value:.9g}") for value in self._output]  # all the digits that float32 has


def load_image(path, height, width):
    """The trainer's rule: EXIF orientation, RGB, the whole image stretched by the bilinear filter -> bytes."""
    with Image.open(path, formats=("JPEG", "PNG")) as image:
        if image.width * image.height > PIXELS:
            raise ValueError(f"IMAGE_TOO_LARGE: {image.width}x{image.height} pixels; {PIXELS} is the limit")
        if image.mode not in ("1", "L", "LA", "P", "PA", "RGB", "RGBA"):
            raise ValueError(f"IMAGE_UNSUPPORTED_PIXELS: its pixels are {image.mode}")
        image.draft("RGB", (DRAFT_FACTOR * width, DRAFT_FACTOR * height))
        upright = ImageOps.exif_transpose(image).convert("RGB")
        return upright.resize((width, height), Image.Resampling.BILINEAR).tobytes()


FRACTIONS = [value / 255 for value in range(256)]


def divide_by_255(pixels):
    """What network_run takes: float32, each pixel divided by 255."""
    return (ctypes.c_float * len(pixels))(*[FRACTIONS[value] for value in pixels])


def timed(function, trials):
    """Calls once to warm up, then `trials` times -> the last value and the seconds of each."""
    value, seconds = function(), []
    for _ in range(trials):
        start = time.perf_counter()
        value = function()
        seconds.append(time.perf_counter() - start)
    return value, seconds


def summary(seconds):
    ordered = sorted(seconds)
    rank = lambda share: ordered[max(0, -(-len(ordered) * share // 100) - 1)]
    return {"mean": statistics.fmean(ordered), "std": statistics.pstdev(ordered), "p50": rank(50), "p95": rank(95)}


def read_meta(path):
    """meta.yaml, by way of the JSON file beside it, which says the same and needs no YAML reader."""
    file = Path(path)
    return json.loads((file.with_suffix(".json") if file.suffix in (".yaml", ".yml") else file).read_text("utf-8"))


def predict(image, model, meta, trials):
    """-> the document of output.json."""
    network, names = Network(model), meta["CLASSES"]
    _, height, width, _ = network.input_shape
    if [height, width] != list(meta["IMAGE_SIZE"]) or network.output_shape[1] != len(names):
        raise SystemExit("run.py: LIBRARY_UNUSABLE: the library and the configuration are of different networks.")
    values, pre = timed(lambda: divide_by_255(load_image(image, height, width)), trials)
    output, inference = timed(lambda: network.run(values), trials)
    prediction, post = timed(
        lambda: [{"class": {"id": i, "name": name}, "probability": output[i]} for i, name in enumerate(names)], trials
    )
    total = [sum(parts) for parts in zip(pre, inference, post)]
    now = datetime.now(timezone.utc)  # noqa: UP017 - datetime.UTC came with Python 3.11
    stages = {"total": total, "pre": pre, "inference": inference, "post": post}
    return {
        "version": 0.2,
        "task": meta["TASK"],
        "classes": [{"id": i, "name": name} for i, name in enumerate(names)],
        "date": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "results": [{"file_path": str(image), "prediction": prediction}],
        "benchmark": {"trials": trials, **{name: summary(seconds) for name, seconds in stages.items()}},
    }


def write(document, image):
    """output/output.json, and a copy of the image under the name of its class."""
    (prediction,) = (result["prediction"] for result in document["results"])
    best = max(prediction, key=lambda entry: entry["probability"])["class"]["name"]
    # A class name is not a path: nothing in it may lead out of the folder.
    folder = Path("output/images") / ("".join("_" if c in '/\\\0' else c for c in best).strip(".") or "_")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(image, folder / Path(image).name)
    part = Path("output/output.json.part")
    part.write_text(json.dumps(document, indent=4, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
    part.replace("output/output.json")
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    library = OUTPUT / "models/lib" / f"libdlk_{LIBRARIES.get(platform.machine(), 'x86')}.so"
    parser.add_argument("-i", "--input_image", required=True, help="a JPEG or PNG file")
    parser.add_argument("-m", "-l", "--model", default=library, help="the library (default: this machine's)")
    parser.add_argument("-c", "--config_file", default=OUTPUT / "models/meta.yaml", help="(models/meta.yaml)")
    parser.add_argument("--trial", type=int, default=1, help="how often to measure (1)")
    options = parser.parse_args()
    if options.trial < 1:
        parser.error("--trial must be 1 or more")
    try:
        document = predict(options.input_image, options.model, read_meta(options.config_file), options.trial)
    except (OSError, ValueError, SyntaxError) as error:  # Pillow reports damaged files through these
        sys.exit(f"run.py: {options.input_image} cannot be classified: {error}")
    print(f"{options.input_image}: {write(document, options.input_image)}")


if __name__ == "__main__":
    main()
