import { type Context, report } from '../context.ts';
import { formatTable } from '../terminal/table.ts';
import { formatTime } from '../terminal/text.ts';

/** `dropforge devices`: what each runs, and how it was when it last spoke. */
export async function devices(context: Context): Promise<void> {
  const { api } = await context.connect();
  const { devices: found } = await api.call('listDevices', {});
  report(context, { devices: found }, () => {
    if (found.length === 0) return context.screen.note('No device has reported yet.');
    const rows = found.map(({ thing, architecture, status, activeModel, lastSeenAt }) => [
      ...[
        thing,
        architecture ?? '-',
        status,
        activeModel?.modelId ?? '-',
        lastSeenAt ? formatTime(lastSeenAt) : 'never',
      ],
    ]);
    for (const line of formatTable([['DEVICE', 'PROCESSOR', 'STATUS', 'MODEL', 'LAST SEEN (UTC)'], ...rows]))
      context.screen.line(line);
  });
}
