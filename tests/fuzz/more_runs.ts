import fc from "fast-check";

/**
 * Loaded before the tests by `deno task fuzz`, so that every property gets more inputs than usual.
 */
fc.configureGlobal({
  numRuns: Number(Deno.env.get("FUZZ_RUNS")),
  seed: Number(Deno.env.get("FUZZ_SEED")),
});
