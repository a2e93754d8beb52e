// Decides whether a result may be fetched from a network address: public unicast only, unless named explicitly.
import { BlockList, isIP } from 'node:net';

// https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 twin.
const FORBIDDEN_V4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carrier NAT; Alibaba Cloud's metadata (100.100.100.200) and internal endpoints live here
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // Azure's host agent, public by number only
  '169.254.0.0/16', // link-local; every other cloud's metadata
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relay
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
];

// IPv6 the other way round: everything outside 2000::/3 is refused (unspecified, loopback, mapped and NAT64 IPv4, ULA,
// link-local, multicast, whatever comes), and inside it the ranges that hide an IPv4 address or are not for use.
const GLOBAL_V6 = '2000::/3';
const FORBIDDEN_V6 = [
  '2001::/23', // protocol assignments, Teredo
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '3fff::/20', // documentation
];

const listOf = (cidrs: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', prefix] = cidr.split('/');
    const family = isIP(address);
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
    if (family === 0 || prefix === '') throw new RangeError(`not an address range: ${cidr}`);
    list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
};

const forbidden = listOf([...FORBIDDEN_V4, ...FORBIDDEN_V6]);
const globalV6 = listOf([GLOBAL_V6]);

export interface AddressRules {
  /** True for an address inside a range that the settings name. */
  isNamed(address: string): boolean;
  /** True for a public address or a named one; false for anything that is not an IP address. */
  isAllowed(address: string): boolean;
}

/** `named` are addresses or CIDR ranges allowed although not public (development); throws a RangeError if one is neither. */
export const addressRules = (named: readonly string[]): AddressRules => {
  const allowed = listOf(named);
  const isNamed = (address: string): boolean => {
    const family = isIP(address);
    return family !== 0 && allowed.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
  return {
    isNamed,
    isAllowed(address) {
      if (isNamed(address)) return true;
      const family = isIP(address);
      if (family === 4) return !forbidden.check(address, 'ipv4');
      return family === 6 && globalV6.check(address, 'ipv6') && !forbidden.check(address, 'ipv6');
    },
  };
};
