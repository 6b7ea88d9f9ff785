import { readdirSync } from 'node:fs';
import { type EventName, events } from '@dropforge/events';
import {
  actionable,
  isTerminal,
  jobNames,
  retry,
  runIdOf,
  type State,
  states,
  transitions,
} from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import { listenersOf } from '../../scripts/generate/event-catalogue.ts';
import { generatedFiles, readIfThere } from '../../scripts/generate/index.ts';
import { serviceTriggers } from '../../scripts/generate/service-triggers.ts';
import { root, sourceFiles } from './source-files.ts';

const names = events.map(({ name }) => name);
const triggers = serviceTriggers(root, new Set(names));
const services = readdirSync(`${root}services`);

describe('every event', () => {
  it.each(events.map((contract) => [contract.name, contract] as const))(
    '%s has a valid example',
    (_, { data, example }) => {
      expect(data.parse(example)).toEqual(example);
    },
  );

  it.each(events.map((contract) => [contract.name, contract] as const))(
    '%s is said by one service, in its code',
    (_, { name, publisher }) => {
      expect(services).toContain(publisher);
      const variable = name.replaceAll(/[.-](\w)/g, (_match, letter: string) => letter.toUpperCase());
      const speakers = sourceFiles(/^services\/[^/]+\/src\/.*\.ts$/).filter(
        ({ path, text }) => !path.endsWith('.test.ts') && new RegExp(`\\b${variable}\\b(\\.of\\(|\\s*:)`).test(text),
      );
      expect(speakers.map(({ path }) => path.split('/')[1])).toContain(publisher);
    },
  );

  it.each(names)('%s is heard by somebody besides those who only tell, or ends the run', (name) => {
    const hearers = listenersOf(name, triggers).filter((hearer) => hearer !== 'notifier' && hearer !== 'webhooks');
    const end = name !== 'run.retried' && isTerminal(transitions[name].to);
    const rests: EventName[] = [
      'training.queued',
      'training.deferred',
      'training.started',
      'conversion.started',
      'run.retried',
    ];
    expect(hearers.length > 0 || end || rests.includes(name), `nobody acts on ${name}`).toBe(true);
  });

  it('has a place in the table of moves', () => {
    expect([...Object.keys(transitions), 'run.retried'].sort()).toEqual([...names].sort());
  });

  it('is heard from its own publisher only', () => {
    const publisherOf = new Map<string, string>(events.map(({ name, publisher }) => [name, `dropforge.${publisher}`]));
    const named = triggers.filter(({ kind, sources }) => kind === 'event' && sources);
    expect(named.length).toBeGreaterThan(8);
    for (const { hears, service, sources } of named) {
      for (const name of hears) expect(sources, `${service} hears ${name}`).toEqual([publisherOf.get(name)]);
    }
  });
});

describe('the table of moves', () => {
  it('raises the rank with every move', () => {
    for (const [name, { from, to }] of Object.entries(transitions)) {
      for (const state of from) {
        const nextAttempt = name === 'training.deferred' && (state === 'training' || state === 'waiting-capacity');
        if (state === 'none' || nextAttempt) continue;
        expect(states[to].rank, `${name}: ${state} → ${to}`).toBeGreaterThan(states[state].rank);
      }
    }
  });

  it('lets every state be reached', () => {
    const reached = new Set(Object.values(transitions).map(({ to }) => to));
    expect([...reached].sort()).toEqual(Object.keys(states).sort());
  });

  it('lets every open state end, and be called off', () => {
    const open = (Object.keys(states) as State[]).filter((state) => !isTerminal(state));
    for (const state of open) {
      const exits = Object.entries(transitions).filter(([, { from }]) => (from as readonly string[]).includes(state));
      expect(
        exits.map(([name]) => name),
        state,
      ).toContain('run.stalled');
      if (state !== 'deploying')
        expect(
          exits.map(([name]) => name),
          state,
        ).toContain('run.cancelled');
    }
  });

  it('lets every failure be retried from facts that the run has', () => {
    for (const state of retry.from) expect(isTerminal(state)).toBe(true);
    for (const name of retry.resume) expect(actionable[name]).toContain(transitions[name].to);
  });
});

it("names jobs within SageMaker's rules for the longest ids", () => {
  const name = jobNames('x'.repeat(16)).of('convert', runIdOf('x'), 99_999);
  expect(name.length).toBeLessThanOrEqual(63);
  expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
});

it.each([...generatedFiles(root)])('%s is current: run `npm run build`', (path, text) => {
  expect(readIfThere(`${root}${path}`)).toBe(text);
});
