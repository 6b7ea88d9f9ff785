import { CliError } from '../cli-error.ts';
import type { Output } from './output.ts';

/** More folders than that tell nobody anything. */
const PARTS_MAX = 8;

/** The predictions of a file by the names of their images. */
export type NamedPredictions = ReadonlyMap<string, unknown>;

/**
 * Machines keep their images at different places, so they are named by the end of their path: by the file's name, and
 * by as many folders before it as tell all images of each file apart.
 */
export function nameImages(outputs: readonly Output[]): NamedPredictions[] {
  for (let parts = 1; parts <= PARTS_MAX; parts++) {
    const named = outputs.map(
      ({ images }) => new Map(images.map(({ path, prediction }) => [endOf(path, parts), prediction])),
    );
    if (named.every(({ size }, index) => size === outputs[index]?.images.length)) return named;
  }
  const isRepeated = ({ images }: Output) =>
    new Set(images.map((one) => endOf(one.path, PARTS_MAX))).size < images.length;
  throw new CliError('refused', 'IMAGES_AMBIGUOUS', 'The file has an image twice.', {
    where: outputs.find(isRepeated)?.name,
    action: 'Predict each image once.',
  });
}

function endOf(path: string, parts: number): string {
  const names = path
    .normalize('NFC') // one system's é is another's e with an accent
    .split(/[/\\]/)
    .filter((part) => part !== '' && part !== '.');
  return names.slice(-parts).join('/');
}
