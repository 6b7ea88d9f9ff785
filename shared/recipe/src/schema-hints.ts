import { formatPath, oneOf, type Path } from './fault.ts';
import { type NumberRule, nearestNames, nearestNumbers } from './nearest.ts';
import { recipeJsonSchema } from './schema.ts';
import { isFields } from './settle-names.ts';

/** The part of JSON Schema that ours uses. */
export interface SchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode | readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly description?: string;
}

const root = recipeJsonSchema() as SchemaNode; // the generator types a JSON Schema more loosely than what it makes of ours

/** What the schema says about the field at `path`, given the data around it; undefined where it knows no such field. */
export function schemaAt(path: Path, data: unknown): SchemaNode | undefined {
  let node = fit(root, data);
  let value = data;
  for (const part of path) {
    if (typeof part === 'number') {
      value = Array.isArray(value) ? value[part] : undefined;
      node = node && fit(Array.isArray(node.items) ? node.items[part] : (node.items as SchemaNode | undefined), value); // Array.isArray does not narrow a readonly array away
    } else {
      value = isFields(value) ? value[part] : undefined;
      node = node?.properties && Object.hasOwn(node.properties, part) ? fit(node.properties[part], value) : undefined;
    }
  }
  return node;
}

/** What a field takes, as the end of a sentence: `a whole number from 2 to 1024`. */
export function describeSchema(node: SchemaNode | undefined): string {
  if (node === undefined) return 'something else';
  const choices = node.enum ?? (node.const === undefined ? undefined : [node.const]);
  if (choices) return choices.length === 1 ? oneOf(choices) : `one of ${oneOf(choices)}`;
  const range = node.minimum === undefined ? '' : ` from ${node.minimum} to ${node.maximum}`;
  if (node.type === 'integer') return `a whole number${range}`;
  if (node.type === 'number') return `a number${range}`;
  if (node.type === 'boolean') return 'true or false';
  if (node.type === 'array') return 'a list, as in [a, b]';
  if (node.type === 'object') return `a mapping of ${oneOf(Object.keys(node.properties ?? {}))}`;
  return 'text';
}

/** The sentence that the schema has about a field; of fields inside a choice, that of the first choice that has it. */
export function describeField([section = '', field]: readonly string[]): string {
  const node = root.properties?.[section];
  if (node === undefined || field === undefined) return node?.description ?? '';
  return (
    alternatives(node)
      .map(({ properties }) => properties?.[field]?.description)
      .find(Boolean) ?? ''
  );
}

/** Valid values near one that is not; empty when nothing is near. */
export function nearestValues(value: unknown, node: SchemaNode | undefined): Suggestion[] {
  if (node === undefined) return [];
  if (!isScalar(value)) return [];
  if (node.type === 'array') {
    const item = Array.isArray(node.items) ? undefined : fit(node.items as SchemaNode, value); // Array.isArray does not narrow a readonly array away
    if (item === undefined) return [];
    const items = accepts(item, value) ? [value] : nearestValues(value, item).filter(isScalar);
    return items.map((only) => [only]);
  }
  const choices = node.enum ?? (node.const === undefined ? undefined : [node.const]);
  const number = typeof value === 'number' ? value : typeof value === 'string' ? numberIn(value) : undefined;
  if (choices) {
    const numbers = choices.filter((choice) => typeof choice === 'number');
    if (numbers.length > 0) return number === undefined ? [] : nearestOf(number, numbers);
    return typeof value === 'string' ? nearestNames(value, choices.map(String)) : [];
  }
  const rule = numberRule(node);
  if (rule) return number === undefined ? [] : nearestNumbers(number, rule);
  if (node.type === 'boolean' && typeof value === 'string') {
    if (/^(yes|on|y|true)$/i.test(value)) return [true];
    if (/^(no|off|n|false)$/i.test(value)) return [false];
  }
  const { pattern } = node;
  return pattern === undefined
    ? []
    : spellings(String(value))
        .filter((text) => new RegExp(pattern).test(text))
        .slice(0, 1);
}

type Scalar = string | number | boolean;
type Suggestion = Scalar | Scalar[];

/** Fields that may stand at `path`, and where in the recipe a field of that name belongs when it is not here. */
export function nearestFields(path: Path, data: unknown): { fields: readonly string[]; nearest: string[] } {
  const key = String(path.at(-1) ?? '');
  const fields = Object.keys(schemaAt(path.slice(0, -1), data)?.properties ?? {});
  const near = nearestNames(key, fields);
  if (near.length > 0) return { fields, nearest: near };
  const others = Object.entries(root.properties ?? {}).filter(([parent]) => parent !== path[0]);
  const elsewhere = others.flatMap(([parent, node]) =>
    alternatives(node)
      .flatMap((option) => nearestNames(key, Object.keys(option.properties ?? {})))
      .map((child) => formatPath([parent, child])),
  );
  const moved = [...Object.keys(root.properties ?? {}).filter((field) => field === key), ...elsewhere];
  return { fields, nearest: [...new Set(moved)].slice(0, 2) };
}

/** Of several forms, the one that the data was meant to be. */
function fit(node: SchemaNode | undefined, value: unknown): SchemaNode | undefined {
  if (!node?.anyOf && !node?.oneOf) return node;
  const options = alternatives(node);
  const wanted = Array.isArray(value) ? 'array' : isFields(value) ? 'object' : typeof value;
  const typed = options.filter(({ type }) => type === wanted || (type === 'integer' && wanted === 'number'));
  const name = isFields(value) ? value.name : undefined;
  return typed.find(({ properties }) => properties?.name?.const === name) ?? typed[0] ?? options[0];
}

function alternatives(node: SchemaNode): readonly SchemaNode[] {
  const options = node.anyOf ?? node.oneOf;
  return options ? options.flatMap(alternatives) : [node];
}

function numberRule({ type, minimum, maximum }: SchemaNode): NumberRule | undefined {
  if ((type !== 'integer' && type !== 'number') || minimum === undefined || maximum === undefined) return undefined;
  return { minimum, maximum, integer: type === 'integer' };
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function accepts(node: SchemaNode, value: Scalar): boolean {
  if (node.enum) return node.enum.some((choice) => choice === value);
  return typeof value === 'string' && node.pattern !== undefined && new RegExp(node.pattern).test(value);
}

/** The text in the alphabets of our names. */
function spellings(text: string): string[] {
  const plain = text.slice(0, 128).normalize('NFKD').replace(/\p{M}/gu, '');
  const spaced = plain.replace(/[^\w:.-]+/g, '-').replace(/^-+|-+$/g, '');
  return [
    spaced,
    spaced
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 48)
      .replace(/-$/, ''),
  ];
}

function nearestOf(value: number, choices: readonly number[]): number[] {
  const distance = Math.min(...choices.map((choice) => Math.abs(choice - value)));
  return choices.filter((choice) => Math.abs(choice - value) === distance);
}

/** The number that a text starts with: `64`, `64px`, `60 s`. */
function numberIn(text: string): number | undefined {
  const match = /^\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)/i.exec(text.slice(0, 40));
  return match ? Number(match[1]) : undefined;
}
