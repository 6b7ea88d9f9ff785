/** Reports steps, one parseable line each: `progress step=2 of=9 stage=compile target=armv7l`. */
export interface Progress {
  step(stage: string, target?: string): void;
}

export function createProgress(steps: number, write: (line: string) => void): Progress {
  let step = 0;
  return {
    step(stage, target) {
      step++;
      write(`progress step=${step} of=${Math.max(steps, step)} stage=${stage}${target ? ` target=${target}` : ''}`);
    },
  };
}
