/** A function's log: one file, and the one before it. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export interface LogFile {
  write(line: string): void;
  /** Takes every line of a stream. */
  follow(stream: Readable): void;
}

/** Opens `<directory>/<name>.log`; past `largestBytes` the file becomes `<name>.log.1` and a new one begins. */
export function openLogFile(directory: string, name: string, largestBytes = 5 * 1024 * 1024): LogFile {
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, `${name}.log`);
  let size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const log: LogFile = {
    write(line) {
      const text = `${new Date().toISOString()} ${line}\n`;
      try {
        if (size > 0 && size + Buffer.byteLength(text) > largestBytes) {
          renameSync(file, `${file}.1`);
          size = 0;
        }
        appendFileSync(file, text);
        size += Buffer.byteLength(text);
      } catch {
        // A full disk must not stop the function whose log it is; the function meets the disk itself.
      }
    },
    follow(stream) {
      const decoder = new StringDecoder('utf8');
      let rest = '';
      stream.on('data', (chunk: Buffer) => {
        const lines = (rest + decoder.write(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) log.write(line);
      });
      stream.on('end', () => {
        if (rest !== '') log.write(rest);
      });
    },
  };
  return log;
}
