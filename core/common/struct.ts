import { byteCount } from "./format.ts";
import { UnbrickError } from "./errors.ts";
import type { Field, ValueOf } from "./fields.ts";
import { text } from "./text.ts";

export * from "./fields.ts";

/**
 * Structures of fixed size, declared as literals; their types are inferred:
 *
 *     const Point = struct("point", { tag: constant(u8, 0x01), x: u16, y: u16be });
 *     type Point = ValueOf<typeof Point>; // { readonly x: number; readonly y: number }
 *
 * Numbers are little-endian, as on USB and in all these chips, unless their name ends in `be`.
 */

/** Fields by name. Those without a value (constants, padding) do not appear in the value. */
type Fields = Readonly<Record<string, Field<unknown>>>;
type Values<F extends Fields> = {
  readonly [Name in keyof F as F[Name] extends Field<undefined> ? never : Name]: ValueOf<F[Name]>;
};

/** A declared structure; it can be a field of another one. */
export interface Struct<T, Name extends PropertyKey> extends Field<T> {
  write(bytes: Uint8Array, at: number, value: T, name?: string): void;
  /** Offset of each field in bytes. */
  readonly offsets: Readonly<Record<Name, number>>;
  /**
   * Reads the structure at `at`. @throws UnbrickError `protocol`: too few bytes, or a wrong
   * constant.
   */
  decode(bytes: Uint8Array, at?: number): T;
  /** Reads the structure at `at`; undefined where `decode` throws. */
  tryDecode(bytes: Uint8Array, at?: number): T | undefined;
  /** Returns its `size` bytes. @throws UnbrickError `bug` if a value does not fit its field. */
  encode(value: T): Uint8Array<ArrayBuffer>;
}

/**
 * Declares a structure. Bytes between fields, and up to `size`, are zero when written and ignored
 * when read.
 * @param title Names the structure in errors: `SDP command`.
 * @param size Bytes; undefined: up to the end of the last field.
 */
export function struct<F extends Fields>(
  title: string,
  fields: F,
  size?: number,
): Struct<Values<F>, keyof F> {
  let end = 0;
  const gaps: { readonly start: number; readonly end: number }[] = [];
  const layout = Object.entries(fields).map(([name, field]) => {
    const offset = field.offset ?? end;
    if (offset < end) throw new RangeError(`${title}: ${name} begins before ${end}`);
    if (offset > end) gaps.push({ start: end, end: offset });
    end = offset + field.size;
    return { name, field, offset, path: `${name} of ${title}` };
  });
  if (size !== undefined && size < end) throw new RangeError(`${title} has ${end} bytes`);
  const total = size ?? end;
  if (total > end) gaps.push({ start: end, end: total });
  type Value = Values<F> & Record<string, unknown>;

  const lengthAt = (bytes: Uint8Array, at: number) => at < 0 ? 0 : Math.max(0, bytes.length - at);
  const mismatch = (bytes: Uint8Array, at: number) =>
    layout.find(({ field, offset }) => field.matches?.(bytes, at + offset) === false);
  const read = (bytes: Uint8Array, at: number): Values<F> => {
    const value: Record<string, unknown> = {};
    for (const { name, field, offset } of layout) {
      const held = field.read(bytes, at + offset);
      if (held !== undefined) value[name] = held;
    }
    return value as Value;
  };
  const write = (bytes: Uint8Array, at: number, value: Values<F>): void => {
    if (lengthAt(bytes, at) < total) {
      throw new UnbrickError(
        "bug",
        `The ${title} does not fit into ${bytes.length} bytes at ${at}.`,
      );
    }
    for (const gap of gaps) bytes.fill(0, at + gap.start, at + gap.end);
    for (const { name, field, offset, path } of layout) {
      field.write(bytes, at + offset, (value as Value)[name], path);
    }
  };
  return {
    size: total,
    offsets: Object.fromEntries(layout.map(({ name, offset }) => [name, offset])) as Record<
      keyof F,
      number
    >,
    read,
    write,
    matches: (bytes, at) => mismatch(bytes, at) === undefined,
    decode(bytes, at = 0) {
      const length = lengthAt(bytes, at);
      if (length < total) {
        throw new UnbrickError(
          "protocol",
          text`The ${title} needs ${byteCount(total)}, but has only ${length}.`,
          { length, needed: total },
        );
      }
      const wrong = mismatch(bytes, at);
      if (!wrong) return read(bytes, at);
      const start = at + wrong.offset;
      const found = bytes.subarray(start, start + wrong.field.size).toHex();
      throw new UnbrickError(
        "protocol",
        text`The ${title} is not valid: ${wrong.name} is ${found}.`,
        { field: wrong.name, offset: start, found },
      );
    },
    tryDecode: (bytes, at = 0) =>
      lengthAt(bytes, at) >= total && !mismatch(bytes, at) ? read(bytes, at) : undefined,
    encode(value) {
      const bytes = new Uint8Array(total);
      write(bytes, 0, value);
      return bytes;
    },
  };
}
