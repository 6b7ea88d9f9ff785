/** `node world.ts DIRECTORY`: a whole cloud from the drops to the end of the last run, as `plan.json` in the directory says. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '@dropforge/local';
import { hurryRetries } from '../hurry-retries.ts';
import { type SimulatedTime, simulateTime } from '../simulated-time.ts';
import { type Weather, weatherOf } from '../weather/weather.ts';
import { dropAll } from './drops.ts';
import { isOver, look } from './look.ts';
import { readPlan, writeOutcome } from './plan.ts';
import { putPoison } from './poisoned-events.ts';
import { startWorld } from './start-world.ts';
import { createWork, type Work } from './work.ts';

/** Far longer than any run needs. */
const longestHours = 24;
const lookMilliseconds = 15 * 60_000;
const hourMilliseconds = 3_600_000;
const keepMilliseconds = 200;

interface World {
  readonly cloud: Cloud;
  readonly directory: string;
  readonly runIds: readonly string[];
  readonly time: SimulatedTime;
  readonly work: Work;
  readonly weather: Weather;
}

const [, , directory = ''] = process.argv;
await main(directory);
process.exit(0);

async function main(directory: string): Promise<void> {
  hurryRetries();
  const plan = readPlan(directory);
  const timeFile = join(directory, 'time');
  const keepTime = (now: number) => writeFileSync(timeFile, String(now));
  const time = simulateTime(readNumber(timeFile) ?? 0, keepTime);
  // Time goes on between leaps as well, and must not go back after a death.
  setInterval(() => keepTime(time.now()), keepMilliseconds).unref();
  const work = createWork();
  let runIds: readonly string[] = [];
  let begun = false;
  const weather = weatherOf(plan, { runIds: () => runIds, begun: () => begun });
  const cloud = await startWorld({ directory, runs: plan.runs, time, work, weather });
  runIds = await dropAll(cloud, directory, plan.runs);
  putPoison(cloud, directory, plan);
  begun = true;
  await live({ cloud, directory, runIds, time, work, weather });
  await cloud.stop();
}

/** Leaps whenever nothing is being done, until nothing is left to do. */
async function live({ cloud, directory, runIds, time, work, weather }: World): Promise<void> {
  const startFile = join(directory, 'started');
  if (!existsSync(startFile)) writeFileSync(startFile, String(time.now()));
  const started = readNumber(startFile) ?? time.now();
  for (let looked = time.now(); ; time.leap()) {
    await work.quiet();
    const hours = (time.now() - started) / hourMilliseconds;
    // Asking the table is work as well, so it is not asked at every leap.
    if (time.now() < looked + lookMilliseconds) continue;
    looked = time.now();
    if (hours < longestHours && !(await isOver(cloud, runIds))) continue;
    const outcome = await look(cloud, runIds, directory);
    return writeOutcome(directory, { ...outcome, calls: Object.fromEntries(weather.calls), simulatedHours: hours });
  }
}

function readNumber(file: string): number | undefined {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}
