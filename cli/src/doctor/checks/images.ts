import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { type Found, failed, ok, skipped } from '../finding.ts';
import { type Check, type Patient, variableOf } from '../patient.ts';

/** The images of the jobs lie in ECR, under the tag or digest that the functions name. */
export const images: Check = {
  name: 'images',
  service: 'ECR',
  async examine(patient) {
    const usesGpu = patient.training.instanceTypes.some((type) => /^ml\.[gp]\d/.test(type));
    const usesCpu = patient.training.instanceTypes.some((type) => !/^ml\.[gp]\d/.test(type));
    return [
      await look(patient, 'training-starter-start', 'TRAINING_IMAGE_URI', usesCpu),
      await look(patient, 'training-starter-start', 'TRAINING_GPU_IMAGE_URI', usesGpu),
      await look(patient, 'conversion-starter-start', 'CONVERSION_IMAGE_URI', true),
    ].flat();
  },
};

async function look(patient: Patient, key: string, variable: string, isNeeded: boolean): Promise<Found[]> {
  const uri = await variableOf(patient, key, variable);
  if (!uri) return [];
  const image = readUri(uri);
  if (!image) return [failed(`${variable} is no image of ECR: ${uri}`, 'Correct it in serverless.yml, then deploy.')];
  const { registryId, repositoryName, imageTag, imageDigest } = image;
  const imageIds = [imageDigest ? { imageDigest } : { imageTag }];
  const name = `${repositoryName}${imageDigest ? `@${imageDigest.slice(0, 19)}` : `:${imageTag}`}`;
  try {
    const command = new DescribeImagesCommand({ registryId, repositoryName, imageIds });
    const [details] = (await patient.clients.ecr.send(command)).imageDetails ?? [];
    const pushed = details?.imagePushedAt ? `, pushed ${details.imagePushedAt.toISOString().slice(0, 10)}` : '';
    return [ok(`${name} is ${details?.imageDigest?.slice(0, 19) ?? 'there'}${pushed}`)];
  } catch (error) {
    if (!(error instanceof Error) || !/ImageNotFound|RepositoryNotFound/.test(error.name)) throw error;
    const stage = patient.prefix.slice('dropforge-'.length);
    const action = `Build it: npm run images -- --stage ${stage}`;
    return [isNeeded ? failed(`${name} is not in ECR`, action) : skipped(`${name} is not in ECR; nothing asks for it`)];
  }
}

/** `<account>.dkr.ecr.<region>.<suffix>/<repository>[:<tag>][@<digest>]` */
function readUri(uri: string) {
  const match = /^(\d{12})\.dkr\.ecr\.[^/]+\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(uri);
  if (!match) return undefined;
  const [, registryId, repositoryName, imageTag = 'latest', imageDigest] = match;
  return { registryId, repositoryName, imageTag, imageDigest };
}
