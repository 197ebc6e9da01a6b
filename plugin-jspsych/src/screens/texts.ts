/** What a text may contain in braces, for example `{seconds}`. */
export type TextValues = Record<string, string | number | null>;

/** Replaces `{name}` by its value; a name that is not known here stays as it is written. */
export function fill(template: string, values: TextValues): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (!Object.hasOwn(values, name)) return whole;
    return String(values[name] ?? '');
  });
}

/** A text's first line is its heading, the rest its paragraphs. */
export function parts(text: string): { heading: string; paragraphs: string[] } {
  const [heading = '', ...paragraphs] = text.split('\n').map((line) => line.trim());
  return { heading, paragraphs: paragraphs.filter((line) => line !== '') };
}

/** Minutes and seconds, as on a watch: `1:05`. */
export function minutes(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Whole seconds left, never below 0. */
export const secondsLeft = (ms: number): number => Math.max(0, Math.ceil(ms / 1000));
