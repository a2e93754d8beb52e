// Which addresses a result may be fetched from, as a table.
import { expect, test } from 'vitest';
import { addressRules } from './address-allowed.ts';

const rules = addressRules([]);

test.each([
  ['unspecified', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['private 10/8', '10.0.0.1'],
  ['carrier NAT, first', '100.64.0.0'],
  ['Alibaba Cloud metadata', '100.100.100.200'],
  ['carrier NAT, last', '100.127.255.255'],
  ['loopback', '127.0.0.1'],
  ['loopback, last', '127.255.255.255'],
  ['Azure host agent', '168.63.129.16'],
  ['link-local', '169.254.0.1'],
  ['cloud metadata', '169.254.169.254'],
  ['ECS task metadata', '169.254.170.2'],
  ['private 172.16/12, first', '172.16.0.0'],
  ['private 172.16/12, last', '172.31.255.255'],
  ['Oracle Cloud metadata', '192.0.0.192'],
  ['documentation 1', '192.0.2.1'],
  ['6to4 relay', '192.88.99.1'],
  ['private 192.168/16', '192.168.1.1'],
  ['benchmarking', '198.19.255.255'],
  ['documentation 2', '198.51.100.1'],
  ['documentation 3', '203.0.113.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['unspecified v6', '::'],
  ['loopback v6', '::1'],
  ['v4-compatible', '::7f00:1'],
  ['mapped loopback', '::ffff:127.0.0.1'],
  ['mapped loopback in hex', '::ffff:7f00:1'],
  ['mapped public', '::ffff:8.8.8.8'],
  ['NAT64 of a private address', '64:ff9b::10.0.0.1'],
  ['NAT64 local', '64:ff9b:1::1'],
  ['discard', '100::1'],
  ['Teredo', '2001:0:7f00:1::'],
  ['ORCHID', '2001:20::1'],
  ['documentation v6', '2001:db8::1'],
  ['6to4 of a private address', '2002:a00:1::1'],
  ['documentation v6 new', '3fff:fff::1'],
  ['segment routing', '5f00::1'],
  ['ULA', 'fc00::1'],
  ['AWS metadata v6', 'fd00:ec2::254'],
  ['link-local v6', 'fe80::1'],
  ['link-local v6 with zone', 'fe80::1%eth0'],
  ['site-local', 'fec0::1'],
  ['multicast v6', 'ff02::1'],
  ['a name', 'localhost'],
  ['octal digits', '0177.0.0.1'],
  ['an integer', '2130706433'],
  ['nothing', ''],
])('%s (%s) is forbidden', (_name, address) => {
  expect(rules.isAllowed(address)).toBe(false);
});

test.each([
  '8.8.8.8',
  '47.100.0.1',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.1',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '223.255.255.255',
  '2001:200::1',
  '2400:3200::1',
  '2606:4700::1111',
])('%s is public', (address) => {
  expect(rules.isAllowed(address)).toBe(true);
});

test('a named range is allowed, and only that range', () => {
  const development = addressRules(['127.0.0.0/8', 'fd12::/16', '10.1.2.3']);
  for (const address of ['127.0.0.1', 'fd12::9', '10.1.2.3']) {
    expect(development.isAllowed(address), address).toBe(true);
    expect(development.isNamed(address), address).toBe(true);
  }
  for (const address of ['10.1.2.4', '169.254.169.254', '::1']) {
    expect(development.isAllowed(address), address).toBe(false);
  }
  expect(development.isNamed('8.8.8.8')).toBe(false);
});

test('a range that cannot be read is refused at the start, not ignored', () => {
  for (const range of ['localhost', '10.0.0.0/', '10.0.0.0/33', '', '10.0.0/8', '::1/129', '1.2.3.4/x']) {
    expect(() => addressRules([range]), range).toThrow(RangeError);
  }
});
