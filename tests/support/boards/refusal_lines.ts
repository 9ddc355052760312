import { families } from "./families.ts";
import { UnbrickError } from "../../../core/common/errors.ts";
import { boardImages, withImages } from "../../../core/image/board_images.ts";
import type { BoardImages, Image } from "../../../core/image/image.ts";
import { sha256 } from "../../../core/common/sha256.ts";
import { boardsOf, bundledImages, type KnownBoard } from "../plan/all_plans.ts";

/** Larger regions are not filled by a test. */
const LARGEST = 0x40_0000;

/** A wrong file in place of a right one, by what is wrong with it. */
type Wrong = readonly [what: string, image: Image];

export const refusalName = ({ board }: KnownBoard) => `${board.id} images`;

/** Returns what is said about each image of a board, and about wrong files in its place. */
export function refusalLines(one: KnownBoard): string {
  const images = bundledImages(one.board);
  const line = (what: string, given: BoardImages) => `  ${what}: ${verdict(one, given)}`;
  return [
    refusalName(one),
    line("all", images),
    ...images.all.flatMap((image) => [
      line(image.role, boardImages("one", [image])),
      ...wrongOnes(one, image).map(([what, wrong]) =>
        line(`${image.role} ${what}`, withImages(images, [wrong]))
      ),
    ]),
  ].join("\n");
}

function verdict({ family, board }: KnownBoard, given: BoardImages): string {
  try {
    const { written, needs } = family.checkImages!(board, given);
    const changed = written.all.filter(({ role, bytes }) => given.get(role)!.bytes !== bytes)
      .map(({ role, bytes, file }) => `${role} has ${bytes.length} of ${file?.bytes} bytes`);
    return [...needs.map(({ id }) => `needs ${id}`), ...changed].join(", ") || "fine";
  } catch (error) {
    if (!(error instanceof UnbrickError)) throw error;
    const { reason: _, ...data } = error.data;
    return `${error.kind} ${JSON.stringify(data)}`;
  }
}

function wrongOnes({ board }: KnownBoard, image: Image): readonly Wrong[] {
  const { bytes, role } = image;
  const of = (bytes: Uint8Array): Image => ({ ...image, bytes, sha256: sha256(bytes) });
  const filled = (size: number, value: number) => {
    const longer = new Uint8Array(size).fill(value);
    longer.set(bytes.subarray(0, size));
    return of(longer);
  };
  const patched = (at: number, ...values: number[]) => {
    const copy = Uint8Array.from(bytes);
    copy.set(values, at);
    return of(copy);
  };
  const size = board.regions?.find((region) => region.role === role)?.size ?? LARGEST + 1;
  const others = families.flatMap(boardsOf).filter((other) => other.board.id !== board.id)
    .flatMap((other): Wrong[] => {
      const image = supported(other) && bundledImages(other.board).get(role);
      return image ? [[`of ${other.board.id}`, image]] : [];
    });
  const elsewhere = bundledImages(board).all.filter((one) => one.role !== role)
    .map((one): Wrong => [`is ${one.role}`, { ...one, role }]);
  return [
    ["empty", of(new Uint8Array())],
    ["of 100 bytes", of(bytes.slice(0, 100))],
    ["cut in the middle", of(bytes.slice(0, bytes.length >> 1))],
    ["all FF", of(new Uint8Array(9_000).fill(0xFF))],
    ["all zeros", of(new Uint8Array(9_000))],
    ["without stack", patched(0, 0, 0, 0, 0)],
    ["with an even reset vector", patched(4, bytes[4] & 0xFE)],
    ["with a reset vector elsewhere", patched(4, 1, 0, 0, 0)],
    ["without ids", of(Uint8Array.from(bytes).fill(0xA5, 0x800, 0x960))],
    ["without the first page", of(Uint8Array.from(bytes).fill(0, 0, 0x100))],
    ["with a wrong byte in its middle", patched(bytes.length >> 1, bytes[bytes.length >> 1] ^ 1)],
    ["with a wrong last byte", patched(bytes.length - 1, bytes[bytes.length - 1] ^ 1)],
    ...(size <= LARGEST
      ? [
        ["with a blank end", filled(size, 0xFF)],
        ["of the size of its place", filled(size, 0xA5)],
        ["a byte too long", filled(size + 1, 0xA5)],
        ["a blank byte too long", filled(size + 1, 0xFF)],
      ] as Wrong[]
      : []),
    ["for another address", { ...image, address: 0x1234_5600 }],
    ["for alternate setting 7", { ...image, alternate: 7 }],
    ["for another vendor", { ...image, usbIds: { vendorId: 0x1234 } }],
    ["for another product", { ...image, usbIds: { productId: 0x1234 } }],
    ...others,
    ...elsewhere,
  ];
}

/** The Nanos have no images. */
const supported = ({ board }: KnownBoard) => board.roles.length > 0;
