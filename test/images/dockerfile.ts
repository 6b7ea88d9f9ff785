/** Reads our Dockerfiles: a small part of the language, strictly. What it does not know is an error, not a guess. */

export interface Instruction {
  readonly keyword: 'ARG' | 'ENV' | 'WORKDIR' | 'COPY' | 'RUN' | 'ENTRYPOINT' | 'CMD';
  /** Everything behind the keyword, on one line. */
  readonly text: string;
  readonly line: number;
}

export interface Stage {
  /** Another stage's name, or an image outside. */
  readonly from: string;
  readonly name?: string;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** Defaults of the arguments before the first stage. */
  readonly defaults: ReadonlyMap<string, string>;
  readonly stages: readonly Stage[];
}

/** @throws Error with the number of the line that is not understood */
export function readDockerfile(text: string): Dockerfile {
  const defaults = new Map<string, string>();
  const stages: { from: string; name?: string; instructions: Instruction[] }[] = [];
  for (const { text: logical, line } of logicalLines(text)) {
    const [, word = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(logical) ?? [];
    const stage = stages.at(-1);
    if (word === 'FROM') {
      const [, from, , name] = /^(\S+)( AS ([a-z]+))?$/.exec(rest) ?? [];
      if (from === undefined) throw fault(line, logical);
      stages.push({ from, instructions: [], ...(name === undefined ? {} : { name }) });
    } else if (stage === undefined) {
      const [, name, value] = (word === 'ARG' && /^(\w+)=(\S+)$/.exec(rest)) || [];
      if (name === undefined || value === undefined) throw fault(line, logical);
      defaults.set(name, value);
    } else if (isKeyword(word)) {
      stage.instructions.push({ keyword: word, text: rest, line });
    } else {
      throw fault(line, logical);
    }
  }
  return { defaults, stages };
}

/** The words of `ENTRYPOINT` and `CMD`. Only the exec form: a shell in between would keep signals from the program. */
export function execForm({ text, line }: Instruction): string[] {
  const words: unknown = text.startsWith('[') ? JSON.parse(text) : undefined;
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  throw new Error(`Line ${line}: "${text}" is not in exec form, so signals would not reach the program.`);
}

const keywords: readonly string[] = ['ARG', 'ENV', 'WORKDIR', 'COPY', 'RUN', 'ENTRYPOINT', 'CMD'];

function isKeyword(word: string): word is Instruction['keyword'] {
  return keywords.includes(word);
}

function fault(line: number, text: string): Error {
  return new Error(`Line ${line} is not understood: ${text}`);
}

/** Joins continued lines; comments may stand between them. */
function* logicalLines(text: string): Generator<{ text: string; line: number }> {
  let joined = '';
  let start = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (joined === '') start = index + 1;
    joined += line.endsWith('\\') ? `${line.slice(0, -1).trim()} ` : line;
    if (line.endsWith('\\')) continue;
    yield { text: joined, line: start };
    joined = '';
  }
  if (joined !== '') throw fault(start, joined);
}
