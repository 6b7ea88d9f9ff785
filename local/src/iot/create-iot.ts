/** AWS IoT, as far as fleets and reports need it: things, groups, and messages that rules hand to functions. */
import type { ServiceHandler } from '../aws-endpoint/aws-endpoint.ts';
import { AwsError } from '../aws-endpoint/aws-error.ts';
import type { Database } from '../state/database.ts';
import { openRegistry, type Registry } from './registry.ts';
import { type RestAction, type RestRequest, required, restService } from './rest-service.ts';
import { compileTopicRule } from './topic-rule.ts';

export interface IotOptions {
  readonly database: Database;
  readonly region: string;
  readonly accountId: string;
  /** Host and port that messages are published to. */
  readonly dataEndpoint: string;
  /** The rules of serverless.yml, by the function that each calls. */
  readonly rules: readonly { readonly functionKey: string; readonly sql: string }[];
  /** Runs a function at least once with a message. */
  readonly invokeLater: (functionKey: string, payload: unknown) => void;
  readonly log: (line: string) => void;
}

export interface Iot {
  /** Answers requests signed for `iot`. */
  readonly handle: ServiceHandler;
  /** Answers requests signed for `iotdata`. */
  readonly handleData: ServiceHandler;
  readonly registry: Registry;
}

/** Throws for a rule whose SQL it cannot read. */
export function createIot(options: IotOptions): Iot {
  const registry = openRegistry(options.database);
  const rules = options.rules.map(({ functionKey, sql }) => ({ functionKey, apply: compileTopicRule(sql) }));
  const publish: RestAction = ({ path, body }) => {
    const message = parseMessage(body);
    const topic = required(path.topic, 'topic');
    if (!message) options.log(`IOT_MESSAGE_NOT_JSON: rules cannot read a message on ${topic}`);
    for (const { functionKey, apply } of message ? rules : []) {
      const payload = apply(topic, message ?? {});
      if (payload) options.invokeLater(functionKey, payload);
    }
    return { body: {} };
  };
  return {
    handle: restService(controlActions(registry, options)),
    handleData: restService({ 'POST /topics/{topic}': publish }),
    registry,
  };
}

function controlActions(
  registry: Registry,
  { region, accountId, dataEndpoint }: IotOptions,
): Record<string, RestAction> {
  const arn = (kind: 'thing' | 'thinggroup', name: string) => `arn:aws:iot:${region}:${accountId}:${kind}/${name}`;
  const describeThing = (thingName: string) => ({ thingName, thingArn: arn('thing', thingName), thingId: thingName });
  const describeGroup = (name: string) => ({
    thingGroupName: name,
    thingGroupArn: arn('thinggroup', name),
    thingGroupId: name,
  });
  const thing = ({ path }: RestRequest) => known(path.thingName, 'Thing', registry.hasThing);
  const group = ({ path }: RestRequest) => known(path.thingGroupName, 'Thing group', registry.hasGroup);
  const member = (request: RestRequest) => {
    const { thingGroupName, thingName } = request.json();
    return [
      known(thingGroupName, 'Thing group', registry.hasGroup),
      known(thingName, 'Thing', registry.hasThing),
    ] as const;
  };
  return {
    'GET /endpoint': () => ({ body: { endpointAddress: dataEndpoint } }),
    'POST /things/{thingName}': ({ path }) => {
      const name = named(path.thingName);
      registry.createThing(name);
      return { body: describeThing(name) };
    },
    'GET /things/{thingName}': (request) => ({
      body: { ...describeThing(thing(request)), attributes: {}, version: 1 },
    }),
    'GET /things': (request) => {
      const { items, nextToken } = page(registry.things(), request.query);
      return {
        body: { things: items.map((name) => ({ ...describeThing(name), attributes: {}, version: 1 })), nextToken },
      };
    },
    'GET /things/{thingName}/thing-groups': (request) => ({
      body: {
        thingGroups: registry
          .groupsOf(thing(request))
          .map((name) => ({ groupName: name, groupArn: arn('thinggroup', name) })),
      },
    }),
    'PUT /thing-groups/addThingToThingGroup': (request) => {
      registry.add(...member(request));
      return { body: {} };
    },
    'PUT /thing-groups/removeThingFromThingGroup': (request) => {
      registry.remove(...member(request));
      return { body: {} };
    },
    'POST /thing-groups/{thingGroupName}': ({ path }) => {
      const name = named(path.thingGroupName);
      registry.createGroup(name);
      return { body: describeGroup(name) };
    },
    'GET /thing-groups/{thingGroupName}': (request) => ({ body: { ...describeGroup(group(request)), version: 1 } }),
    'GET /thing-groups/{thingGroupName}/things': (request) => {
      const { items, nextToken } = page(registry.thingsIn(group(request)), request.query);
      return { body: { things: items, nextToken } };
    },
  };
}

function named(name: unknown): string {
  const text = required(name, 'name');
  if (/^[a-zA-Z0-9:_-]{1,128}$/.test(text)) return text;
  throw new AwsError(
    400,
    'InvalidRequestException',
    `${text} is not a name: letters, digits, ":", "_" and "-", at most 128.`,
  );
}

function known(name: unknown, what: string, exists: (name: string) => boolean): string {
  const text = required(name, `${what} name`);
  if (exists(text)) return text;
  throw new AwsError(404, 'ResourceNotFoundException', `${what} ${text} does not exist.`);
}

/** IoT's tokens are opaque; ours is the place where the next page starts. */
function page(names: readonly string[], query: URLSearchParams): { items: string[]; nextToken?: string } {
  const start = Number(query.get('nextToken') ?? 0) || 0;
  const size = Math.min(Number(query.get('maxResults') ?? 25) || 25, 250);
  const items = names.slice(start, start + size);
  return { items, ...(start + size < names.length ? { nextToken: String(start + size) } : {}) };
}

function parseMessage(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
