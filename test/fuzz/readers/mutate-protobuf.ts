/** Changes fields of an ONNX file anywhere in its tree and writes the lengths around them anew. */
import { bytesField, varint } from '../../../jobs/convert/src/frontend/testing/onnx-writer.ts';
import { type Field, forEachField } from '../../../jobs/convert/src/frontend/wire.ts';
import { EDGE_NUMBERS, mutateBytes, pick, type Random } from './mutate.ts';

export function mutateProtobuf(file: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  if (random(5) === 0) return mutateBytes(file, other, random);
  let bytes = file;
  for (let count = 1 + random(3); count > 0; count--) bytes = changeMessage(bytes, random, 0);
  return bytes;
}

/** Descends into a field that is a message itself, or changes one here. */
function changeMessage(bytes: Uint8Array, random: Random, depth: number): Uint8Array {
  const fields = fieldsOf(bytes);
  if (fields === undefined || fields.length === 0) return mutateBytes(bytes, bytes, random);
  const index = random(fields.length);
  const field = fields[index];
  if (field === undefined) return bytes;
  const encoded = fields.map(encode);
  const isMessage =
    field.wire === 'bytes' && depth < 6 && field.value.length > 1 && fieldsOf(field.value) !== undefined;
  if (isMessage && random(8) > 0) {
    encoded[index] = bytesField(field.number, changeMessage(field.value, random, depth + 1));
    return Buffer.concat(encoded);
  }
  const place = random(fields.length);
  switch (random(6)) {
    case 0:
      encoded.splice(index, 1);
      break;
    case 1:
      encoded.splice(place, 0, encode(field));
      break;
    case 2:
      encoded[index] = encode(fields[place] ?? field);
      break;
    case 3:
      [encoded[index], encoded[place]] = [encoded[place] ?? encode(field), encode(field)];
      break;
    default:
      encoded[index] = encode(changed(field, random));
  }
  return Buffer.concat(encoded);
}

function changed(field: Field, random: Random): Field {
  if (field.wire === 'varint') return { ...field, value: BigInt.asUintN(64, BigInt(Math.trunc(edge(random)))) };
  const value = Buffer.from(field.value);
  if (field.wire === 'bytes' && value.length % 4 === 0 && value.length > 0 && random(2) === 0) {
    value.writeFloatLE(
      pick(random, [0, -0, Number.NaN, Infinity, -Infinity, 1e-38, 3e38, -1]),
      4 * random(value.length / 4),
    );
    return { ...field, value };
  }
  if (field.wire !== 'bytes') return { ...field, value: value.map((byte) => byte ^ (1 << random(8))) };
  return { ...field, value: mutateBytes(value, value, random) };
}

function edge(random: Random): number {
  return Math.min(Math.max(pick(random, EDGE_NUMBERS), -(2 ** 62)), 2 ** 62);
}

/** Undefined when the bytes are not a message. */
function fieldsOf(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  try {
    forEachField(bytes, (field) => fields.push(field));
    return fields;
  } catch {
    return undefined;
  }
}

function encode(field: Field): Buffer {
  const tag = (wire: number): Buffer => varint(BigInt(field.number) * 8n + BigInt(wire));
  if (field.wire === 'varint') return Buffer.concat([tag(0), varint(field.value)]);
  if (field.wire === 'bytes') return Buffer.concat([tag(2), varint(field.value.length), field.value]);
  return Buffer.concat([tag(field.wire === 'fixed64' ? 1 : 5), field.value]);
}
