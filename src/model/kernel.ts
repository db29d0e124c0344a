// SPDX-License-Identifier: Apache-2.0

/** 4 for IPv4, 6 for IPv6. */
export type IpFamily = 4 | 6;

/** Parameters of a vxlan link, from `ip -d link` (`linkinfo.info_data`). */
export interface VxlanParameters {
  /** VXLAN network identifier, 0 to 2^24 - 1. */
  readonly vni: number;
  /** Source address of outer packets; absent when the link has none. */
  readonly local?: string;
  /** Name of the link that carries the outer packets; absent when the link is bound to none. */
  readonly lowerLink?: string;
  /** UDP destination port. The kernel's default is 8472, not IANA's 4789. */
  readonly port: number;
  /** Whether the link learns FDB entries from traffic. Flannel switches it off. */
  readonly learning: boolean;
  /** Group based policy extension. */
  readonly gbp: boolean;
}

/** A kernel network device, as `ip -d link` shows it. */
export interface Link {
  readonly ifindex: number;
  readonly name: string;
  /** Administrative state: the UP flag. A vxlan link's operstate is always UNKNOWN and says nothing. */
  readonly up: boolean;
  /** Bytes. */
  readonly mtu: number;
  /** Lower case, colon separated; absent for links without a link-layer address. */
  readonly mac?: string;
  /** `vxlan`, `bridge`, `veth`, `wireguard` …; absent for a physical kind, and where the tool does not tell: BusyBox. */
  readonly kind?: string;
  /** Name of the bridge or bond this link is a port of. */
  readonly master?: string;
  /** Only for `kind` vxlan. */
  readonly vxlan?: VxlanParameters;
}

/** An address on a link, as `ip addr` shows it. */
export interface LinkAddress {
  readonly link: string;
  readonly family: IpFamily;
  readonly address: string;
  readonly prefixLength: number;
  /** `global`, `link`, `host`, `site`. */
  readonly scope: string;
}

/** A route of the main table, as `ip -d route` shows it. */
export interface Route {
  readonly family: IpFamily;
  /** `default` is written as `0.0.0.0/0` or `::/0`; a host route carries its `/32` or `/128`. */
  readonly dst: string;
  /** Next hop; absent for on-link routes. */
  readonly gateway?: string;
  /** Absent for blackhole, unreachable and multipath routes. */
  readonly link?: string;
  /** `unicast`, `blackhole`, `unreachable`, `prohibit` … */
  readonly type: string;
  /** `boot` is what flannel's netlink library leaves unset. Absent where the tool does not tell: BusyBox. */
  readonly protocol?: string;
  readonly scope: string;
  /** Priority; 0 is the most preferred and IPv4's default. */
  readonly metric: number;
  /** The gateway is taken as reachable through the link without a route to it. */
  readonly onlink: boolean;
}

/** A neighbour (ARP or NDP) entry of a flannel link, as `ip neigh` shows it. */
export interface Neighbour {
  readonly family: IpFamily;
  readonly address: string;
  readonly link: string;
  /** Lower case; absent for failed and incomplete entries. */
  readonly mac?: string;
  /** NUD state in lower case: `permanent`, `reachable`, `stale`, `failed` … */
  readonly nud: string;
}

/** A forwarding entry of a vxlan link, as `bridge fdb` shows it. */
export interface FdbEntry {
  readonly mac: string;
  readonly link: string;
  /** Address of the node the outer packet goes to; absent for entries without destination. */
  readonly dst?: string;
  /** `permanent`, `static`, `stale`, or `''` when `bridge` prints none. */
  readonly state: string;
}

/** What `/run/flannel/subnet.env` says (flannel@v0.28.9:pkg/subnet/subnet.go, WriteSubnetFile). Keys of a family that is off are absent. */
export interface SubnetEnv {
  /** FLANNEL_NETWORK: the whole pod range. */
  readonly network?: string;
  /** FLANNEL_SUBNET: first usable address of the node's pod range, with its prefix length. */
  readonly subnet?: string;
  readonly ipv6Network?: string;
  readonly ipv6Subnet?: string;
  /** FLANNEL_MTU, bytes; absent when the line is missing or no number. */
  readonly mtu?: number;
  readonly ipMasq?: boolean;
}

/** A rule of iptables, as `iptables-save` prints it, without its comment. */
export interface PacketRule {
  readonly chain: string;
  /** `-s`; with a leading `! ` when negated; absent when the rule asks for none. */
  readonly source?: string;
  /** `-d`, likewise. */
  readonly destination?: string;
  /** All other conditions as written, e.g. `-m conntrack --ctstate NEW`; empty when there are none. */
  readonly conditions: string;
  /** Verdict or chain of `-j` or `-g`; absent for a rule that only counts. */
  readonly target?: string;
}

/** A file of `/etc/cni/net.d`, where the container runtime finds the network of pods. */
export interface CniFile {
  readonly name: string;
  /** Plug-ins that it names, of those that are known; sorted, each once. Nothing else of it is read. */
  readonly plugins: readonly string[];
}

/** The directory that the container runtime takes its network from, as seen by the container that was read. */
export interface CniConfig {
  /** In the order in which the runtime looks at them. */
  readonly files: readonly CniFile[];
}

/** IPv4 rules of the iptables table filter for forwarded packets: those of FORWARD and of flannel's own chains, in order. */
export interface FilterRules {
  /** Policy of FORWARD; `ACCEPT` too where the table does not exist. */
  readonly policy: string;
  readonly rules: readonly PacketRule[];
  /**
   * Tables of nftables that see forwarded IPv4 packets as well, and whose rules are not read: `inet firewalld`.
   * Without those of iptables, flannel and kube-proxy. Absent where `nft` does not run.
   */
  readonly otherTables?: readonly string[];
}

/** IPv4 rules that change the source of packets that leave: those of POSTROUTING and of flannel's own chains, in order. */
export interface NatRules {
  /** Of the iptables table nat. */
  readonly rules: readonly PacketRule[];
  /** Lines of the nftables table `ip flannel-ipv4`; `null` when there is no such table, absent where `nft` does not run. */
  readonly flannelTable?: readonly string[] | null;
}

/** flanneld's process, as the kernel shows it inside the container. */
export interface FlannelProcess {
  /** Process id in the container's own numbering. */
  readonly pid: number;
  /** State letter of `/proc/PID/stat`: `S` and `R` for a process that works, `T` for a stopped one (man 5 proc_pid_stat). */
  readonly state: string;
}

/** The IPv4 rules of one of the kernel's two iptables for packets that it forwards and sends: FORWARD of filter and POSTROUTING of nat. */
export interface IptablesWorld {
  /** Policy of FORWARD; `ACCEPT` too where the chain does not exist. */
  readonly policy: string;
  /** How many rules FORWARD and POSTROUTING have together. */
  readonly ruleCount: number;
  /** Verdicts and chains that these rules lead to, e.g. `KUBE-FORWARD`; sorted, each once. */
  readonly targets: readonly string[];
}

/** iptables-legacy and iptables-nft keep rules apart, and every packet passes those of both. */
export interface IptablesWorlds {
  readonly legacy: IptablesWorld;
  /** Absent where `nft` could not be run, and legacy has no rules. */
  readonly nft?: IptablesWorld;
}

/** UDP counters of one family since the node started, from `/proc/net/snmp` and `/proc/net/snmp6`. */
export interface UdpCounters {
  readonly family: IpFamily;
  /** Datagrams delivered to a receiver; a vxlan link is one (Linux: net/ipv4/udp.c, udp_queue_rcv_one_skb). */
  readonly inDatagrams: number;
  /** Datagrams dropped for a wrong checksum. */
  readonly inCsumErrors: number;
}

/** When the kernel of a node started, by its own clock. */
export interface NodeBoot {
  /** Random, new with every start (`/proc/sys/kernel/random/boot_id`). Nodes that share it share one kernel. */
  readonly bootId: string;
  /** `btime` of `/proc/stat`, ISO-8601 UTC: the same in every reading unless the node's clock is set. */
  readonly bootedAt: string;
}

/** Kernel settings by their dotted sysctl name, e.g. `net.ipv4.ip_forward`. A name the kernel lacks is not there. */
export type Sysctls = Readonly<Record<string, number>>;
