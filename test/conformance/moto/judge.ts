/** What became of one suite's sentences, held against the differences that we know of. */
import { z } from 'zod';

/** A sentence of a contract suite that another implementation does not keep, and why ours is right. */
export interface KnownDifference {
  /** The suite's file, without its ending. */
  readonly suite: string;
  /** What the other one does instead. */
  readonly does: string;
  /** Where it stands what AWS does. */
  readonly page: string;
  /** The sentences that differ by it; absent: every sentence of the suite. */
  readonly sentences?: readonly string[];
}

/** The part of Vitest's JSON report that is read. */
export const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

export type SuiteReport = z.output<typeof Report>['testResults'][number];

export interface Judgement {
  readonly suite: string;
  readonly held: number;
  readonly known: number;
  /** Not tried, because the suite says that it cannot be here. */
  readonly skipped: number;
  /** Broken and not known of. */
  readonly unexpected: readonly string[];
  /** Known of, but kept, or nowhere in the suite. */
  readonly vanished: readonly string[];
}

export function judge(
  { name, status: state, message, assertionResults }: SuiteReport,
  differences: readonly KnownDifference[],
): Judgement {
  const suite = /([^/]+)\.conformance\.ts$/.exec(name)?.[1] ?? name;
  const ours = differences.filter((difference) => difference.suite === suite);
  const isKnown = (sentence: string) => ours.some(({ sentences }) => !sentences || sentences.includes(sentence));
  // Where the preparations of a suite fail, Vitest calls its sentences skipped; they were not left out on purpose.
  const isLeftOut = (one: SuiteReport['assertionResults'][number]) =>
    state === 'passed' && ['skipped', 'pending'].includes(one.status);
  const tried = assertionResults
    .filter((one) => !isLeftOut(one))
    .map(({ ancestorTitles, title, status, failureMessages }) => ({
      // The outermost title names the implementation.
      sentence: [...ancestorTitles.slice(1), title].join(': '),
      isKept: status === 'passed',
      why: failureMessages?.[0]?.split('\n')[0] ?? status,
    }));
  const broken = tried.filter(({ isKept }) => !isKept);
  const strange = broken.filter(({ sentence }) => !isKnown(sentence));
  const listed = ours.flatMap(({ sentences }) => sentences ?? tried.map(({ sentence }) => sentence));
  // A file that does not load has no sentences at all.
  const absent = assertionResults.length === 0 ? [`the suite did not run (${message ?? 'no test in it'})`] : [];
  return {
    suite,
    held: tried.length - broken.length,
    known: broken.length - strange.length,
    skipped: assertionResults.length - tried.length,
    unexpected: [...strange.map(({ sentence, why }) => `${sentence} (${why})`), ...absent],
    vanished: listed.filter((sentence) => !broken.some((one) => one.sentence === sentence)),
  };
}
