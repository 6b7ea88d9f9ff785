import { describe, expect, it } from 'vitest';
import { hasTool } from '../../src/run-tool.ts';
import { lintTopLevel } from './verify-board.ts';

describe.skipIf(!hasTool('verilator'))('the top level of the DE10-Nano', () => {
  it('gives Verilator nothing to find fault with; `npm run gateware -- board` has the larger array, and runs networks', () => {
    expect(() => lintTopLevel('32x32')).not.toThrow();
  });
});
