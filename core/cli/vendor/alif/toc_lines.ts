import {
  type Atoc,
  type AtocEntry,
  EntryType,
  flagNames,
  NO_CPU,
} from "../../../protocols/alif_isp/packets/atoc.ts";
import { NOT_LOADED } from "../../../protocols/alif_isp/packets/certificate.ts";
import {
  type Chain,
  isChainValid,
  keyHash,
} from "../../../protocols/alif_isp/packets/certificate_chain.ts";
import { ramInApplicationView } from "../../../protocols/alif_isp/packets/enclave_view.ts";
import { parts } from "../../../protocols/alif_isp/packets/memory_map.ts";
import { cpuName, versionText } from "../../../protocols/alif_isp/packets/replies.ts";
import { byteSize, hex } from "../../../common/format.ts";

/** Describes a table of contents in words. */
export function tocLines(name: string, table: Atoc): string[] {
  const { packageAddress, packageSize, version, part, entries } = table;
  return [
    `${name}: table of contents, version ${version}, ${byteSize(packageSize)} at ${
      hex(packageAddress)
    }`,
    part
      ? madeFor(part)
      : "Bound to no part: it is taken on every one (tables of SETOOLS 1.109 and newer name one).",
    "",
    ...entries.flatMap((entry) => [headLine(entry), ...chainLines(entry), ""]),
  ];
}

/** Returns the part that a table or a package was made for. */
export function madeFor(part: string): string {
  const isOfAe3 = parts.some((one) => one.part === part);
  return `Made for the part ${part}${isOfAe3 ? "." : ", which no OpenMV AE3 has."}`;
}

function headLine({ name, type, cpu, flags, length, version }: AtocEntry): string {
  const kind = type === EntryType.DEVICE_CONFIG
    ? "device configuration"
    : type === EntryType.IMAGE
    ? "image"
    : `type ${type}`;
  return `${name}: ${kind}, version ${versionText(version)}, ${length} bytes` +
    `${cpu === NO_CPU ? "" : `, for ${cpuName(cpu)}`}${flags ? `, ${flagNames(flags)}` : ""}`;
}

/** Describes the certificates before an object. */
export function chainLines(
  { chain, objectAddress }: { readonly chain?: Chain; readonly objectAddress: number },
): string[] {
  if (!chain) return [`    NO CERTIFICATE at ${hex(objectAddress)}`];
  const { keys: [root], content: { storeAddress, loadAddress, hash, isEncrypted } } = chain;
  return [
    root
      ? `    2 key certificates and a content certificate at ${hex(objectAddress)}`
      : `    content certificate at ${hex(objectAddress)}; unsigned: no key certificates`,
    ...(root
      ? [`    root key ${keyHash(root).subarray(0, 16).toHex()}, ${owner(root.rootId)}`]
      : []),
    `    stored at ${hex(storeAddress)}`,
    ...(loadAddress === NOT_LOADED ? [] : [`    loaded to ${loadPlace(loadAddress)}`]),
    `    sha256 ${hash.toHex()}${isEncrypted ? ", of the decrypted image" : ""}`,
    `    signature ${isChainValid(chain) ? "right" : "WRONG"}`,
  ];
}

const owner = (rootId: number) =>
  rootId === 0 ? "Alif's" : rootId === 1 ? "the customer's" : "of both";

function loadPlace(address: number): string {
  const place = ramInApplicationView(address);
  return place === undefined ? `${hex(address)} of the enclave` : hex(place);
}
