import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arraySizes } from '@dropforge/convert/fpga';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bitstreamRecipe } from '../../edge/gateware/board/src/component-recipe.ts';
import type { MadeComponent } from '../../edge/gateware/board/src/make-component.ts';
import { createFakeAccount, outputs } from './fake-account.ts';
import { publishBitstream } from './publish-bitstream.ts';

const place = { stage: 'dev', region: 'eu-west-1' };
const part = (name: string) => ({ name, sha256: '0'.repeat(64) });
let folder: string;
let made: MadeComponent;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dropforge-bitstream-'));
  await writeFile(join(folder, 'bitstream.rbf'), 'bits');
  const recipe = bitstreamRecipe({
    array: arraySizes['64x64'],
    version: '1.0.2',
    bitstream: part('bitstream.rbf'),
    overlay: part('dropforge.dtbo'),
    bridgeOverlay: part('dropforge-bridge.dtbo'),
    registers: part('read-registers'),
    loader: part('load-bitstream'),
    uriPrefix: 's3://bucket/bitstreams/1/',
  });
  made = { recipe, files: [join(folder, 'bitstream.rbf')], keyPrefix: 'bitstreams/1/' };
});
afterEach(() => rm(folder, { recursive: true }));

describe('publishing a bitstream', () => {
  it('puts the artifacts into the bucket of the stack, then creates the component and says how to deploy it', async () => {
    const { world, account } = createFakeAccount();
    world.outputs = outputs;
    const said: string[] = [];
    const buckets: string[] = [];
    const makeComponent = (bucket: string) => {
      buckets.push(bucket);
      return made;
    };
    await publishBitstream(place, { account, makeComponent, say: (line) => said.push(line) });
    expect(buckets).toEqual([outputs.BucketName]);
    expect([...world.objects]).toEqual([
      [`${outputs.BucketName}/bitstreams/1/bitstream.rbf`, 'application/octet-stream: bits'],
    ]);
    expect(world.components).toEqual([made.recipe]);
    expect(said.join('\n')).toContain(`'{"dropforge.bitstream.64x64":{"componentVersion":"1.0.2"}}'`);
  });

  it('creates no component whose artifacts could not be put', async () => {
    const { world, account } = createFakeAccount();
    world.outputs = outputs;
    const putObject = () => Promise.reject(new Error('AccessDenied'));
    const ports = { account: { ...account, putObject }, makeComponent: () => made, say: () => {} };
    await expect(publishBitstream(place, ports)).rejects.toThrow('AccessDenied');
    expect(world.components).toEqual([]);
  });

  it('needs a stack', async () => {
    const { account } = createFakeAccount();
    const ports = { account, makeComponent: () => made, say: () => {} };
    await expect(publishBitstream(place, ports)).rejects.toMatchObject({ code: 'STACK_MISSING' });
  });
});
