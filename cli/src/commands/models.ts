import { type Context, report } from '../context.ts';
import { findModel } from '../predict/find-model.ts';
import { formatTable } from '../terminal/table.ts';
import { formatBytes, formatTime } from '../terminal/text.ts';

/** `dropforge models`: the ids of the models that passed the gate. */
export async function models(context: Context): Promise<void> {
  const { api } = await context.connect();
  const { models: found } = await api.call('listModels', {});
  report(context, { models: found }, () => {
    if (found.length === 0) context.screen.note('No model has passed the gate yet.');
    for (const { modelId } of found) context.screen.line(modelId);
  });
}

/** `dropforge model <id>`: one model and its files. */
export async function model(context: Context, given: string): Promise<void> {
  const { api } = await context.connect();
  const found = await findModel(api, given);
  report(context, found, () => {
    const { height, width, channels } = found.input;
    const facts = [
      ['Model', found.modelId],
      ['Digest', found.modelDigest],
      ['Run', found.runId],
      ['Made', `${formatTime(found.createdAt)} UTC`],
      ['Input', `${height} x ${width} x ${channels}, uint8`],
      ['Classes', found.classes.join(', ')],
    ];
    const files = found.files.map(({ name, bytes }) => [name, formatBytes(bytes)]);
    for (const line of [...formatTable(facts), '', ...formatTable(files)]) context.screen.line(line);
  });
}
