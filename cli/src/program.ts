import { Command, InvalidArgumentError, Option } from 'commander';
import type { ExitName } from './cli-error.ts';
import type { Context } from './context.ts';

export interface GlobalOptions {
  readonly json?: boolean;
  readonly api?: string;
  readonly stage?: string;
  readonly iam?: boolean;
}

/** What a command came to; nothing means well. */
export type Outcome = 'ok' | ExitName | undefined;

type Work = (context: Context) => Promise<Outcome> | Promise<void>;
/** Runs a command's work with the context that its options ask for. */
export type Perform = (globals: GlobalOptions, work: Work) => Promise<void>;

/** Every command with its arguments, options and one sentence. */
export function createProgram(perform: Perform): Command {
  const program = new Command('dropforge')
    .description('Drop a labelled image dataset; get a 1-bit/2-bit model running on your devices.')
    .option('--json', 'print results and errors as JSON')
    .option('--api <url>', 'address of the API (DROPFORGE_API_URL)')
    .option('--stage <name>', 'a stage that "connect" has made known (DROPFORGE_STAGE)')
    .option('--iam', 'sign API requests with your AWS credentials')
    .helpCommand(false)
    .showSuggestionAfterError()
    .addHelpText('after', '\nWithout --api and --stage, the embedded cloud of this folder is asked ("npm start").');
  // A command is loaded when it is asked for: most need the AWS SDK or the image decoder, help needs neither.
  const act: Act =
    <Args extends unknown[]>(load: Load<Args>) =>
    async (...received: unknown[]) => {
      const command = received.at(-1) as Command; // commander passes arguments, options, and the command last
      const globals = command.optsWithGlobals<GlobalOptions>();
      const args = [...received.slice(0, -2), globals] as Args; // as declared beside each command
      const work = await load();
      await perform(globals, (context) => work(context, ...args));
    };
  addRunCommands(program, act);
  addModelCommands(program, act);
  addRecipeCommands(program, act);
  addConnectCommand(program, act);
  addOperationsCommands(program, act);
  addWebhookCommands(program, act);
  return program;
}

type Load<Args extends unknown[]> = () => Promise<
  (context: Context, ...args: Args) => Promise<Outcome> | Promise<void>
>;
/** Makes a commander action of a function that takes the context, the arguments and all options. */
type Act = <Args extends unknown[]>(load: Load<Args>) => (...received: unknown[]) => Promise<void>;

function addRunCommands(program: Command, act: Act): void {
  program
    .command('drop <folder|archive>')
    .description('send a dataset into the bucket, which starts a run')
    .option('--project <name>', 'groups drops; the name of the folder unless given')
    .option('--name <name>', 'names this drop; the time unless given')
    .option('--recipe <file>', 'how to train; recipe.yaml of the folder unless given')
    .option('--check', 'decode every image here first, and send nothing that would be rejected')
    .option('--watch', 'follow the run to its end')
    .action(act(async () => (await import('./commands/drop.ts')).drop));
  program
    .command('runs')
    .description('list the newest runs')
    .option('--project <name>', 'of one project only')
    .option('--limit <number>', 'so many at most', wholeNumber(1, 10_000), 20)
    .action(act(async () => (await import('./commands/runs.ts')).runs));
  program
    .command('show <run>')
    .description('show one run; its id, the beginning of it, or "latest"')
    .action(act(async () => (await import('./commands/show.ts')).show));
  program
    .command('watch <run>')
    .description('follow a run to its end; exit code 0 when it ended well or waits for approval')
    .action(act(async () => (await import('./commands/watch.ts')).watch));
  program
    .command('cancel <run>')
    .description('call a run off and stop its jobs')
    .action(act(async () => (await import('./commands/move-run.ts')).cancel));
  program
    .command('retry <run>')
    .description('try a run again from its last stage that worked')
    .option('--watch', 'follow the run to its end')
    .action(act(async () => (await import('./commands/move-run.ts')).retry));
  program
    .command('approve <run>')
    .description('allow the delivery of the model of a run')
    .option('--yes', 'do not ask')
    .addOption(new Option('--digest <sha256>', 'allow it only if the model is this one').argParser(hexadecimal))
    .action(act(async () => (await import('./commands/approve.ts')).approve));
  program
    .command('decline <run>')
    .description('refuse the delivery of the model of a run; a retry asks again')
    .option('--reason <text>', 'why')
    .action(act(async () => (await import('./commands/move-run.ts')).decline));
  program
    .command('files <run>')
    .description('list the files of a run')
    .option('--download <folder>', 'bring them here')
    .action(act(async () => (await import('./commands/files.ts')).files));
}

function addModelCommands(program: Command, act: Act): void {
  program
    .command('models')
    .description('list the models that passed the gate')
    .action(act(async () => (await import('./commands/models.ts')).models));
  program
    .command('model <id>')
    .description('show one model and its files')
    .action(act(async () => (await import('./commands/models.ts')).model));
  program
    .command('devices')
    .description('list the devices and what they run')
    .action(act(async () => (await import('./commands/devices.ts')).devices));
  program
    .command('predict <model> <images...>')
    .description('classify images by a model id, a run, or a .safetensors file')
    .option('--device <thing>', 'ask this device, and compare with the reference')
    .option('--top <number>', 'so many classes', wholeNumber(1, 1_000), 3)
    .action(act(async () => (await import('./commands/predict.ts')).predict));
  program
    .command('inspect <subject>')
    .description('read a library, program, artifact or model without running it, and judge it by device')
    .addOption(
      new Option('--target <name>', 'judge a library or program for this one').choices([
        'x86_64',
        'aarch64',
        'armv7l',
        'fpga',
      ]),
    )
    .action(act(async () => (await import('./commands/inspect.ts')).inspect));
  program
    .command('compare <first> <others...>')
    .description('say whether output.json files agree; exit code 1 when one differs from the first')
    .option('--tolerance <number>', 'how far probabilities and scores may be off', share, 1e-4)
    .action(act(async () => (await import('./commands/compare.ts')).compare));
}

function addRecipeCommands(program: Command, act: Act): void {
  program
    .command('init')
    .argument('[file]', 'where', 'recipe.yaml')
    .description('write a recipe by asking')
    .option('--yes', 'ask nothing, take what is usual')
    .option('--force', 'write over an existing file')
    .action(act(async () => (await import('./commands/init.ts')).init));
  const recipe = program.command('recipe').description('check and explain recipes').helpCommand(false);
  recipe
    .command('check <file>')
    .description('name every fault of a recipe')
    .action(act(async () => (await import('./commands/recipe.ts')).checkRecipeFile));
  recipe
    .command('explain <file>')
    .description('say what every value will be, and why')
    .option('--classes <number>', 'of the dataset', wholeNumber(2, 100_000), 10)
    .option('--train-images <number>', 'of the dataset', wholeNumber(1, 1e9), 50_000)
    .option('--validation-images <number>', 'of the dataset', wholeNumber(1, 1e9), 10_000)
    .option('--region <region>', 'whose prices count (AWS_REGION)')
    .action(act(async () => (await import('./commands/recipe.ts')).explainRecipe));
}

function addConnectCommand(program: Command, act: Act): void {
  program
    .command('connect <stage>')
    .description('remember where a stage on AWS is; --api names its address')
    .option('--bucket <name>', 'the bucket (output BucketName of the stack)')
    .option('--region <region>', 'the region of the stack')
    .option('--no-check', 'do not ask it whether it answers')
    .action(act(async () => (await import('./commands/connect.ts')).connect));
}

function addOperationsCommands(program: Command, act: Act): void {
  program
    .command('doctor')
    .description('check a deployment, and say what to do; exit code 1 when something is wrong')
    .option('--recipe <file>', 'ask for the quotas of its instance types')
    .action(act(async () => (await import('./commands/doctor.ts')).doctor));
  const letters = program
    .command('dead-letters')
    .description('see to events that could not be delivered or handled')
    .helpCommand(false);
  letters
    .command('list')
    .description('list them, the oldest first')
    .action(act(async () => (await import('./commands/dead-letters.ts')).list));
  letters
    .command('show <id>')
    .description('show one with its event; the beginning of its id is enough')
    .action(act(async () => (await import('./commands/dead-letters.ts')).show));
  letters
    .command('redrive [ids...]')
    .description('send them to their functions again, when the reason is gone')
    .option('--all', 'every one of them')
    .action(act(async () => (await import('./commands/dead-letters.ts')).redriveLetters));
  letters
    .command('drop [ids...]')
    .description('forget them for ever')
    .option('--all', 'every one of them')
    .option('--yes', 'do not ask')
    .action(act(async () => (await import('./commands/dead-letters.ts')).dropLetters));
}

function addWebhookCommands(program: Command, act: Act): void {
  const webhooks = program.command('webhooks').description('have events sent to an address').helpCommand(false);
  webhooks
    .command('list')
    .description('list them, and how their deliveries go')
    .action(act(async () => (await import('./commands/webhooks.ts')).list));
  webhooks
    .command('add <url>')
    .description('send events to an address, signed with a secret that is shown once')
    .option('--events <names>', 'only these, with commas between', (names: string) => names.split(','))
    .option('--project <name>', 'of one project only')
    .action(act(async () => (await import('./commands/webhooks.ts')).add));
  webhooks
    .command('remove <id>')
    .description('send no more')
    .action(act(async () => (await import('./commands/webhooks.ts')).remove));
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A whole number from ${least} to ${most} is expected`);
  };
}

function share(text: string): number {
  const value = Number(text);
  if (/^[\d.]+(e-?\d+)?$/i.test(text) && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('A number from 0 to 1 is expected');
}

function hexadecimal(text: string): string {
  if (/^[0-9a-f]{8,64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('8 to 64 hexadecimal digits are expected');
}
