/** The next value of an iterator, `otherwise` when it has ended. */
export function drawn<T>(values: Iterator<T, unknown>, otherwise: T): T {
  const next = values.next();
  return next.done === true ? otherwise : next.value;
}
