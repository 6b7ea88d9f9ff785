/** `[██████░░░░]  60 %`; `share` outside of 0 to 1 is brought into it. */
export function progressBar(share: number, width = 20): string {
  const within = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  const full = Math.round(within * width);
  return `[${'█'.repeat(full)}${'░'.repeat(width - full)}] ${String(Math.floor(within * 100)).padStart(3)} %`;
}
