/** What the keys of a source mean, wherever a file says where rows come from. */
export function sourceWords(
  at: string,
  own: { path: string; where: string },
): Readonly<Record<string, string>> {
  return {
    [`${at}.kind`]:
      'Format of the files, told by their ending without it; or a ' +
      '[source](../how-to/sources.md) that lies elsewhere.',
    [`${at}.path`]: own.path,
    [`${at}.where`]: own.where,
    [`${at}.url`]: '`postgres`, `http`: its address; `env:NAME` where it holds a secret.',
    [`${at}.table`]: '`postgres`, `duckdb`: the table, as `scores` or `ml.scores`; or `query`.',
    [`${at}.query`]: '`postgres`, `duckdb`: one select. Or `table`.',
    [`${at}.timeout`]: 'How long one query, or one file, may take; default `10m`.',
    [`${at}.overlap`]: '`postgres`: rows come up to so long after their time; default `1d`.',
    [`${at}.format`]: '`s3`, `http`: format of the files; without it, told by their ending.',
    [`${at}.endpoint`]: '`s3`: address of the store; default that of AWS.',
    [`${at}.region`]: '`s3`: region of the bucket; default `us-east-1`.',
    [`${at}.access_key`]: '`s3`: secret reference; without it, who the machine is for AWS.',
    [`${at}.secret_key`]: '`s3`: secret reference, beside `access_key`.',
    [`${at}.token`]: '`http`: secret reference of a bearer token.',
    [`${at}.max_size`]: '`http`: a longer answer is refused; default `1GB`.',
  };
}
