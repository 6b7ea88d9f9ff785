import { toFailure } from './agent-failure.ts';
import type { Model, Models } from './model.ts';

/** The one model that answers now. A runner that dies is started again, ever more patiently. */
export interface Serving {
  model(): Model | undefined;
  /** Answers with this model from now on; undefined: with none. The model before it is not stopped. */
  use(model: Model | undefined): void;
  close(): void;
}

const longestPauseMilliseconds = 30_000;

export function createServing(models: Models, log: (line: string) => void): Serving {
  let model: Model | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** A model that was replaced on purpose may die in peace. */
  const watch = (watched: Model, pauseMilliseconds: number) => {
    const startedAt = Date.now();
    void watched.runner.ended.then(() => {
      if (model !== watched) return;
      const lasted = Date.now() - startedAt > longestPauseMilliseconds;
      restart(watched, lasted ? 100 : Math.min(pauseMilliseconds * 2, longestPauseMilliseconds));
    });
  };
  const restart = (dead: Model, pauseMilliseconds: number) => {
    log(`RUNNER_RESTARTED: the runner of ${dead.release.modelId} ended; it starts again in ${pauseMilliseconds} ms`);
    timer = setTimeout(async () => {
      const next = await models
        .open(dead.slot)
        .catch((error) => log(`RUNNER_NOT_STARTED: ${toFailure(error).message}`));
      if (model !== dead) return next?.runner.close(); // another model was chosen meanwhile
      if (!next) return restart(dead, Math.min(pauseMilliseconds * 2, longestPauseMilliseconds));
      model = next;
      watch(next, pauseMilliseconds);
    }, pauseMilliseconds);
  };
  return {
    model: () => model,
    use(next) {
      clearTimeout(timer);
      model = next;
      if (next) watch(next, 50);
    },
    close() {
      clearTimeout(timer);
      const last = model;
      model = undefined;
      last?.runner.close();
    },
  };
}
