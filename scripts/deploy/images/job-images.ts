/** The images of the two jobs, and the names under which the deployed functions ask for them. */
import { imageSources } from './image-sources.ts';

export interface JobImage {
  readonly name: 'train-cuda' | 'train-cpu' | 'convert';
  /** Below the root. */
  readonly dockerfile: string;
  /** Of the Dockerfile's build argument, if it has one. */
  readonly device?: 'cuda' | 'cpu';
  /** The stack's output that holds the repository's URI. */
  readonly repository: 'TrainRepositoryUri' | 'ConvertRepositoryUri';
  /** Says what is in the image and never changes its meaning: a digest of the sources. */
  readonly tag: string;
  /** Below the root. */
  readonly files: readonly string[];
}

/** The images of this checkout. @throws DeployError IGNORE_FILE_INVALID */
export async function jobImages(root: string): Promise<JobImage[]> {
  const train = { dockerfile: 'jobs/train/Dockerfile', repository: 'TrainRepositoryUri' } as const;
  const convert = { dockerfile: 'jobs/convert/Dockerfile', repository: 'ConvertRepositoryUri' } as const;
  const trainer = await imageSources(root, train.dockerfile);
  const converter = await imageSources(root, convert.dockerfile);
  return [
    { name: 'train-cuda', ...train, device: 'cuda', tag: `cuda-${trainer.version}`, files: trainer.files },
    { name: 'train-cpu', ...train, device: 'cpu', tag: `cpu-${trainer.version}`, files: trainer.files },
    { name: 'convert', ...convert, tag: converter.version, files: converter.files },
  ];
}

/** serverless.yml's parameters by which a deployment asks for the images of the same checkout. */
export async function imageParameters(root: string): Promise<Record<string, string>> {
  const tags = new Map((await jobImages(root)).map(({ name, tag }) => [name, tag]));
  return {
    trainCudaImageTag: tags.get('train-cuda') ?? '',
    trainCpuImageTag: tags.get('train-cpu') ?? '',
    convertImageTag: tags.get('convert') ?? '',
  };
}
