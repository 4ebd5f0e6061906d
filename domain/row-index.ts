/** Whether a column is the nameless index of a table of pandas: a number of the row, no feature. */
export function isRowIndex(column: string): boolean {
  return /^__index_level_\d+__$/.test(column);
}
