/**
 * Addresses of the internet and networks of them, as the server reads them: an IPv4 address that is
 * written as IPv6 is the IPv4 address, and an IPv6 client is counted by its /64.
 */

/** An address as a number, and how many bits it has. */
interface Address {
  number: bigint;
  bits: 32 | 128;
}

/** How much of an IPv6 address tells clients apart. */
const CLIENT_BITS = 64;
/** What an IPv4 address begins with that is written as IPv6. */
const MAPPED = 0xffffn;

/** What stands for a client where clients are counted; undefined for what is no address. */
export function clientOf(text: string): string | undefined {
  const address = parse(text);
  if (address === undefined) return undefined;
  const { number, bits } = address;
  return bits === 32 ? `4:${number}` : `6:${kept(address, CLIENT_BITS)}`;
}

/** Is an address in one of some networks? What is no network has no addresses. */
export function isInAny(networks: string[], text: string): boolean {
  const address = parse(text);
  if (address === undefined) return false;
  return networks.some((network) => contains(network, address));
}

function contains(text: string, address: Address): boolean {
  const [first = "", length, ...more] = text.split("/");
  const written = read(first);
  if (written === undefined || more.length > 0) return false;
  if (length !== undefined && !/^\+?\d{1,3}$/.test(length)) return false;
  const prefix = length === undefined ? written.bits : Number(length);
  if (prefix > written.bits) return false;
  const one = canonical(written);
  const dropped = written.bits - one.bits;
  // A network of IPv6 that holds the addresses of IPv4 and others stays one of IPv6.
  const [network, own] = prefix < dropped ? [written, prefix] : [one, prefix - dropped];
  return network.bits === address.bits && kept(network, own) === kept(address, own);
}

const parse = (text: string): Address | undefined => {
  const address = read(text);
  return address && canonical(address);
};

function canonical(address: Address): Address {
  const isMapped = address.bits === 128 && address.number >> 32n === MAPPED;
  return isMapped ? { number: address.number & 0xffff_ffffn, bits: 32 } : address;
}

/** The first bits of an address. */
const kept = ({ number, bits }: Address, prefix: number) => number >> BigInt(bits - prefix);

function read(text: string): Address | undefined {
  return text.includes(":") ? readSix(text) : readFour(text);
}

function readFour(text: string): Address | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every(isByte)) return undefined;
  return { number: parts.reduce((all, part) => (all << 8n) | BigInt(part), 0n), bits: 32 };
}

const isByte = (part: string) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256;

function readSix(text: string): Address | undefined {
  const sides = text.split("::");
  if (sides.length > 2) return undefined;
  const groups = sides.map((side) => (side === "" ? [] : groupsOf(side)));
  const [before, behind] = groups;
  if (before === undefined || groups.some((side) => side === undefined)) return undefined;
  const left = 8 - before.length - (behind?.length ?? 0);
  if (behind === undefined ? left !== 0 : left < 1) return undefined;
  const all = [...before, ...Array<number>(left).fill(0), ...(behind ?? [])];
  return { number: all.reduce((sum, part) => (sum << 16n) | BigInt(part), 0n), bits: 128 };
}

/** The groups of a side, of which the last may be written as IPv4. */
function groupsOf(side: string): number[] | undefined {
  const parts = side.split(":");
  const four = parts.at(-1)?.includes(".") ? readFour(parts.pop() ?? "") : null;
  if (four === undefined || !parts.every((part) => /^[\da-f]{1,4}$/i.test(part))) return undefined;
  const last = four === null ? [] : [Number(four.number >> 16n), Number(four.number & 0xffffn)];
  return [...parts.map((part) => parseInt(part, 16)), ...last];
}
