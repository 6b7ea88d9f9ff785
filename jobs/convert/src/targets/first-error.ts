/** The one line of a compiler's or program's output that says what went wrong, without the machine's directories. */
export function firstError(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  // GNU ld announces its reason in other words before the driver's own "error:".
  const reason = /\berror:(?! ld returned)|undefined reference|undefined symbol|cannot find/i;
  const line = lines.find((text) => reason.test(text)) ?? lines.find((text) => text !== '') ?? 'no message';
  return line.replace(/(?:\/[\w.+-]+)+\/(?=[\w.+-])/g, '').slice(0, 300);
}
