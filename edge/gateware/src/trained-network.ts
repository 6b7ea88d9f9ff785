/** LmnetV1 with weights and thresholds that a training gave it, not chance. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertModel } from '@dropforge/convert';
import type { IntegerModel } from '@dropforge/quantized-inference';
import { runTool } from './run-tool.ts';

const python = process.env.DROPFORGE_PYTHON ?? '/usr/bin/python3';

/** Trains for some seconds. Undefined where there is no torch; throws what the training said when it fails. */
export function trainedNetwork(): IntegerModel | undefined {
  if (spawnSync(python, ['-c', 'import torch, onnx, PIL']).status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'dropforge-trained-'));
  try {
    runTool(python, [join(import.meta.dirname, 'testing/train_lmnet.py'), folder]);
    return convertModel(readFileSync(join(folder, 'model/model.onnx')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
