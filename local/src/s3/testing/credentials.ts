/** What the tests' requests are signed with. */
export const CREDENTIALS = { accessKeyId: 'AKIDTEST', secretAccessKey: 'test/secret+key' };
export const REGION = 'us-east-1';
