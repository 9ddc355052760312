import assert from "node:assert/strict";

/** A library of another operating system, written in JavaScript. */
export interface FakeLibrary {
  /** By their names in C. */
  // deno-lint-ignore no-explicit-any
  readonly functions: Readonly<Record<string, (...given: any[]) => unknown>>;
  /** errno, or what GetLastError returns, on the thread of JavaScript. */
  readonly thread: { error: number };
  /** Every call by its key in the table of symbols, with its arguments; numbers and bytes are hexadecimal. */
  readonly calls: string[];
}

/** Does `work` while these libraries can be opened by their names, and no others. */
export function withLibraries<T>(
  libraries: Readonly<Record<string, FakeLibrary>>,
  work: () => T,
): T {
  const real = Deno.dlopen;
  const fake = (name: string, symbols: Deno.ForeignLibraryInterface) => {
    assert.ok(libraries[name], `${name} is no library of this system`);
    const library = libraries[name];
    return { symbols: functionsOf(library, symbols), close: () => library.calls.push("dlclose") };
  };
  const end = () => Object.assign(Deno, { dlopen: real });
  Object.assign(Deno, { dlopen: fake });
  try {
    const result = work();
    return result instanceof Promise ? result.finally(end) as T : (end(), result);
  } catch (error) {
    end();
    throw error;
  }
}

/**
 * Returns the functions of a table of symbols, as strict as a real library: an argument must fit
 * its type, and the error code of a call on another thread stays there.
 */
function functionsOf(library: FakeLibrary, symbols: Deno.ForeignLibraryInterface) {
  const entries = Object.entries(symbols).map(([key, symbol]) => {
    if (!("parameters" in symbol)) throw new Error(`${key} is no function`);
    const { parameters, name = key, nonblocking: isApart = false } = symbol;
    const call = (...given: unknown[]) => {
      const run = library.functions[name];
      assert.ok(run, `${name} is no function of the library`);
      assert.equal(given.length, parameters.length, name);
      given.forEach((value, at) => assert.ok(fits(value, parameters[at]), `${name}: ${at}`));
      library.calls.push(`${key}(${given.map(shown).join(", ")})`);
      const before = library.thread.error;
      const result = run(...given);
      if (!isApart) return result;
      library.thread.error = before;
      return Promise.resolve(result);
    };
    return [key, call];
  });
  return Object.fromEntries(entries);
}

function fits(value: unknown, type: Deno.NativeType): boolean {
  if (type === "buffer") return value === null || ArrayBuffer.isView(value);
  if (type === "pointer") return value === null || Deno.UnsafePointer.value(value as never) !== 0n;
  const from = type === "i32" ? -(2 ** 31) : 0, end = type === "i32" ? 2 ** 31 : 2 ** 32;
  if (type === "i32" || type === "u32") {
    return Number.isInteger(value) && value as number >= from && value as number < end;
  }
  return typeof value === "bigint";
}

/** Longer buffers are shown by their length. */
const SHOWN = 128;

function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return value.toString(16);
  if (value === null) return "null";
  if (!ArrayBuffer.isView(value)) {
    return Deno.UnsafePointer.value(value as Deno.PointerObject).toString(16);
  }
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  for (const encoding of ["utf-8", "utf-16le"]) {
    const text = new TextDecoder(encoding).decode(bytes);
    if (/^[ -~]+\0$/.test(text)) return text.slice(0, -1);
  }
  return bytes.length > SHOWN ? `[${bytes.length}]` : bytes.toHex();
}
