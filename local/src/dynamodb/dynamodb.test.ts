import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TableDescription } from '../serverless-file/description.ts';
import { description } from '../testing/describe-fixture.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { type Dynamodb, startDynamodb } from './dynamodb.ts';
import { createTables } from './tables.ts';

describe('the table', () => {
  let directory = '';
  let running: Dynamodb[];
  let errors: unknown[];
  let clock: FakeClock;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'dropforge-dynamodb-'));
    running = [];
    errors = [];
    clock = new FakeClock();
  });

  afterEach(async () => {
    for (const one of running) await one.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function start(tables: TableDescription[] = description.tables): Promise<Dynamodb> {
    const started = await startDynamodb({
      directory: path.join(directory, 'dynamodb'),
      description: { ...description, tables },
      clock,
      onError: (error) => errors.push(error),
    });
    running.push(started);
    return started;
  }

  const put = (pk: string) => ({ TableName: 'fixture-dev-Table', Item: { pk: { S: pk }, kind: { S: 'k' } } });
  const get = (pk: string) => ({ TableName: 'fixture-dev-Table', Key: { pk: { S: pk } } });

  it('keeps its items over a restart', async () => {
    const first = await start();
    await first.call('PutItem', put('a'));
    await first.close();
    const second = await start();
    expect(await second.call('GetItem', get('a'))).toMatchObject({ Item: { pk: { S: 'a' } } });
  });

  describe('after a kill between an item and its index entries', () => {
    const byKind = {
      TableName: 'fixture-dev-Table',
      IndexName: 'kinds',
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': { S: 'k' } },
    };

    /** Takes keys out of the store's own files, as if they had never been written. */
    async function lose(isLost: (key: string) => boolean): Promise<void> {
      // dynalite's own LevelDB, which is no dependency of ours.
      const { Level } = createRequire(createRequire(import.meta.url).resolve('dynalite'))('level');
      const level = new Level(path.join(directory, 'dynamodb'));
      for await (const key of level.keys()) if (isLost(key)) await level.del(key);
      await level.close();
      writeFileSync(path.join(directory, 'dynamodb.open'), '');
    }

    it('finds an item again whose entry is missing', async () => {
      const first = await start();
      await first.call('PutItem', put('a'));
      await first.close();
      await lose((key) => key.startsWith('index-'));
      const second = await start();
      expect(await second.call('Query', byKind)).toMatchObject({ Items: [{ pk: { S: 'a' } }] });
    });

    it('forgets an entry whose item is another or none by now', async () => {
      const first = await start();
      await first.call('PutItem', put('a'));
      await first.call('PutItem', put('b'));
      await first.close();
      await lose((key) => key.startsWith('item-'));
      const second = await start();
      expect(await second.call('Query', byKind)).toMatchObject({ Count: 0 });
      await second.call('PutItem', put('a'));
      expect(await second.call('Query', byKind)).toMatchObject({ Items: [{ pk: { S: 'a' } }] });
    });

    it('leaves everything as it is after a proper end', async () => {
      const first = await start();
      await first.call('PutItem', put('a'));
      await first.close();
      await lose((key) => key.startsWith('index-'));
      rmSync(path.join(directory, 'dynamodb.open'));
      expect(await (await start()).call('Query', byKind)).toMatchObject({ Count: 0 });
    });
  });

  it('forgets an item some time after it has expired, and nothing else', async () => {
    const seconds = Math.floor(clock.now() / 1_000);
    const expiring = (pk: string, expiresAt: object) => ({
      TableName: 'fixture-dev-Table',
      Item: { pk: { S: pk }, kind: { S: 'k' }, expiresAt },
    });
    const tables = description.tables.map((table) => ({
      ...table,
      properties: { ...table.properties, TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } },
    }));
    const first = await start(tables);
    await first.call('PutItem', expiring('soon', { N: String(seconds + 60) }));
    await first.call('PutItem', expiring('later', { N: String(seconds + 10 * 86_400) }));
    await first.call('PutItem', expiring('no number', { S: String(seconds) }));
    await first.call('PutItem', expiring('long ago', { N: String(seconds - 6 * 365 * 86_400) }));
    await first.call('PutItem', put('stays'));
    clock.advance(3_600_000);
    expect(await first.call('GetItem', get('soon'))).toMatchObject({ Item: { pk: { S: 'soon' } } });
    const left = async (dynamodb: Dynamodb) =>
      ((await dynamodb.call('Scan', { TableName: 'fixture-dev-Table' })).Items as { pk: { S: string } }[])
        .map(({ pk }) => pk.S)
        .sort();
    clock.advance(86_400_000);
    await expect.poll(() => left(first)).toEqual(['later', 'long ago', 'no number', 'stays']);
    await first.close();
    clock.advance(20 * 86_400_000);
    expect(await left(await start(tables))).toEqual(['long ago', 'no number', 'stays']);
  });

  it('refuses with the words of DynamoDB', async () => {
    const dynamodb = await start();
    const twice = { ...put('a'), ConditionExpression: 'attribute_not_exists(pk)' };
    await dynamodb.call('PutItem', twice);
    await expect(dynamodb.call('PutItem', twice)).rejects.toMatchObject({ code: 'ConditionalCheckFailedException' });
  });

  it('survives a request that the store chokes on: that one fails, as for a retry, and the next is served', async () => {
    const dynamodb = await start();
    await dynamodb.call('PutItem', put('a'));
    const broken = dynamodb.call('PutItem', { ...put('b'), Item: { pk: null } });
    await expect(broken).rejects.toMatchObject({ status: 500, code: 'InternalServerError' });
    expect(errors).toHaveLength(1);
    expect(await dynamodb.call('GetItem', get('a'))).toMatchObject({ Item: { pk: { S: 'a' } } });
  });

  it('with other keys than serverless.yml asks for is not used', async () => {
    await (await start()).close();
    const changed = description.tables.map((table) => ({
      ...table,
      properties: { ...table.properties, KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }] },
    }));
    await expect(start(changed)).rejects.toMatchObject({ code: 'TABLE_CHANGED' });
  });

  it('that was half created when the process was killed is created anew, if no other is in use', async () => {
    const creating = { Table: { TableStatus: 'CREATING' } };
    const active = { Table: { TableStatus: 'ACTIVE' } };
    const two = ['a', 'b'].map((name) => ({ logicalId: name, name, properties: {} }));
    await expect(createTables(two, async () => creating)).rejects.toMatchObject({ othersInUse: false });
    const mixed = createTables(two, async (_action, { TableName: name }) => (name === 'a' ? creating : active));
    await expect(mixed).rejects.toMatchObject({ othersInUse: true });
  });
});
