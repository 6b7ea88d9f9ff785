import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readOptions } from './read-options.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (text: string, environment: Record<string, string> = {}) =>
  readOptions(root, text.split(' ').filter(Boolean), environment);

describe('the options of a deployment', () => {
  it('have a stage and a region where nobody names them', () => {
    expect(read('')).toEqual({ stage: 'dev', region: 'us-east-1', parameters: {}, yes: false });
  });

  it('take the region of the environment, and rather the one that is typed', () => {
    expect(read('', { AWS_DEFAULT_REGION: 'us-east-2' }).region).toBe('us-east-2');
    expect(read('', { AWS_REGION: 'ap-southeast-1', AWS_DEFAULT_REGION: 'us-east-2' }).region).toBe('ap-southeast-1');
    expect(read('--region us-gov-west-1', { AWS_REGION: 'eu-west-1' }).region).toBe('us-gov-west-1');
  });

  it('take any number of parameters, whose values may hold =', () => {
    const issuer = 'https://issuer.example/?a=b';
    const text = `--stage prod --param apiAuthorizer=jwt --param jwtIssuer=${issuer} --param jwtAudience=me --param alarmEmail= --yes`;
    expect(read(text)).toMatchObject({
      stage: 'prod',
      parameters: { apiAuthorizer: 'jwt', jwtIssuer: issuer, jwtAudience: 'me', alarmEmail: '' },
      yes: true,
    });
  });

  it.each([
    ['--stag dev', 'ARGUMENT_UNKNOWN', /--stag/],
    ['--stage Prod', 'STAGE_INVALID', /"Prod"/],
    ['--stage a-stage-too-long1', 'STAGE_INVALID', /too-long1/],
    ['--stage 1st', 'STAGE_INVALID', /"1st"/],
    ['--region Ireland', 'REGION_INVALID', /"Ireland"/],
    ['--region eu-west', 'REGION_INVALID', /"eu-west"/],
    ['--param alarmMail=a@example.org', 'PARAMETER_UNKNOWN', /"alarmMail"/],
    ['--param alarmEmail', 'PARAMETER_INVALID', /no value/],
    ['--param instancePrices=ml.c7i.xlarge', 'PARAMETER_INVALID', /instancePrices is/],
    ['--param apiAuthorizer=none', 'PARAMETER_INVALID', /"none"/],
    ['--param apiAuthorizer=jwt', 'PARAMETER_INVALID', /whose tokens/],
    ['--param apiAuthorizer=jwt --param jwtIssuer=http://x --param jwtAudience=y', 'PARAMETER_INVALID', /whose tokens/],
  ])('refuse %s', (text, code, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it('say which parameters there are', () => {
    expect(() => read('--param x=1')).toThrow(
      expect.objectContaining({ action: expect.stringContaining('alarmEmail, dropExpiryDays') }),
    );
  });
});
