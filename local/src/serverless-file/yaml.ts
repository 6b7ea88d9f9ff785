/** Reads YAML with CloudFormation's short tags: `!Ref x` becomes `{Ref: x}`, `!Sub x` becomes `{'Fn::Sub': x}`. */
import { readFileSync } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type Document as YamlDocument } from 'yaml';
import { ServerlessFileError } from './serverless-file-error.ts';

/**
 * Parses one file into plain values.
 * @throws ServerlessFileError FILE_UNREADABLE or YAML_INVALID, with the line.
 */
export function readYaml(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServerlessFileError('FILE_UNREADABLE', file, `cannot be read (${reason})`);
  }
  const document = parseDocument(text, { logLevel: 'silent' });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const line = fault.linePos?.[0].line ?? 1;
    throw new ServerlessFileError('YAML_INVALID', `${file}:${line}`, fault.message.split('\n')[0] ?? 'not valid YAML');
  }
  return toValue(document.contents, document);
}

function toValue(node: unknown, document: YamlDocument): unknown {
  if (isAlias(node)) return toValue(node.resolve(document), document);
  if (isMap(node)) {
    const entries = node.items.map((pair) => [String(toValue(pair.key, document)), toValue(pair.value, document)]);
    return tagged(node, merge(entries));
  }
  if (isSeq(node))
    return tagged(
      node,
      node.items.map((item) => toValue(item, document)),
    );
  return isScalar(node) ? tagged(node, node.value) : null;
}

/** YAML's merge key `<<` puts another mapping's entries under the ones that are written out. */
function merge(entries: unknown[][]): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const [name, value] of entries) if (name === '<<') Object.assign(merged, value);
  for (const [name, value] of entries) if (name !== '<<') merged[String(name)] = value;
  return merged;
}

function tagged(node: Node, value: unknown): unknown {
  const tag = node.tag ?? '';
  if (!tag.startsWith('!') || tag.startsWith('!!')) return value;
  const name = tag.slice(1);
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  // `!GetAtt Table.Arn` is the only short form whose text is split.
  if (name === 'GetAtt' && typeof value === 'string') return { 'Fn::GetAtt': splitAttribute(value) };
  return { [`Fn::${name}`]: value };
}

function splitAttribute(text: string): string[] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}
