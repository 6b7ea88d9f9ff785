/** One proof: from sources with properties to what the solver says. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireTool, runTool, tryTool } from '../run-tool.ts';
import { buildFolder } from '../sources.ts';
import type { Source } from './bound-sources.ts';
import type { Proof } from './proofs.ts';

export interface Verdict {
  readonly proven: boolean;
  /** What was violated, and where; null for a proof. */
  readonly reason: string | null;
  /** Assertions in the module and below it. */
  readonly assertions: number;
  readonly seconds: number;
}

/** Throws where a tool is missing, finds fault with the sources, or where there would be nothing to prove. */
export function proveModule(proof: Proof, sources: readonly Source[]): Verdict {
  const startedAt = performance.now();
  const { module, depth, method } = proof;
  for (const tool of ['yosys', 'yosys-smtbmc', 'z3']) requireTool(tool);
  mkdirSync(buildFolder, { recursive: true });
  const folder = mkdtempSync(join(buildFolder, `prove-${module}-`));
  try {
    for (const [name, text] of sources) writeFileSync(join(folder, name), text);
    const assertions = writeProblem(folder, proof, sources);
    const reason = solve(folder, depth, method);
    return { proven: reason === null, reason, assertions, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of one solver run: a proof that takes longer has a property that the solver cannot reason about. */
const MOST_MILLISECONDS = 300_000;

/** Returns the number of assertions. */
function writeProblem(folder: string, { module, parameters, defines = [] }: Proof, sources: readonly Source[]): number {
  const set = Object.entries(parameters).map(([name, value]) => `chparam -set ${name} ${value} ${module}; `);
  const commands = [
    `read_verilog -sv -formal ${defines.map((name) => `-D${name} `).join('')}${sources.map(([name]) => name).join(' ')}`,
    `${set.join('')}hierarchy -check -top ${module}`,
    'prep -flatten',
    'write_smt2 -wires problem.smt2',
    'tee -q -o count.txt select -count t:$assert',
  ];
  runTool('yosys', ['-q', '-p', commands.join('; ')], { cwd: folder });
  const assertions = Number.parseInt(readFileSync(join(folder, 'count.txt'), 'utf8'), 10);
  if (!(assertions > 0)) throw new Error(`There is nothing to prove in ${module}: none of its assertions was read.`);
  return assertions;
}

/** From the first cycle, and for an induction from any state that satisfied the properties for `depth` cycles. */
function solve(folder: string, depth: number, method: Proof['method']): string | null {
  const runs = method === 'induction' ? [[], ['-i']] : [[]];
  for (const options of runs) {
    // Unrolled, since z3 takes minutes for some of the same problems when each cycle is a function of the one before.
    const args = ['-s', 'z3', '--unroll', '--noprogress', '-t', `${depth}`, ...options, 'problem.smt2'];
    const { status, output } = tryTool('yosys-smtbmc', args, { cwd: folder, timeout: MOST_MILLISECONDS });
    if (status !== 0 || !output.includes('Status: PASSED')) {
      const [failed] = output.split('\n').filter((line) => /Assert failed|unsat|rror/.test(line));
      const how = options.length > 0 ? 'not inductive: ' : '';
      return `${how}${(failed ?? output.slice(-400)).replace(/^##\s+\S+\s+/, '')}`;
    }
  }
  return null;
}
