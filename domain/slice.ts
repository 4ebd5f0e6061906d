/** A part of the rows, by named values; {} = all rows. */
export type Slice = Readonly<Record<string, string>>;

/** Whether it is of all rows, and not of a part of them. */
export const isWhole = ({ slice }: { slice: Slice }): boolean => Object.keys(slice).length === 0;
