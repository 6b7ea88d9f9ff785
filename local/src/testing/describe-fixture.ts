/** What the fixture's serverless.yml says, without a cloud. */
import { readServerlessFile } from '../serverless-file/read-serverless-file.ts';
import { fixtureFile } from './fixture.ts';

export const description = readServerlessFile({
  file: fixtureFile,
  accountId: '000000000000',
  endpoints: { aws: 'http://127.0.0.1:4566', api: 'http://127.0.0.1:4500' },
  environment: {},
});
