"""Writes images of every kind that the trainer reads, and beside each the pixels that the trainer makes of it.

make_images.py DIRECTORY HEIGHT WIDTH: NAME.jpg or NAME.png and NAME.u8 (height x width x 3), and the names on stdout.
"""

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "train"))
from dropforge_train.images import decode_image

folder, height, width = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
random = np.random.default_rng(7)


def photograph(rows, columns):
    """Smooth like a photograph, with some noise."""
    y, x = np.mgrid[0:rows, 0:columns]
    waves = [np.sin(x / (7 + 3 * c)) + np.cos(y / (5 + 2 * c)) + np.sin((x + y) / 19) for c in range(3)]
    noise = random.normal(0, 6, (rows, columns, 3))
    return Image.fromarray((np.stack(waves, 2) * 40 + 128 + noise).clip(0, 255).astype(np.uint8))


def keep(name, suffix, image, **options):
    target = io.BytesIO()
    image.save(target, {"jpg": "JPEG", "png": "PNG"}[suffix], **options)
    (folder / f"{name}.{suffix}").write_bytes(target.getvalue())
    (folder / f"{name}.u8").write_bytes(decode_image(target.getvalue(), name, height, width).tobytes())
    print(f"{name}.{suffix}")


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


for sampling, name in ((0, "444"), (1, "422"), (2, "420")):
    keep(f"sampling-{name}", "jpg", photograph(61, 83), subsampling=sampling, quality=85)
keep("input-size", "jpg", photograph(height, width), quality=92)
keep("progressive", "jpg", photograph(70, 55), progressive=True, quality=75)
keep("low-quality", "jpg", photograph(40, 40), quality=20, optimize=True)
keep("restarts", "jpg", photograph(90, 90), restart_marker_blocks=4)
keep("grey", "jpg", photograph(77, 50).convert("L"))
keep("tiny", "jpg", photograph(1, 1))
keep("thin", "jpg", photograph(3, 400))
for side in (2, 4, 8, 16):
    keep(f"times-{side}", "jpg", photograph(side * height + 3, side * width + 5), quality=90)
keep("grey-times-8", "jpg", photograph(8 * height, 8 * width).convert("L"))
for orientation in range(1, 9):
    keep(f"turned-{orientation}", "jpg", photograph(50, 71), exif=turned(orientation))
    keep(f"turned-{orientation}-png", "png", photograph(33, 21), exif=turned(orientation))
keep("turned-and-large", "jpg", photograph(9 * height, 10 * width), exif=turned(6), quality=90)
keep("rgb", "png", photograph(45, 67))
keep("rgb-large", "png", photograph(300, 200))
keep("grey-png", "png", photograph(45, 67).convert("L"))
keep("black-and-white", "png", photograph(45, 67).convert("1"))
for bits in (2, 4):
    keep(f"palette-{bits}", "png", photograph(45, 67).quantize(2**bits), bits=bits)
keep("palette", "png", photograph(45, 67).quantize(200))
keep("palette-transparent", "png", photograph(45, 67).quantize(100), transparency=3)
keep("rgb-transparent", "png", photograph(20, 30), transparency=(1, 2, 3))
alpha = Image.fromarray(random.integers(0, 256, (45, 67), np.uint8))
with_alpha = photograph(45, 67)
with_alpha.putalpha(alpha)
keep("alpha", "png", with_alpha)
keep("grey-alpha", "png", with_alpha.convert("LA"))
keep("gamma", "png", photograph(20, 20), icc_profile=b"not a profile")
