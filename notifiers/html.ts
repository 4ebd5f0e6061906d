/** HTML that was made by `markup`: its values are escaped. */
export interface Html {
  readonly html: string;
}

/** A template whose values become text, whatever they hold; `Html` and lists of it stay markup. */
export function markup(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  const last = parts.length - 1;
  const text = parts.map((part, index) => (index === last ? part : part + made(values[index])));
  return { html: text.join('') };
}

function made(value: string | number | Html | readonly Html[] | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  if ('html' in value) return value.html;
  return value.map((one) => one.html).join('');
}

/** Text that is nothing but text between tags and in quoted attributes. */
function escapeHtml(text: string): string {
  return text
    .replaceAll(/[^\P{Cc}\n\t]|\p{Cs}/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
