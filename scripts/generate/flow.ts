import { events } from '@dropforge/events';
import { retry, states, transitions } from '@dropforge/pipeline-state';
import { listenersOf } from './event-catalogue.ts';
import type { Trigger } from './service-triggers.ts';

/** `docs/flow.md`: the moves of a run, the events that make them and the services on both ends, in one page. */
export function flowPage(triggers: readonly Trigger[]): string {
  const arrows = Object.entries(transitions).flatMap(([name, { from, to }]) =>
    from.map((state) => `  ${state === 'none' ? '[*]' : id(state)} --> ${id(to)}: ${name}`),
  );
  const shown = arrows.filter((line) => !/run\.(cancelled|stalled)/.test(line) && !isShortCut(line));
  const rows = events.map(({ name, publisher }) => {
    const move = name === 'run.retried' ? undefined : transitions[name];
    const from = move ? move.from.join(', ') : retry.from.join(', ');
    return `| \`${name}\` | ${publisher} | ${listenersOf(name, triggers).join(', ')} | ${from} | ${move?.to ?? 'the last stage that worked'} |`;
  });
  const timers = Object.entries(states).map(
    ([state, { rank, overdueAfterSeconds }]) => `| ${state} | ${rank} | ${overdueAfterSeconds ?? 'rests'} |`,
  );
  const others = triggers
    .filter(({ kind }) => kind !== 'event')
    .map(
      (trigger) =>
        `| ${trigger.hears.map((heard) => `\`${heard.replaceAll('|', '\\|')}\``).join('<br>')} | ${trigger.function} |`,
    );
  return [
    '# The flow of a run',
    '',
    '<!-- Generated from shared/pipeline-state and services/*/service.yml by `npm run build`. Do not edit. -->',
    '',
    '```mermaid',
    'stateDiagram-v2',
    ...shown,
    '```',
    '',
    'Left out of the picture: `run.cancelled` and `run.stalled` leave every open state, and a job may end before the note of its',
    'start is written.',
    '',
    '## Moves',
    '',
    '| event | said by | heard by | from | to |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '## Triggers from outside',
    '',
    '| what | function |',
    '|---|---|',
    ...new Set(others),
    '',
    '## States',
    '',
    'The rank grows within an attempt. A run that stays longer than the limit is asked about by the reconciler.',
    '',
    '| state | rank | silent after (s) |',
    '|---|---|---|',
    ...timers,
    '',
  ].join('\n');
}

/** The end of a job from a state before its start: legal, and rare. */
function isShortCut(arrow: string): boolean {
  return (
    (/: training\.(completed|failed|stopped)$/.test(arrow) && !arrow.includes('  training -->')) ||
    (/: conversion\.(completed|failed)$/.test(arrow) && !arrow.includes('  converting -->'))
  );
}

const id = (state: string) => state.replaceAll('-', '_');
