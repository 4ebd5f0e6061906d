/** Control characters, line breaks and marks that turn the writing direction become spaces. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

/** At most `longest` characters, an ellipsis where something was taken away. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/u, '')}…`;
}

/** The same, without the word that does not fit whole: half an instant or number misleads. */
export function cutAtWord(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const head = text.slice(0, longest);
  const words = head.replace(/[\s:,;(]*\s\S*$/, '');
  return words.length < longest / 2 || words === head ? cut(text, longest) : `${words}…`;
}

/** Lines that together have at most `longest` characters: the long ones give way first. */
export function cutLines(lines: readonly string[], longest: number): string {
  for (let width = 600; width >= 40; width -= 40) {
    const text = lines.map((line) => cut(line, width)).join('\n');
    if (text.length <= longest) return text;
  }
  return cut(lines.join('\n'), longest);
}
