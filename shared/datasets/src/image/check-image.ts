import type sharp from 'sharp';
import type { Sharp } from 'sharp';
import type { FindingCode } from '../findings.ts';
import { endsEarly, fileType, type ImageHeader } from './image-header.ts';

/** The verdict on one file's content. */
export interface ImageCheck {
  /** Undefined when the content is no JPEG or PNG. */
  readonly type?: 'jpeg' | 'png';
  readonly problem?: { readonly code: FindingCode; readonly detail: string };
  readonly isTransparent?: boolean;
}

type Decoder = typeof sharp;

let decoder: Promise<Decoder> | undefined;

/** Loaded for the first image and not in a cold start, since by then the archive is on its way. */
function loadDecoder(): Promise<Decoder> {
  decoder ??= import('sharp').then(({ default: library }) => {
    // Each image is seen once, so the cache is waste; several images are decoded at a time, so one thread each is enough.
    library.cache(false);
    library.concurrency(1);
    return library;
  });
  return decoder;
}

/** Above this an image is decoded for one channel only and alone, so that memory stays near `pixels` bytes. */
const LARGE_PIXELS = 4_000_000;
const DECODE_SECONDS = 30;

/** Whether a file's name says that it is an image. */
export function claimsImage(path: string): boolean {
  return /\.(jpe?g|png|jfif|gif|webp|bmp|tiff?|heic|avif)$/i.test(path);
}

/**
 * Decides whether a file is an image that every decoder reads alike. JPEG and PNG are decoded to the last pixel: headers
 * of cut-off files look healthy. A file that neither is nor claims to be an image has no problem: it is merely stray.
 */
export async function checkImage(path: string, bytes: Buffer, maxPixels: number): Promise<ImageCheck> {
  const claims = claimsImage(path);
  if (bytes.length === 0) return claims ? { problem: { code: 'EMPTY_FILE', detail: '0 bytes' } } : {};
  const kind = fileType(bytes);
  if (kind.type === 'other') {
    if (!kind.isImage && !claims) return {};
    const detail = kind.isImage ? `is ${kind.what}` : `is named like an image but is ${kind.what}`;
    return { problem: { code: 'IMAGE_WRONG_TYPE', detail } };
  }
  const problem = headerProblem(kind.header, maxPixels) ?? (await decodeProblem(bytes, kind.header, maxPixels));
  if (problem !== undefined) return { type: kind.type, problem };
  return { type: kind.type, isTransparent: kind.header?.isTransparent ?? false };
}

function headerProblem(header: ImageHeader | undefined, maxPixels: number): Problem {
  if (header === undefined) return undefined; // the decoder says what is wrong
  const { width, height, unsupported } = header;
  if (width * height > maxPixels) {
    const limit = Math.round(maxPixels / 1e6);
    return { code: 'IMAGE_TOO_LARGE', detail: `${width} x ${height} pixels, the limit is ${limit} million` };
  }
  return unsupported === undefined ? undefined : { code: 'IMAGE_UNSUPPORTED_PIXELS', detail: unsupported };
}

let largeTurn: Promise<unknown> = Promise.resolve();

type Problem = ImageCheck['problem'];

async function decodeProblem(bytes: Buffer, header: ImageHeader | undefined, maxPixels: number): Promise<Problem> {
  const library = await loadDecoder(); // outside: that it does not load says nothing about the image
  const decode = () => startDecoding(library, bytes, maxPixels);
  try {
    if (header !== undefined && header.width * header.height > LARGE_PIXELS) {
      const mine = largeTurn.then(() => decode().extractChannel(0).toBuffer());
      largeTurn = mine.catch(() => undefined); // the next one's turn comes even when this one fails
      await mine;
    } else {
      await decode().toBuffer();
    }
    return undefined;
  } catch {
    // The decoder's own message is of no use: its errors are kept in one place for all threads and get mixed up.
    return endsEarly(bytes, header)
      ? { code: 'IMAGE_TRUNCATED', detail: 'the end of the image is missing' }
      : { code: 'IMAGE_UNDECODABLE', detail: 'the decoder cannot make sense of it' };
  }
}

function startDecoding(library: Decoder, bytes: Buffer, limitInputPixels: number): Sharp {
  return library(bytes, { failOn: 'truncated', limitInputPixels, sequentialRead: true })
    .raw()
    .timeout({ seconds: DECODE_SECONDS });
}
