import { type Context, report } from '../context.ts';
import { describeModel, tellModel } from '../inspect/describe-model.ts';
import { inspectBinary, tellBinary } from '../inspect/inspect-binary.ts';
import { inspectPackage, tellPackage } from '../inspect/inspect-package.ts';
import { loadSubject, type Subject } from '../inspect/load-subject.ts';
import { parseModel } from '../predict/load-model.ts';

/** `dropforge inspect <subject>`: what a library, a program, an artifact or a model is, and whether it fits a device. */
export async function inspect(
  context: Context,
  given: string,
  { target }: { target?: string },
): Promise<'ok' | 'refused'> {
  const subject = await loadSubject(context, given);
  return show[subject.kind](context, subject, target);
}

type Show = (context: Context, subject: Subject, target: string | undefined) => Promise<'ok' | 'refused'>;

const show: Readonly<Record<Subject['kind'], Show>> = {
  async binary(context, { name, bytes }, target) {
    const found = inspectBinary(bytes, name, target);
    report(context, { kind: 'binary', name, ...found }, () => tellBinary(context.screen, found));
    return found.fits ? 'ok' : 'refused';
  },
  async artifact(context, { name, bytes }) {
    const { model: modelFile, ...found } = await inspectPackage(bytes, name);
    const loaded = modelFile && parseModel(`${name} model.safetensors`, modelFile);
    const model = loaded && describeModel(loaded.model, loaded.digest);
    report(context, { kind: 'artifact', name, ...found, ...(model && { model }) }, () => {
      tellPackage(context.screen, { ...found, model: modelFile });
      if (!model) return;
      context.screen.line();
      tellModel(context.screen, model);
    });
    return found.fits ? 'ok' : 'refused';
  },
  async model(context, { name, bytes }) {
    const { model, digest } = parseModel(name, bytes);
    const found = describeModel(model, digest);
    report(context, { kind: 'model', name, ...found }, () => tellModel(context.screen, found));
    return 'ok';
  },
};
