import { styleText } from 'node:util';

export type Style = 'good' | 'bad' | 'quiet' | 'strong';

const formats = { good: 'green', bad: 'red', quiet: 'dim', strong: 'bold' } as const;

export function style(text: string, as: Style | undefined): string {
  return as === undefined || text === '' ? text : styleText(formats[as], text, { validateStream: false });
}

/** Names of classes and files come from strangers: escapes and text-direction marks in them would forge the screen. */
export function sanitize(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\u2028\u2029\p{Bidi_Control}\uFEFF]|\p{Cs}/gu, '\uFFFD');
}

/** A value as JSON whose text is as harmless as `sanitize` makes it, and still the same value: JSON can escape anything. */
export function jsonText(value: unknown, indent?: number): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, indent).replace(/(?!\n)[\p{Cc}\u2028\u2029\p{Bidi_Control}\uFEFF]/gu, escaped);
}

/** `812 B`, `3.5 MB`: decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
}

/** `4.2 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 59.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3_600)} h ${String(Math.floor((whole % 3_600) / 60)).padStart(2, '0')} min`;
}

/** 0.9312 → `93.1 %`. */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** `2026-08-02T10:15:30.000Z` → `2026-08-02 10:15:30`, UTC. Text that is no time stays as it is. */
export function formatTime(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(iso) ? iso.slice(0, 19).replace('T', ' ') : iso;
}
