import { expect, it } from 'vitest';
import { explainAwsError } from './explain-aws-error.ts';

const awsError = (name: string, message: string, more = {}) => Object.assign(new Error(message), { name, ...more });

it.each([
  [
    awsError('CredentialsProviderError', 'Could not load credentials from any providers'),
    'NO_CREDENTIALS',
    /aws configure sso/,
  ],
  [
    awsError('ExpiredTokenException', 'The security token included in the request is expired'),
    'CREDENTIALS_EXPIRED',
    /sso login/,
  ],
  [
    awsError('CredentialsProviderError', 'The SSO session associated with this profile has expired'),
    'NO_CREDENTIALS',
    /sso/,
  ],
  [
    awsError('InvalidClientTokenId', 'The security token included in the request is invalid.'),
    'CREDENTIALS_REFUSED',
    /switched on/,
  ],
  [awsError('SignatureDoesNotMatch', 'Signature expired'), 'CREDENTIALS_REFUSED', /clock/],
  [
    awsError('Error', 'getaddrinfo ENOTFOUND sts.eu-west-9.amazonaws.com', { code: 'ENOTFOUND' }),
    'AWS_UNREACHABLE',
    /name of the region/,
  ],
  [
    awsError('AccessDenied', 'User x is not authorized to perform: cloudformation:DescribeStacks'),
    'NOT_ALLOWED',
    /administrator/,
  ],
])('%s is told in words', (error, code, action) => {
  expect(explainAwsError(error, 'eu-west-9')).toMatchObject({ code, action: expect.stringMatching(action) });
});

it('leaves alone what nobody but a programmer can put right', () => {
  const error = new TypeError('x is undefined');
  expect(explainAwsError(error, 'eu-west-1')).toBe(error);
});
