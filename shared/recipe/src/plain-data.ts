import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { type Fault, formatPath, type Path, type Position, type Positions, pathKey, show } from './fault.ts';

/** A text as plain data, and where every field of it stands. Objects have no prototype, so no key is special. */
export interface YamlData {
  readonly data: unknown;
  readonly positions: Positions;
}

/** A recipe is four levels deep; an anchor that contains itself is endless. */
const MAXIMUM_DEPTH = 16;
/** Counts what aliases unfold to, so that a small text cannot become a large value. */
const MAXIMUM_NODES = 20_000;

/** Unfolds a parsed document. Refuses repeated keys, unknown anchors, and what is too deep or too large. */
export function toPlainData(
  root: Node | null,
  positionAt: (offset: number) => Position,
): YamlData & { readonly faults: readonly Fault[] } {
  const values = new Map<string, Position>();
  const keys = new Map<string, Position>();
  const anchors = new Map<string, Node>();
  const faults: Fault[] = [];
  let nodes = 0;

  function refuse(code: string, path: Path, node: unknown, message: string, action: string) {
    faults.push({ code, path: formatPath(path), message, action, nearest: [], ...positionOf(node, positionAt) });
  }

  function visit(node: unknown, path: Path): unknown {
    nodes += 1;
    if (path.length > MAXIMUM_DEPTH || nodes > MAXIMUM_NODES) {
      if (!faults.some(({ code }) => code === 'YAML_TOO_DEEP'))
        refuse('YAML_TOO_DEEP', [], node, 'The text unfolds to more than a recipe can be.', 'Remove the aliases.');
      return null;
    }
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target) return visit(target, path);
      refuse('YAML_SYNTAX', path, node, `The anchor ${show(node.source)} is not defined.`, 'Write the value itself.');
      return null;
    }
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    const { position } = positionOf(node, positionAt);
    if (position) values.set(pathKey(path), position);
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item, index) => visit(item, [...path, index]));
    return visitMap(node, path);
  }

  function visitMap(map: { items: readonly { key: unknown; value: unknown }[] }, path: Path): object {
    const object: Record<string, unknown> = Object.create(null);
    for (const { key: keyNode, value } of map.items) {
      const key = isScalar(keyNode) ? String(keyNode.value) : '';
      const field = [...path, key];
      const { position } = positionOf(keyNode, positionAt);
      if (Object.hasOwn(object, key)) {
        refuse('YAML_DUPLICATE_KEY', field, keyNode, `${formatPath(field)} is given twice.`, 'Keep one of the two.');
        continue;
      }
      if (position) keys.set(pathKey(field), position);
      object[key] = visit(value, field);
    }
    return object;
  }

  const data = visit(root, []);
  return { data, positions: { values, keys }, faults };
}

function positionOf(node: unknown, positionAt: (offset: number) => Position): { position?: Position } {
  const range = (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) && node.range;
  return range ? { position: positionAt(range[0]) } : {};
}
