/** The Serverless Framework's variables: `${self:custom.x}`, `${opt:stage, 'dev'}`, `${file(x.yml):a.b}`. https://www.serverless.com/framework/docs/providers/aws/guide/variables */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ServerlessFileError } from './serverless-file-error.ts';
import { readYaml } from './yaml.ts';

export interface VariableSources {
  /** Absolute folder of serverless.yml; `file(…)` is relative to it. */
  root: string;
  /** The whole parsed serverless.yml, variables still in it. */
  self: unknown;
  /** Behind `${opt:…}`. */
  options: Record<string, string>;
  /** Behind `${param:…}`; may contain variables. */
  parameters: Record<string, unknown>;
  environment: Record<string, string | undefined>;
  stage: string;
  region: string;
  accountId: string;
}

/** Resolves the variables below a value, on demand: what nobody asks for is never looked at. */
export type ResolveVariables = (value: unknown, place: string) => unknown;

/**
 * Creates the resolver for one serverless.yml.
 * A `${Name}`, `${Name.Attribute}` or `${AWS::Region}` belongs to `Fn::Sub` and stays as it is.
 * The result throws ServerlessFileError UNKNOWN_VARIABLE for a source or an address that does not exist, or a circle.
 */
export function createVariableResolver(sources: VariableSources): ResolveVariables {
  return (value, place) => resolveValue(value, place, { sources, open: [] });
}

/** `open` holds the variables being resolved, so that a circle is found. */
interface Resolution {
  sources: VariableSources;
  open: string[];
}

function resolveValue(value: unknown, place: string, resolution: Resolution): unknown {
  if (typeof value === 'string') return resolveText(value, place, resolution);
  if (Array.isArray(value)) return value.map((item, index) => resolveValue(item, `${place}[${index}]`, resolution));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, item]) => [name, resolveValue(item, `${place}.${name}`, resolution)]));
}

/** A text that is one variable takes its value, of any type; otherwise values are put into the text. */
function resolveText(text: string, place: string, resolution: Resolution): unknown {
  const parts = splitVariables(text, place);
  const [only] = parts;
  if (parts.length === 1 && only?.variable !== undefined) return resolveVariable(only.variable, place, resolution);
  return parts
    .map((part) => {
      if (part.variable === undefined) return part.text;
      const value = resolveVariable(part.variable, place, resolution);
      if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
      throw unknownVariable(place, part.variable, 'is not a text, so it cannot stand inside one');
    })
    .join('');
}

interface Part {
  text: string;
  variable: string | undefined;
}

function splitVariables(text: string, place: string): Part[] {
  const parts: Part[] = [];
  let position = 0;
  while (position < text.length) {
    const start = text.indexOf('${', position);
    if (start < 0) break;
    const end = closingBrace(text, start + 2);
    if (end < 0) throw new ServerlessFileError('UNKNOWN_VARIABLE', place, `"${text}" has a \${ without its }`);
    if (start > position) parts.push({ text: text.slice(position, start), variable: undefined });
    const whole = text.slice(start, end + 1);
    const inner = whole.slice(2, -1).trim();
    // CloudFormation's own placeholders have no source before a single colon, and what it is to leave alone begins with "!".
    parts.push({ text: whole, variable: /^!|^[A-Za-z0-9.]+$|^AWS::/.test(inner) ? undefined : inner });
    position = end + 1;
  }
  if (position < text.length) parts.push({ text: text.slice(position), variable: undefined });
  return parts;
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let index = from; index < text.length; index++) {
    if (text.startsWith('${', index)) depth++;
    if (text[index] === '}' && --depth === 0) return index;
  }
  return -1;
}

/** The first source that has a value wins: `${opt:stage, self:provider.stage, 'dev'}`. */
function resolveVariable(variable: string, place: string, resolution: Resolution): unknown {
  if (resolution.open.includes(variable)) {
    throw unknownVariable(place, variable, `refers to itself (${[...resolution.open, variable].join(' → ')})`);
  }
  const inner = { sources: resolution.sources, open: [...resolution.open, variable] };
  for (const candidate of splitCandidates(variable)) {
    const value = resolveCandidate(candidate, variable, place, inner);
    if (value !== undefined && value !== null) return value;
  }
  throw unknownVariable(place, variable, 'has no value and no fallback');
}

/** Splits at the commas outside quotes, brackets and nested variables. */
function splitCandidates(variable: string): string[] {
  const candidates: string[] = [''];
  let depth = 0;
  let quote = '';
  for (const character of variable) {
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if ('({'.includes(character)) depth++;
    else if (')}'.includes(character)) depth--;
    else if (character === ',' && depth === 0) {
      candidates.push('');
      continue;
    }
    candidates[candidates.length - 1] += character;
  }
  return candidates.map((candidate) => candidate.trim());
}

function resolveCandidate(candidate: string, variable: string, place: string, resolution: Resolution): unknown {
  const literal = literalOf(candidate);
  if (literal !== undefined) return literal.value;
  const text = resolveText(candidate, place, resolution);
  if (typeof text !== 'string' || candidate.startsWith('${')) return text;
  const file = /^file\(([^)]+)\)(?::(.+))?$/.exec(text);
  if (file !== null) return fromFile(String(file[1]).trim(), file[2], place, resolution);
  const colon = text.indexOf(':');
  const source = text.slice(0, colon);
  const address = text.slice(colon + 1);
  const read = colon < 0 ? undefined : readers.get(source);
  if (read === undefined) {
    const known = ['file(…)', ...readers.keys()].join(', ');
    throw unknownVariable(place, variable, `has no known source; known are ${known}`);
  }
  return resolveValue(read(address, resolution.sources), `${place} \${${variable}}`, resolution);
}

function literalOf(candidate: string): { value: unknown } | undefined {
  const quoted = /^(?:'(.*)'|"(.*)")$/.exec(candidate);
  if (quoted !== null) return { value: quoted[1] ?? quoted[2] ?? '' };
  if (/^(true|false)$/.test(candidate)) return { value: candidate === 'true' };
  return /^-?\d+(\.\d+)?$/.test(candidate) ? { value: Number(candidate) } : undefined;
}

const readers = new Map<string, (address: string, sources: VariableSources) => unknown>([
  ['self', (address, { self }) => lookUp(self, address)],
  ['opt', (address, { options }) => options[address]],
  ['param', (address, { parameters }) => parameters[address]],
  ['env', (address, { environment }) => environment[address]],
  ['sls', (address, { stage }) => (address === 'stage' ? stage : undefined)],
  [
    'aws',
    (address, { accountId, region }) =>
      new Map([
        ['accountId', accountId],
        ['region', region],
      ]).get(address),
  ],
]);

function fromFile(name: string, address: string | undefined, place: string, resolution: Resolution): unknown {
  const file = path.resolve(resolution.sources.root, name);
  if (!/\.(ya?ml|json)$/.test(file)) {
    throw new ServerlessFileError('UNKNOWN_VARIABLE', place, `file(${name}) must be .yml, .yaml or .json`);
  }
  if (!existsSync(file)) {
    throw new ServerlessFileError('FILE_UNREADABLE', place, `file(${name}) does not exist; looked for ${file}`);
  }
  const content = readYaml(file);
  return resolveValue(address === undefined ? content : lookUp(content, address), name, resolution);
}

function lookUp(value: unknown, address: string): unknown {
  if (address === '') return value;
  return address.split('.').reduce<unknown>((node, name) => {
    if (Array.isArray(node)) return node[Number(name)];
    return isRecord(node) && Object.hasOwn(node, name) ? node[name] : undefined;
  }, value);
}

function unknownVariable(place: string, variable: string, reason: string): ServerlessFileError {
  return new ServerlessFileError('UNKNOWN_VARIABLE', place, `\${${variable}} ${reason}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
