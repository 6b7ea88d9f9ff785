import { readFile, stat } from 'node:fs/promises';
import sharp from 'sharp';
import { CliError } from '../cli-error.ts';
import { type Pixels, resizeBilinear } from './resize.ts';

/** As large as what may be dropped. */
const IMAGE_BYTES_MAX = 32 * 1024 * 1024;
const PIXELS_MAX = 40_000_000;

/**
 * An image file as the network sees it: uint8 RGB, height x width x 3. The trainer's rule: EXIF orientation applied, alpha
 * dropped, colour profile ignored, the whole image stretched by a bilinear filter that averages when it shrinks. For PNG
 * the bytes are the trainer's. For JPEG they may differ in the last bits, and more where the image has at least four
 * times the sides of the input: the trainer then decodes at a half, a quarter or an eighth.
 */
export async function decodeImage(
  file: string,
  given: string,
  size: { height: number; width: number },
): Promise<Uint8Array> {
  const { size: bytes } = await stat(file);
  if (bytes > IMAGE_BYTES_MAX) throw refused(given, `it has ${bytes} bytes; ${IMAGE_BYTES_MAX} is the limit`);
  return resizeBilinear(await decode(await readFile(file), given), size.height, size.width);
}

async function decode(content: Buffer, given: string): Promise<Pixels> {
  try {
    const image = sharp(content, { limitInputPixels: PIXELS_MAX, failOn: 'truncated', ignoreIcc: true });
    const { format, space } = await image.metadata();
    if (format !== 'jpeg' && format !== 'png')
      throw refused(given, `it is ${format}, and networks are trained on JPEG and PNG`);
    if (space === 'cmyk')
      throw refused(given, 'it is made for print (CMYK), which every decoder turns into other colours');
    const { data, info } = await image
      .autoOrient()
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { height: info.height, width: info.width, values: data };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw refused(given, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}

function refused(where: string, why: string): CliError {
  return new CliError('refused', 'IMAGE_UNREADABLE', `The image cannot be used: ${why}.`, {
    where,
    action: 'Give a JPEG or PNG file.',
  });
}
