import fc from "fast-check";

/** Loaded before the tests by `deno task fuzz`: every property is tried more often than usual. */
fc.configureGlobal({
  numRuns: Number(Deno.env.get("FUZZ_RUNS")),
  seed: Number(Deno.env.get("FUZZ_SEED")),
});
