import fc from "fast-check";
import assert from "node:assert/strict";
import { maximumEntrySize } from "../../core/image/zip.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import { nearly } from "./mutate.ts";
import type { Reader } from "./reader.ts";
import { readers } from "./readers.ts";

/**
 * For any input, a reader ends soon, produces no more bytes than a file may have, and throws only
 * UnbrickErrors of a suitable kind.
 */

/** Limit for one input in milliseconds, on a busy machine. */
const SOON = 5_000;

function attempt({ name, read }: Reader, bytes: Uint8Array): void {
  const begin = performance.now();
  try {
    const made = read(bytes) ?? 0;
    assert.ok(made <= maximumEntrySize, `${name} made ${made} bytes of ${bytes.length}`);
  } catch (error) {
    if (!(error instanceof UnbrickError)) throw error;
    assert.ok(error.kind !== "bug" && error.message.length > 10, `${error.kind}: ${error.message}`);
    JSON.stringify(error.data);
  }
  const ms = performance.now() - begin;
  assert.ok(ms < SOON, `${name} took ${Math.round(ms)} ms for ${bytes.length} bytes`);
}

for (const reader of readers) {
  Deno.test(`${reader.name}: any bytes are read or refused`, () => {
    for (const sample of reader.samples) attempt(reader, sample);
    fc.assert(fc.property(nearly(reader.samples), fc.boolean(), (bytes, isRepaired) => {
      attempt(reader, isRepaired && reader.repaired ? reader.repaired(bytes) : bytes);
    }));
  });
}
