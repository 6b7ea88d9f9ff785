import { describe, expect, it } from 'vitest';
import { judge, type KnownDifference, type SuiteReport } from './judge.ts';

const report = (sentences: Record<string, 'passed' | 'failed' | 'skipped'>): SuiteReport => ({
  name: '/somewhere/s3.conformance.ts',
  status: Object.values(sentences).includes('failed') ? 'failed' : 'passed',
  assertionResults: Object.entries(sentences).map(([title, status]) => ({
    ancestorTitles: ["moto keeps S3's contract", 'objects'],
    title,
    status,
    failureMessages: status === 'failed' ? ['AssertionError: expected 1 to be 2\n    at somewhere'] : [],
  })),
});
const known = (...sentences: string[]): KnownDifference => ({ suite: 's3', does: 'x', page: 'https://x', sentences });

describe('a suite', () => {
  it('that keeps every sentence has nothing to tell', () => {
    expect(judge(report({ a: 'passed', b: 'passed' }), [])).toEqual({
      ...{ suite: 's3', held: 2, known: 0, skipped: 0 },
      ...{ unexpected: [], vanished: [] },
    });
  });

  it('may break a sentence that is known of, in its own suite only', () => {
    expect(judge(report({ a: 'failed', b: 'passed' }), [known('objects: a')])).toMatchObject({ held: 1, known: 1 });
    const other = { ...known('objects: a'), suite: 'sqs' };
    expect(judge(report({ a: 'failed' }), [other]).unexpected).toEqual([
      'objects: a (AssertionError: expected 1 to be 2)',
    ]);
  });

  it('may not keep a sentence that is listed as broken, nor list one that is not there', () => {
    const { vanished } = judge(report({ a: 'passed' }), [known('objects: a', 'objects: renamed')]);
    expect(vanished).toEqual(['objects: a', 'objects: renamed']);
  });

  it('that is broken as a whole must be so in every sentence', () => {
    const { sentences: _, ...whole } = known();
    expect(judge(report({ a: 'failed', b: 'failed' }), [whole])).toMatchObject({ known: 2, vanished: [] });
    expect(judge(report({ a: 'failed', b: 'passed' }), [whole])).toMatchObject({ known: 1, vanished: ['objects: b'] });
  });

  it('may leave sentences out, which are neither kept nor broken', () => {
    expect(judge(report({ a: 'skipped' }), [])).toMatchObject({ held: 0, skipped: 1, unexpected: [] });
  });

  it('whose preparations fail has kept nothing, although no sentence was tried', () => {
    const unprepared = { ...report({ a: 'skipped' }), status: 'failed' };
    expect(judge(unprepared, [])).toMatchObject({ held: 0, skipped: 0, unexpected: ['objects: a (skipped)'] });
  });

  it('that did not load has failed', () => {
    expect(judge({ ...report({}), message: 'SyntaxError' }, []).unexpected).toEqual([
      'the suite did not run (SyntaxError)',
    ]);
  });
});
