// Whether an address can be reached from the public internet, where the API fetches its sources.
import { BlockList, isIP } from 'node:net';

// https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 twin, as far as somebody may run a store there.
const PRIVATE = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const;

const blocked = new BlockList();
for (const [net, bits] of PRIVATE) blocked.addSubnet(net, bits, isIP(net) === 4 ? 'ipv4' : 'ipv6');

/** For an IP address, mapped IPv4 too; false for what is no address. */
export const isPrivateAddress = (address: string): boolean => {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  return family !== 0 && blocked.check(plain, family === 4 ? 'ipv4' : 'ipv6');
};

/** `localhost`, 127.0.0.0/8 and ::1: traffic that leaves no machine. */
export const isLoopbackHost = (host: string): boolean => {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return (
    bare === 'localhost' ||
    bare.endsWith('.localhost') ||
    bare === '::1' ||
    (isIP(bare) === 4 && bare.startsWith('127.'))
  );
};
