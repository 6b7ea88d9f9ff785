/** SendMessageBatch takes ten messages with 262,144 bytes in all; a little is left for what is not body. */
const countMaximum = 10;
const bytesMaximum = 250_000;

/** Splits messages into batches that SQS takes; a message that is too large by itself has a batch of its own. */
export function batchesOf(messages: readonly string[]): string[][] {
  const batches: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const size = Buffer.byteLength(message);
    const open = batches.at(-1);
    if (open && open.length < countMaximum && bytes + size <= bytesMaximum) {
      open.push(message);
      bytes += size;
    } else {
      batches.push([message]);
      bytes = size;
    }
  }
  return batches;
}
