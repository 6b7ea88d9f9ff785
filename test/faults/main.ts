/** `npm run faults -- --seed N --runs N`: runs the flow in a world where everything goes wrong, and compares its end. */
import { parseArgs } from 'node:util';
import { fewestRuns, hunt } from './hunt.ts';

const usage = `Usage: npm run faults -- [options]
  --seed N     start of everything that is left to chance   (one that is printed)
  --runs N     runs at once, at least ${fewestRuns}                     (200)
  --deaths N   how often the process is killed              (4)`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    runs: { type: 'string', default: '200' },
    deaths: { type: 'string', default: '4' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(usage);
else {
  const [seed, runs, deaths] = [whole('seed', values.seed), whole('runs', values.runs), whole('deaths', values.deaths)];
  await main(seed, runs, deaths).catch((error: Error) => {
    console.error(`${error.message}\n\n${again(seed, runs, deaths)}`);
    process.exitCode = 1;
  });
}

async function main(seed: number, runs: number, deaths: number): Promise<void> {
  console.log(`Fault tests: ${runs} runs at once, killed ${deaths} times, seed ${seed}`);
  const begun = performance.now();
  const { outcome, differences } = await hunt({ seed, runs, deaths });
  const calls = Object.values(outcome.calls);
  const sum = (name: 'calls' | 'refused') => calls.reduce((total, one) => total + one[name], 0);
  const seconds = Math.round((performance.now() - begun) / 1_000);
  console.log(
    `${outcome.simulatedHours.toFixed(1)} simulated hours in ${seconds} s; in the last life ${sum('calls')} calls to AWS, ${sum('refused')} of them refused`,
  );
  const states = Map.groupBy(outcome.runs, ({ run }) => run?.state ?? 'none');
  for (const [state, { length }] of states) console.log(`  ${String(length).padStart(4)} ${state}`);
  if (differences.length === 0) return console.log('Every run ended as it does when nothing goes wrong.');
  console.log(`\n${differences.length} differences; the first:\n\n${differences[0]}\n`);
  for (const difference of differences.slice(1, 20)) console.log(`- ${difference.split('\n', 1)[0]}`);
  console.log(`\n${again(seed, runs, deaths)}`);
  process.exitCode = 1;
}

function again(seed: number, runs: number, deaths: number): string {
  return `Again: npm run faults -- --seed ${seed} --runs ${runs} --deaths ${deaths}`;
}

function whole(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`--${name} takes a whole number, not "${text}".`);
  process.exit(2);
}
