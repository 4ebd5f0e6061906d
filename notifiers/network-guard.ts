import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Address of a host, as a resolver gives it. */
export interface HostAddress {
  address: string;
  family: 4 | 6;
}

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<HostAddress[]>;

/**
 * Which addresses that are not public may be called all the same: none (default), all, or those in
 * these ranges (`10.0.0.0/8`, `fd00::/8`).
 */
export type AllowPrivate = boolean | readonly string[];

/** An address that must not be called. It names the host, never the whole URL. */
export class ForbiddenAddressError extends Error {
  override name = 'ForbiddenAddressError';
}

/** Asks the system's resolver. */
export const systemResolver: Resolve = async (hostname) => {
  const found = await lookup(hostname, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/** IPv4 that is not unicast on the public net (IANA special-purpose registry). */
const special4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Within 2000::/3, the only public unicast: tunnels, 6to4, benchmarks, documentation. */
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const forbidden = listOf([...special4, ...special6]);
const unicast6 = listOf(['2000::/3']);

/** Says that an address is on the public net; mapped, translated and malformed ones are not. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !forbidden.check(address, 'ipv4');
    case 6:
      return unicast6.check(address, 'ipv6') && !forbidden.check(address, 'ipv6');
    default:
      return false;
  }
}

/** Says that an address is one that the operator opened. */
function isOpened(address: string, allow: AllowPrivate): boolean {
  if (typeof allow === 'boolean') return allow;
  const family = isIP(address);
  return family !== 0 && listOf(allow).check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * The one address that may be connected to: the name is resolved once, every address is checked,
 * and the connection goes to one that was checked, so that a name cannot change in between.
 * ForbiddenAddressError for what is neither public nor opened, and for plain http to a public one.
 */
export async function checkedAddress(
  url: URL,
  rules: { allowPrivate: AllowPrivate; resolve: Resolve },
): Promise<HostAddress> {
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const family = isIP(host);
  const addresses: HostAddress[] =
    family === 0 ? await rules.resolve(host) : [{ address: host, family: family === 6 ? 6 : 4 }];
  for (const { address } of addresses) {
    if (isPublic(address) ? url.protocol === 'https:' : isOpened(address, rules.allowPrivate)) {
      continue;
    }
    throw new ForbiddenAddressError(
      isPublic(address)
        ? `${host}: expected https, got http. Plain http is for private addresses that are allowed`
        : `${host} is at a private address, which is not allowed. ` +
            'An operator may open it: AFTERCARE_WEBHOOK_ALLOW_PRIVATE=true',
    );
  }
  const [first] = addresses;
  if (first === undefined) throw new ForbiddenAddressError(`${host} has no address`);
  return first;
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/');
    const family = isIP(address);
    if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
      throw new RangeError(`expected a range of addresses, got "${range}". Example: 10.0.0.0/8`);
    }
    list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
