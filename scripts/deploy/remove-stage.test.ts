import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeAccount, outputs } from './fake-account.ts';
import { type RemovePorts, removeStage } from './remove-stage.ts';

const options = { stage: 'dev', region: 'eu-west-1', parameters: {}, yes: false };
let fake: ReturnType<typeof createFakeAccount>;
let said: string[];
let removed: boolean;
let ports: RemovePorts;
beforeEach(() => {
  fake = createFakeAccount();
  fake.world.outputs = outputs;
  said = [];
  removed = false;
  ports = {
    account: fake.account,
    async runFramework() {
      removed = true;
      fake.world.outputs = undefined;
    },
    ask: async () => 'dev',
    say: (line) => said.push(line),
  };
});

describe('removing a stage', () => {
  it('says what stays before it asks, and removes the rest', async () => {
    let saidBefore = '';
    const ask = async () => {
      saidBefore = said.join('\n');
      return 'dev';
    };
    await removeStage(options, { ...ports, ask });
    expect(removed).toBe(true);
    const { BucketName, TableName, ModelSigningKeyArn } = outputs;
    for (const name of [BucketName, TableName, ModelSigningKeyArn, 'secrets', 'dropforge.bitstream.*'])
      expect(saidBefore).toContain(name);
    expect(said.at(-1)).toContain('Removed stage dev');
  });

  it('asks nothing where the person said yes before', async () => {
    await removeStage({ ...options, yes: true }, { ...ports, ask: () => Promise.reject(new Error('asked')) });
    expect(removed).toBe(true);
  });

  it.each([['prod'], [''], [undefined]])('stops at the answer %j', async (answer) => {
    await expect(removeStage(options, { ...ports, ask: async () => answer })).rejects.toMatchObject({
      code: 'NOT_CONFIRMED',
    });
    expect(removed).toBe(false);
  });

  it('stops where devices still hold the policy, and says how to take it from them', async () => {
    fake.world.holders = ['arn:aws:iot:eu-west-1:123456789012:cert/abc'];
    await expect(removeStage(options, ports)).rejects.toMatchObject({
      code: 'DEVICES_ATTACHED',
      action: expect.stringContaining(
        'detach-policy --region eu-west-1 --policy-name dropforge-dev-device --target arn:aws:iot',
      ),
    });
    expect(removed).toBe(false);
  });

  it('that is not there says so', async () => {
    fake.world.outputs = undefined;
    await expect(removeStage(options, ports)).rejects.toMatchObject({ code: 'STACK_MISSING' });
  });

  it('is not done while the stack is there', async () => {
    await expect(removeStage(options, { ...ports, runFramework: async () => {} })).rejects.toMatchObject({
      code: 'STACK_REMAINS',
    });
  });
});
