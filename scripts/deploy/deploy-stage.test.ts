import { beforeEach, describe, expect, it } from 'vitest';
import { DeployError } from './deploy-error.ts';
import { type DeployPorts, deployStage } from './deploy-stage.ts';
import { createFakeAccount, outputs } from './fake-account.ts';
import type { Options } from './read-options.ts';

const options = { stage: 'dev', region: 'eu-west-1', parameters: {}, yes: false };
let fake: ReturnType<typeof createFakeAccount>;
let said: string[];
let given: Options['parameters'];
let ports: DeployPorts;
beforeEach(() => {
  fake = createFakeAccount();
  said = [];
  ports = {
    account: fake.account,
    async runFramework({ parameters }) {
      fake.world.asked.push('framework');
      given = parameters;
      fake.world.outputs = outputs;
    },
    async publishAgent(put) {
      await put('agents/1/agent.mjs', 'agent', 'text/javascript');
      return { version: '1' };
    },
    say: (line) => said.push(line),
  };
});

describe('a deployment', () => {
  it('asks first who deploys, then deploys, then uploads the agent into the bucket of the stack', async () => {
    await deployStage(options, ports);
    expect(fake.world.asked).toEqual(['identity', 'framework', 'outputs dropforge-dev']);
    expect([...fake.world.objects]).toEqual([['dropforge-dev-bucket-x1/agents/1/agent.mjs', 'text/javascript: agent']]);
  });

  it('says whose account it is before anything is done, and in the end what to do next', async () => {
    await deployStage(options, ports);
    expect(said[0]).toContain('account 123456789012, eu-west-1, as arn:aws:iam::123456789012:user/me');
    const text = said.join('\n');
    expect(text).toContain('BucketName          dropforge-dev-bucket-x1');
    expect(text).toContain('npm run images -- --stage dev --region eu-west-1');
    expect(text).toContain(`--secret-id ${outputs.SlackSecretArn}`);
    expect(text).not.toContain('ServerlessDeployment');
  });

  it("knows the day's prices in its region", async () => {
    await deployStage({ ...options, parameters: { alarmEmail: 'me@example.org' } }, ports);
    expect(given).toEqual({ alarmEmail: 'me@example.org', instancePrices: 'ml.c5.xlarge=0.23, ml.c7i.xlarge=0.24' });
  });

  it('without credentials builds nothing', async () => {
    const refused = new DeployError('NO_CREDENTIALS', 'none', 'log in');
    const account = { ...fake.account, identity: () => Promise.reject(refused) };
    await expect(deployStage(options, { ...ports, account })).rejects.toBe(refused);
    expect(fake.world.asked).toEqual([]);
  });

  it('that failed uploads nothing', async () => {
    const runFramework = () => Promise.reject(new DeployError('FRAMEWORK_FAILED', 'rolled back', 'see above'));
    await expect(deployStage(options, { ...ports, runFramework })).rejects.toMatchObject({ code: 'FRAMEWORK_FAILED' });
    expect(fake.world.objects.size).toBe(0);
  });

  it('whose stack says nothing is not taken for done', async () => {
    await expect(deployStage(options, { ...ports, runFramework: async () => {} })).rejects.toMatchObject({
      code: 'STACK_MISSING',
      action: expect.stringContaining('describe-stack-events --stack-name dropforge-dev'),
    });
  });
});
