"""One encoded image to the pixels that the network sees.

The rule, also written into the model: EXIF orientation applied, RGB without alpha, the whole image stretched to the input
size (aspect ratio not kept) by Pillow's bilinear filter, which averages when it shrinks.
"""

import io

import numpy as np
from PIL import Image, ImageOps

from .failure import TrainingFailure, data_failure

RESIZE_RULE = "exif-orientation, rgb, stretch, bilinear (antialiased when shrinking)"
PIXELS = 120_000_000
# JPEG decodes at 1/2, 1/4 or 1/8 of its size for a fraction of the work; twice the target keeps the resize's quality.
DRAFT_FACTOR = 2

Image.MAX_IMAGE_PIXELS = None  # our own limit below gives an error that names the image


def decode_image(data: bytes, name: str, height: int, width: int) -> np.ndarray:
    """Encoded JPEG or PNG -> uint8 [height, width, 3]. Raises a `data` failure that names the entry."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > PIXELS:
                raise data_failure(f"Image {name} has {image.width}x{image.height} pixels; {PIXELS} is the limit.")
            image.draft("RGB", (DRAFT_FACTOR * width, DRAFT_FACTOR * height))
            upright = _to_rgb(ImageOps.exif_transpose(image))
            if upright.size != (width, height):
                upright = upright.resize((width, height), Image.Resampling.BILINEAR)
            return np.asarray(upright)
    except (MemoryError, TrainingFailure):
        raise
    except Exception as error:  # Pillow reports damaged files through a dozen unrelated types
        action = "Remove the image and drop the dataset again."
        raise data_failure(f"Image {name} cannot be decoded: {error}.", action) from error


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16-bit grey: convert() would clip everything above 255 to white
        image = Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    return image if image.mode == "RGB" else image.convert("RGB")
