import { modelValidated, trainingFailed } from '@dropforge/events';
import { type Run, type State, states } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import { buttonsOf } from './buttons.ts';
import { renderMessage } from './render-message.ts';

const { runId, modelDigest } = modelValidated.example;

function run(state: State, facts: Run['facts'] = {}): Run {
  const times = { createdAt: '', updatedAt: '' };
  return { runId, project: 'p', state, attempt: 2, revision: 1, ...times, facts, history: [], outbox: [], nudges: 0 };
}
const withModel = (approval: string) => ({
  'model.validated': { ...modelValidated.example, deployment: { to: 'group', approval } },
});
const actions = (shown: Run) => buttonsOf(shown).map(({ action_id: id }) => id);
const valuesOf = (shown: Run) => buttonsOf(shown).map(({ value = '' }) => JSON.parse(value));

describe('the buttons of a run', () => {
  it('approve or reject exactly the model that is shown, in the attempt that is shown', () => {
    const waiting = run('awaiting-approval', withModel('manual'));
    expect(actions(waiting)).toEqual(['dropforge.approve', 'dropforge.decline']);
    expect(valuesOf(waiting)).toEqual([
      { action: 'approve', runId, attempt: 2, modelDigest },
      { action: 'decline', runId, attempt: 2, modelDigest },
    ]);
  });

  it('do not ask for an approval that nobody needs', () => {
    expect(actions(run('awaiting-approval', withModel('auto')))).toEqual(['dropforge.cancel']);
  });

  it('call off what goes on, and retry what can be retried from something', () => {
    expect(valuesOf(run('training'))).toEqual([{ action: 'cancel', runId, attempt: 2 }]);
    const failed = run('failed', { 'training.failed': trainingFailed.example, 'config.rendered': {} });
    expect(valuesOf(failed)).toEqual([{ action: 'retry', runId, attempt: 2 }]);
    expect(actions(run('failed'))).toEqual([]);
  });

  it('are none where nothing can be done', () => {
    for (const state of ['deploying', 'deployed', 'finished', 'cancelled'] as const)
      expect(actions(run(state))).toEqual([]);
  });

  it('fit what Slack allows, in every state', () => {
    for (const state of Object.keys(states) as State[]) {
      const buttons = buttonsOf(run(state, withModel('manual'))); // Object.keys forgets the names
      expect(new Set(buttons.map(({ action_id: id }) => id)).size).toBe(buttons.length);
      for (const { value = '', text, confirm } of buttons) {
        expect(value.length).toBeLessThanOrEqual(2_000);
        expect(text.text.length).toBeLessThanOrEqual(75);
        expect(confirm?.confirm?.text.length ?? 0).toBeLessThanOrEqual(30);
      }
    }
  });

  it('stand in the message only where clicks are taken', () => {
    const types = (withButtons: boolean) =>
      renderMessage(run('training'), { apiUrl: undefined, withButtons }).blocks.map(({ type }) => type);
    expect(types(true)).toContain('actions');
    expect(types(false)).not.toContain('actions');
  });
});
