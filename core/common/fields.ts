import { UnbrickError } from "./errors.ts";

/** The fields that a declared structure (struct.ts) is made of. */

/** A part of a structure: how its bytes are read and written. */
export interface Field<T> {
  /** Bytes. */
  readonly size: number;
  /** Offset in its structure; undefined: directly after the previous field. */
  readonly offset?: number;
  read(bytes: Uint8Array, at: number): T;
  /** @param name Names the field in the error. @throws UnbrickError `bug` if the value does not fit. */
  write(bytes: Uint8Array, at: number, value: T, name: string): void;
  /** Returns false if a constant has another value. */
  matches?(bytes: Uint8Array, at: number): boolean;
}

/** The type of the value of a field or of a whole structure. */
export type ValueOf<F> = F extends Field<infer T> ? T : never;

/** Unsigned numbers of 1 to 4 bytes, little-endian; `be`: big-endian. */
export const u8 = integer(1), u16 = integer(2), u24 = integer(3), u32 = integer(4);
export const u16be = integer(2, { isBig: true }), u32be = integer(4, { isBig: true });

/** Signed numbers (two's complement). */
export const i16 = integer(2, { isSigned: true }), i32 = integer(4, { isSigned: true });
export const i32be = integer(4, { isSigned: true, isBig: true });

/** An unsigned number of 8 bytes, little-endian; a `bigint`, so that pointers stay exact. */
export const u64: Field<bigint> = {
  size: 8,
  read: (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true),
  write(bytes, at, value, name) {
    if (value >> 64n !== 0n) throw misfit(name, value);
    new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(at, value, true);
  },
};

/** Exactly `size` bytes. Bytes that are read share memory with their source. */
export function bytes(size: number): Field<Uint8Array> {
  return {
    size,
    read: (from, at) => from.subarray(at, at + size),
    write(into, at, value, name) {
      if (value.length !== size) throw misfit(name, value.length);
      into.set(value, at);
    },
  };
}

/** Text of at most `size` Latin-1 characters, one byte each; a NUL ends it, and NULs pad it. */
export function latin1(size: number): Field<string> {
  return {
    size,
    read(bytes, at) {
      const field = bytes.subarray(at, at + size), end = field.indexOf(0);
      return String.fromCharCode(...field.subarray(0, end < 0 ? size : end));
    },
    write(bytes, at, value, name) {
      const codes = Array.from(value, (_, index) => value.charCodeAt(index));
      if (codes.length > size || codes.some((code) => code === 0 || code > 0xFF)) {
        throw misfit(name, value);
      }
      bytes.fill(0, at, at + size).set(codes, at);
    },
  };
}

/** An array of `count` values. */
export function array<T>(item: Field<T>, count: number): Field<readonly T[]> {
  return {
    size: count * item.size,
    read: (bytes, at) =>
      Array.from({ length: count }, (_, index) => item.read(bytes, at + index * item.size)),
    write(bytes, at, values, name) {
      if (values.length !== count) throw misfit(name, values.length);
      values.forEach((value, index) => item.write(bytes, at + index * item.size, value, name));
    },
    matches: (bytes, at) =>
      Array.from({ length: count }, (_, index) => at + index * item.size)
        .every((start) => item.matches?.(bytes, start) !== false),
  };
}

/** A field whose value is always `value`: written automatically, checked when read. */
export function constant<T extends number | string>(field: Field<T>, value: T): Field<undefined> {
  return {
    size: field.size,
    read: () => undefined,
    write: (bytes, at, _, name) => field.write(bytes, at, value, name),
    matches: (bytes, at) => field.read(bytes, at) === value,
  };
}

/** Bytes without a meaning: written as `fill`, ignored when read. */
export function padding(size: number, fill = 0): Field<undefined> {
  return {
    size,
    read: () => undefined,
    write: (bytes, at) => void bytes.fill(fill, at, at + size),
  };
}

/** The field at a fixed offset (bytes), for structures whose source gives a table of offsets. */
export function at<T>(offset: number, field: Field<T>): Field<T> {
  return { ...field, offset };
}

function integer(size: number, { isBig = false, isSigned = false } = {}): Field<number> {
  const lowest = isSigned ? -(2 ** (8 * size - 1)) : 0, highest = lowest + 2 ** (8 * size) - 1;
  const spare = 32 - 8 * size;
  const first = isBig ? 8 * (size - 1) : 0, next = isBig ? -8 : 8;
  return {
    size,
    read(bytes, at) {
      let value = 0;
      for (let index = 0, shift = first; index < size; index++, shift += next) {
        value |= bytes[at + index] << shift;
      }
      return isSigned ? value << spare >> spare : value >>> 0;
    },
    write(bytes, at, value, name) {
      if (!Number.isInteger(value) || value < lowest || value > highest) throw misfit(name, value);
      for (let index = 0, shift = first; index < size; index++, shift += next) {
        bytes[at + index] = value >>> shift;
      }
    },
  };
}

/** @param value What was to be written; for bytes and arrays, how many. */
function misfit(field: string, value: unknown): UnbrickError {
  const data = { field, value: `${value}` };
  return new UnbrickError("bug", `A value does not fit into the field ${field}.`, data);
}
