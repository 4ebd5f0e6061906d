/** Something wrong, or doubtful, in a file of the configuration. */
export interface Problem {
  file: string;
  /** 1, 2, … */
  line: number;
  /** 1, 2, … */
  column: number;
  /** `checks[2].alert`; '' for the whole file. */
  path: string;
  /** `expected a number, got "high". Example: alert: 0.25` */
  message: string;
  /** A warning does not keep `apply` from going on. */
  severity: 'error' | 'warning';
}

/** An error of a file, or a folder, as a whole. */
export function wholeFile(file: string, message: string): Problem {
  return { file, line: 1, column: 1, path: '', message, severity: 'error' };
}

/** `monitors/churn.yaml:31:11 checks[2].alert: expected a number, got "high"`. */
export function problemText(problem: Problem): string {
  const { file, line, column, path, message, severity } = problem;
  const what = severity === 'warning' ? 'warning: ' : '';
  return `${file}:${line}:${column} ${what}${path === '' ? '' : `${path}: `}${message}`;
}

/** `['checks', 2, 'alert']` → `checks[2].alert`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** By file, then by line and column. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      Number(a.file > b.file) - Number(a.file < b.file) || a.line - b.line || a.column - b.column,
  );
}
