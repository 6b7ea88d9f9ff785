import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lmnetV1, randomSource } from '../../frontend/testing/networks.ts';
import { type PackedFile, packTarGz } from '../pack-tar.ts';

/** What the trainer would have left, small: LmnetV1 at an eighth of its width on 16 x 16 images. */
export interface JobInput {
  readonly files?: Readonly<Record<string, Uint8Array | undefined>>;
  readonly config?: Readonly<Record<string, unknown>>;
}

const SIDE = 16;
const IMAGES = 10;
export const GOLDEN_IMAGES = 4;

/** Makes a job's root with its inputs; the files and the configuration can be changed or left out one by one. */
export async function jobRoot({ files = {}, config = {} }: JobInput = {}): Promise<string> {
  const entries = Object.entries({ ...trainerFiles(), ...files });
  const packed = entries.flatMap(([path, bytes]): PackedFile[] => (bytes ? [{ path, bytes, executable: false }] : []));
  return jobRootOf(await packTarGz(packed), config);
}

/** The same with the bytes of the archive given. */
export async function jobRootOf(archive: Uint8Array, config: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'dropforge-job-test-'));
  const write = async (path: string, bytes: Uint8Array | string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  };
  await write('processing/input/model/model.tar.gz', archive);
  await write('processing/input/config/conversion.json', JSON.stringify({ ...conversionConfig(), ...config }));
  return root;
}

export function trainerFiles(): Record<string, Uint8Array> {
  const random = randomSource(5);
  const byte = (): number => Math.floor(random() * 256);
  return {
    'model.onnx': lmnetV1({ side: SIDE, width: 0.125 }).bytes(),
    'metrics.json': Buffer.from('{}'),
    'evaluation/evaluation.json': Buffer.from(
      JSON.stringify({
        format: 'dropforge-evaluation/1',
        images: IMAGES,
        height: SIDE,
        width: SIDE,
        channels: 3,
        goldenImages: GOLDEN_IMAGES,
      }),
    ),
    'evaluation/images.u8': Uint8Array.from({ length: IMAGES * SIDE * SIDE * 3 }, byte),
    'evaluation/labels.u16': new Uint8Array(Uint16Array.from({ length: IMAGES }, (_, image) => image % 3).buffer),
  };
}

function conversionConfig(): Record<string, unknown> {
  return {
    format: 'dropforge-conversion/1',
    runId: `run-${'a'.repeat(20)}`,
    modelName: 'pets',
    classes: ['cat', 'dog', 'Ünïcode 猫'],
    targets: ['x86_64', 'aarch64', 'armv7l'],
    datasetDigest: 'd'.repeat(64),
    training: { epochs: 1 },
  };
}
