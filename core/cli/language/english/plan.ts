/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const plan = [
  // core/plan/engine.ts
  "{1} is made for simulated cameras only and is not written to a real one.",
  "Writing to the camera was declined.",
  '"{1}" was left out: it needs the consent "{2}".',
  "The camera gave no proof for: {1}.",
  "{1} the {2}: write {3}.",
  // core/plan/run_bench.ts
  "the device on port {1} to leave the bus",
  "{1} devices may be the {2}. Which one is it?",
  "{1} on port {2}",
  "Waited for {1}, but it did not come; seen instead: {2}.",
  "Waited for {1}, but it did not come.",
  "This run has no access to serial ports.",
  // core/plan/trial.ts
  "the test",
] as const;
