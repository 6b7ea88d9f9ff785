import { CliError, type ExitName } from '../cli-error.ts';

const signIn = 'Sign in to AWS, for example with "aws sso login".';

/** What names of AWS's errors mean to a person, by how they begin. */
const meanings: readonly (readonly [RegExp, ExitName, string])[] = [
  [
    /^(AccessDenied|UnauthorizedOperation|NotAuthorized|Forbidden)/,
    'notAllowed',
    'Ask for the permission that the message names.',
  ],
  [
    /^(CredentialsProviderError|TokenProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient)/,
    'notAllowed',
    signIn,
  ],
  [
    /^(InvalidSignature|SignatureDoesNotMatch|RequestExpired)/,
    'notAllowed',
    'Check the credentials and the clock of this machine.',
  ],
  [/NotFound|DoesNotExist|NonExistent/, 'notFound', 'Check the stage and the region.'],
  [/Throttl|TooManyRequests/, 'unreachable', 'AWS asks to slow down; try again in a minute.'],
];

/** Turns an error of an AWS client into what a person is told; `where`: the service or the thing that was asked. */
export function awsError(error: unknown, where: string): CliError {
  if (error instanceof CliError) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const [, exit, action] = meanings.find(([pattern]) => pattern.test(name)) ?? [];
  return new CliError(exit ?? 'unreachable', 'AWS_FAILED', `AWS answers ${name}: ${message}`, {
    where,
    action: action ?? 'Try again; "dropforge doctor" looks for the reason.',
    cause: error,
  });
}
