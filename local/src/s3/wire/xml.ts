/** S3's XML, written and read. */

import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { S3Error } from './s3-error.ts';

/** Objects become child elements in their own order, arrays repeat the element, undefined leaves it out. */
export type XmlContent = string | number | boolean | undefined | XmlContent[] | { [name: string]: XmlContent };

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole document. Error documents are the only ones without S3's namespace. */
export function writeXml(root: string, content: XmlContent, { namespace = true } = {}): string {
  const open = namespace ? `${root} xmlns="${NAMESPACE}"` : root;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${open}>${writeContent(content)}</${root}>`;
}

function writeContent(content: XmlContent): string {
  if (content === undefined) return '';
  if (typeof content !== 'object') return escapeText(String(content));
  if (Array.isArray(content)) throw new TypeError('an array of elements needs a name: put it in an object');
  return Object.entries(content)
    .flatMap(([name, child]) =>
      Array.isArray(child) ? child.map((one) => [name, one] as const) : [[name, child] as const],
    )
    .map(([name, child]) => (child === undefined ? '' : `<${name}>${writeContent(child)}</${name}>`))
    .join('');
}

/**
 * Escapes text. S3 writes control characters as numeric references, which XML 1.0 forbids for most of them:
 * a client that lists such keys asks for `encoding-type=url`.
 */
function escapeText(text: string): string {
  return text.replace(/[&<>"\p{Cc}\uFFFE\uFFFF]/gu, (character) => {
    const named = NAMED[character];
    return named ?? `&#x${(character.codePointAt(0) ?? 0).toString(16)};`;
  });
}

const NAMED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** One element of a request's document. */
export interface XmlElement {
  readonly text: string;
  /** All children of this name, in order. */
  all(name: string): XmlElement[];
  /** The text of the first child of this name. */
  textOf(name: string): string | undefined;
}

/** Reads a request's document, which must have one root, of the given name. Throws MalformedXML. */
export function readXml(document: string, root: string): XmlElement {
  // A document type may define entities that expand without end; no S3 request has one.
  if (document.includes('<!DOCTYPE') || XMLValidator.validate(document) !== true) throw new S3Error('MalformedXML');
  const parsed = parse(document);
  const roots = Object.keys(parsed).filter((name) => name !== '?xml' && name !== '#text');
  const [element, second] = elementOf(parsed).all(root);
  if (!element || second || roots.length > 1) throw new S3Error('MalformedXML');
  return element;
}

function parse(document: string): object {
  try {
    return parser.parse(document);
  } catch {
    throw new S3Error('MalformedXML'); // the parser takes no element whose name every JavaScript object has
  }
}

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false, // a key may start or end with a space
  processEntities: false, // decoded below, after the parser: it does not read numeric references
});

function elementOf(node: unknown): XmlElement {
  return {
    text: typeof node === 'string' ? decodeText(node) : '',
    all: (name) => childrenOf(node, name).map(elementOf),
    textOf: (name) => childrenOf(node, name).map((child) => elementOf(child).text)[0],
  };
}

function childrenOf(node: unknown, name: string): unknown[] {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, name)) return [];
  const child: unknown = Reflect.get(node, name);
  return Array.isArray(child) ? child : [child];
}

function decodeText(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/g,
    (reference, hex, decimal, name) => {
      if (name) return ENTITIES[name] ?? reference;
      const codePoint = hex ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10);
      return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : reference;
    },
  );
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
