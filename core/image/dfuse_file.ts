import { concat } from "../common/bytes.ts";
import { byteCount, hex } from "../common/format.ts";
import { constant, latin1, struct, u32, u8 } from "../common/struct.ts";
import { badImage } from "./bad_image.ts";
import { appendDfuSuffix, type DfuSuffix, parseDfuSuffix } from "./dfu_suffix.ts";
import { startsWith } from "./search.ts";
import type { Segment } from "./segments.ts";
import { plural, text, type Words } from "../common/text.ts";

/** The DfuSe container, UM0391 format (dfu-dfuse.md B9). */

export interface DfuseTarget {
  readonly bAlternateSetting: number;
  /** Undefined if the target has no name. At most 254 Latin-1 characters. */
  readonly szTargetName?: string;
  readonly elements: readonly Segment[];
}

/** A .dfu file in ST's format (dfu-dfuse.md B9). */
export interface DfuseFile {
  readonly targets: readonly DfuseTarget[];
  readonly suffix: DfuSuffix;
}

/** The first 11 bytes of a file. */
const Prefix = struct("DfuSe prefix", {
  szSignature: constant(latin1(5), "DfuSe"),
  bVersion: u8,
  /** Bytes of the file; tools disagree on whether the suffix counts. */
  DFUImageSize: u32,
  bTargets: u8,
});

/** The first 274 bytes of a target. */
const TargetPrefix = struct("DfuSe target", {
  szSignature: constant(latin1(6), "Target"),
  bAlternateSetting: u8,
  /** 0: the name has no meaning. */
  bTargetNamed: u32,
  szTargetName: latin1(255),
  /** Bytes of all elements, including their heads. */
  dwTargetSize: u32,
  dwNbElements: u32,
});

/** The first 8 bytes of an element. */
const ElementHead = struct("DfuSe element", {
  dwElementAddress: u32,
  /** Bytes of data that follow. */
  dwElementSize: u32,
});

/** Returns true if the file begins like one in ST's format. */
export function looksLikeDfuse(bytes: Uint8Array): boolean {
  return startsWith(bytes, "DfuSe");
}

/**
 * @param file Name for messages.
 * @throws UnbrickError `bad-image` with the offset: suffix missing, damaged or not DfuSe's; format
 * byte not 1; DFUImageSize neither with nor without the suffix; a size or count that does not fit;
 * leftover bytes.
 */
export function parseDfuse(bytes: Uint8Array, file: string): DfuseFile {
  const { content, suffix } = parseDfuSuffix(bytes, file);
  if (suffix.bcdDFU !== 0x011A) {
    throw badImage(
      file,
      text`its suffix says DFU ${hex(suffix.bcdDFU, 4)}, but a DfuSe file has 0x011A`,
      { offset: content.length + 6 },
    );
  }
  const refuse = (reason: Words, offset: number) => badImage(file, reason, { offset });
  const prefix = Prefix.tryDecode(content);
  if (!prefix) throw refuse(text`its DfuSe prefix is missing`, 0);
  const { bVersion, DFUImageSize, bTargets } = prefix;
  if (bVersion !== 1) {
    throw refuse(
      text`its DfuSe format is ${bVersion}, but unbrick knows only format 1`,
      Prefix.offsets.bVersion,
    );
  }
  if (DFUImageSize !== content.length && DFUImageSize !== bytes.length) {
    const offset = Prefix.offsets.DFUImageSize;
    throw refuse(
      text`it claims to have ${byteCount(DFUImageSize)}, but has ${bytes.length}`,
      offset,
    );
  }
  const targets: DfuseTarget[] = [];
  let at = Prefix.size;
  for (let index = 0; index < bTargets; index++) {
    const target = TargetPrefix.tryDecode(content, at);
    if (!target) throw refuse(text`target ${index} is missing`, at);
    const { bAlternateSetting, bTargetNamed, szTargetName, dwTargetSize, dwNbElements } = target;
    let element = at + TargetPrefix.size;
    const end = element + dwTargetSize;
    if (end > content.length) {
      throw refuse(
        text`target ${index} is longer than the file`,
        at + TargetPrefix.offsets.dwTargetSize,
      );
    }
    const elements: Segment[] = [];
    for (let left = dwNbElements; left > 0; left--) {
      const data = element + ElementHead.size;
      if (data > end) {
        throw refuse(text`target ${index} has fewer elements than it claims`, element);
      }
      const { dwElementAddress: address, dwElementSize: size } = ElementHead.decode(
        content,
        element,
      );
      if (size > end - data) {
        const offset = element + ElementHead.offsets.dwElementSize;
        throw refuse(text`an element is longer than its target`, offset);
      }
      elements.push({ address, bytes: content.subarray(data, data + size) });
      element = data + size;
    }
    if (element !== end) throw refuse(text`target ${index} is longer than its elements`, element);
    targets.push({
      bAlternateSetting,
      ...(bTargetNamed !== 0 && { szTargetName }),
      elements,
    });
    at = end;
  }
  if (at !== content.length) {
    const left = content.length - at;
    throw refuse(
      plural(
        left,
        text`${left} byte is left over after the last target`,
        text`${left} bytes are left over after the last target`,
      ),
      at,
    );
  }
  return { targets, suffix };
}

/** Encodes a DfuSe file; by default, DFUImageSize includes the suffix, as in dfuse-pack. */
export function encodeDfuse(
  targets: readonly DfuseTarget[],
  ids: { readonly idVendor?: number; readonly idProduct?: number; readonly bcdDevice?: number } =
    {},
  imageSizeCountsSuffix = true,
): Uint8Array {
  const content = concat(targets.flatMap(encodeTarget));
  const length = Prefix.size + content.length;
  const DFUImageSize = length + (imageSizeCountsSuffix ? 16 : 0);
  const prefix = Prefix.encode({ bVersion: 1, DFUImageSize, bTargets: targets.length });
  return appendDfuSuffix(concat([prefix, content]), { ...ids, bcdDFU: 0x011A });
}

function encodeTarget({ bAlternateSetting, szTargetName, elements }: DfuseTarget): Uint8Array[] {
  const body = elements.flatMap(({ address, bytes }) => [
    ElementHead.encode({ dwElementAddress: address, dwElementSize: bytes.length }),
    bytes,
  ]);
  const prefix = TargetPrefix.encode({
    bAlternateSetting,
    bTargetNamed: szTargetName === undefined ? 0 : 1,
    szTargetName: (szTargetName ?? "").slice(0, 254),
    dwTargetSize: body.reduce((sum, { length }) => sum + length, 0),
    dwNbElements: elements.length,
  });
  return [prefix, ...body];
}
