import {
  configRendered,
  datasetRejected,
  datasetValidated,
  deploymentStarted,
  modelValidated,
  type Reason,
} from '@dropforge/events';
import { type Run, type State, states } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import { renderMessage } from './render-message.ts';

const run: Run = {
  runId: 'run-mzxw6ytboi2gk3tdmfza',
  project: 'flowers',
  state: 'training',
  attempt: 1,
  revision: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  facts: {},
  history: [],
  outbox: [],
  nudges: 0,
};

function rejected(reasons: Reason[], reasonCount = reasons.length): Run {
  return {
    ...run,
    state: 'rejected',
    facts: { 'dataset.rejected': { ...datasetRejected.example, reasons, reasonCount } },
    history: [{ at: run.createdAt, event: 'dataset.rejected', attempt: 1, from: 'received', to: 'rejected' }],
  };
}

const plainly = { apiUrl: undefined, withButtons: false };
const textOf = (shown: Run) => JSON.stringify(renderMessage(shown, plainly).blocks);
/** The text of the section with the reasons. */
function reasonsOf(shown: Run): string {
  const block = renderMessage(shown, plainly).blocks[1];
  return block?.type === 'section' ? (block.text?.text ?? '') : '';
}

describe('a message', () => {
  it('says where the run is, and which it is', () => {
    const { text, blocks } = renderMessage(
      { ...run, attempt: 2 },
      { apiUrl: 'https://api.example.com', withButtons: false },
    );
    expect(text).toBe(':weight_lifter: flowers: training');
    expect(blocks).toEqual([
      { type: 'section', text: { type: 'mrkdwn', text: '*:weight_lifter: flowers: training*', verbatim: true } },
      {
        type: 'context',
        elements: [
          {
            type: 'mrkdwn',
            text: '`run-mzxw6ytboi2gk3tdmfza` · attempt 2 · <https://api.example.com/runs/run-mzxw6ytboi2gk3tdmfza|details>',
            verbatim: true,
          },
        ],
      },
    ]);
  });

  it('has words for every state', () => {
    for (const state of Object.keys(states) as State[]) // Object.keys forgets the names
      expect(renderMessage({ ...run, state }, plainly).text).toMatch(/^:[a-z_]+: flowers: \S/);
  });

  it('tells what was found so far', () => {
    const facts = {
      'dataset.validated': { ...datasetValidated.example },
      'model.validated': { ...modelValidated.example },
      'deployment.started': { ...deploymentStarted.example },
    };
    const text = textOf({ ...run, state: 'deploying', facts });
    for (const part of [
      '3600 + 400 images, 5 classes',
      '91.00 % (integer model)',
      'flowers-ababababab',
      '*Devices*\\n2',
    ])
      expect(text).toContain(part);
  });

  it('tells what the run will cost, then what it has cost, where that is known', () => {
    const facts = { 'config.rendered': { ...configRendered.example } };
    expect(textOf({ ...run, facts })).toContain('*Cost*\\nabout 0.39 USD');
    const job = { instanceType: 'ml.g5.xlarge', instanceCount: 1, spot: true, billedSeconds: 9, seconds: 27 };
    const costs = { a: { ...job, usd: 0.1, savedUsd: 0.2 } };
    expect(textOf({ ...run, facts, costs })).toContain('*Cost*\\n0.10 USD, 0.20 saved by spare capacity');
    expect(textOf(run)).not.toContain('Cost');
  });

  it('says what to fix when the drop is rejected', () => {
    expect(reasonsOf(rejected([...datasetRejected.example.reasons]))).toBe(
      '• *EMPTY_CLASS* The class "tulip" has no image. (`flowers/tulip/`)\n    _Add images to the folder or remove it._',
    );
  });

  it('does not show the reasons of an earlier attempt', () => {
    const again: Run = { ...rejected([...datasetRejected.example.reasons]), state: 'received', attempt: 2 };
    expect(textOf(again)).not.toContain('EMPTY_CLASS');
  });
});

describe("other people's names", () => {
  it('become no links, mentions, code spans or lines', () => {
    const reason = {
      code: 'EMPTY_CLASS',
      message: 'The class "<!channel> & <https://evil.example|click>" is ```empty```.\n• *FAKE* line',
      where: 'a`b<@U123>/',
      action: '<#C1>\n`rm`',
    };
    expect(reasonsOf(rejected([reason]))).toBe(
      [
        `• *EMPTY_CLASS* The class "&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;" is '''empty'''. • *FAKE* line (\`a'b&lt;@U123&gt;/\`)`,
        `    _&lt;#C1&gt; 'rm'_`,
      ].join('\n'),
    );
    const { text } = renderMessage({ ...run, project: '<!here>\n`x`' }, plainly);
    expect(text).toBe(":weight_lifter: &lt;!here&gt; 'x': training");
  });
});

describe("Slack's limits", () => {
  const long = (text: string, count: number): Reason[] =>
    Array.from({ length: count }, (_, index) => ({
      code: 'BROKEN_IMAGE',
      message: `${index} ${text.repeat(900)}`.slice(0, 1_000),
      where: text.repeat(1_000).slice(0, 1_100),
      action: text.repeat(900).slice(0, 1_000),
    }));

  it.each(['x', '&', '🌷', 'a b '])('hold for twenty reasons full of "%s"', (text) => {
    const shown = rejected(long(text, 20), 4_711);
    const section = reasonsOf(shown);
    expect(section.length).toBeGreaterThan(1_000);
    expect(section.length).toBeLessThanOrEqual(3_000);
    expect(section.isWellFormed()).toBe(true);
    const lines = section.split('\n');
    const told = lines.filter((line) => line.startsWith('•')).length;
    expect(told).toBeGreaterThan(0);
    expect(lines.at(-1)).toBe(`… and ${4_711 - told} more; the report has them all.`);
    expect(section.match(/&(?!amp;)/g)).toBeNull();
    expect((section.match(/`/g) ?? []).length).toBe(2 * told);
  });

  it('hold for the other parts: fifty blocks, ten fields, a title of a hundred characters that all grow', () => {
    const facts = {
      ...rejected(long('&', 20)).facts,
      'dataset.validated': { ...datasetValidated.example },
      'model.validated': { ...modelValidated.example, modelId: '&'.repeat(128) },
      'deployment.started': { ...deploymentStarted.example, devices: Array(1_000).fill('d') },
    };
    const { text, blocks } = renderMessage({ ...rejected(long('&', 20)), project: '&'.repeat(100), facts }, plainly);
    expect(text.length).toBeLessThan(3_000);
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const block of blocks) {
      if (block.type !== 'section') continue;
      expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3_000);
      expect(block.fields?.length ?? 0).toBeLessThanOrEqual(10);
      for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2_000);
    }
  });
});
