import { hex } from "../common/format.ts";
import { badImage } from "./bad_image.ts";
import { appendDfuSuffix, type DfuSuffix, parseDfuSuffix } from "./dfu_suffix.ts";
import { startsWith } from "./search.ts";
import type { Segment } from "./segments.ts";

/** The DfuSe container, UM0391 format (dfu-dfuse.md B9). All numbers little-endian. */

export interface DfuseTarget {
  readonly bAlternateSetting: number;
  /** Undefined if the target is not named. At most 254 characters of Latin-1. */
  readonly szTargetName?: string;
  readonly elements: readonly Segment[];
}

/** A .dfu file of ST's format (dfu-dfuse.md B9). */
export interface DfuseFile {
  readonly targets: readonly DfuseTarget[];
  readonly suffix: DfuSuffix;
}

/** Bytes of the prefix: `DfuSe`, 0x01, DFUImageSize(4), bTargets(1). */
const prefixLength = 11;
/** `Target`(6) bAlternateSetting(1) bTargetNamed(4) szTargetName(255) dwTargetSize(4) dwNbElements(4). */
const targetPrefixLength = 274;
const elementHeaderLength = 8;

/** True if the file begins as one of ST's format does. */
export function looksLikeDfuse(bytes: Uint8Array): boolean {
  return startsWith(bytes, "DfuSe");
}

/**
 * @param file Name for messages.
 * @throws UnbrickError `bad-image` with the offset: suffix missing, damaged or not of DfuSe; format
 * byte not 1; DFUImageSize neither with nor without the suffix; a size or count that does not fit;
 * leftover bytes.
 */
export function parseDfuse(bytes: Uint8Array, file: string): DfuseFile {
  const { content, suffix } = parseDfuSuffix(bytes, file);
  if (suffix.bcdDFU !== 0x011A) {
    throw badImage(
      file,
      `its suffix says DFU ${hex(suffix.bcdDFU, 4)}, and a DfuSe file has 0x011A`,
      { offset: content.length + 6 },
    );
  }
  const refuse = (reason: string, offset: number) => badImage(file, reason, { offset });
  if (content.length < prefixLength || !looksLikeDfuse(content)) {
    throw refuse("its DfuSe prefix is missing", 0);
  }
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  if (view.getUint8(5) !== 1) {
    throw refuse(`its DfuSe format ${view.getUint8(5)} is unknown, only 1 is`, 5);
  }
  // Tools disagree whether DFUImageSize counts the suffix; both are accepted.
  const imageSize = view.getUint32(6, true);
  if (imageSize !== content.length && imageSize !== bytes.length) {
    throw refuse(`it states ${imageSize} bytes and has ${bytes.length}`, 6);
  }
  const targets: DfuseTarget[] = [];
  let at = prefixLength;
  for (let index = 0; index < view.getUint8(10); index++) {
    if (at + targetPrefixLength > content.length || !startsWith(content, "Target", at)) {
      throw refuse(`target ${index} is missing`, at);
    }
    const named = view.getUint32(at + 7, true) !== 0;
    const end = at + targetPrefixLength + view.getUint32(at + 266, true);
    if (end > content.length) throw refuse(`target ${index} is longer than the file`, at + 266);
    const elements: Segment[] = [];
    let element = at + targetPrefixLength;
    for (let left = view.getUint32(at + 270, true); left > 0; left--) {
      const data = element + elementHeaderLength;
      if (data > end) throw refuse(`target ${index} has fewer elements than it says`, element);
      const size = view.getUint32(element + 4, true);
      if (size > end - data) throw refuse("an element is longer than its target", element + 4);
      elements.push({
        address: view.getUint32(element, true),
        bytes: content.subarray(data, data + size),
      });
      element = data + size;
    }
    if (element !== end) throw refuse(`target ${index} is longer than its elements`, element);
    targets.push({
      bAlternateSetting: view.getUint8(at + 6),
      ...(named ? { szTargetName: readName(content.subarray(at + 11, at + 266)) } : {}),
      elements,
    });
    at = end;
  }
  if (at !== content.length) {
    throw refuse(`${content.length - at} bytes are left over after the last target`, at);
  }
  return { targets, suffix };
}

/** The reverse; DFUImageSize counts the suffix, as dfuse-pack does, unless told otherwise. */
export function encodeDfuse(
  targets: readonly DfuseTarget[],
  ids: { readonly idVendor?: number; readonly idProduct?: number; readonly bcdDevice?: number } =
    {},
  imageSizeCountsSuffix = true,
): Uint8Array {
  const sizeOf = (target: DfuseTarget) =>
    target.elements.reduce((sum, { bytes }) => sum + elementHeaderLength + bytes.length, 0);
  const length = targets.reduce(
    (sum, target) => sum + targetPrefixLength + sizeOf(target),
    prefixLength,
  );
  const content = new Uint8Array(length);
  const view = new DataView(content.buffer);
  const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  content.set(latin1("DfuSe\x01"));
  view.setUint32(6, length + (imageSizeCountsSuffix ? 16 : 0), true);
  view.setUint8(10, targets.length);
  let at = prefixLength;
  for (const target of targets) {
    content.set(latin1("Target"), at);
    view.setUint8(at + 6, target.bAlternateSetting);
    view.setUint32(at + 7, target.szTargetName === undefined ? 0 : 1, true);
    content.set(latin1((target.szTargetName ?? "").slice(0, 254)), at + 11);
    view.setUint32(at + 266, sizeOf(target), true);
    view.setUint32(at + 270, target.elements.length, true);
    at += targetPrefixLength;
    for (const { address, bytes } of target.elements) {
      view.setUint32(at, address, true);
      view.setUint32(at + 4, bytes.length, true);
      content.set(bytes, at + elementHeaderLength);
      at += elementHeaderLength + bytes.length;
    }
  }
  return appendDfuSuffix(content, { ...ids, bcdDFU: 0x011A });
}

function readName(field: Uint8Array): string {
  const end = field.indexOf(0);
  return new TextDecoder("latin1").decode(end < 0 ? field : field.subarray(0, end));
}
