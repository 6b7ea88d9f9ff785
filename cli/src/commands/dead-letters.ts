import { awsError } from '../aws/aws-error.ts';
import { createLambda } from '../aws/lambda.ts';
import { CliError } from '../cli-error.ts';
import { type Context, report } from '../context.ts';
import type { DeadLetter } from '../dead-letters/dead-letter.ts';
import { type DeadLetterQueues, openDeadLetterQueues } from '../dead-letters/queues.ts';
import { redrive } from '../dead-letters/redrive.ts';
import { ask } from '../terminal/ask.ts';
import { formatTable } from '../terminal/table.ts';
import { formatCount, formatTime } from '../terminal/text.ts';

export interface SelectOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
}

/** `dropforge dead-letters list`: what could not be delivered or handled. */
export async function list(context: Context): Promise<void> {
  await withLetters(context, async (letters) => {
    report(context, { deadLetters: letters.map(toView) }, () => {
      if (letters.length === 0) return context.screen.note('There are no dead letters.');
      const rows = letters.map((letter) => [
        ...[shortId(letter), formatTime(letter.since), letter.event.type, letter.functionName ?? letter.givenUpBy],
        `${letter.error.code}: ${letter.error.message}`.slice(0, 80).split('\n')[0] ?? '',
      ]);
      for (const line of formatTable([['ID', 'SINCE (UTC)', 'EVENT', 'FOR', 'ERROR'], ...rows])) {
        context.screen.line(line);
      }
    });
    return letters;
  });
}

/** `dropforge dead-letters show <id>`: one of them with its event. */
export async function show(context: Context, id: string): Promise<void> {
  await withLetters(context, async (letters) => {
    const letter = find(letters, id);
    report(context, toView(letter), () => {
      for (const line of describe(letter)) context.screen.line(line);
    });
    return letters;
  });
}

/** `dropforge dead-letters redrive [id…]`: sends them on their way again. */
export async function redriveLetters(context: Context, ids: readonly string[], options: SelectOptions): Promise<void> {
  await withLetters(context, async (letters, queues) => {
    const chosen = choose(letters, ids, options);
    const { cloud } = await context.connect();
    const lambda = createLambda(cloud.aws);
    for (const letter of chosen) {
      await redrive(letter, lambda, queues);
      const to = letter.functionName ?? 'its queue';
      if (!context.json) context.screen.line(`Sent ${letter.event.type} to ${to} again.`);
    }
    report(context, { redriven: chosen.map(({ id }) => id) }, () => {
      const outcome = 'If a function fails again, its event is back here within minutes.';
      context.screen.note(chosen.length === 0 ? 'There are no dead letters.' : outcome);
    });
    return letters.filter((letter) => !chosen.includes(letter));
  });
}

/** `dropforge dead-letters drop [id…]`: forgets them, after asking. */
export async function dropLetters(context: Context, ids: readonly string[], options: SelectOptions): Promise<void> {
  await withLetters(context, async (letters, queues) => {
    const chosen = choose(letters, ids, options);
    await confirm(context, chosen, options);
    for (const letter of chosen) await queues.remove(letter);
    report(context, { dropped: chosen.map(({ id }) => id) }, () => {
      context.screen.line(`Dropped ${formatCount(chosen.length, 'dead letter')}.`);
    });
    return letters.filter((letter) => !chosen.includes(letter));
  });
}

/** Reads all letters, and gives back those that `work` still holds at its end, however it ends. */
async function withLetters(
  context: Context,
  work: (letters: DeadLetter[], queues: DeadLetterQueues) => Promise<readonly DeadLetter[]>,
): Promise<void> {
  const { cloud } = await context.connect();
  const queues = openDeadLetterQueues(cloud);
  let held: readonly DeadLetter[] = [];
  try {
    const letters = await queues.read();
    held = letters;
    held = await work(letters, queues);
  } catch (error) {
    throw awsError(error, cloud.name);
  } finally {
    await queues.release(held).catch(() => {}); // they are free again by themselves after two minutes
  }
}

function choose(letters: readonly DeadLetter[], ids: readonly string[], { all }: SelectOptions): DeadLetter[] {
  if (all && ids.length === 0) return [...letters];
  if (!all && ids.length > 0) return [...new Set(ids.map((id) => find(letters, id)))];
  throw new CliError('usage', 'NOTHING_CHOSEN', 'Name dead letters, or say --all; one of both.', {
    action: 'dropforge dead-letters list shows their ids.',
  });
}

function find(letters: readonly DeadLetter[], id: string): DeadLetter {
  const [found, another] = letters.filter((letter) => letter.id.startsWith(id));
  if (found && !another) return found;
  const action = 'dropforge dead-letters list shows their ids.';
  if (another) throw new CliError('usage', 'ID_AMBIGUOUS', `Several dead letters begin with "${id}".`, { action });
  throw new CliError('notFound', 'NO_SUCH_DEAD_LETTER', `There is no dead letter "${id}".`, { action });
}

async function confirm(context: Context, letters: readonly DeadLetter[], { yes }: SelectOptions): Promise<void> {
  if (yes || letters.length === 0) return;
  const question = `Forget ${formatCount(letters.length, 'event')} for ever? [y/N] `;
  const answer = await ask(context.terminal, question, context.signal);
  if (answer !== undefined && /^y(es)?$/i.test(answer.trim())) return;
  throw new CliError('refused', 'NOT_CONFIRMED', 'Nothing was dropped.', { action: 'Say y, or give --yes.' });
}

const shortId = ({ id }: DeadLetter) => id.slice(0, 8);

/** Without the receipt, which only says who holds it. */
function toView({ receipt: _, payload, ...letter }: DeadLetter) {
  return { ...letter, payload: parseJson(payload) };
}

function describe(letter: DeadLetter): string[] {
  const facts = [
    ['Dead letter', letter.id],
    ['Since', `${formatTime(letter.since)} UTC`],
    ['Event', `${letter.event.type} ${letter.event.id}`],
    ['Run', letter.event.runId ?? ''],
    ['For', letter.functionName ?? ''],
    ['Rule', letter.rule ?? ''],
    ['Given up by', letter.givenUpBy],
    ['Tried', letter.attempts === undefined ? '' : formatCount(letter.attempts, 'time')],
    ['Error', `${letter.error.code}: ${letter.error.message}`],
  ].filter(([, value]) => value !== '');
  const next = letter.destination ? 'redrive' : 'drop';
  const payload = JSON.stringify(parseJson(letter.payload), null, 2) ?? letter.payload;
  return [
    ...formatTable(facts),
    '',
    ...payload.split('\n'),
    '',
    `Next: dropforge dead-letters ${next} ${shortId(letter)}`,
  ];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
