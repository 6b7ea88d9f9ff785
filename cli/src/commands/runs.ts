import { type Context, report } from '../context.ts';
import { listRuns } from '../runs/find-run.ts';
import { formatTable } from '../terminal/table.ts';
import { formatTime } from '../terminal/text.ts';

/** `dropforge runs`: the newest first. */
export async function runs(context: Context, options: { project?: string; limit: number }): Promise<void> {
  const { api } = await context.connect();
  const found = await listRuns(api, options.limit, options.project);
  report(context, { runs: found }, () => {
    if (found.length === 0) return context.screen.note('No runs yet. Start one: dropforge drop <folder>');
    const rows = found.map(({ runId, project, state, attempt, createdAt }) => [
      ...[runId, project, state, String(attempt), formatTime(createdAt)],
    ]);
    for (const line of formatTable([['RUN', 'PROJECT', 'STATE', 'ATTEMPT', 'STARTED (UTC)'], ...rows]))
      context.screen.line(line);
  });
}
