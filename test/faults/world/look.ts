/** What there is to see of a world: its table, its queues, its jobs, its deployments, its messages. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetDeploymentCommand, GreengrassV2Client, paginateListDeployments } from '@aws-sdk/client-greengrassv2';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Cloud } from '@dropforge/local';
import {
  type BudgetStore,
  createDynamoBudgetStore,
  createDynamoRunStore,
  type RunStore,
} from '@dropforge/pipeline-state';
import { kindOf, nameOfRun } from '../kinds.ts';
import { poison } from '../weather/late-deliveries.ts';
import { optionsOf } from './drops.ts';
import type { Outcome } from './plan.ts';

/** Whether nothing will happen to any run any more unless somebody asks for it. */
export async function isOver(cloud: Cloud, runIds: readonly string[]): Promise<boolean> {
  if (cloud.owedDeliveries() > 0) return false;
  const { table, tableName } = tableOf(cloud);
  const runs = await readRuns(createDynamoRunStore(table, tableName), runIds);
  table.destroy();
  return runs.every(({ run }) => run && !run.attentionAt && run.outbox.length === 0);
}

export async function look(
  cloud: Cloud,
  runIds: readonly string[],
  directory: string,
): Promise<Omit<Outcome, 'calls' | 'simulatedHours'>> {
  const { table, tableName } = tableOf(cloud);
  const runs = await readRuns(createDynamoRunStore(table, tableName), runIds);
  const Key = { pk: 'SLOTS#training', sk: 'LEDGER' };
  const { Item: ledger = {} } = await table.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }));
  const reserved = await reservedBy(createDynamoBudgetStore(table, tableName), runIds.length);
  table.destroy();
  return {
    runs,
    jobs: countLines(join(directory, 'jobs.log')),
    deployments: await deploymentsOf(new GreengrassV2Client(optionsOf(cloud))),
    deadLetters: deadLettersOf(cloud),
    slots: Object.values(ledger).flatMap((value) => (value instanceof Set ? [...value] : [])),
    reserved,
    messages: messagesOf(directory, runIds),
  };
}

function tableOf(cloud: Cloud) {
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(optionsOf(cloud)));
  return { table, tableName: cloud.description.tables[0]?.name ?? '' };
}

function readRuns(store: RunStore, runIds: readonly string[]): Promise<Outcome['runs'][number][]> {
  return Promise.all(
    runIds.map(async (runId, index) => ({ index, kind: kindOf(index), run: await store.read(runId) })),
  );
}

async function reservedBy(budgets: BudgetStore, runs: number): Promise<string[]> {
  const projects = Array.from({ length: runs }, (_, index) => nameOfRun(index));
  const months = await Promise.all(projects.map((project) => budgets.read(project, new Date())));
  return projects.filter((_, index) => (months[index]?.reservedUsd ?? 0) > 0);
}

function countLines(file: string): Record<string, number> {
  const counts: Record<string, number> = {};
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  for (const line of lines) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}

async function deploymentsOf(client: GreengrassV2Client): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const { deployments = [] } of paginateListDeployments({ client }, { historyFilter: 'ALL' })) {
    for (const { deploymentId } of deployments) {
      const { tags = {} } = await client.send(new GetDeploymentCommand({ deploymentId }));
      const name = `${tags['dropforge:run-id']} t${tags['dropforge:attempt']}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  client.destroy();
  return counts;
}

/** What a function gave up lies in the stack's queues as the record of its invocation. */
function deadLettersOf({ queues, description }: Cloud): string[] {
  const letters = description.queues.flatMap(({ name }) => queues.list(name, -1));
  return letters
    .map(({ body }) => {
      const key = description.functions.find(({ arn }) => body.includes(arn))?.key ?? 'nobody';
      const { requestPayload, responsePayload } = JSON.parse(body);
      const said = `${responsePayload?.errorMessage} about ${JSON.stringify(requestPayload)?.slice(0, 500)}`;
      const what = new RegExp(`${poison} \\w+`).exec(body)?.[0] ?? said;
      return `${key}: ${what}`;
    })
    .sort();
}

/** From the sink's own table: its page shows the newest 200. */
function messagesOf(directory: string, runIds: readonly string[]): Record<string, string[]> {
  const database = new DatabaseSync(join(directory, 'cloud/state.sqlite'), { readOnly: true });
  const rows = database.prepare('SELECT text, blocks FROM slack_messages ORDER BY id DESC').all();
  database.close();
  const about = (runId: string) => rows.filter(({ blocks }) => String(blocks).includes(runId));
  return Object.fromEntries(runIds.map((runId) => [runId, about(runId).map(({ text }) => String(text))]));
}
