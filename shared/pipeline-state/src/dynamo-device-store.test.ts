import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceStoreContract, report } from './device-store.contract.ts';
import { createDynamoDeviceStore } from './dynamo-device-store.ts';
import { type DynamoDBServer, startDynalite } from './testing/dynamodb-servers.ts';
import { createTestTable } from './testing/test-table.ts';

let server: DynamoDBServer;
let tables = 0;

beforeAll(async () => {
  server = await startDynalite();
});
afterAll(() => server?.stop());

describe('the device store on DynamoDB', () => {
  deviceStoreContract(async () => {
    const tableName = `devices-${++tables}`;
    await createTestTable(server.client, tableName);
    return createDynamoDeviceStore(DynamoDBDocumentClient.from(server.client), tableName);
  });

  it('forgets a device 90 days after it last spoke, though DynamoDB still has the item', async () => {
    const tableName = `devices-${++tables}`;
    await createTestTable(server.client, tableName);
    let now = Date.parse('2026-01-01T00:00:00Z');
    const devices = createDynamoDeviceStore(DynamoDBDocumentClient.from(server.client), tableName, () => now);
    const { runId, attempt } = { runId: 'run-mzxw6ytboi2gk3tdmfza', attempt: 1 };
    await devices.recordVerdict('device-1', { runId, attempt, outcome: 'failed', at: '2026-01-01T00:00:00.000Z' });
    now = Date.parse('2026-02-01T00:00:00Z');
    await devices.record(report({ sentAt: '2026-02-01T00:00:00.000Z' }));
    now += 90 * 86_400_000;
    expect(await devices.list()).toMatchObject([{ thing: 'device-1', verdict: { outcome: 'failed' } }]);
    now += 1_000;
    expect(await devices.read('device-1')).toBeUndefined();
    expect(await devices.readMany(['device-1'])).toEqual([]);
    expect(await devices.list()).toEqual([]);
    // Its clock may be behind what it said before.
    const again = report({ sentAt: '2026-01-15T00:00:00.000Z' });
    await devices.record(again);
    expect(await devices.list()).toEqual([{ thing: 'device-1', report: again }]);
  });
});
