import type { AgentState, Candidate, StateStore, StoredReport } from './agent-state.ts';
import type { Reached } from './fault-points.ts';
import type { PublishReport } from './publish-report.ts';

/** Says what the device does: heartbeats when there is time, verdicts until the cloud has them. */
export interface Reporter {
  /** The state with a verdict about its candidate in the outbox. */
  withVerdict(state: AgentState, status: 'committed' | 'reverted' | 'failed'): AgentState;
  /** Says how things stand: `installed` while a candidate is tried, else `alive`. */
  say(): void;
  /** Starts to say it every `heartbeatSeconds`. */
  start(): void;
  /** Resolves when nothing is being sent or written any more. */
  stop(): Promise<void>;
}

export interface ReporterOptions {
  readonly state: StateStore;
  readonly publish: PublishReport;
  readonly describe: () => Pick<StoredReport, 'architecture' | 'agentVersion' | 'activeModel' | 'predictUrl'>;
  readonly heartbeatSeconds: number;
  readonly now: () => Date;
  readonly reached: Reached;
  readonly log: (line: string) => void;
}

/** More verdicts than this were never waiting in good faith; the oldest go first. */
const outboxLimit = 50;
const longestPauseMilliseconds = 60_000;

export function createReporter(options: ReporterOptions): Reporter {
  const { state, publish, describe, now, reached, log } = options;
  let heartbeat: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;
  let failures = 0;
  let sending: Promise<void> | undefined;
  let stopped = false;
  let wanted = false;

  /** Verdicts first and in order; then how things stand, unless nobody asked. */
  const send = async () => {
    while (!stopped) {
      const [first] = state.read().outbox;
      if (first) {
        await deliver(first);
        await reached('report-sent');
        await state.update((was) => ({ ...was, outbox: was.outbox.slice(1) }));
      } else if (wanted) {
        wanted = false;
        await deliver(news(state.read()));
      } else return;
    }
  };
  const deliver = async (report: StoredReport) => {
    if ((await publish(report)) === 'refused') log(`REPORT_REFUSED: the cloud will not take ${JSON.stringify(report)}`);
    failures = 0;
  };
  const news = ({ candidate, phase }: AgentState): StoredReport => {
    const base = { ...describe(), sentAt: now().toISOString() };
    if (!candidate || phase === 'committed' || phase === 'reverted') return { ...base, status: 'alive' };
    return { ...base, status: 'installed', candidate: about(candidate) };
  };
  const flush = () => {
    clearTimeout(retry);
    sending ??= send().then(
      () => {
        sending = undefined;
      },
      (error: Error) => {
        sending = undefined;
        failures++;
        if (stopped) return;
        const pause = Math.min(1_000 * 2 ** (failures - 1), longestPauseMilliseconds) * (0.5 + Math.random() / 2);
        log(`REPORT_NOT_SENT: ${error.message}; again in ${Math.round(pause)} ms`);
        retry = setTimeout(flush, pause);
      },
    );
  };
  return {
    withVerdict(was, status) {
      if (!was.candidate) return was;
      const earliest = Date.parse(was.lastVerdictAt) + 1;
      const sentAt = new Date(Math.max(now().getTime(), earliest)).toISOString();
      const reason = status !== 'committed' && was.reason ? { reason: was.reason } : {};
      const verdict: StoredReport = { ...describe(), status, candidate: about(was.candidate), ...reason, sentAt };
      return { ...was, lastVerdictAt: sentAt, outbox: [...was.outbox, verdict].slice(-outboxLimit) };
    },
    say() {
      wanted = true;
      if (!stopped) flush();
    },
    start() {
      heartbeat = setInterval(() => this.say(), options.heartbeatSeconds * 1_000);
      this.say();
    },
    async stop() {
      stopped = true;
      clearInterval(heartbeat);
      clearTimeout(retry);
      await sending;
    },
  };
}

/** What the cloud knows a delivery by. */
function about({ modelId, modelDigest, runId, attempt }: Candidate) {
  return { modelId, modelDigest, runId, attempt };
}
