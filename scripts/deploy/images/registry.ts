/** The account's container registry, as far as building images asks it anything. */
import { BatchGetImageCommand, ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { explainAwsError } from '../explain-aws-error.ts';

export interface Registry {
  /** The digest under which an image is kept; undefined: there is none with this tag. */
  digestOf(repositoryUri: string, tag: string): Promise<string | undefined>;
  /** For `docker login`; good for twelve hours. */
  password(): Promise<string>;
}

/** Every method throws DeployError for what a person can put right: credentials, region, permissions. */
export function createRegistry(region: string): Registry {
  const client = new ECRClient({ region, maxAttempts: 3 });
  const asked = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await ask();
    } catch (error) {
      throw explainAwsError(error, region);
    }
  };
  return {
    digestOf: (repositoryUri, imageTag) =>
      asked(async () => {
        // A tag that is not there is told in `failures`, not by an exception.
        // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html
        const { images = [] } = await client.send(
          new BatchGetImageCommand({ repositoryName: nameOf(repositoryUri), imageIds: [{ imageTag }] }),
        );
        return images[0]?.imageId?.imageDigest;
      }),
    password: () =>
      asked(async () => {
        const { authorizationData: [data] = [] } = await client.send(new GetAuthorizationTokenCommand({}));
        const [, password = ''] = Buffer.from(data?.authorizationToken ?? '', 'base64')
          .toString('utf8')
          .split(':');
        return password;
      }),
  };
}

/** `123456789012.dkr.ecr.eu-west-1.amazonaws.com/dropforge-train-dev` → `dropforge-train-dev` */
function nameOf(repositoryUri: string): string {
  return repositoryUri.slice(repositoryUri.indexOf('/') + 1);
}
