/** XML of a rest-xml service as the model's structures. https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html */
import { XMLParser } from 'fast-xml-parser';
import { type Member, type ServiceModel, type Shape, shapeOf } from './service-model.ts';

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: false, isArray: () => true });

/** The root element's members; every scalar is a text. */
export function parseXml(text: string, shape: Shape, model: ServiceModel): Record<string, unknown> {
  const document = parser.parse(text.replace(/^\s*<\?xml[^>]*\?>/, '')) as Element; // elements by name, each a list
  const [root] = Object.values(document)[0] ?? [];
  return structureOf(root, shape, model);
}

type Element = Record<string, Node[]>;
type Node = Element | string;

function structureOf(node: Node | undefined, { members = {} }: Shape, model: ServiceModel): Record<string, unknown> {
  const children = elementsOf(node);
  const found: Record<string, unknown> = {};
  for (const [tag, nodes] of Object.entries(children)) {
    const [name, member] = Object.entries(members).find(([key, one]) => (one.locationName ?? key) === tag) ?? [];
    // What belongs to no member stays by its tag, so that it is seen.
    if (name === undefined || member === undefined) found[tag] = nodes;
    else found[name] = memberOf(nodes, member, model);
  }
  return found;
}

function memberOf(nodes: Node[], member: Member, model: ServiceModel): unknown {
  const shape = shapeOf(model, member.shape);
  const [first] = nodes;
  if (shape.type === 'structure') return structureOf(first, shape, model);
  if (shape.type !== 'list') return typeof first === 'string' ? first : '';
  const item = shape.member;
  if (item === undefined) throw new Error('a list without a shape for its items');
  const items = shape.flattened || member.flattened ? nodes : (elementsOf(first)[item.locationName ?? 'member'] ?? []);
  return items.map((node) => memberOf([node], item, model));
}

function elementsOf(node: Node | undefined): Element {
  if (typeof node !== 'object') return {};
  return Object.fromEntries(Object.entries(node).filter(([tag]) => tag !== '#text'));
}
