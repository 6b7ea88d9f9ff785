/** Reads serverless.yml without the framework and says what it asks for. */
import path from 'node:path';
import { readCors } from './cors.ts';
import type { CloudDescription } from './description.ts';
import { functionLogicalId } from './function-triggers.ts';
import { readFunctions } from './functions.ts';
import { type IntrinsicContext, resolveIntrinsics } from './intrinsics.ts';
import { readJwtAuthorizers } from './jwt-authorizers.ts';
import { createResourceReferences, type ResourceReference, type StackResource } from './resource-references.ts';
import { readResources } from './resources.ts';
import { readRoles } from './roles.ts';
import { ServerlessFileError } from './serverless-file-error.ts';
import { stackResources } from './stack-resources.ts';
import { asRecord } from './values.ts';
import { createVariableResolver, type ResolveVariables } from './variables.ts';
import { readYaml } from './yaml.ts';

export interface ServerlessFileOptions {
  /** Absolute path of serverless.yml. */
  file: string;
  stage?: string | undefined;
  /** Win over the file's own. */
  parameters?: Readonly<Record<string, string>> | undefined;
  accountId: string;
  /** Where the embedded cloud answers; queue URLs and the API's address are made of them. */
  endpoints: { aws: string; api: string };
  environment?: Record<string, string | undefined>;
}

/** Resolves everything that is started locally. */
export interface Reader {
  /** Variables first, then intrinsics. */
  resolve(value: unknown, place: string): unknown;
  root: string;
  service: string;
  stage: string;
  region: string;
  accountId: string;
  references: IntrinsicContext['resources'];
}

/**
 * @throws ServerlessFileError that names the file and the place, for anything that cannot be followed.
 */
export function readServerlessFile(options: ServerlessFileOptions): CloudDescription {
  const root = path.dirname(options.file);
  const file = path.basename(options.file);
  const self = asRecord(readYaml(options.file), file);
  const provider = asRecord(self.provider ?? {}, `${file} provider`);
  const httpApi = asRecord(provider.httpApi ?? {}, `${file} provider.httpApi`);
  const stage = options.stage ?? plainText(provider.stage) ?? 'dev';
  const region = plainText(provider.region) ?? 'us-east-1';
  const parameters = withGiven(stageParameters(self, stage, file), options.parameters, file);
  const variables = createVariableResolver({
    root,
    self,
    parameters,
    stage,
    region,
    accountId: options.accountId,
    options: { stage, region },
    environment: options.environment ?? process.env,
  });
  const service = String(variables(self.service ?? 'service', `${file} service`));
  const functions = functionRecords(variables(self.functions ?? [], `${file} functions`), file);
  const reader = createReader({
    service,
    stage,
    region,
    root,
    options,
    variables,
    functions,
    resources: self.resources,
  });
  return {
    service,
    stage,
    region,
    accountId: options.accountId,
    parameters,
    functions: readFunctions(
      functions,
      asRecord(variables(provider.environment ?? {}, `${file} provider.environment`), file),
      reader.reader,
    ),
    ...readResources(reader.resources, reader.reader),
    roles: readRoles(reader.resources, reader.reader),
    cors: readCors(variables(httpApi.cors, `${file} provider.httpApi.cors`)),
    jwtAuthorizers: readJwtAuthorizers(variables(httpApi.authorizers, `${file} provider.httpApi.authorizers`)),
  };
}

/** A value with a variable in it is settled by the framework's options, which have no meaning here. */
function plainText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (!value.includes('${')) return value;
  return /'([^']+)'\s*\}$/.exec(value)?.[1];
}

/** `params.<stage>` over `params.default`, and version 4's `stages.<stage>.params`. */
function stageParameters(self: Record<string, unknown>, stage: string, file: string): Record<string, unknown> {
  const params = asRecord(self.params ?? {}, `${file} params`);
  const stages = asRecord(self.stages ?? {}, `${file} stages`);
  const fromStage = (name: string) =>
    asRecord(asRecord(stages[name] ?? {}, `${file} stages`).params ?? {}, `${file} stages`);
  const fromParams = (name: string) => asRecord(params[name] ?? {}, `${file} params.${name}`);
  return { ...fromParams('default'), ...fromStage('default'), ...fromParams(stage), ...fromStage(stage) };
}

/** A misspelt name would leave the default in its place: for who may call the API, for example. */
function withGiven(
  own: Record<string, unknown>,
  given: Readonly<Record<string, string>> = {},
  file: string,
): Record<string, unknown> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(own, name));
  if (unknown !== undefined) {
    const names = Object.keys(own).sort().join(', ') || 'none';
    throw new ServerlessFileError('UNKNOWN_PARAMETER', `${file} params`, `there is no ${unknown}; there are ${names}`);
  }
  return { ...own, ...given };
}

/** `functions:` is a mapping, or a list of mappings (one per included file). */
function functionRecords(value: unknown, file: string): Map<string, Record<string, unknown>> {
  const functions = new Map<string, Record<string, unknown>>();
  for (const part of Array.isArray(value) ? value : [value]) {
    for (const [key, definition] of Object.entries(asRecord(part ?? {}, `${file} functions`))) {
      if (functions.has(key)) {
        throw new ServerlessFileError('VALUE_INVALID', `${file} functions`, `there are two functions called ${key}`);
      }
      functions.set(key, asRecord(definition, `functions.${key}`));
    }
  }
  return functions;
}

interface ReaderParts {
  service: string;
  stage: string;
  region: string;
  root: string;
  options: ServerlessFileOptions;
  variables: ResolveVariables;
  functions: ReadonlyMap<string, Record<string, unknown>>;
  resources: unknown;
}

function createReader(parts: ReaderParts): { reader: Reader; resources: Map<string, StackResource> } {
  const { service, stage, region, root, options, variables } = parts;
  const name = `${service}-${stage}`;
  const { accountId, endpoints } = options;
  const pseudoParameters = {
    'AWS::AccountId': accountId,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': name,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/local`,
  };
  const resources = stackResources(parts.resources, variables);
  const known = new Map<string, ResourceReference>([
    ['HttpApi', { ref: 'local', attributes: { ApiEndpoint: endpoints.api } }],
  ]);
  for (const key of parts.functions.keys()) {
    const functionName = `${name}-${key}`;
    const arn = `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
    known.set(functionLogicalId(key), { ref: functionName, attributes: { Arn: arn } });
  }
  const bucketCount = [...resources.values()].filter(({ type }) => type === 'AWS::S3::Bucket').length;
  const stack = { name, service, bucketCount, region, accountId, awsEndpoint: endpoints.aws, pseudoParameters };
  const references = createResourceReferences(resources, known, stack);
  const context = { resources: references, pseudoParameters };
  const resolve = (value: unknown, place: string) => resolveIntrinsics(variables(value, place), place, context);
  return { resources, reader: { resolve, root, service, stage, region, accountId, references } };
}
