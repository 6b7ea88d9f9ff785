import { GetObjectCommand, type GetObjectCommandInput, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Gets an object and all of its bytes. */
export async function read(client: S3Client, input: GetObjectCommandInput) {
  const answer = await client.send(new GetObjectCommand(input));
  const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
  return { answer, bytes, text: bytes.toString('utf8') };
}

export async function put(client: S3Client, bucket: string, key: string, body: string | Buffer = 'x') {
  return client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
}

/** The matcher's shape of a refused request. */
export function refusal(name: string, status: number) {
  return { name, $metadata: { httpStatusCode: status } };
}
