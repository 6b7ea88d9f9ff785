/**
 * Follows a Dockerfile in a plain folder, without a container engine: what is copied lies below `root`, what is installed is
 * this machine's, and what the image would run is run here with `/opt/dropforge` moved below `root`.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { imageSources, stageSources } from '../../scripts/deploy/images/image-sources.ts';
import { type Dockerfile, execForm, type Instruction, readDockerfile, type Stage } from './dockerfile.ts';
import { runSteps } from './steps.ts';

/** The interpreter that stands in for the image's. */
export const python = process.env.DROPFORGE_PYTHON ?? '/usr/bin/python3';

/** Everything of ours in an image lies below this. */
const home = '/opt/dropforge';

export class PlainImage {
  readonly root: string;
  workdir = '/';
  entrypoint: readonly string[] = [];
  command: readonly string[] = [];
  readonly #variables = new Map<string, string>([['PATH', '']]);

  constructor(root: string) {
    this.root = root;
  }

  /** Where a path of the image lies here. */
  pathOf(path: string): string {
    return join(this.root, resolve(this.workdir, path));
  }

  /** A text that names paths of the image, with the places where they lie here. */
  translate(text: string): string {
    return text.replaceAll(home, join(this.root, home));
  }

  set(name: string, value: string): void {
    const filled = value.replaceAll(/\$\{(\w+)\}/g, (_, other) => this.#variables.get(other) ?? '');
    this.#variables.set(name, filled);
  }

  /** The image's variables and nothing of this process's, but that programs of the base are looked up on this machine. */
  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    const own = Object.fromEntries([...this.#variables].map(([name, value]) => [name, this.translate(value)]));
    const base = [dirname(process.execPath), dirname(python), process.env.PATH];
    return { ...own, PATH: [own.PATH, ...base].join(':'), ...more };
  }

  /** Starts the entry point as `docker run <image> <arguments>` would. */
  start(base: string, programArguments?: readonly string[]): ChildProcessWithoutNullStreams {
    const [program = '', ...rest] = [...this.entrypoint, ...(programArguments ?? this.command)];
    const cwd = this.pathOf(this.workdir);
    const env = this.environment({ SAGEMAKER_BASE_DIR: base });
    return spawn(
      this.translate(program),
      rest.map((word) => this.translate(word)),
      { cwd, env },
    );
  }
}

export interface BuildOptions {
  readonly buildArguments?: Readonly<Record<string, string>>;
  /** Spoils the Dockerfile, for tests of what notices. */
  readonly change?: (text: string) => string;
  /** Keeps a file out of the context, likewise. */
  readonly without?: string;
}

/** A folder that every user may enter, as the image's own are. */
export async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dropforge-image-test-'));
  await chmod(folder, 0o755);
  return folder;
}

/** Builds the last stage of the repository's `dockerfile` below `folder`. @throws Error that names the step which failed */
export async function buildPlainImage(
  repository: string,
  dockerfile: string,
  folder: string,
  { buildArguments = {}, change = (text) => text, without }: BuildOptions = {},
): Promise<PlainImage> {
  const context = join(folder, 'context');
  const { files } = await imageSources(repository, dockerfile);
  await stageSources(
    repository,
    files.filter((file) => file !== without),
    context,
  );
  const description = readDockerfile(change(await readFile(join(context, dockerfile), 'utf8')));
  const image = new PlainImage(join(folder, 'image'));
  await mkdir(image.root);
  for (const stage of stagesOf(description, buildArguments)) {
    for (const instruction of stage.instructions) await follow(image, context, instruction);
  }
  await rm(context, { recursive: true });
  return image;
}

/** The last stage, and before it those on which it stands. */
function stagesOf({ defaults, stages }: Dockerfile, buildArguments: Readonly<Record<string, string>>): Stage[] {
  const chain: Stage[] = [];
  for (let stage = stages.at(-1); stage !== undefined; ) {
    chain.unshift(stage);
    const from = stage.from.replaceAll(/\$\{(\w+)\}/g, (_, name) => buildArguments[name] ?? defaults.get(name) ?? '');
    stage = stages.find(({ name }) => name === from);
  }
  return chain;
}

async function follow(image: PlainImage, context: string, instruction: Instruction): Promise<void> {
  const { keyword, text, line } = instruction;
  switch (keyword) {
    case 'ENV':
      for (const pair of text.split(' ').filter((word) => word !== '')) {
        const [, name = '', value = ''] = /^(\w+)=(\S+)$/.exec(pair) ?? [];
        if (name === '') throw new Error(`Line ${line}: ENV ${pair} is not understood.`);
        image.set(name, value);
      }
      return;
    case 'WORKDIR':
      image.workdir = text;
      await mkdir(image.pathOf('.'), { recursive: true });
      return;
    case 'COPY':
      return copy(image, context, instruction);
    case 'RUN':
      return runSteps(image, text);
    case 'ENTRYPOINT':
      image.entrypoint = execForm(instruction);
      return;
    case 'CMD':
      image.command = execForm(instruction);
      return;
    case 'ARG':
      throw new Error(`Line ${line}: ARG within a stage is not understood.`);
  }
}

/** A folder's contents go into the destination; a file goes below a destination that ends in a slash. */
async function copy(image: PlainImage, context: string, { text, line }: Instruction): Promise<void> {
  const words = text.split(' ');
  const mode = /^--chmod=(\d{3})$/.exec(words[0] ?? '')?.[1];
  const paths = mode === undefined ? words : words.slice(1);
  const destination = paths.pop() ?? '';
  for (const path of paths) {
    const source = join(context, path);
    const found = await stat(source).catch(() => undefined);
    if (found === undefined) throw new Error(`Line ${line}: COPY ${path} finds nothing in the context.`);
    const into = destination.endsWith('/') ? join(destination, found.isDirectory() ? '' : basename(path)) : destination;
    await cp(source, image.pathOf(into), { recursive: true });
    if (mode !== undefined) await chmod(image.pathOf(into), Number.parseInt(mode, 8));
    else if (found.isFile()) await chmod(image.pathOf(into), 0o644); // what git keeps besides would be luck
  }
}
