/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_views = [
  // core/cli/views/bar.ts
  "{1} left",
  "{1} of {2}",
  // core/cli/views/ending.ts
  "What was written is proven.",
  "Nothing was written.",
  "Partly written: run the same command again.",
  "Written but not proven.",
  "Proven so far, by the camera itself:",
  "Proof, from the camera itself:",
  "What is left to do by hand:",
  "Write these images with: unbrick flash {1}",
  "If it is the bootloader that differs: unbrick restore {1}",
  "is restored",
  "is flashed",
  "holds these images",
  "was read",
  "; all of it was there already",
  "The {1} {2}{3} ({4}).",
  // core/cli/views/plain.ts
  ", about {1} left",
  "{1}: {2}, {3} of {4}{5}{6}",
  "{1}: not needed. {2}",
  "Do this now:",
  "Then unbrick goes on by itself: it waits for {1} (at most {2}).",
  "Waiting for {1} (at most {2}).",
  "Using the {1} on port {2}.",
  "Not agreed to: {1}",
  "Read {1}: {2}",
  "On the bus: no camera.",
  "On the bus: {1}.",
  "{1} (port {2})",
  // core/cli/views/summary.ts
  "{1} {2} (simulated)",
  "Images: {1} ({2})",
  "Some images are made for simulated cameras only.",
  // core/cli/views/terminal.ts
  "Waiting for {1} ... {2} left",
] as const;
