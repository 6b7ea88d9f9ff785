/** What a person types after `npm run deploy --`, checked before anything is built or asked. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stagePattern } from '@dropforge/pipeline-state';
import { OwnPrices } from '@dropforge/recipe/cost';
import { parse } from 'yaml';
import { DeployError } from './deploy-error.ts';

export interface Options {
  readonly stage: string;
  readonly region: string;
  /** What was given of serverless.yml's `params`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Ask nothing. */
  readonly yes: boolean;
}

/** Where a deployment goes if nobody says. */
const usualRegion = 'us-east-1';

/**
 * Reads `--stage S`, `--region R`, `--param name=value` (any number) and `--yes`.
 * @throws DeployError ARGUMENT_UNKNOWN, STAGE_INVALID, REGION_INVALID, PARAMETER_UNKNOWN or PARAMETER_INVALID
 */
export function readOptions(
  root: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Options {
  const { stage, region, param = [], yes } = parseArguments(args);
  if (!stagePattern.test(stage)) {
    throw new DeployError(
      'STAGE_INVALID',
      `"${stage}" cannot be a stage: every name on AWS begins with it.`,
      'Use at most 16 lower-case letters, digits and single hyphens, beginning with a letter, such as dev or prod-eu.',
    );
  }
  const chosen = region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? usualRegion;
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d$/.test(chosen)) {
    throw new DeployError(
      'REGION_INVALID',
      `"${chosen}" is not a region.`,
      'Name one such as us-east-1 with --region.',
    );
  }
  return { stage, region: chosen, parameters: readParameters(root, param), yes };
}

function parseArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        stage: { type: 'string', default: 'dev' },
        region: { type: 'string' },
        param: { type: 'string', multiple: true },
        yes: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DeployError('ARGUMENT_UNKNOWN', reason, 'Known are --stage, --region, --param name=value and --yes.');
  }
}

function readParameters(root: string, given: readonly string[]): Record<string, string> {
  const known = knownParameters(root);
  const parameters = given.map((text): [string, string] => {
    const [, name = '', value] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
    if (!known.includes(name)) {
      throw new DeployError('PARAMETER_UNKNOWN', `There is no parameter "${name}".`, `There are ${known.join(', ')}.`);
    }
    if (value === undefined || !text.includes('=')) {
      throw new DeployError('PARAMETER_INVALID', `--param ${text} has no value.`, `Write --param ${name}=<value>.`);
    }
    return [name, value];
  });
  const record = Object.fromEntries(parameters);
  checkAuthorizer(record);
  checkPrices(record);
  return record;
}

/** The names of `params.default` in serverless.yml. */
function knownParameters(root: string): string[] {
  const { params } = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), { logLevel: 'silent' });
  return Object.keys(params.default);
}

function checkAuthorizer({ apiAuthorizer = 'iam', jwtIssuer, jwtAudience }: Record<string, string>): void {
  if (apiAuthorizer !== 'iam' && apiAuthorizer !== 'jwt') {
    throw new DeployError('PARAMETER_INVALID', `apiAuthorizer is "${apiAuthorizer}".`, 'It is iam or jwt.');
  }
  if (apiAuthorizer === 'iam') return;
  if (!jwtIssuer?.startsWith('https://') || !jwtAudience) {
    throw new DeployError(
      'PARAMETER_INVALID',
      'With apiAuthorizer=jwt the API must know whose tokens it takes.',
      'Add --param jwtIssuer=https://… (the `iss` of the tokens) and --param jwtAudience=… (their `aud`).',
    );
  }
}

function checkPrices({ instancePrices = '' }: Record<string, string>): void {
  const { error } = OwnPrices.safeParse(instancePrices);
  if (!error) return;
  const action = error.issues.map(({ message }) => message).join('; ');
  throw new DeployError('PARAMETER_INVALID', `instancePrices is "${instancePrices}".`, `Please ${action}.`);
}
