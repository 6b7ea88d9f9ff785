import {
  commonProblems,
  examples,
  type RouteContract,
  type RouteName,
  routes,
  slackInteractions,
} from '@dropforge/api-contract';
import { gatewayAnswers, problemAnswers, problemExamples } from './openapi-problems.ts';
import { componentSchemas, jsonSchema, refTo } from './openapi-schemas.ts';

/** `docs/openapi.json`: the HTTP API as OpenAPI 3.1, made of the contract that service and command line share. */
export function openApi(version: string): string {
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Dropforge',
      version,
      summary: 'Runs, models, files, devices and webhooks.',
      description:
        'Errors are problem documents (RFC 9457) with a stable `code`. What API Gateway itself refuses is `{"message": …}`. ' +
        'docs/integrate.md tells how to sign requests.',
    },
    servers: [
      {
        url: 'https://{api}.execute-api.{region}.amazonaws.com',
        description: 'A stage on AWS; output HttpApiUrl of the stack.',
        variables: { api: { default: 'abc123' }, region: { default: 'us-east-1' } },
      },
      { url: 'http://127.0.0.1:4500', description: 'The embedded cloud. It takes unsigned requests as well.' },
    ],
    security: [{ iam: [] }, { jwt: [] }],
    paths: paths(),
    components: { schemas: componentSchemas(), examples: problemExamples(), securitySchemes },
  };
  return `${inlineLists(JSON.stringify(document, null, 2))}\n`;
}

/** Lists of plain values stand on one line where that has 120 characters, as the repository's formatter wants it. */
function inlineLists(json: string): string {
  return json.replace(
    /^( *.*)\[\n\s*([^[\]{}]+?)\n\s*\](,?)$/gm,
    (whole, start: string, items: string, comma: string) => {
      const line = `${start}[${items.replace(/\n\s*/g, ' ')}]${comma}`;
      return line.length <= 120 ? line : whole;
    },
  );
}

const securitySchemes = {
  iam: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'AWS Signature Version 4 for the service execute-api: the default.',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  jwt: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'Where the stack is deployed with an issuer. The claim dropforge_projects limits the caller.',
  },
};

function paths(): Record<string, Record<string, unknown>> {
  const all: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(routes)) {
    const operation = operationOf(name as RouteName, route); // Object.entries forgets the names
    all[route.path] = { ...all[route.path], [route.method.toLowerCase()]: operation };
  }
  all[slackInteractions.path] = { post: slackOperation() };
  return all;
}

function operationOf(name: RouteName, route: RouteContract) {
  const { body, answer } = examples[name];
  const strays = route.body ? [] : (['BODY_NOT_EXPECTED'] as const);
  const problems = problemAnswers([...commonProblems, ...strays, ...(route.problems ?? [])]);
  const parameters = parametersOf(route);
  return {
    operationId: name,
    summary: route.summary,
    ...(route.open ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: { required: true, content: json(refTo(route.body), body) } } : {}),
    responses: { ...successes(route, answer), ...gatewayAnswers(problems) },
  };
}

function successes({ statuses = [200], answer }: RouteContract, example: unknown) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: status === 201 ? 'Made.' : statuses.length > 1 ? 'It was there already.' : 'Done.',
        content: json(refTo(answer), example),
      },
    ]),
  );
}

function json(schema: unknown, example: unknown) {
  return { 'application/json': { schema, example } };
}

/** From the path, the query's schema and the headers. */
function parametersOf({ path, query, headers = {} }: RouteContract): Record<string, unknown>[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const { properties = {} } = query ? jsonSchema(query) : {};
  return [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: pathSchemas[name] })),
    ...Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
    ...Object.entries(headers).map(([name, description]) => ({
      ...{ name, in: 'header', required: false, description },
      schema: { type: 'string', pattern: '^[!-+\\--~]{1,200}$' },
    })),
  ];
}

const pathSchemas: Readonly<Record<string, object>> = {
  runId: { type: 'string', pattern: '^run-[a-z2-7]{20}$', example: 'run-mzxw6ytboi2gk3tdmfza' },
  modelId: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,127}$', example: 'flowers-abababab-mzxw6y' },
  webhookId: { type: 'string', pattern: '^wh-[a-z0-9]{1,60}$', example: 'wh-mzxw6ytboi2gk3tdmfza' },
};

function slackOperation() {
  const { summary, headers, problems } = slackInteractions;
  return {
    operationId: 'slackInteractions',
    summary,
    security: [],
    parameters: Object.entries(headers).map(([name, description]) => ({
      ...{ name, in: 'header', required: true, description, schema: { type: 'string' } },
    })),
    requestBody: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: {
            type: 'object',
            required: ['payload'],
            properties: { payload: { type: 'string', description: 'JSON of type block_actions.' } },
          },
        },
      },
    },
    responses: { 200: { description: 'Taken.' }, ...gatewayAnswers(problemAnswers(problems)) },
  };
}
