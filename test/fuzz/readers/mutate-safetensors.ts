/** Changes the JSON of a model file and writes its length anew, so that the reader gets past the framing. */
import { EDGE_NUMBERS, mutateBytes, pick, type Random } from './mutate.ts';

export function mutateSafetensors(file: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const parsed = split(file);
  if (parsed === undefined || random(4) === 0) return mutateBytes(file, other, random);
  const { header, data } = parsed;
  for (let count = 1 + random(3); count > 0; count--) changeHeader(header, random);
  return join(header, random(8) === 0 ? mutateBytes(data, data, random) : data);
}

type Json = Record<string, unknown>;

function split(file: Uint8Array): { header: Json; data: Uint8Array } | undefined {
  try {
    const length = Number(Buffer.from(file).readBigUInt64LE(0));
    const header = JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString()) as Json; // checked below
    return typeof header === 'object' && header !== null ? { header, data: file.subarray(8 + length) } : undefined;
  } catch {
    return undefined; // an earlier mutation broke the framing
  }
}

function join(header: Json, data: Uint8Array): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

/** The values of `__metadata__` are JSON in strings: most changes go inside. */
function changeHeader(header: Json, random: Random): void {
  const metadata = header.__metadata__;
  const keys = typeof metadata === 'object' && metadata !== null ? Object.keys(metadata) : [];
  if (keys.length === 0 || random(3) === 0) {
    changeSomewhere(header, random);
    return;
  }
  const entries = metadata as Json; // an object with keys
  const key = pick(random, keys);
  try {
    const inner: unknown = JSON.parse(String(entries[key]));
    if (typeof inner === 'object' && inner !== null) changeSomewhere(inner as Json, random);
    entries[key] = JSON.stringify(typeof inner === 'number' ? pick(random, EDGE_NUMBERS) : inner);
  } catch {
    entries[key] = pick(random, ['', '{}', '[]', '1e999', 'null', '"text"']);
  }
}

/** Walks down at random and changes, removes, repeats or adds one value. */
function changeSomewhere(root: Json, random: Random): void {
  let parent = root;
  for (;;) {
    const keys = Object.keys(parent);
    if (keys.length === 0) return;
    const key = pick(random, keys);
    const value = parent[key];
    if (typeof value === 'object' && value !== null && random(5) > 0) {
      parent = value as Json; // arrays too: their keys are their indices
      continue;
    }
    const others = Object.values(parent);
    const kind = random(6);
    if (kind === 0) delete parent[key];
    else if (kind === 1) parent[`${key}${random(3)}`] = value;
    else parent[key] = random(4) === 0 ? pick(random, others) : odd(value, random);
    return;
  }
}

function odd(value: unknown, random: Random): unknown {
  if (typeof value === 'number' && random(2) === 0) return value + pick(random, [-1, 1, 0.5, value, -value]);
  return pick(random, [
    ...EDGE_NUMBERS,
    null,
    true,
    '',
    'bits',
    'int8',
    'average-pool',
    'max-pool',
    [],
    {},
    [[]],
    'I8',
    'U32',
  ]);
}
