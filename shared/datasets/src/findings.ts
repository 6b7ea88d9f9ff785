import { type FindingCode, findingCodes } from './finding-codes.ts';

export type { FindingCode };

/** `error` refuses the drop; `warning` is told and lived with. */
export type Severity = 'error' | 'warning';

/** One kind of fault with all its places: what happened, where, what to do. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** What happened, one sentence, with numbers. */
  readonly message: string;
  /** What to do, one sentence. */
  readonly action: string;
  /** How many places have it. */
  readonly count: number;
  /** The first places, at most `EXAMPLES_KEPT`. */
  readonly examples: readonly FindingExample[];
}

export interface FindingExample {
  /** Path inside the drop, class name, or empty when the whole drop is meant. */
  readonly where: string;
  readonly detail: string;
}

export const EXAMPLES_KEPT = 20;

/** Collects findings by code, so that a million faults cost the memory of twenty. */
export class FindingLog {
  readonly #byCode = new Map<FindingCode, { count: number; examples: FindingExample[] }>();

  add(code: FindingCode, where: string, detail: string, count = 1): void {
    const known = this.#byCode.get(code) ?? { count: 0, examples: [] };
    known.count += count;
    if (known.examples.length < EXAMPLES_KEPT)
      known.examples.push({ where: printable(where), detail: printable(detail) });
    this.#byCode.set(code, known);
  }

  count(code: FindingCode): number {
    return this.#byCode.get(code)?.count ?? 0;
  }

  /** Errors first, then warnings, each in the order of the catalogue. `isRaised` turns a tolerated kind into an error. */
  findings(isRaised: (code: FindingCode) => boolean = () => false): Finding[] {
    const findings: Finding[] = [];
    for (const [code, kind] of Object.entries(findingCodes) as [FindingCode, (typeof findingCodes)[FindingCode]][]) {
      // Object.entries forgets the key type
      const known = this.#byCode.get(code);
      if (known === undefined) continue;
      const severity: Severity = kind.kind === 'error' || isRaised(code) ? 'error' : 'warning';
      const message = kind.message(known.count, known.examples[0]?.detail ?? '');
      findings.push({ code, severity, message, action: kind.action, count: known.count, examples: known.examples });
    }
    return [...findings.filter((f) => f.severity === 'error'), ...findings.filter((f) => f.severity === 'warning')];
  }
}

/** Reading stops here: the drop as a whole cannot be accepted. Not a fault of ours, so no retry helps. */
export class DropRefused extends Error {
  readonly code: FindingCode;
  readonly where: string;

  constructor(code: FindingCode, where: string, detail: string) {
    super(detail);
    this.name = 'DropRefused';
    this.code = code;
    this.where = where;
  }
}

/** One entry cannot be read; the others can. */
export class UnreadableEntry extends Error {
  readonly code: FindingCode;

  constructor(code: FindingCode, detail: string) {
    super(detail);
    this.name = 'UnreadableEntry';
    this.code = code;
  }
}

/** Control characters and text-direction marks would let a name forge the text around it; they are shown as escapes. */
export function printable(text: string): string {
  const visible = text.replace(
    /[\p{Cc}\u2028\u2029\p{Bidi_Control}\uFEFF]|\p{Cs}/gu,
    (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return visible.length > 300 ? `${visible.slice(0, 297)}...` : visible;
}
