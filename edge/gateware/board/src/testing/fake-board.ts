/** A board as the loader sees it: a tree of files, and a kernel that answers to what is done in it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../../../src/run-tool.ts';
import { buildFolder, driver } from '../../../src/sources.ts';
import { boardRoot } from '../board-sources.ts';

/** What a bitstream does when it is loaded; each but `answers` is a way to fail. */
export type Behaviour = 'answers' | 'reads-wrong' | 'refused' | 'not-operating' | 'no-device' | 'takes-the-board-down';

const IDENTITY = 0x57474644;
const WRONG = 0xffffffff;

/**
 * The kernel's part: `cp` onto an overlay's blob applies it, `rmdir` of an overlay takes it back. A blob is the name of a
 * bitstream here, and a bitstream the name of its behaviour and its array.
 */
const kernel = `
uio=$ROOT/sys/class/uio/uio0
case $1 in
  apply)
    item=$2
    echo "$(cat "$item/dtbo"), attempt $(cat "$ROOT/var/lib/dropforge/bitstream/attempt" 2>/dev/null)" >>"$ROOT/journal"
    if [ "\${item##*/}" = dropforge-bridge ]; then
      [ ! -e "$ROOT/bridge-refuses" ] || exit 0
      mkdir -p "$ROOT/sys/class/fpga_bridge/br0"; echo lwhps2fpga >"$ROOT/sys/class/fpga_bridge/br0/name"
      echo applied >"$item/status"; exit 0
    fi
    read -r behaviour array <"$ROOT/lib/firmware/$(cat "$item/dtbo")" || exit 0
    [ "$behaviour" != takes-the-board-down ] || { kill -9 "$3"; exit 0; }
    [ "$behaviour" != refused ] || { echo unapplied >"$item/status"; exit 0; }
    echo applied >"$item/status"
    state=operating; [ "$behaviour" != not-operating ] || state='write init error'
    echo "$state" >"$ROOT/sys/class/fpga_manager/fpga0/state"
    [ "$behaviour" != no-device ] || exit 0
    mkdir -p "$uio"; echo dropforge >"$uio/name"
    registers=answers-$array; [ "$behaviour" != reads-wrong ] || registers=$behaviour-$array
    cp --sparse=always "$ROOT/registers/$registers" "$ROOT/dev/uio0"
    ;;
  remove) rm -rf "$2"; [ "\${2##*/}" != dropforge ] || rm -rf "$uio" "$ROOT/dev/uio0" ;;
esac`;

export class FakeBoard {
  readonly root = mkdtempSync(join(tmpdir(), 'dropforge-board-'));

  constructor() {
    for (const folder of [
      'proc/device-tree',
      'sys/class/fpga_manager/fpga0',
      'sys/class/uio',
      'dev',
      'bin',
      'registers',
      'parts',
    ])
      mkdirSync(join(this.root, folder), { recursive: true });
    mkdirSync(join(this.root, 'sys/kernel/config/device-tree/overlays'), { recursive: true });
    this.write('proc/device-tree/compatible', 'terasic,de10-nano\0altr,socfpga-cyclone5\0altr,socfpga\0');
    this.write('sys/class/fpga_manager/fpga0/state', 'unknown\n');
    this.write('dev/mmcblk0', 'the card');
    this.write('parts/bridge.dtbo', 'the bridge');
    this.#program('kernel', kernel);
    this.#program(
      'cp',
      'PATH=/usr/bin:/bin\ncp "$@" || exit 1\nfor last; do :; done\ncase $last in */dtbo) "$ROOT/bin/kernel" apply "$(dirname "$last")" $PPID ;; esac',
    );
    this.#program(
      'rmdir',
      'case $1 in */overlays/*) exec "$ROOT/bin/kernel" remove "$1" ;; esac\nexec /bin/rmdir "$@"',
    );
    // The wait for a program that uses the engine, cut short.
    this.#program('flock', '[ "$1" = -w ] && exec /usr/bin/flock -w 0 "$3"\nexec /usr/bin/flock "$@"');
    for (const array of [1, 2, 3]) {
      for (const behaviour of ['answers', 'reads-wrong']) {
        const words = Uint32Array.from([IDENTITY, 0x10000, behaviour === 'answers' ? array : WRONG]);
        this.write(`registers/${behaviour}-${array}`, Buffer.from(words.buffer));
        truncateSync(join(this.root, `registers/${behaviour}-${array}`), 2 << 20);
      }
    }
    copyFileSync(registerReader(), join(this.root, 'parts/read-registers'));
  }

  write(path: string, content: string | Buffer): void {
    writeFileSync(join(this.root, path), content);
  }

  #program(name: string, script: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.root, 'bin', name), 0o755);
  }

  read(path: string): string | undefined {
    const file = join(this.root, path);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  }

  /** The digest of a bitstream that behaves so, under which it is known everywhere. */
  bitstream(behaviour: Behaviour, array = 1): string {
    const text = `${behaviour} ${array}\n`;
    const digest = createHash('sha256').update(text).digest('hex');
    this.write(`parts/${digest}.rbf`, text);
    this.write(`parts/${digest}.dtbo`, `dropforge/${digest}.rbf`);
    return digest;
  }

  /** Runs the loader as the recipe does. `changes` replaces options by name. */
  load(digest: string, array = 1, changes: Readonly<Record<string, string>> = {}) {
    const part = (name: string) => join(this.root, 'parts', name);
    const digestOf = (name: string) =>
      createHash('sha256')
        .update(readFileSync(part(name)))
        .digest('hex');
    const options = {
      bitstream: part(`${digest}.rbf`),
      sha256: digest,
      overlay: part(`${digest}.dtbo`),
      'overlay-sha256': digestOf(`${digest}.dtbo`),
      'bridge-overlay': part('bridge.dtbo'),
      'bridge-overlay-sha256': digestOf('bridge.dtbo'),
      registers: part('read-registers'),
      'registers-sha256': digestOf('read-registers'),
      ...changes,
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const expected = ['--expect', 'IDENTITY=0x57474644', '--expect', `ARRAY=0x0000000${array}`];
    const env = { PATH: `${this.root}/bin:/usr/bin:/bin`, ROOT: this.root, DROPFORGE_ROOT: this.root };
    const script = join(boardRoot, 'component/load-bitstream');
    const { status, signal, stdout, stderr } = spawnSync('sh', [script, ...args, ...expected], {
      env,
      encoding: 'utf8',
    });
    return { status, signal, stdout, stderr, code: /^[A-Z_]+/.exec(stderr)?.[0] };
  }

  /** What is gone after a cut of power: all that is not on the card, and the FPGA's configuration with it. */
  restart(): void {
    for (const path of ['run', 'sys/class/uio/uio0', 'dev/uio0', 'sys/class/fpga_bridge'])
      rmSync(join(this.root, path), { recursive: true, force: true });
    const overlays = join(this.root, 'sys/kernel/config/device-tree/overlays');
    for (const name of readdirSync(overlays)) rmSync(join(overlays, name), { recursive: true });
  }

  /** The array that the engine shows; undefined when none is shown. */
  array(): number | undefined {
    const device = join(this.root, 'dev/uio0');
    return existsSync(device) ? readFileSync(device).readUInt32LE(8) : undefined;
  }

  /** Files by path below the root, without those that may change. */
  otherFiles(): Map<string, string> {
    const mayChange =
      /^(var\/lib\/dropforge\/bitstream|run\/dropforge|lib\/firmware\/dropforge|sys|journal|dev\/uio0)(\/|$)/;
    const paths = readdirSync(this.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.root.length + 1));
    return new Map(
      paths
        .filter((path) => !mayChange.test(path))
        .map((path) => [path, readFileSync(join(this.root, path), 'latin1')]),
    );
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

/** The program of the component, for this machine; compiled once for each state of its sources. */
function registerReader(): string {
  const source = join(boardRoot, 'component/read-registers.c');
  const hash = createHash('sha256');
  for (const path of [source, join(driver, 'df_gateware_registers.h')]) hash.update(readFileSync(path));
  const program = join(buildFolder, `read-registers-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(buildFolder, { recursive: true });
  runTool('cc', ['-std=c11', '-D_GNU_SOURCE', '-O0', `-I${driver}`, '-o', program, source]);
  return program;
}
