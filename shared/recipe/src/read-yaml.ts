import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { MAXIMUM_RECIPE_BYTES } from './choices.ts';
import { type Fault, NO_POSITIONS, type Position } from './fault.ts';
import { toPlainData, type YamlData } from './plain-data.ts';

const MAXIMUM_OPEN_BRACKETS = 64;
const MAXIMUM_INDICATORS_PER_LINE = 100;

/** Reads hostile YAML 1.2 as data: no tags, no merge keys, no large or deep values. Never throws. */
export function readYaml(text: string): YamlData & { readonly faults: readonly Fault[] } {
  const refusal = refuseBeforeParsing(text);
  if (refusal) return { data: undefined, positions: NO_POSITIONS, faults: [refusal] };

  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    logLevel: 'error', // at 'silent' a second document would go unnoticed
    merge: false,
    prettyErrors: false,
    resolveKnownTags: false,
    schema: 'core',
    stringKeys: true,
    uniqueKeys: false, // the parser compares every pair of keys; ours are checked in linear time
  });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const faults = [...document.errors, ...document.warnings].map((error) => syntaxFault(error, positionAt));
  if (faults.length > 0) return { data: undefined, positions: NO_POSITIONS, faults };
  return toPlainData(document.contents, positionAt);
}

/** The parser recurses, and running out of stack in it can end the process: what could is refused by counting first. */
function refuseBeforeParsing(text: string): Fault | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAXIMUM_RECIPE_BYTES) {
    const message = `The recipe has ${bytes} bytes; at most ${MAXIMUM_RECIPE_BYTES} are read.`;
    const action = 'Keep only the fields of a recipe in this file.';
    return { code: 'RECIPE_TOO_LARGE', path: '', nearest: [], message, action };
  }
  let open = 0;
  for (const [index, line] of text.split('\n').entries()) {
    open = Math.max(0, open + count(line, /[[{]/g) - count(line, /[\]}]/g));
    const indentation = line.length - line.trimStart().length;
    const brackets = open + count(line, /[\]}]/g);
    const indicators = count(line, /[-?:](?=\s|$)/g) + indentation;
    if (brackets <= MAXIMUM_OPEN_BRACKETS && indicators <= MAXIMUM_INDICATORS_PER_LINE) continue;
    const message = 'The text is nested deeper than a recipe can be.';
    const position = { line: index + 1, column: 1 };
    return { code: 'YAML_TOO_DEEP', path: '', nearest: [], message, action: 'Write it without nesting.', position };
  }
  return undefined;
}

function syntaxFault({ code, message: whole, pos }: YAMLError, positionAt: (offset: number) => Position): Fault {
  const message = whole.slice(0, 200); // it may quote the text
  const place = { path: '', nearest: [], position: positionAt(pos[0]) };
  if (code === 'TAG_RESOLVE_FAILED')
    return {
      ...place,
      code: 'YAML_TAG_REFUSED',
      message: `${message}.`,
      action: 'Remove the tag: a recipe is plain data.',
    };
  if (code === 'MULTIPLE_DOCS')
    return {
      ...place,
      code: 'YAML_SYNTAX',
      message: 'A second document starts here.',
      action: 'Keep one recipe a file.',
    };
  const sentence = `This is not readable as YAML: ${message.replace(/\.?$/, '.')}`;
  return { ...place, code: 'YAML_SYNTAX', message: sentence, action: 'Correct the text at this place.' };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
