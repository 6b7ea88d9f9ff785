/** AWS's service models as botocore has them (`service-2.json`): what its own SDK for Python builds requests from. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface ServiceModel {
  readonly metadata: { readonly protocol: 'json' | 'rest-json' | 'rest-xml' | string; readonly targetPrefix?: string };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface Operation {
  readonly name: string;
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode?: number };
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string };
  readonly errors?: readonly { readonly shape: string }[];
}

/** As much of a shape as is checked here. */
export interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, Member>>;
  readonly required?: readonly string[];
  readonly member?: Member;
  readonly key?: Member;
  readonly value?: Member;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  /** Exactly one member is set. */
  readonly union?: boolean;
  /** The member that is the HTTP body. */
  readonly payload?: string;
  /** A list's items stand in XML without an element around them. */
  readonly flattened?: boolean;
}

export interface Member {
  readonly shape: string;
  readonly location?: 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode';
  readonly locationName?: string;
  readonly flattened?: boolean;
  readonly jsonvalue?: boolean;
}

/** botocore's folders by the names that requests are signed for, where they differ. */
const folders: Readonly<Record<string, string>> = { greengrass: 'greengrassv2', iotdata: 'iot-data' };

/** @throws Error where botocore has no such service */
export function loadServiceModel(dataFolder: string, service: string): ServiceModel {
  const folder = join(dataFolder, folders[service] ?? service);
  const version = readdirSync(folder).sort().at(-1) ?? '';
  const file = join(folder, version, 'service-2.json');
  const text = existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`));
  return JSON.parse(text.toString('utf8')) as ServiceModel; // botocore's own format
}

/** @throws Error for a reference to nothing, which a model never has */
export function shapeOf({ shapes }: ServiceModel, name: string): Shape {
  const shape = shapes[name];
  if (shape === undefined) throw new Error(`the service model has no shape ${name}`);
  return shape;
}
