// What a Ceph cluster of one node in memory is told, and who may do what in it.

export interface CephPlaces {
  readonly dir: string;
  readonly fsid: string;
  readonly monitorPort: number;
  readonly gatewayPort: number;
}

/** Both are caps and not reserved; more than any test stores. */
const STORE_BYTES = 1024 ** 3;
const MEMORY_TARGET_BYTES = 939_524_096;

/** Options by their documented names: https://docs.ceph.com/en/latest/rados/configuration/ and …/radosgw/config-ref/ */
export const cephConfiguration = ({ dir, fsid, monitorPort, gatewayPort }: CephPlaces): string =>
  [
    '[global]',
    `fsid = ${fsid}`,
    `mon host = ${monitorAddress(monitorPort)}`,
    'public network = 127.0.0.0/8',
    // With authentication off the gateway hangs (-13), so there is one keyring for all.
    `keyring = ${dir}/keyring`,
    `run dir = ${dir}`,
    `admin socket = ${dir}/$name.asok`,
    `log file = ${dir}/$name.log`,
    // One copy on one disk is what a test store is.
    'osd pool default size = 1',
    'osd pool default min size = 1',
    'osd pool default pg num = 1',
    'osd pool default pg autoscale mode = off',
    'osd crush chooseleaf type = 0',
    'mon allow pool size one = true',
    'mon osd min up ratio = 0',
    // The monitor otherwise collects proposals for a second each, and the start needs a dozen.
    'paxos propose interval = 0.05',
    'paxos min wait = 0.01',
    `mon data = ${dir}/mon`,
    `osd data = ${dir}/osd`,
    'osd objectstore = memstore',
    `memstore device bytes = ${STORE_BYTES}`,
    'osd max object name len = 256',
    `osd memory target = ${MEMORY_TARGET_BYTES}`,
    `rgw frontends = beast endpoint=127.0.0.1:${gatewayPort}`,
    '',
  ].join('\n');

/** The newer of Ceph's two protocols only: one port less that may be taken. */
export const monitorAddress = (port: number): string => `[v2:127.0.0.1:${port}]`;

export const CEPH_KEYS: readonly { readonly name: string; readonly may: readonly string[] }[] = [
  { name: 'mon.', may: ['--cap', 'mon', 'allow *'] },
  { name: 'client.admin', may: ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *'] },
  { name: 'osd.0', may: ['--cap', 'mon', 'allow profile osd', '--cap', 'osd', 'allow *'] },
  { name: 'client.rgw', may: ['--cap', 'mon', 'allow rw', '--cap', 'osd', 'allow rwx'] },
];
