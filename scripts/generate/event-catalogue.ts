import { events } from '@dropforge/events';
import type { Trigger } from './service-triggers.ts';

/** `docs/events.md`: every event, who says it, who hears it, an example. */
export function eventCatalogue(triggers: readonly Trigger[]): string {
  const sections = events.map(({ name, summary, publisher, version, example }) => {
    const hearers = listenersOf(name, triggers);
    return [
      `## \`${name}\``,
      '',
      summary,
      '',
      `Said by **${publisher}** (\`source: dropforge.${publisher}\`), version ${version}. Heard by ${hearers.map((hearer) => `**${hearer}**`).join(', ')}. Schema: [\`${name}.schema.json\`](../events/schemas/${name}.schema.json).`,
      '',
      '```json',
      JSON.stringify(example, null, 2),
      '```',
      '',
    ].join('\n');
  });
  return `${head}\n${sections.join('\n')}`;
}

export function listenersOf(name: string, triggers: readonly Trigger[]): string[] {
  const hearing = triggers.filter(({ hears }) => hears.includes(name)).map(({ service }) => service);
  return [...new Set(hearing)];
}

const head = `# Events

<!-- Generated from events/src and services/*/service.yml by \`npm run build\`. Do not edit. -->

Everything that happens is an event on the EventBridge bus \`dropforge-<stage>\`. The \`detail\` of each is
\`{ version, eventId, occurredAt, data }\`; below stands the \`data\`. Delivery is at least once: the same fact always has
the same \`eventId\`. Anyone may say \`training.requested\`; the rest are said by the services named.
`;
