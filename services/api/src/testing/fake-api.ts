import { type AnyEvent, datasetReceived } from '@dropforge/events';
import { answer } from '@dropforge/handler-kit';
import { type CommitPorts, commit, createMemoryRunStore, type Device } from '@dropforge/pipeline-state';
import { createMemoryWebhookStore } from '@dropforge/pipeline-state/webhooks';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Ports } from '../ports.ts';
import { routeTable } from '../route-table.ts';
import { checkAnswer } from './openapi.ts';

export const { runId } = datasetReceived.example;

/** What a JWT authorizer says of the caller of most tests. */
const ana = { sub: '42', email: 'ana@example.com', email_verified: 'true' };

/** The whole API over memory: requests in API Gateway's form, answers checked against the OpenAPI document and parsed. */
export function createFakeApi() {
  const world = {
    minute: 0,
    devices: [] as Device[],
    objects: new Map<string, number>(),
    releases: new Map<string, Awaited<ReturnType<Ports['models']['read']>>>(),
    progress: undefined as Awaited<ReturnType<Ports['progressOf']>> | Error,
    bucketAnswers: true,
    published: [] as string[],
  };
  const kit: CommitPorts = {
    runs: createMemoryRunStore(),
    now: () => new Date(Date.UTC(2026, 0, 1, 0, world.minute)),
    async publish(entries) {
      world.published.push(...entries.map(({ name }) => name));
      return new Set(entries.map(({ eventId }) => eventId));
    },
  };
  const webhooks = createMemoryWebhookStore();
  const ports: Ports = {
    devices: { list: async () => world.devices },
    async progressOf() {
      if (world.progress instanceof Error) throw world.progress;
      return world.progress;
    },
    files: {
      async check() {
        if (!world.bucketAnswers) throw new Error('the bucket does not answer');
      },
      uploadLink: async (key) => ({
        url: `https://bucket.example/${encodeURI(key)}`,
        expiresAt: '2026-01-01T01:00:00.000Z',
      }),
      links: async (prefixes) =>
        [...world.objects]
          .filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix)))
          .map(([name, bytes]) => ({ name, bytes, url: `https://bucket.example/${encodeURI(name)}` })),
    },
    webhooks: { store: webhooks, stackKey: async () => 'stack key', testAddress: undefined },
    models: { list: async () => [...world.releases.keys()], read: async (modelId) => world.releases.get(modelId) },
  };
  return {
    world,
    kit,
    ports,
    webhooks,
    /** `path`: values of the route's `{names}`; `body`: text, or anything else as JSON. */
    async ask(routeKey: string, { path = {}, query, body, headers = {}, claims = {}, ...rest }: Asked = {}) {
      const event = {
        version: '2.0',
        routeKey,
        rawPath: routeKey.split(' ')[1]?.replace(/\{(\w+)\}/g, (_, name: string) => path[name] ?? ''),
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        pathParameters: path,
        queryStringParameters: query,
        requestContext: { authorizer: { jwt: { claims: { ...ana, ...claims } } } },
        body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
        isBase64Encoded: false,
        ...rest,
      } as unknown as APIGatewayProxyEventV2; // as much of it as the kit reads
      const answered = await answer(
        event,
        routeTable,
        () => ports,
        () => kit,
      );
      const { statusCode: status = 0, headers: sent = {} } = answered;
      const parsed = answered.body === undefined ? undefined : JSON.parse(answered.body);
      if (routeKey in routeTable) checkAnswer(routeKey, status, String(sent['content-type']), parsed);
      return { status, headers: sent, body: parsed };
    },
    /** Takes the example run through these events. */
    async live(...events: AnyEvent[]) {
      await commit(datasetReceived.of(datasetReceived.example), runId, kit);
      for (const event of events) {
        const { kind } = await commit(event, runId, kit);
        if (kind !== 'moved') throw new Error(`${event.name} is ${kind}`);
      }
      world.published.length = 0;
    },
  };
}

interface Asked {
  readonly path?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly isBase64Encoded?: boolean;
  /** Further claims of the caller's token. */
  readonly claims?: Record<string, unknown>;
}
