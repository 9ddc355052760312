import { array, type Field } from "../../core/common/struct.ts";

/** Copies `count` structures from a pointer of libusb; none for a null pointer. */
export function readAll<T>(layout: Field<T>, address: bigint, count: number): readonly T[] {
  const bytes = readMemory(address, count * layout.size);
  return bytes.length === 0 ? [] : array(layout, count).read(bytes, 0);
}

/** Copies `length` bytes from a pointer of libusb; none for a null pointer. */
export function readMemory(address: bigint, length: number): Uint8Array {
  const pointer = Deno.UnsafePointer.create(address);
  if (!pointer || length <= 0) return new Uint8Array();
  return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, length).slice(0));
}
